//! How long the hypervisor's own paths take, so that the guard can be checked against them.
//!
//! A switch is the way from an exit to the moment when the next partition is ready to be released.
//! Work on the log in between isn't part of it: it is done in steps that keep their distance from
//! the next release, and has its own bound.

use crate::base::time::Ticks;

/// The paths of one CPU, in ticks.
#[derive(Clone, Copy, Debug)]
pub struct Path {
    begun: Ticks,
    /// The longest switch since boot, in ticks, work on the log left out.
    pub switch_worst: u64,
    /// The longest step of the log since boot, in ticks.
    pub log_step_worst: u64,
}

impl Path {
    /// Nothing measured yet.
    pub const NONE: Self = Self {
        begun: Ticks(0),
        switch_worst: 0,
        log_step_worst: 0,
    };

    /// A path begins with an exit at `now`.
    pub fn begin(&mut self, now: Ticks) {
        self.begun = now;
    }

    /// When it began, later by what isn't part of it.
    #[must_use]
    pub fn begun(&self) -> Ticks {
        self.begun
    }

    /// Leaves `ticks` that were spent on something else out of the path.
    pub fn leave_out(&mut self, ticks: u64) {
        self.begun = self.begun.after(ticks);
    }

    /// The path was a switch, and is over at `now`.
    #[inline]
    pub fn end_switch(&mut self, now: Ticks) {
        self.switch_worst = self.switch_worst.max(now.since_past(self.begun));
    }

    /// A step of the log took so many ticks.
    pub fn count_log_step(&mut self, ticks: u64) {
        self.log_step_worst = self.log_step_worst.max(ticks);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_switch_is_counted_without_the_log() {
        let mut path = Path::NONE;
        path.begin(Ticks(100));
        path.leave_out(300);
        path.leave_out(90);
        path.end_switch(Ticks(525));
        assert_eq!(path.switch_worst, 35);
        path.begin(Ticks(1_000));
        path.end_switch(Ticks(1_001));
        assert_eq!(path.switch_worst, 35);
    }
}
