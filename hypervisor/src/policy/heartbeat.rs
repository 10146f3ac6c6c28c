//! Supervision of heartbeats: one due in each period, by a deadline.
//!
//! Periods are counted from the schedule's epoch. Supervision begins with the period after the one
//! in which the partition entered normal mode; until then only the time limit for getting there
//! runs.

use paratia_config::system::{Heartbeat, Schedule, Span};

use crate::base::time::{Frequency, Ticks};
use crate::base::total;

/// A partition's expectation in ticks.
#[derive(Clone, Copy, Debug)]
pub struct Expectation {
    /// The schedule's epoch, from which periods count.
    pub epoch: Ticks,
    /// Length of a period, in ticks.
    pub period: u64,
    /// How many ticks after a period's start a heartbeat still counts.
    pub deadline: u64,
    /// How many ticks the partition may take from its start to normal mode.
    pub start_within: u64,
}

/// A partition's expectation as the schedule measures it: a constant.
#[derive(Clone, Copy, Debug)]
pub struct Declared {
    period: Span,
    deadline: Span,
    start_within: Span,
}

impl Declared {
    /// Of this heartbeat in this schedule.
    #[must_use]
    pub const fn new(heartbeat: &Heartbeat, schedule: &Schedule) -> Self {
        Self {
            period: schedule.span(heartbeat.period),
            deadline: schedule.span(heartbeat.deadline),
            start_within: schedule.span(heartbeat.start_within),
        }
    }

    /// In ticks: the schedule's epoch, the length of its major frame, and the clock for what is less.
    #[must_use]
    pub fn expectation(&self, epoch: Ticks, frame_ticks: u64, frequency: Frequency) -> Expectation {
        let ticks = |span| frequency.span_ticks(span, frame_ticks);
        Expectation {
            epoch,
            period: ticks(self.period),
            deadline: ticks(self.deadline),
            start_within: ticks(self.start_within),
        }
    }
}

#[derive(Clone, Copy, Debug)]
enum State {
    /// Normal mode must be reached by then.
    Starting { by: Ticks },
    /// The period that begins at `period_start` is under supervision; settled once its heartbeat
    /// came or was missed.
    Supervising { period_start: Ticks, settled: bool },
    /// Nothing is expected any more.
    Off,
}

/// The supervision of one partition.
#[derive(Clone, Copy, Debug)]
pub struct Supervision {
    expectation: Expectation,
    state: State,
    /// Totals since boot, over all of the partition's lives.
    pub heartbeats: Heartbeats,
}

/// What was due and what came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(target_os = "none", derive(defmt::Format))]
pub struct Heartbeats {
    /// Periods that were due so far.
    pub heartbeats_expected: u64,
    /// Those without a heartbeat by the deadline.
    pub heartbeats_missed: u64,
}

impl Supervision {
    /// Supervision of a partition that starts now.
    #[must_use]
    pub const fn new(expectation: Expectation) -> Self {
        Self {
            expectation,
            state: State::Off,
            heartbeats: Heartbeats {
                heartbeats_expected: 0,
                heartbeats_missed: 0,
            },
        }
    }

    /// The partition starts (again) at `now`; the time limit for normal mode begins.
    pub fn start(&mut self, now: Ticks) {
        let by = now.after_at_most(self.expectation.start_within);
        self.state = State::Starting { by };
    }

    /// The partition entered normal mode at `now`. A second call changes nothing.
    pub fn enter_normal(&mut self, now: Ticks) {
        if let State::Starting { .. } = self.state {
            let Expectation { epoch, period, .. } = self.expectation;
            let periods = (now.since(epoch) / period.max(1)).saturating_add(1);
            let period_start = epoch.after_at_most(periods.saturating_mul(period));
            self.state = State::Supervising {
                period_start,
                settled: false,
            };
        }
    }

    /// Nothing is expected until the next start.
    pub fn stop(&mut self) {
        self.state = State::Off;
    }

