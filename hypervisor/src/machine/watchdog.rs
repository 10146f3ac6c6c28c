//! A guest's watchdog: Arm's generic one (BSA, DEN0094, appendix on watchdogs), with a frame of control and one of
//! refreshing.
//!
//! To be refreshed, by a write to `WRR` or `WOR`, is a sign of life, and to be enabled for the first time begins
//! their supervision: what is missed is the health monitor's to judge, by the deadline that is declared. So its two
//! signals never come, and `WCV` is told as the architecture has it, but nothing happens then. To disable it shows
//! in `WCS` alone: what is declared isn't the guest's to take back.

use paratia_config::machine::WATCHDOG_FRAME_BYTES;

use crate::base::bits::low_bytes;
use crate::machine::vgic::low;

/// Registers of the frame of control: control and status; the offset, 32 bits of it in the first revision; the
/// value compared, in two halves; who made it.
const WCS: u64 = 0x000;
const WOR: u64 = 0x008;
const WCV: u64 = 0x010;
const WCV_HIGH: u64 = 0x014;
const W_IIDR: u64 = 0xFCC;
/// ... and of the frame of refreshing, behind it.
const WRR: u64 = WATCHDOG_FRAME_BYTES;
const REFRESH_IIDR: u64 = WATCHDOG_FRAME_BYTES + W_IIDR;
/// `WCS.EN`.
const ENABLED: u32 = 1;
/// By Arm, of the first revision.
const IDENTITY: u32 = 0x43B;

/// What a write means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Feeding {
    /// Nothing.
    Nothing,
    /// It is enabled: signs of life are due from now on.
    Begins,
    /// A sign of life.
    Fed,
}

/// A watchdog.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Watchdog {
    control: u32,
    offset: u32,
    compare: u64,
}

impl Watchdog {
    /// As after a reset.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            control: 0,
            offset: 0,
            compare: 0,
        }
    }

    /// The guest reads `width` bytes at `offset`; a narrower access is to a register's lower part, one of 8 bytes
    /// to two registers.
    #[must_use]
    pub fn read(&self, offset: u64, width: u32) -> u64 {
        let lower = self.word(offset);
        if width >= 8 {
            let upper = self.word(offset.wrapping_add(4));
            return u64::from(upper) << 32 | u64::from(lower);
        }
        u64::from(lower) & low_bytes(width)
    }

    fn word(&self, offset: u64) -> u32 {
        match offset {
            WCS => self.control,
            WOR => self.offset,
            WCV => low(self.compare),
            WCV_HIGH => low(self.compare >> 32),
            W_IIDR | REFRESH_IIDR => IDENTITY,
            _ => 0,
        }
    }

    /// The guest writes `width` bytes of `value` at `offset`, when its counter is at `now`.
    pub fn write(&mut self, offset: u64, width: u32, value: u64, now: u64) -> Feeding {
        let value = low(value & low_bytes(width));
        let meaning = match offset {
            WCS => {
                self.control = value & ENABLED;
                if self.control == 0 {
                    return Feeding::Nothing;
                }
                Feeding::Begins
            }
            WOR => {
                self.offset = value;
                Feeding::Fed
            }
            WRR => Feeding::Fed,
            _ => return Feeding::Nothing,
        };
        self.compare = now.wrapping_add(self.offset.into());
        meaning
    }
}

impl Default for Watchdog {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Against the registers' names alone: what was written last where it may be, and the rest.
        #[test]
        fn registers_are_as_written_and_the_rest_is_constant(
            accesses in prop::collection::vec((0..0x800_u64, any::<u32>(), any::<u64>()), 1..40),
            near in prop::collection::vec((prop::sample::select(&[0, 8, 0x10, 0x14, 0xFCC, 0x1000, 0x1008][..]),
                any::<u32>(), any::<u64>()), 1..40),
        ) {
            let mut watchdog = Watchdog::new();
            let (mut enabled, mut offset, mut compare) = (0, 0, 0);
            for (at, value, now) in accesses.into_iter().map(|(word, value, now)| (word * 4, value, now)).chain(near) {
                let expected = match at {
                    0 => {
                        enabled = value & 1;
                        if enabled == 1 { Feeding::Begins } else { Feeding::Nothing }
                    }
                    8 => {
                        offset = value;
                        Feeding::Fed
                    }
                    0x1000 => Feeding::Fed,
                    _ => Feeding::Nothing,
                };
                if expected != Feeding::Nothing {
                    compare = now.wrapping_add(offset.into());
                }
                prop_assert_eq!(watchdog.write(at, 4, value.into(), now), expected);
                prop_assert_eq!(watchdog.read(0, 4), u64::from(enabled));
                prop_assert_eq!(watchdog.read(8, 4), u64::from(offset));
                prop_assert_eq!(watchdog.read(0x10, 8), compare);
                prop_assert_eq!(watchdog.read(0x14, 2), compare >> 32 & 0xFFFF);
                prop_assert_eq!((watchdog.read(0xFCC, 4), watchdog.read(0x1FCC, 4)), (0x43B, 0x43B));
                let is_other = ![0, 8, 0x10, 0x14, 0xFCC, 0x1FCC].contains(&at);
                prop_assert!(!is_other || watchdog.read(at, 4) == 0);
            }
        }
    }
}
