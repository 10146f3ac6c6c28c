//! A guest's clock: a PL031 (Arm DDI 0224) that runs, shows seconds, and can't be set; its alarm never comes.
//!
//! It has no state: what is written is ignored, `RTCCR` says that the counter runs, which nothing but a reset ends
//! (3.3.4), and the interrupt stays masked.

use crate::base::bits::low_bytes;
use crate::machine::vgic::low;

/// The counter, `RTCDR`.
const COUNTER: u64 = 0x000;
/// The registers that aren't zero beside it (DDI 0224, 3.2), by their places: `RTCCR`, in which the counter is on;
/// part 0x031 by Arm, revision 0; then the PrimeCell's mark. The match, load and interrupt registers read as after
/// a reset.
const REGISTERS: &[(u64, u32)] = &[
    (0x00C, 1),
    (0xFE0, 0x31),
    (0xFE4, 0x10),
    (0xFE8, 0x04),
    (0xFF0, 0x0D),
    (0xFF4, 0xF0),
    (0xFF8, 0x05),
    (0xFFC, 0xB1),
];

/// What `width` bytes at `offset` read as, at a time in seconds since 1970. A narrower access is to a register's
/// lower part, one of 8 bytes to two registers.
#[must_use]
pub fn read(offset: u64, width: u32, seconds: u64) -> u64 {
    let lower = word(offset, seconds);
    if width >= 8 {
        let upper = word(offset.wrapping_add(4), seconds);
        return u64::from(upper) << 32 | u64::from(lower);
    }
    u64::from(lower) & low_bytes(width)
}

fn word(offset: u64, seconds: u64) -> u32 {
    if offset == COUNTER {
        return low(seconds);
    }
    let row = REGISTERS.iter().find(|(place, _)| *place == offset);
    row.map_or(0, |(_, value)| *value)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The manual's table of registers after a reset, with the counter on: DDI 0224, table 3-1.
    fn expected(offset: u64, seconds: u64) -> u64 {
        match offset {
            0x000 => seconds % (1 << 32),
            0x00C => 1,
            0xFE0..=0xFFC if offset.is_multiple_of(4) => {
                let marks = [0x31, 0x10, 0x04, 0x00, 0x0D, 0xF0, 0x05, 0xB1];
                marks[usize::try_from((offset - 0xFE0) / 4).unwrap()]
            }
            _ => 0,
        }
    }

    proptest! {
        #[test]
        fn every_register_is_the_manual_s(word in 0..1024_u64, seconds: u64) {
            let offset = word * 4;
            let whole = expected(offset, seconds);
            prop_assert_eq!(read(offset, 4, seconds), whole);
            prop_assert_eq!(read(offset, 2, seconds), whole & 0xFFFF);
            prop_assert_eq!(read(offset, 1, seconds), whole & 0xFF);
            prop_assert_eq!(read(offset, 8, seconds), expected(offset + 4, seconds) << 32 | whole);
        }
    }
}