    /// A heartbeat at `now`: whether it is the one that its period waits for, in time. Missed
    /// deadlines are found by [`Self::check`], which the caller asks first.
    #[must_use]
    pub fn beat(&mut self, now: Ticks) -> bool {
        match &mut self.state {
            State::Supervising {
                period_start,
                settled: settled @ false,
            } if now.reached(*period_start)
                && now.since(*period_start) <= self.expectation.deadline =>
            {
                *settled = true;
                total::add(&mut self.heartbeats.heartbeats_expected, 1);
                true
            }
            _ => false,
        }
    }

    /// Looks at the clock: how many deadlines were missed since the last look.
    ///
    /// Periods that went by as a whole are counted by division, so that the time this takes doesn't
    /// depend on how long the last look is ago.
    pub fn check(&mut self, now: Ticks) -> u64 {
        let (period, deadline) = (self.expectation.period, self.expectation.deadline);
        let missed = match &mut self.state {
            State::Starting { by } if now.reached(*by) => {
                self.state = State::Off;
                1
            }
            State::Off | State::Starting { .. } => return 0,
            State::Supervising {
                period_start,
                settled,
            } => {
                let passed = now.since(*period_start) / period.max(1);
                let mut missed = passed.saturating_sub((*settled).into());
                if passed > 0 {
                    // Not beyond `now`: that many periods have passed.
                    *period_start = period_start.after(passed.saturating_mul(period));
                    *settled = false;
                }
                if !*settled && now.since(*period_start) > deadline {
                    *settled = true;
                    missed = missed.saturating_add(1);
                }
                missed
            }
        };
        total::add(&mut self.heartbeats.heartbeats_expected, missed);
        total::add(&mut self.heartbeats.heartbeats_missed, missed);
        missed
    }
}

#[cfg(test)]
mod tests {
    use core::time::Duration;

    use paratia_config::system::Window;

    use super::*;
    use crate::policy::schedule::{Cursor, Plan};

    fn totals(supervision: &Supervision) -> (u64, u64) {
        let of = supervision.heartbeats;
        (of.heartbeats_expected, of.heartbeats_missed)
    }

    fn supervision() -> Supervision {
        let mut supervision = Supervision::new(Expectation {
            epoch: Ticks(1_000),
            period: 100,
            deadline: 60,
            start_within: 250,
        });
        supervision.start(Ticks(1_000));
        supervision
    }

    fn normal() -> Supervision {
        let mut supervision = supervision();
        supervision.enter_normal(Ticks(1_050));
        supervision
    }

    #[test]
    fn the_period_of_entering_normal_mode_is_not_counted() {
        let mut supervision = normal();
        assert!(!supervision.beat(Ticks(1_060)));
        assert_eq!(supervision.check(Ticks(1_099)), 0);
        assert!(
            supervision.beat(Ticks(1_160)),
            "the deadline itself still counts"
        );
        assert!(!supervision.beat(Ticks(1_160)), "one a period");
        assert_eq!(totals(&supervision), (1, 0));
    }

    #[test]
    fn one_tick_after_the_deadline_is_late() {
        let mut supervision = normal();
        assert_eq!(supervision.check(Ticks(1_161)), 1);
        assert!(!supervision.beat(Ticks(1_161)));
        assert_eq!(totals(&supervision), (1, 1));
        assert_eq!(
            supervision.check(Ticks(1_199)),
            0,
            "a late one isn't missed twice"
        );
    }

    #[test]
    fn at_the_deadline_it_is_not_late_yet() {
        let mut supervision = normal();
        assert_eq!(supervision.check(Ticks(1_160)), 0);
        assert!(supervision.beat(Ticks(1_160)));
    }

    #[test]
    fn of_one_that_was_stopped_nothing_is_expected() {
        let mut supervision = normal();
        supervision.stop();
        assert!(!supervision.beat(Ticks(1_130)));
        assert_eq!(supervision.check(Ticks(9_999)), 0);
        assert_eq!(totals(&supervision), (0, 0));
    }

    #[test]
    fn silence_is_missed_once_a_period() {
        let mut supervision = normal();
        assert_eq!(supervision.check(Ticks(1_161)), 1);
        assert_eq!(supervision.check(Ticks(1_190)), 0);
        assert_eq!(supervision.check(Ticks(1_261)), 1);
        assert_eq!(supervision.check(Ticks(1_561)), 3);
        assert_eq!(totals(&supervision), (5, 5));
    }

