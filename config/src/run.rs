//! Run parameters: a small block in the image that the tool fills in before it starts a board.
//!
//! It serves every board alike, whatever its firmware can hand over, and it is part of the image
//! and read-only at run time like everything else. As built it is all defaults: run for ever.

use crate::layout::MAX_PARTITIONS;

const _: () = assert!(size_of::<RunParameters>() == 8 * WORDS);

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
    /// What all random numbers of this run are derived from, if [`Self::is_seeded`].
    pub seed: u64,
    /// 1 if [`Self::seed`] is to be taken, so that runs repeat; 0 if the board is to give the root of
    /// random numbers.
    pub is_seeded: u64,
    /// What emulated clocks show at the schedule's epoch: seconds since 1970-01-01T00:00:00Z.
    pub clock: u64,
}

/// What emulated clocks show at the epoch unless a run says otherwise: 2026-01-01T00:00:00Z, so that runs repeat.
pub const CLOCK: u64 = 1_767_225_600;

/// Words of the block.
pub const WORDS: usize = 6 + MAX_PARTITIONS;

impl RunParameters {
    /// Run for ever, no arguments.
    pub const DEFAULT: Self = Self {
        magic: MAGIC,
        stop_after_us: 0,
        arguments: [0; MAX_PARTITIONS],
        focus: 0,
        seed: 0,
        is_seeded: 0,
        clock: CLOCK,
    };

    /// The block as words, in their order.
    #[must_use]
    pub fn words(&self) -> [u64; WORDS] {
        let mut words = [0; WORDS];
        let (first, rest) = (
            [self.magic, self.stop_after_us],
            [self.focus, self.seed, self.is_seeded, self.clock],
        );
        let all = first.iter().chain(&self.arguments).chain(&rest);
        for (place, word) in words.iter_mut().zip(all) {
            *place = *word;
        }
        words
    }
}
