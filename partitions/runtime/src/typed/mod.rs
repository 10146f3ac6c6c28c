//! Typed ports: messages that are values of one type.
//!
//! A type of messages is plain data of a fixed size: any bytes are a value, no byte of it is padding. The
//! derives of `zerocopy` say so, and refuse what isn't. Numbers and arrays of such are messages, too.
//!
//! ```no_run
//! use paratia_runtime::typed::{QueuingReceiver, SamplingSource};
//! use paratia_runtime::{Context, println};
//! use zerocopy::{FromBytes, Immutable, IntoBytes};
//!
//! #[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable)]
//! #[repr(C)]
//! struct Fuel {
//!     millilitres: u32,
//!     sensor: u32,
//! }
//!
//! fn run(context: Context) {
//!     let mut level = SamplingSource::<Fuel>::named("level");
//!     let mut pulses = QueuingReceiver::<u64>::named("pulses");
//!     let mut fuel = Fuel { millilitres: 40_000, sensor: 1 };
//!     for window in context.windows() {
//!         while let Ok(pulse) = pulses.receive() {
//!             fuel.millilitres -= 1;
//!             if pulse.refused > 0 {
//!                 println!("{} pulses were lost before {}", pulse.refused, pulse.message);
//!             }
//!         }
//!         level.write(&fuel).expect("the channel takes it");
//!         window.heartbeat();
//!     }
//! }
//! ```
//!
//! Both ends must agree on the type, and on nothing but its size is this checked: a message of another size is
//! [`NoMessage::OtherSize`]. Bytes on their way through a channel are in the CPU's order. What shall be protected
//! end to end is encoded first; an array of bytes is a message.

mod queuing;
mod sampling;

pub use queuing::{QueuingReceiver, QueuingSender, Received};
pub use sampling::{Sample, SamplingDestination, SamplingSource};

use core::fmt;

use zerocopy::{FromBytes, Immutable, IntoBytes};

use crate::no_port::NoPort;

/// A type of messages: plain data of a fixed size.
///
/// ```
/// use paratia_runtime::typed::Message;
///
/// fn bytes<T: Message>() -> usize {
///     size_of::<T>()
/// }
/// assert_eq!(bytes::<[u16; 4]>(), 8);
/// ```
pub trait Message: FromBytes + IntoBytes + Immutable {}

impl<T: FromBytes + IntoBytes + Immutable> Message for T {}

/// Why there is no message.
///
/// ```no_run
/// use paratia_runtime::println;
/// use paratia_runtime::typed::{NoMessage, SamplingDestination};
///
/// let mut speed = SamplingDestination::<u32>::named("speed");
/// match speed.read() {
///     Ok(sample) => println!("{} mm/s", sample.message),
///     Err(NoMessage::None) => println!("no speed yet"),
///     Err(other) => println!("{other}"),
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoMessage {
    /// None was ever written, or none waits.
    None,
    /// The time is over, and none waits.
    TimedOut,
    /// One came, of another size than the type's: sender and receiver don't agree.
    OtherSize {
        /// The type's.
        expected: usize,
        /// The message's.
        found: usize,
    },
}

impl fmt::Display for NoMessage {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::None => write!(formatter, "there is no message"),
            Self::TimedOut => write!(formatter, "no message came in time"),
            Self::OtherSize { expected, found } => write!(
                formatter,
                "a message of {found} bytes came where {expected} are expected; sender and receiver take \
                 different types"
            ),
        }
    }
}

impl core::error::Error for NoMessage {}

/// The port, or the program's end with the sentence why there is none.
#[track_caller]
fn found<P>(port: Result<P, NoPort>) -> P {
    match port {
        Ok(port) => port,
        Err(why) => panic!("{why}"),
    }
}

/// Whether a channel's messages, of so many bytes at most, have room for a `T`; else how many bytes that has.
const fn fits<T>(message_bytes: usize) -> Result<(), usize> {
    let bytes = size_of::<T>();
    if bytes <= message_bytes {
        Ok(())
    } else {
        Err(bytes)
    }
}

/// Whether a message has the size of `T`.
fn sized<T>(found: usize) -> Result<(), NoMessage> {
    let expected = size_of::<T>();
    if found == expected {
        Ok(())
    } else {
        Err(NoMessage::OtherSize { expected, found })
    }
}

#[cfg(test)]
mod tests;
