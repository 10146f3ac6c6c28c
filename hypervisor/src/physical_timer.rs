//! A guest's physical timer (`CNTP_*_EL0`), emulated: its comparator is the hypervisor's own to use
//! in nobody's place, so accesses trap, and its interrupt is raised when the guest's CPU comes to
//! EL2 at its deadline. Guests' physical count is their virtual one.

/// `CNTP_CTL_EL0` (Arm ARM DDI 0487, `CNTP_CTL_EL0`).
const ENABLE: u64 = 1;
const MASKED: u64 = 1 << 1;
const STATUS: u64 = 1 << 2;

/// The timer. Counts are the guest's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PhysicalTimer {
    control: u64,
    /// `CNTP_CVAL_EL0`.
    pub compare: u64,
}

impl PhysicalTimer {
    /// After reset: off.
    pub const RESET: Self = Self {
        control: 0,
        compare: 0,
    };

    /// `CNTP_CTL_EL0` at count `now`.
    #[must_use]
    pub const fn control(&self, now: u64) -> u64 {
        let reached = self.control & ENABLE != 0 && now >= self.compare;
        self.control | if reached { STATUS } else { 0 }
    }

    /// Writes `CNTP_CTL_EL0`.
    pub fn set_control(&mut self, value: u64) {
        self.control = value & (ENABLE | MASKED);
    }

    /// Whether it is disabled, and so neither asks for its interrupt nor will.
    #[inline]
    #[must_use]
    pub const fn is_off(&self) -> bool {
        self.control & ENABLE == 0
    }

    /// `CNTP_TVAL_EL0` at count `now`: 32 bits, signed.
    #[must_use]
    pub const fn value(&self, now: u64) -> u64 {
        self.compare.wrapping_sub(now) & 0xFFFF_FFFF
    }

    /// Writes `CNTP_TVAL_EL0` at count `now`.
    pub fn set_value(&mut self, value: u64, now: u64) {
        let low = value & 0xFFFF_FFFF;
        let signed = low | if low >> 31 != 0 { !0xFFFF_FFFF } else { 0 };
        self.compare = now.wrapping_add(signed);
    }

    /// Whether it asks for its interrupt at count `now`.
    #[must_use]
    pub const fn is_raised(&self, now: u64) -> bool {
        self.control(now) == ENABLE | STATUS
    }

    /// The count at which it will ask for its interrupt, if it hasn't yet at `now`.
    #[inline]
    #[must_use]
    pub fn deadline(&self, now: u64) -> Option<u64> {
        (self.control == ENABLE && now < self.compare).then_some(self.compare)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_raised_from_its_deadline_on() {
        let mut timer = PhysicalTimer::RESET;
        timer.set_value(100, 1_000);
        assert_eq!(timer.deadline(1_000), None, "it is off");
        timer.set_control(ENABLE);
        assert_eq!(timer.deadline(1_000), Some(1_100));
        assert!(!timer.is_raised(1_099) && timer.is_raised(1_100));
        assert_eq!((timer.value(1_090), timer.value(1_101)), (10, 0xFFFF_FFFF));
        assert_eq!(timer.control(1_100), ENABLE | STATUS);
        timer.set_control(ENABLE | MASKED);
        assert!(!timer.is_raised(2_000));
        assert_eq!(timer.control(2_000), ENABLE | MASKED | STATUS);
    }

    #[test]
    fn a_negative_value_lies_in_the_past() {
        let mut timer = PhysicalTimer::RESET;
        timer.set_control(ENABLE);
        timer.set_value(0xFFFF_FFFF, 1_000);
        assert_eq!(timer.compare, 999);
        assert!(timer.is_raised(1_000));
        assert_eq!(timer.deadline(1_000), None);
    }
}
