//! What the demo's `vehicle` and `speedometer` partitions share: how fast the car drives, how
//! that travels between partitions, and how it looks on a display.
//!
//! ```text
//! drive_cycle -> message + e2e -> (a port between two partitions) -> e2e + message -> dashboard
//! ```
//!
//! Everything here is data in, data out: no hardware, no heap, no `unsafe`, and therefore tested
//! on the host. A host test tool uses the same crate from the other side: it computes with
//! [`drive_cycle::DriveCycle::speed_at`] which speed a picture taken at a known time must show,
//! and reads with [`dashboard::read_speed_back`] which one it does show.

#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]

pub mod dashboard;
pub mod drive_cycle;
pub mod e2e;
pub mod inputs;
pub mod message;
pub mod reception;
pub mod units;
