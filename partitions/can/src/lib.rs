//! The vehicle's messages on a CAN bus: types for what `vehicle.dbc` declares, generated when this crate is
//! built, and the speed's way over them.
//!
//! A signal is a whole number of counts, its *raw value*, and that is what the types hold: read and written
//! back, no value changes. What a count is in physical units is said by a [`Scale`] beside each type, in
//! 64-bit floats, for whoever wants it. A message of another length than the file's is an error.
//!
//! ```
//! use paratia_can::vehicle::Speed;
//! use paratia_can::{Message as _, Scale};
//!
//! let bytes = [0x34, 0x12, 7, 0x10, 0x27, 0, 0, 0];
//! let speed = Speed::decode(&bytes)?;
//! assert_eq!(speed.speed, 10_000);
//! assert_eq!(Speed::SPEED.physical(10_000), 36.0); // km/h
//! assert_eq!(Speed::SPEED.raw(36.0), Ok(10_000));
//! assert!(Speed::decode(&bytes[..7]).is_err());
//! # Ok::<(), paratia_can::DecodeError>(())
//! ```

#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]

mod message;
mod signal;
pub mod speed;

pub use message::{DecodeError, EncodeError, Message};
pub use signal::{Field, Order, OutOfRange, Scale, Signal};

/// What the file declares.
pub mod vehicle {
    #![allow(
        clippy::cast_possible_truncation,
        clippy::unreadable_literal,
        reason = "generated: a field has no more bits than the type that it is cast to"
    )]

    use embedded_can::Id;

    use crate::message::{extended, padded, standard};
    use crate::{DecodeError, EncodeError, Field, Message, Order, Scale, Signal};

    include!(concat!(env!("OUT_DIR"), "/vehicle.rs"));
}
