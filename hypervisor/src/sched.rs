//! The cyclic schedule: which slot comes next on a CPU, at absolute times that never drift.
//!
//! A plan's windows and the gaps between them become a gapless list of slots in ticks. Each slot's
//! times derive from the epoch and a count of major frames, not from when the slot before it really
//! ended, so a delay is never passed on.

use heapless::Vec;
use paratia_config::layout::MAX_PARTITIONS;
use paratia_config::machine::MAX_VCPUS;
use paratia_config::system::{Schedule, System, Window};

use crate::time::{Frequency, Ticks};

/// A vCPU by its index among all. Small, as all of a [`Slot`]: it is copied in each switch.
pub type VcpuIndex = u16;
const _: () = assert!(MAX_PARTITIONS * MAX_VCPUS <= 1 << VcpuIndex::BITS);

/// The most slots of any CPU's plan: each window, and a gap on each side of it.
#[must_use]
pub const fn most_slots(system: &System) -> usize {
    2 * system.schedule.most_windows() + 1
}

/// A slot of the plan, relative to its major frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct PlannedSlot {
    vcpu: Option<VcpuIndex>,
    start: u64,
    end: u64,
}

/// A slot at its absolute time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct Slot {
    /// The vCPU whose window it is, by its index among all; a gap belongs to nobody.
    pub vcpu: Option<VcpuIndex>,
    /// When it starts: the vCPU is released at this tick.
    pub start: Ticks,
    /// When the vCPU must be interrupted: a guard before the next slot starts.
    pub preempt_at: Ticks,
    /// Whether a major frame begins with it.
    pub first_in_frame: bool,
    /// Slots that were skipped because their time had gone by; 0 as long as every path is shorter
    /// than the guard.
    pub skipped: u32,
}

impl Slot {
    /// No slot yet.
    pub const NONE: Self = Self {
        vcpu: None,
        start: Ticks(0),
        preempt_at: Ticks(0),
        first_in_frame: false,
        skipped: 0,
    };
}

/// A CPU's plan in ticks, with room for [`most_slots`].
#[derive(Debug)]
pub struct Plan<const SLOTS: usize> {
    slots: Vec<PlannedSlot, SLOTS>,
    frame_ticks: u64,
    guard_ticks: u64,
}

impl<const SLOTS: usize> Plan<SLOTS> {
    /// None yet.
    pub const NONE: Self = Self {
        slots: Vec::new(),
        frame_ticks: 0,
        guard_ticks: 0,
    };

    /// Becomes the plan of CPU `cpu`, in place, for it may be larger than a stack; a CPU that the
    /// schedule doesn't name has one gap a frame.
    pub fn fill(&mut self, system: &System, cpu: usize, frequency: Frequency) {
        let Schedule {
            major_frame,
            guard,
            plans,
        } = system.schedule;
        let frame_ticks = frequency.ticks(major_frame);
        let slots = &mut self.slots;
        slots.clear();
        let mut at = 0;
        for window in plans.get(cpu).copied().unwrap_or_default() {
            let (start, end) = in_ticks(window, frequency);
            if start > at {
                push(
                    slots,
                    PlannedSlot {
                        vcpu: None,
                        start: at,
                        end: start,
                    },
                );
            }
            let index = system.vcpu_of(window);
            let vcpu = index.and_then(|index| VcpuIndex::try_from(index).ok());
            push(slots, PlannedSlot { vcpu, start, end });
            at = end;
        }
        if at < frame_ticks {
            push(
                slots,
                PlannedSlot {
                    vcpu: None,
                    start: at,
                    end: frame_ticks,
                },
            );
        }
        self.frame_ticks = frame_ticks;
        self.guard_ticks = frequency.ticks(guard);
    }
}

fn in_ticks(window: &Window, frequency: Frequency) -> (u64, u64) {
    let start = frequency.ticks(window.start);
    (
        start,
        frequency.ticks(window.start.saturating_add(window.length)),
    )
}

/// There is room for the largest plan, so nothing is ever dropped here.
fn push<const SLOTS: usize>(slots: &mut Vec<PlannedSlot, SLOTS>, slot: PlannedSlot) {
    let _ = slots.push(slot);
}

/// A CPU's place in its plan.
#[derive(Debug)]
pub struct Cursor<'a, const SLOTS: usize> {
    plan: &'a Plan<SLOTS>,
    frame_start: Ticks,
    next: usize,
}

impl<'a, const SLOTS: usize> Cursor<'a, SLOTS> {
    /// At the start of the first major frame, which begins at `epoch`.
    #[must_use]
    pub fn new(plan: &'a Plan<SLOTS>, epoch: Ticks) -> Self {
        Self {
            plan,
            frame_start: epoch,
            next: 0,
        }
    }

    /// Length of the major frame in ticks.
    #[must_use]
    pub fn frame_ticks(&self) -> u64 {
        self.plan.frame_ticks
    }

