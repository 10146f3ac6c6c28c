//! Nanoseconds, in which ARINC 653 counts, and ticks, in which the counter and the windows do.
//!
//! A major frame lasts a whole number of ticks, so a period is counted in frames: it stays in step with the
//! partition's windows for ever, also where a frame isn't a whole number of ticks.

use a653rs::bindings::{ApexSystemTime, ErrorReturnCode, INFINITE_TIME_VALUE};
use paratia_abi::passport::WindowRecord;

const NANOSECONDS: u128 = 1_000_000_000;

/// How a partition's time passes.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    /// Ticks of the counter in a second.
    frequency: u64,
    frame_nanoseconds: u64,
    frame: u64,
    /// The first window's start in the frame.
    first_window: u64,
}

/// What a time means that an application gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    /// Negative: without end (ARINC 653 P1-3, 3.4.1).
    Infinite,
    /// Nanoseconds.
    Nanoseconds(u64),
}

impl From<ApexSystemTime> for Span {
    fn from(time: ApexSystemTime) -> Self {
        u64::try_from(time).map_or(Self::Infinite, Self::Nanoseconds)
    }
}

impl Clock {
    /// For a counter with this frequency and a major frame of so many nanoseconds, in which the partition's
    /// first window begins at `first_window_nanoseconds`. All are as the passport says, rounded as the
    /// hypervisor rounds.
    #[must_use]
    pub fn new(frequency: u64, frame_nanoseconds: u64, first_window_nanoseconds: u64) -> Self {
        Self {
            frequency,
            frame_nanoseconds,
            frame: ticks_below(frequency, frame_nanoseconds).max(1),
            first_window: ticks_below(frequency, first_window_nanoseconds),
        }
    }

    /// At least so many nanoseconds; saturates.
    #[must_use]
    pub fn at_least(&self, nanoseconds: u64) -> u64 {
        let ticks = (u128::from(nanoseconds) * u128::from(self.frequency)).div_ceil(NANOSECONDS);
        u64::try_from(ticks).unwrap_or(u64::MAX)
    }

    /// A duration as the windows measure it: whole frames in the frame's ticks, and the rest.
    #[must_use]
    pub fn in_step(&self, nanoseconds: u64) -> u64 {
        let frames = nanoseconds / self.frame_nanoseconds.max(1);
        let rest = nanoseconds % self.frame_nanoseconds.max(1);
        frames
            .saturating_mul(self.frame)
            .saturating_add(self.at_least(rest))
    }

    /// A moment in nanoseconds since the schedule's epoch. What doesn't fit is infinite, which is far away: 292
    /// years.
    #[must_use]
    pub fn nanoseconds(&self, ticks: u64) -> ApexSystemTime {
        let nanoseconds = u128::from(ticks) * NANOSECONDS / u128::from(self.frequency.max(1));
        ApexSystemTime::try_from(nanoseconds).unwrap_or(INFINITE_TIME_VALUE)
    }

    /// The partition's period, in which its windows repeat: the major frame.
    #[must_use]
    pub const fn partition_period(&self) -> u64 {
        self.frame_nanoseconds
    }

    /// Whether a process can have such a period: a whole number of the partition's.
    #[must_use]
    pub const fn is_in_step(&self, nanoseconds: u64) -> bool {
        self.frame_nanoseconds != 0 && nanoseconds.is_multiple_of(self.frame_nanoseconds)
    }

    /// When the partition's next period begins, after `now`: with its first window in a frame.
    #[must_use]
    pub fn next_period(&self, now: u64) -> u64 {
        let Some(since) = now.checked_sub(self.first_window) else {
            return self.first_window;
        };
        let frames = since / self.frame + 1;
        self.first_window
            .saturating_add(frames.saturating_mul(self.frame))
    }

    /// When the window ends in which `now` lies; nothing if it lies in none.
    #[must_use]
    pub fn window_end(&self, now: u64, windows: &[WindowRecord]) -> Option<u64> {
        let within = now % self.frame;
        let ends = windows.iter().find_map(|window| {
            let start = ticks_below(self.frequency, window.start_ns);
            let end = window.start_ns.saturating_add(window.length_ns);
            let end = ticks_below(self.frequency, end);
            (start..end).contains(&within).then_some(end)
        });
        ends.map(|end| now - within + end)
    }

