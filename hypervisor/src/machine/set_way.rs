//! Cache maintenance by set and way, which a guest uses as if the caches were its own: made harmless
//! to others, and still right for the guest.
//!
//! It would act on lines of every partition and on one CPU only, so it is trapped. What the guest
//! wants is that its memory is clean before it turns its caches off or on. So at the first such
//! instruction all of the partition's RAM is cleaned and invalidated by address; the instructions
//! after it do nothing, and instead the guest's writes to the registers that turn caches on and off
//! are watched (`HCR_EL2.TVM`): when it does, its RAM is cleaned once more. When its caches are on
//! again, the watch ends.
//!
//! Cleaning goes in steps: the guest's instruction is tried again after each, so that the end of the
//! window never waits.

use paratia_config::system::Region;

/// Bytes that are cleaned in one exit.
const STEP_BYTES: u64 = crate::base::step::STEP_BYTES as u64;

/// How far cleaning has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cleaning {
    region: usize,
    offset: u64,
}

/// What a vCPU's set/way maintenance has come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetWay {
    /// It did none since its caches are on.
    Idle,
    /// Its partition's RAM is being cleaned.
    Cleaning(Cleaning),
    /// It is clean; what turns the caches on and off is watched.
    Watching,
}

/// A step of cleaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum CleaningStep {
    /// Clean and invalidate this piece: physical address and size in bytes.
    Clean(u64, u64),
    /// All is clean.
    Done,
}

impl Cleaning {
    /// The next step for a partition with these regions. What isn't cached needs none.
    pub fn next(&mut self, regions: &[Region]) -> CleaningStep {
        while let Some(region) = regions.get(self.region) {
            let left = region.size_bytes.saturating_sub(self.offset);
            if region.kind.is_cached() && left > 0 {
                let size = if left < STEP_BYTES { left } else { STEP_BYTES };
                let at = region.pa.0.wrapping_add(self.offset);
                self.offset = self.offset.wrapping_add(size);
                return CleaningStep::Clean(at, size);
            }
            self.region = self.region.wrapping_add(1);
            self.offset = 0;
        }
        CleaningStep::Done
    }
}

#[cfg(test)]
mod tests {
    use paratia_config::system::RegionKind;
    use paratia_config::{Ipa, Pa};

    use super::*;

    const fn region(pa: u64, size_bytes: u64, kind: RegionKind) -> Region {
        Region {
            name: "",
            ipa: Ipa(0),
            pa: Pa(pa),
            size_bytes,
            kind,
        }
    }

    #[test]
    fn all_ram_is_cleaned_once_and_nothing_else() {
        let regions = [
            region(0x1000, 0x2000, RegionKind::Ram),
            region(0x10_0000, 0x2000, RegionKind::FrameBuffer),
            region(0x20_0000, 0x1000, RegionKind::Ram),
        ];
        let mut cleaning = Cleaning::default();
        let steps: std::vec::Vec<_> = core::iter::from_fn(|| match cleaning.next(&regions) {
            CleaningStep::Clean(at, size) => Some((at, size)),
            CleaningStep::Done => None,
        })
        .collect();
        assert_eq!(
            steps,
            [(0x1000, 0x1000), (0x2000, 0x1000), (0x20_0000, 0x1000)]
        );
        assert_eq!(cleaning.next(&regions), CleaningStep::Done);
    }
}