    /// Length of the guard in ticks.
    #[must_use]
    pub fn guard_ticks(&self) -> u64 {
        self.plan.guard_ticks
    }

    /// The next slot whose preemption time is still ahead of `now`: the very next one, as long as
    /// every path keeps within the guard.
    #[inline]
    pub fn advance(&mut self, now: Ticks) -> Slot {
        let slot = self.step();
        if slot.preempt_at.0 > now.0 {
            slot
        } else {
            self.catch_up(now)
        }
    }

    /// Skips what has gone by: whole frames by division, then at most two turns of the plan.
    #[cold]
    fn catch_up(&mut self, now: Ticks) -> Slot {
        let behind = now.since(self.frame_start) / self.plan.frame_ticks.max(1);
        let mut skipped = 1;
        if behind > 1 {
            let frames = behind - 1;
            self.frame_start = self
                .frame_start
                .after(frames.saturating_mul(self.plan.frame_ticks));
            let slots = frames.saturating_mul(self.plan.slots.len() as u64);
            skipped = u32::try_from(slots).unwrap_or(u32::MAX).saturating_add(1);
        }
        for _ in 0..2 * SLOTS {
            let slot = self.step();
            if slot.preempt_at.0 > now.0 {
                return Slot { skipped, ..slot };
            }
            skipped = skipped.saturating_add(1);
        }
        Slot {
            skipped,
            ..self.step()
        }
    }

    #[inline]
    fn step(&mut self) -> Slot {
        let frame_start = self.frame_start;
        let first_in_frame = self.next == 0;
        let slot = self
            .plan
            .slots
            .get(self.next)
            .copied()
            .unwrap_or(PlannedSlot {
                vcpu: None,
                start: 0,
                end: self.plan.frame_ticks,
            });
        self.next += 1;
        if self.next >= self.plan.slots.len() {
            self.next = 0;
            self.frame_start = frame_start.after(self.plan.frame_ticks);
        }
        Slot {
            vcpu: slot.vcpu,
            start: frame_start.after(slot.start),
            preempt_at: frame_start.after(slot.end).before(self.plan.guard_ticks),
            first_in_frame,
            skipped: 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use paratia_board_support::qemu_virt::QemuVirt;
    use paratia_config::systems::cluster::Definition;
    use proptest::prelude::*;

    use super::*;

    const EPOCH: Ticks = Ticks(1_000);

    fn plan(cpu: usize) -> Plan<7> {
        let mut plan = Plan::NONE;
        let frequency = Frequency::new(1_000_000).unwrap();
        plan.fill(&Definition::<QemuVirt>::SYSTEM, cpu, frequency);
        plan
    }

    #[test]
    fn a_frame_is_windows_and_gaps_without_a_hole() {
        let plan = plan(0);
        let mut cursor = Cursor::new(&plan, EPOCH);
        let mut now = EPOCH;
        let mut starts = std::vec::Vec::new();
        for _ in 0..8 {
            let slot = cursor.advance(now);
            starts.push((slot.vcpu, slot.start.0 - EPOCH.0, slot.first_in_frame));
            now = slot.preempt_at;
        }
        assert_eq!(
            starts,
            [
                (Some(0), 0, true),
                (Some(1), 2_000, false),
                (Some(2), 12_000, false),
                (None, 19_000, false),
                (Some(0), 20_000, true),
                (Some(1), 22_000, false),
                (Some(2), 32_000, false),
                (None, 39_000, false),
            ]
        );
    }

    #[test]
    fn a_cpu_without_a_plan_has_one_gap_a_frame() {
        let slot = Cursor::new(&plan(3), EPOCH).advance(EPOCH);
        assert_eq!((slot.vcpu, slot.start), (None, EPOCH));
    }

    #[test]
    fn a_guard_lies_between_preemption_and_the_next_start() {
        let plan = plan(0);
        let mut cursor = Cursor::new(&plan, EPOCH);
        let first = cursor.advance(EPOCH);
        let second = cursor.advance(first.preempt_at);
        assert_eq!(second.start.since(first.preempt_at), 50);
    }

    proptest! {
        /// However late the CPU comes, the slot it gets is in time, on the grid, and not one that
        /// a punctual CPU wouldn't have at that moment.
        #[test]
        fn a_delay_is_never_passed_on(delays in proptest::collection::vec(0_u64..100_000, 1..50)) {
            let plan = plan(0);
        let mut cursor = Cursor::new(&plan, EPOCH);
            let mut now = EPOCH;
            for delay in delays {
                let slot = cursor.advance(now);
                prop_assert!(slot.preempt_at.0 > now.0);
                let within = (slot.start.0 - EPOCH.0) % 20_000;
                prop_assert!([0, 2_000, 12_000, 19_000].contains(&within));
                prop_assert!(slot.start.0 <= now.0 + 20_000);
                now = Ticks(slot.preempt_at.0 + delay);
            }
        }
    }
}