    #[test]
    fn a_thousand_frames_in_time_miss_nothing() {
        let mut supervision = normal();
        for period in 1..=1_000 {
            let now = Ticks(1_000 + period * 100 + 30);
            assert_eq!(supervision.check(now), 0);
            assert!(supervision.beat(now));
        }
        assert_eq!(totals(&supervision), (1_000, 0));
    }

    /// Hours of a partition that gives its heartbeat in the first window of each period, in time, at
    /// frequencies and frames that don't fit: nothing is ever missed, though the schedule gets ahead of the
    /// clock by up to a tick in each frame.
    #[test]
    fn periods_stay_in_step_with_the_windows_for_hours() {
        const HOURS: u64 = 4;
        for hertz in [19_200_000, 54_000_000, 62_500_000, 1_000_000_000] {
            let frequency = Frequency::new(hertz).unwrap();
            for (frame, frames) in [(2_000_015, 16), (16_666_667, 4), (33_333_333, 1)] {
                misses_nothing(frequency, Duration::from_nanos(frame), frames, HOURS);
            }
        }
    }

    fn misses_nothing(frequency: Frequency, frame: Duration, frames: u32, hours: u64) {
        const WINDOW: Window = Window::us("it", 100, 500);
        let schedule = Schedule {
            major_frame: frame,
            guard: Duration::from_micros(50),
            plans: &[&[WINDOW]],
        };
        let heartbeat = Heartbeat {
            period: frame * frames,
            deadline: frame * (frames - 1) + Duration::from_millis(1),
            start_within: Duration::MAX,
        };
        let mut plan: Plan<(), 3> = Plan::NONE;
        plan.fill(&schedule, 0, frequency, &[Some(())]);
        let epoch = Ticks(1_000);
        let mut cursor = Cursor::new(&plan, epoch);
        let declared = Declared::new(&heartbeat, &schedule);
        let expectation = declared.expectation(epoch, cursor.frame_ticks(), frequency);
        let mut supervision = Supervision::new(expectation);
        supervision.start(epoch);
        supervision.enter_normal(epoch);
        let end = epoch.after(frequency.hertz() * 3_600 * hours);
        let (mut slot, mut window, mut counted) = (cursor.step(), 0_u64, 0);
        while !slot.start.reached(end) {
            if slot.whose.is_some() {
                assert_eq!(
                    supervision.check(slot.start),
                    0,
                    "window {window} of {frame:?}"
                );
                // The last window of each period: the next deadline is never far.
                if window % u64::from(frames) == u64::from(frames) - 1 {
                    counted += u64::from(supervision.beat(slot.start));
                }
                assert_eq!(
                    supervision.check(slot.preempt_at),
                    0,
                    "window {window} of {frame:?}"
                );
                window += 1;
            }
            slot = cursor.step();
        }
        assert_eq!(
            counted,
            window / u64::from(frames) - 1,
            "each but the first is owed"
        );
    }

    #[test]
    fn a_limit_of_for_ever_is_never_passed() {
        let mut supervision = Supervision::new(Expectation {
            epoch: Ticks(1_000),
            period: u64::MAX,
            deadline: u64::MAX,
            start_within: u64::MAX,
        });
        supervision.start(Ticks(1_000));
        assert_eq!(supervision.check(Ticks(1_001)), 0);
        assert_eq!(supervision.check(Ticks(u64::MAX - 1)), 0);
        supervision.enter_normal(Ticks(2_000));
        assert_eq!(supervision.check(Ticks(u64::MAX - 1)), 0);
        assert!(!supervision.beat(Ticks(3_000)));
    }

    #[test]
    fn normal_mode_must_come_in_time() {
        let mut supervision = supervision();
        assert_eq!(supervision.check(Ticks(1_249)), 0);
        assert_eq!(supervision.check(Ticks(1_250)), 1);
        assert_eq!(supervision.check(Ticks(9_999)), 0, "said once");
        supervision.start(Ticks(10_000));
        supervision.enter_normal(Ticks(10_010));
        assert!(supervision.beat(Ticks(10_110)));
    }
}
