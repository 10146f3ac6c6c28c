//! The schedule: when each partition runs on which CPU.

use core::time::Duration;

use crate::each;

/// The cyclic schedule: all CPUs in step, each with its own plan.
#[derive(Clone, Copy, Debug)]
pub struct Schedule {
    /// Length of the cycle.
    pub major_frame: Duration,
    /// Time at the end of each window in which the next partition is switched in; the partition
    /// that owns the window doesn't run in it. At least the hypervisor's longest path.
    pub guard: Duration,
    /// Each CPU's plan, CPU 0 first. CPUs beyond this list stay idle.
    pub plans: &'static [&'static [Window]],
}

/// A duration in major frames, and what is left of it.
///
/// A frame lasts a whole number of ticks, so it is up to a tick shorter than declared, and the schedule
/// gets ahead of the clock by as much in every frame. What has to stay in step with its windows is
/// measured like this, and never as one duration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Whole major frames; saturates.
    pub frames: u64,
    /// The rest, less than a frame.
    pub rest: Duration,
}

const NANOSECONDS: u128 = 1_000_000_000;

impl Schedule {
    /// A duration as the schedule measures it.
    #[must_use]
    #[allow(
        clippy::cast_possible_truncation,
        reason = "compared before, and a remainder is less than what it is divided by"
    )]
    pub const fn span(&self, duration: Duration) -> Span {
        let frame = self.major_frame.as_nanos();
        if frame == 0 {
            return Span {
                frames: 0,
                rest: duration,
            };
        }
        let (frames, rest) = (duration.as_nanos() / frame, duration.as_nanos() % frame);
        // A remainder is less than a frame, which is a `Duration`.
        let (seconds, nanoseconds) = (rest / NANOSECONDS, rest % NANOSECONDS);
        Span {
            frames: if frames > u64::MAX as u128 {
                u64::MAX
            } else {
                frames as u64
            },
            rest: Duration::new(seconds as u64, nanoseconds as u32),
        }
    }

    /// Windows of the largest plan.
    #[must_use]
    pub const fn most_windows(&self) -> usize {
        let mut most = 0;
        each! { plan in self.plans => {
            let count = plan.len();
            most = if count > most { count } else { most };
        }}
        most
    }
}

/// Most windows in a CPU's plan.
pub const MAX_PLAN_WINDOWS: usize = 128;

/// A partition's piece of a CPU's time.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    /// The partition's name.
    pub partition: &'static str,
    /// Which of its vCPUs runs.
    pub vcpu: u32,
    /// Start within the major frame.
    pub start: Duration,
    /// Length, guard included.
    pub length: Duration,
}
