//! A guest's physical timer (`CNTP_*_EL0`), emulated: its comparator is the hypervisor's own to use
//! in nobody's place, so accesses trap, and its interrupt is raised when the guest's CPU comes to
//! EL2 at its deadline. Guests' physical count is their virtual one.
//!
//! Counts are compared as unsigned numbers of 64 bits (Arm ARM DDI 0487, D12.2.4), so a deadline may
//! lie beyond all that the board's counter will ever show.

use crate::base::time::Ticks;

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

    /// When the CPU has to leave the guest, as it is `now`: at the `end` of its window, or at its deadline
    /// before. The guest's count began at `epoch`.
    #[must_use]
    pub fn leave_at(&self, now: u64, epoch: Ticks, end: Ticks) -> Ticks {
        let Some(deadline) = self.deadline(now) else {
            return end;
        };
        // What lies beyond the counter's range never comes, and so doesn't wrap into the past.
        let deadline = Ticks(epoch.0.saturating_add(deadline));
        if deadline.reached(end) { end } else { deadline }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Counts and values of every size, and those around which arithmetic goes wrong.
    fn extreme() -> impl Strategy<Value = u64> {
        const EDGES: [u64; 6] = [0, 1 << 31, 1 << 32, 1 << 56, 1 << 63, u64::MAX];
        let edge = (
            proptest::sample::select(&EDGES[..]),
            0_u64..4,
            any::<bool>(),
        );
        let edge = edge.prop_map(|(edge, by, up)| {
            if up {
                edge.wrapping_add(by)
            } else {
                edge.wrapping_sub(by)
            }
        });
        prop_oneof![edge, any::<u64>(), 0_u64..100_000]
    }

    /// A timer that a guest has set at count `now`, by either view.
    fn timer(by_compare: bool, value: u64, control: u64, now: u64) -> PhysicalTimer {
        let mut timer = PhysicalTimer::RESET;
        if by_compare {
            timer.compare = value;
        } else {
            timer.set_value(value, now);
        }
        timer.set_control(control);
        timer
    }

    proptest! {
        /// Whatever is set, the CPU leaves the guest when its timer asks for its interrupt or the window
        /// ends, whichever comes first: never later, and never before for nothing.
        #[test]
        fn the_cpu_leaves_the_guest_in_time_and_never_for_nothing(
            by_compare: bool,
            value in extreme(),
            control in 0_u64..8,
            now in 0_u64..1 << 60,
            epoch in 0_u64..1 << 60,
            length in 1_u64..1 << 40,
        ) {
            let timer = timer(by_compare, value, control, now);
            let end = Ticks(epoch + now + length);
            let at = timer.leave_at(now, Ticks(epoch), end);
            prop_assert!(at.0 > epoch + now, "it has been left already");
            prop_assert!(end.reached(at), "the window ends");
            if at != end {
                let count = at.since_past(Ticks(epoch));
                prop_assert!(timer.is_raised(count) && !timer.is_raised(count - 1));
            } else if !timer.is_raised(now) {
                prop_assert!(!timer.is_raised(now + length - 1));
            }
        }

        /// As the architecture has it, in numbers that are wide enough.
        #[test]
        fn views_and_status_are_the_architectures(
            by_compare: bool,
            value in extreme(),
            control in 0_u64..8,
            set_at in extreme(),
            now in extreme(),
        ) {
            let timer = timer(by_compare, value, control, set_at);
            let compare = if by_compare {
                value
            } else {
                let signed = i128::from((value & 0xFFFF_FFFF) as u32 as i32);
                u64::try_from((i128::from(set_at) + signed) & i128::from(u64::MAX)).unwrap()
            };
            prop_assert_eq!(timer.compare, compare);
            let reached = control & 1 != 0 && u128::from(now) >= u128::from(compare);
            prop_assert_eq!(timer.control(now), control & 3 | if reached { 4 } else { 0 });
            prop_assert_eq!(timer.is_raised(now), control & 3 == 1 && reached);
            prop_assert_eq!(timer.is_off(), control & 1 == 0);
            let left = (i128::from(compare) - i128::from(now)) & 0xFFFF_FFFF;
            prop_assert_eq!(i128::from(timer.value(now)), left);
        }
    }

    #[test]
    fn it_is_raised_from_its_deadline_on() {
        let mut timer = PhysicalTimer::RESET;
        timer.set_value(100, 1_000);
        assert_eq!(timer.deadline(1_000), None, "it is off");
        timer.set_control(ENABLE);
        assert_eq!(timer.deadline(1_000), Some(1_100));
        assert_eq!(timer.deadline(1_100), None, "it asks already");
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
