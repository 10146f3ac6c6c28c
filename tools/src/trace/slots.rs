//! The plan's windows over the whole run, by time.

use paratia_config::System;

use crate::run::plan;

/// A window of the plan in one of its frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Slot {
    /// The CPU.
    pub cpu: usize,
    /// When it begins, in ticks since the epoch.
    pub start: u64,
    /// When it ends, guard included.
    pub end: u64,
    /// Whose it is, by their place in the system, and the vCPU's number.
    pub whose: (usize, usize),
}

/// A window of a frame: start, end, and whose.
type Planned = (u64, u64, (usize, usize));

/// The plan in ticks.
#[derive(Debug)]
pub(super) struct Slots {
    frame: u64,
    /// Of each CPU, in the order of time.
    windows: Vec<Vec<Planned>>,
}

impl Slots {
    /// A system's plan by a counter of this frequency.
    pub fn new(system: &System, frequency_hz: u64) -> Self {
        let ticks = |time| plan::ticks(time, frequency_hz).unwrap_or(u64::MAX);
        let plans = system.schedule.plans.iter().map(|plan| {
            let windows = plan.iter().filter_map(|window| {
                let partition = system.partition_index(window.partition)?;
                let end = ticks(window.start.saturating_add(window.length));
                Some((ticks(window.start), end, (partition, window.vcpu as usize)))
            });
            let mut windows: Vec<_> = windows.collect();
            windows.sort_unstable();
            windows
        });
        Self {
            frame: ticks(system.schedule.major_frame).max(1),
            windows: plans.collect(),
        }
    }

    /// The last window of a CPU that begins at `time` or before.
    pub fn at(&self, cpu: usize, time: u64) -> Option<Slot> {
        let windows = self.windows.get(cpu)?;
        let (frame, within) = (time / self.frame, time % self.frame);
        let before = windows.partition_point(|(start, ..)| *start <= within);
        match before.checked_sub(1) {
            Some(index) => self.slot(cpu, frame, index),
            None => self.slot(cpu, frame.checked_sub(1)?, windows.len().checked_sub(1)?),
        }
    }

    /// All windows of a CPU that begin before `until`.
    pub fn before(&self, cpu: usize, until: u64) -> impl Iterator<Item = Slot> {
        let count = self.windows.get(cpu).map_or(0, Vec::len);
        let frames = (0..).flat_map(move |frame| (0..count).map(move |index| (frame, index)));
        let slots = frames.map_while(move |(frame, index)| self.slot(cpu, frame, index));
        slots
            .take_while(move |slot| slot.start < until)
            .take(if count == 0 { 0 } else { usize::MAX })
    }

    fn slot(&self, cpu: usize, frame: u64, index: usize) -> Option<Slot> {
        let (start, end, whose) = *self.windows.get(cpu)?.get(index)?;
        let from = self.frame.checked_mul(frame)?;
        Some(Slot {
            cpu,
            start: from.checked_add(start)?,
            end: from.checked_add(end)?,
            whose,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog;

    #[test]
    fn a_moment_is_in_the_window_that_began_last() {
        let choice = catalog::choose("qemu-virt", "cluster").unwrap();
        let slots = Slots::new(choice.system, 1_000_000);
        let found = |time| slots.at(0, time).map(|it| (it.start, it.end, it.whose));
        assert_eq!(found(0), Some((0, 2_000, (0, 0))));
        assert_eq!(found(11_999), Some((2_000, 12_000, (1, 0))));
        assert_eq!(found(32_000), Some((32_000, 39_000, (2, 0))));
        assert_eq!(found(39_500), found(32_000), "idle behind it");
        assert_eq!(slots.at(1, 5), None);
        assert_eq!(slots.before(0, 40_000).count(), 6);
        assert_eq!(slots.before(3, 40_000).count(), 0);
    }
}
