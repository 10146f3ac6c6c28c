//! How a partition's memory is made pristine: scrub every byte, then copy the image, in small steps.
//!
//! A step's size bounds how long it takes, so that the work can be done inside the partition's own
//! windows and stop in time for the next one.

use paratia_config::system::Region;

/// Bytes that one step handles at most.
pub const STEP_BYTES: u64 = 4096;

/// One step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Step {
    /// Fill with zeros: physical address and size, both multiples of a page.
    Zero(u64, u64),
    /// Copy from this offset of the image to this physical address, this many bytes.
    Copy(u64, u64, u64),
    /// All is done; the partition can start.
    Done,
}

/// How far the work has come.
#[derive(Clone, Copy, Debug)]
pub struct Reload {
    region: usize,
    offset: u64,
    copied: u64,
}

impl Reload {
    /// Nothing done yet.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            region: 0,
            offset: 0,
            copied: 0,
        }
    }

    /// The next step for a partition with these regions, whose image of `image_bytes` belongs at
    /// the base of the first.
    pub fn next(&mut self, regions: &[Region], image_bytes: u64) -> Step {
        if let Some(region) = regions.get(self.region) {
            let (at, size) = (
                self.offset,
                (region.size_bytes - self.offset).min(STEP_BYTES),
            );
            self.offset += size;
            if self.offset >= region.size_bytes {
                self.region += 1;
                self.offset = 0;
            }
            return Step::Zero(region.pa.0 + at, size);
        }
        let Some(first) = regions.first() else {
            return Step::Done;
        };
        let size = image_bytes
            .min(first.size_bytes)
            .saturating_sub(self.copied)
            .min(STEP_BYTES);
        if size == 0 {
            return Step::Done;
        }
        let from = self.copied;
        self.copied += size;
        Step::Copy(from, first.pa.0 + from, size)
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

    fn region(pages: u64, pa: u64) -> Region {
        Region {
            name: "ram",
            ipa: Ipa(0),
            pa: Pa(pa),
            size_bytes: pages * 4096,
            kind: RegionKind::Ram,
        }
    }

    proptest! {
        #[test]
        fn every_byte_is_scrubbed_once_then_the_image_is_whole(
            first in 1_u64..20, second in 0_u64..20, image in 0_u64..70_000,
        ) {
            let regions = [region(first, 0), region(second.max(1), 20 * 4096)];
            let mut memory = std::vec![0xAA_u8; 40 * 4096];
            let source: std::vec::Vec<u8> = (0..image).map(|at| (at % 251) as u8).collect();
            let mut reload = Reload::new();
            loop {
                match reload.next(&regions, image) {
                    Step::Zero(at, size) => {
                        prop_assert!(size <= STEP_BYTES && at % 4096 == 0 && size % 4096 == 0);
                        memory[at as usize..(at + size) as usize].fill(0);
                    }
                    Step::Copy(from, to, size) => {
                        prop_assert!(size <= STEP_BYTES);
                        memory[to as usize..(to + size) as usize]
                            .copy_from_slice(&source[from as usize..(from + size) as usize]);
                    }
                    Step::Done => break,
                }
            }
            let fits = image.min(first * 4096) as usize;
            prop_assert_eq!(&memory[..fits], &source[..fits]);
            prop_assert!(memory[fits..(first * 4096) as usize].iter().all(|byte| *byte == 0));
            let end = ((20 + second.max(1)) * 4096) as usize;
            prop_assert!(memory[20 * 4096..end].iter().all(|byte| *byte == 0));
            prop_assert!(memory[(first * 4096) as usize..20 * 4096].iter().all(|byte| *byte == 0xAA));
            prop_assert!(memory[end..].iter().all(|byte| *byte == 0xAA));
        }
    }
}
