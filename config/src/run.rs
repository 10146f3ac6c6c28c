//! Run parameters: a small block in the image that the tool fills in before it starts a board.
//!
//! It serves every board alike, whatever its firmware can hand over, and it is part of the image
//! and read-only at run time like everything else. As built it is all defaults: run for ever.

use crate::layout::MAX_PARTITIONS;

/// The section of the image that holds the block, and nothing else.
pub const SECTION: &str = ".run_parameters";
/// First word of the block: "PARARUN1" in little-endian ASCII.
pub const MAGIC: u64 = u64::from_le_bytes(*b"PARARUN1");

/// The block; all fields little-endian.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct RunParameters {
    /// [`MAGIC`].
    pub magic: u64,
    /// When to stop in the safe state, in µs after the schedule's epoch; 0 runs for ever. The stop
    /// happens between two windows, at the end of the major frame.
    pub stop_after_us: u64,
    /// What each partition finds in `x3` at its entry, by its index.
    pub arguments: [u64; MAX_PARTITIONS],
    /// For which partition is typed at first: its index plus one; 0 for the first that has a UART.
    pub focus: u64,
}

impl RunParameters {
    /// Run for ever, no arguments.
    pub const DEFAULT: Self = Self {
        magic: MAGIC,
        stop_after_us: 0,
        arguments: [0; MAX_PARTITIONS],
        focus: 0,
    };
}
