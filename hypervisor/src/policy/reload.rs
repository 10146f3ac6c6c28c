//! How a partition's memory is made pristine: scrub every byte, then copy the pieces of its image,
//! in small steps.
//!
//! A step's size bounds how long it takes, so that the work can be done inside the partition's own
//! windows and stop in time for the next one.

use paratia_config::MemoryRange;
use paratia_config::system::Region;

use crate::base::image::Piece;
use crate::base::step::STEP_BYTES;

/// One step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum ReloadStep {
    /// Fill with zeros: physical address and size, both multiples of a page.
    Zero(u64, u64),
    /// Copy to this physical address, a multiple of a page, these bytes.
    Copy(u64, &'static [u8]),
    /// All is done; the partition can start.
    Done,
}

/// How far the work has come.
#[derive(Clone, Copy, Debug)]
pub struct Reload {
    region: usize,
    piece: usize,
    offset: u64,
}

impl Reload {
    /// Nothing done yet.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            region: 0,
            piece: 0,
            offset: 0,
        }
    }

    /// The next step for a partition with these regions, this memory of channels that it writes, which ends
    /// at the first empty range, and these pieces of an image. It must be asked with the same ones until it is
    /// done.
    pub fn next(
        &mut self,
        regions: &[Region],
        channels: &[MemoryRange],
        pieces: &[Piece],
    ) -> ReloadStep {
        if let Some(memory) = self.memory(regions, channels) {
            let at = self.offset;
            let size = memory.size_bytes.saturating_sub(at).min(STEP_BYTES as u64);
            self.offset = at.wrapping_add(size);
            if self.offset >= memory.size_bytes {
                self.region = self.region.wrapping_add(1);
                self.offset = 0;
            }
            return ReloadStep::Zero(memory.base.0.wrapping_add(at), size);
        }
        while let Some(piece) = pieces.get(self.piece) {
            let from = self.offset;
            let at = usize::try_from(from).unwrap_or(usize::MAX);
            let rest = piece.content.bytes.get(at..).unwrap_or_default();
            let (bytes, left) = rest.split_at(rest.len().min(STEP_BYTES));
            self.offset = from.wrapping_add(bytes.len() as u64);
            if left.is_empty() {
                self.piece = self.piece.wrapping_add(1);
                self.offset = 0;
            }
            if !bytes.is_empty() {
                return ReloadStep::Copy(piece.to.0.wrapping_add(from), bytes);
            }
        }
        ReloadStep::Done
    }

    /// What is to be scrubbed next: a region, then channels' memory.
    #[inline]
    fn memory(&self, regions: &[Region], channels: &[MemoryRange]) -> Option<MemoryRange> {
        if let Some(region) = regions.get(self.region) {
            return Some(region.physical());
        }
        let memory = channels.get(self.region.wrapping_sub(regions.len()));
        memory.copied().filter(|memory| memory.size_bytes > 0)
    }
}

impl Default for Reload {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
#[allow(clippy::cast_possible_truncation, reason = "small numbers")]
mod tests {
    use paratia_config::system::RegionKind;
    use paratia_config::{Ipa, Pa};
    use proptest::prelude::*;

    use super::*;
    use crate::base::image::Content;

    fn region(pages: u64, pa: u64) -> Region {
        Region {
            name: "ram",
            ipa: Ipa(0),
            pa: Pa(pa),
            size_bytes: pages * 4096,
            kind: RegionKind::Ram,
        }
    }

    /// A piece of `size` bytes that are recognised by `seed`.
    fn piece(to: u64, size: usize, seed: usize) -> Piece {
        let bytes: std::vec::Vec<u8> = (0..size).map(|at| ((at + seed) % 251) as u8).collect();
        Piece {
            to: Pa(to),
            content: std::boxed::Box::leak(std::boxed::Box::new(Content {
                name: "",
                bytes: bytes.leak(),
                sha256: [0; 32],
            })),
            is_first: true,
        }
    }

    proptest! {
        #[test]
        fn every_byte_is_scrubbed_once_then_every_piece_is_whole(
            first in 18_u64..20, second in 1_u64..20, size in 0_usize..65_536, other in 0..4097_usize,
        ) {
            let regions = [region(first, 0), region(second, 20 * 4096)];
            // Two in the first region, one in the second, with an empty one between them.
            let pieces = [
                piece(0, size, 0),
                piece(4096, 0, 1),
                piece(17 * 4096, other.min(4096), 2),
                piece(20 * 4096, 4096, 3),
            ];
            let mut memory = std::vec![0xAA_u8; 40 * 4096];
            let mut expected = std::vec![0xAA_u8; 40 * 4096];
            // What of a channel's memory it writes, and none after the first that is empty.
            let range = |page: u64, pages: u64| MemoryRange::new(Pa(page * 4096), pages * 4096);
            let channels = [range(39, 1), range(0, 0), range(38, 1)];
            for (base, pages) in [(0, first), (20 * 4096, second), (39 * 4096, 1)] {
                expected[base..base + pages as usize * 4096].fill(0);
            }
            for piece in &pieces {
                let to = piece.to.0 as usize;
                expected[to..to + piece.content.bytes.len()].copy_from_slice(piece.content.bytes);
            }
            let mut reload = Reload::new();
            loop {
                match reload.next(&regions, &channels, &pieces) {
                    ReloadStep::Zero(at, size) => {
                        prop_assert!(size <= STEP_BYTES as u64 && at % 4096 == 0 && size % 4096 == 0);
                        let scrubbed = &mut memory[at as usize..(at + size) as usize];
                        prop_assert!(scrubbed.iter().all(|byte| *byte == 0xAA));
                        scrubbed.fill(0);
                    }
                    ReloadStep::Copy(to, bytes) => {
                        let size = bytes.len() as u64;
                        prop_assert!(size > 0 && size <= STEP_BYTES as u64 && to % 4096 == 0);
                        let to = to as usize;
                        memory[to..to + bytes.len()].copy_from_slice(bytes);
                    }
                    ReloadStep::Done => break,
                }
            }
            prop_assert!(memory == expected);
        }
    }
}
