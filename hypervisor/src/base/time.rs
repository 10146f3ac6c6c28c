//! Time in ticks of the system counter: never a frequency assumed, never a float.

use core::time::Duration;

use paratia_config::system::Span;

/// A point in time: a value of the physical counter `CNTPCT_EL0`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(transparent)]
pub struct Ticks(pub u64);

impl Ticks {
    /// The point `count` ticks later.
    #[must_use]
    pub const fn after(self, count: u64) -> Self {
        Self(self.0.wrapping_add(count))
    }

    /// The point `count` ticks later, or the end of time, which no counter reaches.
    #[must_use]
    pub const fn after_at_most(self, count: u64) -> Self {
        Self(self.0.saturating_add(count))
    }

    /// The point `count` ticks earlier.
    #[must_use]
    pub const fn before(self, count: u64) -> Self {
        Self(self.0.wrapping_sub(count))
    }

    /// Whether this point is `other` or later. The 64-bit counter doesn't wrap in the life of a
    /// board (Arm ARM DDI 0487, D12.1.2: at least 40 years).
    #[must_use]
    pub const fn reached(self, other: Self) -> bool {
        self.0 >= other.0
    }

    /// Ticks since `earlier`, which doesn't lie ahead.
    #[must_use]
    pub const fn since_past(self, earlier: Self) -> u64 {
        self.0.wrapping_sub(earlier.0)
    }

    /// Ticks since `earlier`; 0 if it lies ahead.
    #[must_use]
    pub const fn since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// The counter's frequency, as the board's firmware states it in `CNTFRQ_EL0`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frequency(u64);

impl Frequency {
    /// The frequency of `hertz` from 1 Hz to 10 GHz; nothing outside that range.
    #[must_use]
    pub const fn new(hertz: u64) -> Option<Self> {
        if hertz == 0 || hertz > 10_000_000_000 {
            None
        } else {
            Some(Self(hertz))
        }
    }

    /// In Hz.
    #[must_use]
    pub const fn hertz(self) -> u64 {
        self.0
    }

    /// A duration in ticks, rounded down; saturates.
    #[inline(never)]
    #[must_use]
    pub const fn ticks(self, duration: Duration) -> u64 {
        // Less than 10^9 times at most 10^10: fits in 64 bits.
        let rest = (duration.subsec_nanos() as u64).wrapping_mul(self.0) / 1_000_000_000;
        let whole = duration.as_secs().saturating_mul(self.0);
        whole.saturating_add(rest)
    }

    /// A duration in ticks of a schedule whose major frame has `frame_ticks`; saturates. A multiple of the
    /// frame is that multiple of its ticks, so what is counted in such periods stays in step with the
    /// windows for ever.
    #[must_use]
    pub const fn span_ticks(self, span: Span, frame_ticks: u64) -> u64 {
        let frames = span.frames.saturating_mul(frame_ticks);
        frames.saturating_add(self.ticks(span.rest))
    }
}

#[cfg(test)]
mod tests {
    use paratia_config::system::Schedule;

    use super::*;

    #[test]
    fn a_duration_becomes_ticks_at_any_frequency() {
        let frame = Duration::from_millis(20);
        for (hertz, ticks) in [
            (62_500_000, 1_250_000),
            (54_000_000, 1_080_000),
            (19_200_000, 384_000),
            (1_000_000_000, 20_000_000),
        ] {
            assert_eq!(Frequency::new(hertz).unwrap().ticks(frame), ticks);
        }
        assert_eq!(
            Frequency::new(1_000_000_000).unwrap().ticks(Duration::MAX),
            u64::MAX
        );
        assert_eq!(Frequency::new(0), None);
    }

    #[test]
    fn points_lie_before_and_after_each_other() {
        let (earlier, later) = (Ticks(5), Ticks(7));
        assert_eq!((earlier.after(2), later.before(2)), (later, earlier));
        assert!(later.reached(earlier) && later.reached(later) && !earlier.reached(later));
        assert_eq!(later.since_past(earlier), 2);
        assert_eq!((later.since(earlier), earlier.since(later)), (2, 0));
    }

    #[test]
    fn whole_frames_are_as_long_as_the_frame() {
        // 60 Hz: a third of a tick is cut off each frame.
        let schedule = Schedule {
            major_frame: Duration::from_nanos(16_666_667),
            guard: Duration::ZERO,
            plans: &[],
        };
        let frequency = Frequency::new(62_500_000).unwrap();
        let frame = frequency.ticks(schedule.major_frame);
        let ticks = |duration| frequency.span_ticks(schedule.span(duration), frame);
        assert_eq!(ticks(schedule.major_frame * 1_000), frame * 1_000);
        let millisecond = Duration::from_millis(1);
        assert_eq!(
            ticks(schedule.major_frame * 3 + millisecond),
            frame * 3 + 62_500
        );
        assert_eq!(ticks(millisecond), 62_500);
        assert_eq!(ticks(Duration::ZERO), 0);
        let span = schedule.span(Duration::MAX);
        assert_eq!(span.frames, u64::MAX);
        assert_eq!(frequency.span_ticks(span, frame), u64::MAX);
        assert_eq!(Ticks(5).after_at_most(u64::MAX), Ticks(u64::MAX));
    }

    #[test]
    fn a_frame_of_nothing_has_no_multiples() {
        let schedule = Schedule {
            major_frame: Duration::ZERO,
            guard: Duration::ZERO,
            plans: &[],
        };
        let span = schedule.span(Duration::from_secs(7));
        assert_eq!((span.frames, span.rest), (0, Duration::from_secs(7)));
    }
}
