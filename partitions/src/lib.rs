//! The demo's partitions are the binaries of this package, one file or folder each. This library is what several
//! of them share.

#![no_std]

pub mod dial;
pub mod findings;
pub mod frame_buffer;
pub mod inputs;
pub mod speed;
pub mod trip;

use zerocopy::{FromBytes, Immutable, IntoBytes};

/// What `sensor` sends to `recorder`.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
pub struct Reading {
    /// Which one it is, from 0.
    pub number: u64,
    /// When it was taken, in ticks since the schedule's epoch.
    pub taken: u64,
}
