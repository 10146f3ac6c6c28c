//! The system timer of BCM2835 and its successors up to BCM2711: a counter of microseconds and four
//! alarms, of which the VideoCore uses 0 and 2 (BCM2835 ARM Peripherals, 12).

use safe_mmio::fields::{ReadPure, ReadPureWrite};
use safe_mmio::{UniqueMmioPointer, field, field_shared};

use crate::delay::Counter;

/// The registers (BCM2835 ARM Peripherals, 12.1).
#[repr(C)]
#[cfg_attr(
    test,
    derive(zerocopy::FromBytes, zerocopy::IntoBytes, zerocopy::KnownLayout)
)]
struct Registers {
    /// `CS`: a bit for each alarm that has gone off; written as 1 it is cleared.
    status: ReadPureWrite<u32>,
    /// `CLO`: the counter's lower half.
    low: ReadPure<u32>,
    /// `CHI`: its upper half.
    high: ReadPure<u32>,
    /// `C0` to `C3`: compared with the lower half.
    compare: [ReadPureWrite<u32>; 4],
}

/// The timer.
pub struct SystemTimer {
    registers: UniqueMmioPointer<'static, Registers>,
}

/// An alarm that is for Arm's use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alarm {
    /// `C1`.
    One = 1,
    /// `C3`.
    Three = 3,
}

impl SystemTimer {
    /// The timer whose registers lie at `address`, or nothing if no registers can lie there.
    ///
    /// # Safety
    ///
    /// A BCM2835 system timer must be mapped as device memory at `address` for ever, and no other
    /// `SystemTimer` for it may exist.
    #[must_use]
    pub unsafe fn new(address: usize) -> Option<Self> {
        // SAFETY: the caller's promise, passed on.
        unsafe { crate::registers(address) }.map(|registers| Self { registers })
    }

    /// Asserts the alarm's interrupt in `microseconds`, until it is [cleared](Self::clear).
    pub fn set(&mut self, alarm: Alarm, microseconds: u32) {
        let now = field_shared!(self.registers, low).read();
        if let Some(mut compare) = field!(self.registers, compare).get(alarm as usize) {
            compare.write(now.wrapping_add(microseconds));
        }
    }

    /// Takes the alarm's interrupt back.
    pub fn clear(&mut self, alarm: Alarm) {
        field!(self.registers, status).write(1 << alarm as u32);
    }

    /// Whether the alarm has gone off.
    #[must_use]
    pub fn is_due(&self, alarm: Alarm) -> bool {
        field_shared!(self.registers, status).read() >> alarm as u32 & 1 != 0
    }
}

impl Counter for SystemTimer {
    fn frequency_hz(&self) -> u64 {
        1_000_000
    }

    fn now(&self) -> u64 {
        loop {
            let high = field_shared!(self.registers, high).read();
            let low = field_shared!(self.registers, low).read();
            // The lower half may have wrapped between the two.
            if field_shared!(self.registers, high).read() == high {
                return u64::from(high) << 32 | u64::from(low);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fake::Registers as Fake;

    #[test]
    fn an_alarm_is_set_from_now_on_and_cleared_alone() {
        let mut fake = Fake::new();
        fake.put(0x04, u32::MAX);
        fake.put(0x08, 2);
        let mut timer = SystemTimer {
            registers: fake.leak(),
        };
        assert_eq!(timer.now(), 0x2_FFFF_FFFF);
        timer.set(Alarm::Three, 11);
        assert_eq!(fake.get(0x18), 10, "the counter goes round");
        fake.put(0x00, 1 << 3);
        assert!(timer.is_due(Alarm::Three) && !timer.is_due(Alarm::One));
        timer.clear(Alarm::One);
        assert_eq!(fake.get(0x00), 1 << 1, "only the cleared one is written");
    }
}