    /// `time` from `now` on, at least; nothing for a time without end.
    ///
    /// # Errors
    /// [`ErrorReturnCode::InvalidParam`] if that lies beyond what the counter counts to.
    pub fn after(&self, now: u64, time: ApexSystemTime) -> Result<Option<u64>, ErrorReturnCode> {
        match Span::from(time) {
            Span::Infinite => Ok(None),
            Span::Nanoseconds(nanoseconds) => {
                let end = now.checked_add(self.at_least(nanoseconds));
                end.map(Some).ok_or(ErrorReturnCode::InvalidParam)
            }
        }
    }
}

/// A duration in ticks, rounded down as the hypervisor does.
fn ticks_below(frequency: u64, nanoseconds: u64) -> u64 {
    let ticks = u128::from(nanoseconds) * u128::from(frequency) / NANOSECONDS;
    u64::try_from(ticks).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    extern crate std;

    use super::*;
    use proptest::prelude::*;

    /// A frame of 20 ms at the Raspberry Pi's 54 MHz over 7: not a whole number of ticks.
    fn odd() -> Clock {
        Clock::new(7_714_285, 20_000_000, 1_000_000)
    }

    #[test]
    fn a_period_is_in_step_with_the_frame_for_hours() {
        let clock = odd();
        let frame = 154_285;
        assert_eq!(clock.in_step(20_000_000), frame);
        assert_eq!(
            clock.in_step(20_000_000 * 1_000_000_000),
            frame * 1_000_000_000
        );
        assert!(clock.at_least(20_000_000 * 1_000_000) > frame * 1_000_000);
    }

    #[test]
    fn a_period_begins_with_the_first_window() {
        let clock = Clock::new(1_000_000_000, 20_000_000, 4_000_000);
        assert_eq!(clock.next_period(0), 4_000_000);
        assert_eq!(clock.next_period(3_999_999), 4_000_000);
        assert_eq!(clock.next_period(4_000_000), 24_000_000);
        assert_eq!(clock.next_period(24_000_001), 44_000_000);
    }

    #[test]
    fn a_window_ends_where_the_passport_says() {
        let clock = Clock::new(1_000_000_000, 20_000_000, 4_000_000);
        let windows = [(4_000_000, 2_000_000), (10_000_000, 1_000_000)];
        let windows = windows.map(|(start_ns, length_ns)| WindowRecord {
            start_ns,
            length_ns,
        });
        let end = |now| clock.window_end(now, &windows);
        assert_eq!(end(4_000_000), Some(6_000_000));
        assert_eq!(end(30_999_999), Some(31_000_000));
        assert_eq!(end(6_000_000), None);
        assert_eq!(end(0), None);
    }

    #[test]
    fn what_is_negative_has_no_end_and_what_is_too_long_is_refused() {
        let clock = odd();
        assert_eq!(clock.after(5, INFINITE_TIME_VALUE), Ok(None));
        assert_eq!(clock.after(5, i64::MIN), Ok(None));
        assert_eq!(clock.after(5, 0), Ok(Some(5)));
        assert_eq!(
            clock.after(u64::MAX - 5, 1_000_000),
            Err(ErrorReturnCode::InvalidParam)
        );
        assert_eq!(clock.nanoseconds(u64::MAX), INFINITE_TIME_VALUE);
    }

    proptest! {
        #[test]
        fn a_wait_is_never_shorter_than_asked(frequency in 1_u64..2_000_000_000, nanoseconds in 0_u64..1 << 50) {
            let clock = Clock::new(frequency, 20_000_000, 0);
            let ticks = clock.at_least(nanoseconds);
            prop_assert!(u128::from(ticks) * NANOSECONDS >= u128::from(nanoseconds) * u128::from(frequency));
            prop_assert!(clock.nanoseconds(ticks) >= i64::try_from(nanoseconds).unwrap());
        }
    }
}
