//! The cyclic schedule: which slot comes next on a CPU, at absolute times that never drift.
//!
//! A plan's windows and the gaps between them, as far as they outlast a guard, become a list of slots in
//! ticks. Each slot's
//! times derive from the epoch and a count of major frames, not from when the slot before it really
//! ended, so a delay is never passed on.

use heapless::Vec;
use paratia_config::system::{Schedule, System};

use crate::base::time::{Frequency, Ticks};

/// The most slots of any CPU's plan: each window, and a gap on each side of it.
#[must_use]
pub const fn most_slots(system: &System) -> usize {
    2 * system.schedule.most_windows() + 1
}

/// A slot of the plan, relative to its major frame. Aligned, so that it is found by a shift.
#[derive(Clone, Copy, Debug)]
#[repr(align(32))]
struct PlannedSlot<W> {
    whose: Option<W>,
    start: u64,
    preempt_at: u64,
}

/// A slot at its absolute time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct Slot<W> {
    /// Whose window it is; a gap belongs to nobody.
    pub whose: Option<W>,
    /// When it starts: its vCPU is released at this tick.
    pub start: Ticks,
    /// When the vCPU must be interrupted: a guard before the next slot starts.
    pub preempt_at: Ticks,
}

impl<W> Slot<W> {
    /// No slot yet.
    pub const NONE: Self = Self {
        whose: None,
        start: Ticks(0),
        preempt_at: Ticks(0),
    };
}

/// A CPU's plan in ticks, with room for [`most_slots`]. Its windows are those of `W`s.
#[derive(Debug)]
pub struct Plan<W, const SLOTS: usize> {
    slots: Vec<PlannedSlot<W>, SLOTS>,
    frame_ticks: u64,
    guard_ticks: u64,
}

impl<W: Copy, const SLOTS: usize> Plan<W, SLOTS> {
    /// None yet.
    pub const NONE: Self = Self {
        slots: Vec::new(),
        frame_ticks: 0,
        guard_ticks: 0,
    };

    /// Becomes the plan of CPU `cpu`, in place, for it may be larger than a stack; a CPU that the
    /// schedule doesn't name has one gap a frame. `whose` are its windows, in order.
    pub fn fill(
        &mut self,
        schedule: &Schedule,
        cpu: usize,
        frequency: Frequency,
        whose: &[Option<W>],
    ) {
        self.frame_ticks = frequency.ticks(schedule.major_frame);
        self.guard_ticks = frequency.ticks(schedule.guard);
        self.slots.clear();
        let mut at = 0;
        let windows = schedule.plans.get(cpu).copied().unwrap_or_default();
        for (window, whose) in windows.iter().zip(whose) {
            let start = frequency.ticks(window.start);
            let end = frequency.ticks(window.start.saturating_add(window.length));
            self.push_gap(at, start);
            self.push(*whose, start, end);
            at = end;
        }
        self.push_gap(at, self.frame_ticks);
    }

    /// A gap is a slot if it outlasts its guard, as every window does: else it would be over before it
    /// began, and a CPU that is only punctual would skip it and report that.
    fn push_gap(&mut self, start: u64, end: u64) {
        if end > start.wrapping_add(self.guard_ticks) {
            self.push(None, start, end);
        }
    }

    /// Length of the major frame in ticks.
    #[must_use]
    pub fn frame_ticks(&self) -> u64 {
        self.frame_ticks
    }

    /// There is room for the largest plan, so nothing is ever dropped here.
    fn push(&mut self, whose: Option<W>, start: u64, end: u64) {
        let _ = self.slots.push(PlannedSlot {
            whose,
            start,
            preempt_at: end.wrapping_sub(self.guard_ticks),
        });
    }
}

/// A CPU's place in its plan.
#[derive(Debug)]
pub struct Cursor<'a, W, const SLOTS: usize> {
    plan: &'a Plan<W, SLOTS>,
    frame_start: Ticks,
    /// The slot that was last stepped to.
    at: usize,
}

impl<'a, W: Copy, const SLOTS: usize> Cursor<'a, W, SLOTS> {
    /// Before the first slot of the first major frame, which begins at `epoch`.
    #[must_use]
    pub fn new(plan: &'a Plan<W, SLOTS>, epoch: Ticks) -> Self {
        Self {
            plan,
            frame_start: epoch.before(plan.frame_ticks),
            at: plan.slots.len(),
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

    /// Whether a major frame begins with the slot that was last stepped to.
    #[must_use]
    pub fn is_first_in_frame(&self) -> bool {
        self.at == 0
    }

    /// The next slot. If its preemption time has gone by, which it never has as long as every path
    /// keeps within the guard, the caller asks [`Self::catch_up`].
    #[inline]
    pub fn step(&mut self) -> Slot<W> {
        let slots = &self.plan.slots;
        self.at = self.at.wrapping_add(1);
        let mut slot = slots.get(self.at);
        if slot.is_none() {
            self.at = 0;
            self.frame_start = self.frame_start.after(self.plan.frame_ticks);
            slot = slots.first();
        }
        // A plan has a slot at least.
        slot.map_or(Slot::NONE, |slot| Slot {
            whose: slot.whose,
            start: self.frame_start.after(slot.start),
            preempt_at: self.frame_start.after(slot.preempt_at),
        })
    }

    /// The next slot whose preemption time is still ahead of `now`, and how many were skipped, with
    /// the one that was stepped to: whole frames by division, then at most two turns of the plan.
    #[cold]
    pub fn catch_up(&mut self, now: Ticks) -> (Slot<W>, u64) {
        let behind = now.since(self.frame_start) / self.plan.frame_ticks.max(1);
        let frames = behind.saturating_sub(1);
        let ticks = frames.saturating_mul(self.plan.frame_ticks);
        self.frame_start = self.frame_start.after(ticks);
        let mut skipped = frames.saturating_mul(self.plan.slots.len() as u64);
        let mut slot = self.step();
        for _ in 0..2 * SLOTS {
            skipped = skipped.saturating_add(1);
            if slot.preempt_at.0 > now.0 {
                break;
            }
            slot = self.step();
        }
        (slot, skipped)
    }
}

#[cfg(test)]
mod tests {
    use paratia_board_support::qemu_virt::QemuVirt;
    use paratia_config::system::Window;
    use paratia_config::systems::cluster::Definition;
    use proptest::prelude::*;

    use super::*;

    const EPOCH: Ticks = Ticks(1_000);

    fn plan(cpu: usize) -> Plan<usize, 7> {
        let mut plan = Plan::NONE;
        let frequency = Frequency::new(1_000_000).unwrap();
        let whose = [Some(0), Some(1), Some(2)];
        plan.fill(
            &Definition::<QemuVirt>::SYSTEM.schedule,
            cpu,
            frequency,
            &whose,
        );
        plan
    }

    /// The slot that a CPU gets that looks for its next one at `now`.
    fn advance(cursor: &mut Cursor<usize, 7>, now: Ticks) -> Slot<usize> {
        let slot = cursor.step();
        if slot.preempt_at.0 > now.0 {
            slot
        } else {
            cursor.catch_up(now).0
        }
    }

    #[test]
    fn a_frame_is_windows_and_gaps_without_a_hole() {
        let plan = plan(0);
        let mut cursor = Cursor::new(&plan, EPOCH);
        let mut now = EPOCH;
        let mut starts = std::vec::Vec::new();
        for _ in 0..8 {
            let slot = advance(&mut cursor, now);
            let first = cursor.is_first_in_frame();
            starts.push((slot.whose, slot.start.0 - EPOCH.0, first));
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
        let slot = Cursor::new(&plan(3), EPOCH).step();
        assert_eq!((slot.whose, slot.start), (None, EPOCH));
    }

    #[test]
    fn a_guard_lies_between_preemption_and_the_next_start() {
        let plan = plan(0);
        let mut cursor = Cursor::new(&plan, EPOCH);
        let first = cursor.step();
        let second = cursor.step();
        assert_eq!(second.start.since(first.preempt_at), 50);
    }

    /// A gap in which nobody could run or be preempted can't be missed either, not even by a CPU that
    /// comes a tick after the epoch.
    #[test]
    fn a_gap_within_a_guard_is_no_slot() {
        const WINDOWS: [Window; 2] = [Window::us("", 3, 400), Window::us("", 453, 500)];
        let micros = core::time::Duration::from_micros;
        let schedule = Schedule {
            major_frame: micros(1_000),
            guard: micros(50),
            plans: &[&WINDOWS],
        };
        let mut plan: Plan<usize, 7> = Plan::NONE;
        let frequency = Frequency::new(1_000_000).unwrap();
        plan.fill(&schedule, 0, frequency, &[Some(0), Some(1)]);
        let mut cursor = Cursor::new(&plan, EPOCH);
        for start in [3, 453, 1_003, 1_453] {
            let slot = advance(&mut cursor, EPOCH.after(1));
            assert_eq!(slot.start, EPOCH.after(start));
        }
    }

    /// Three windows with gaps on all sides: the largest plan that there is for three.
    const SPARSE: [Window; 3] = [
        Window::us("", 100, 200),
        Window::us("", 400, 100),
        Window::us("", 700, 200),
    ];
    const SPARSE_SLOTS: usize = 7;
    const SPARSE_FRAME: u64 = 1_000;

    fn sparse() -> Plan<usize, SPARSE_SLOTS> {
        let micros = core::time::Duration::from_micros;
        let schedule = Schedule {
            major_frame: micros(SPARSE_FRAME),
            guard: micros(50),
            plans: &[&SPARSE],
        };
        let system = System {
            schedule,
            ..Definition::<QemuVirt>::SYSTEM
        };
        assert_eq!(most_slots(&system), SPARSE_SLOTS);
        let mut plan = Plan::NONE;
        let frequency = Frequency::new(1_000_000).unwrap();
        plan.fill(&system.schedule, 0, frequency, &[Some(0), Some(1), Some(2)]);
        plan
    }

    #[test]
    fn the_largest_plan_has_room_for_each_slot() {
        let plan = sparse();
        let mut cursor = Cursor::new(&plan, EPOCH);
        let starts = [0, 100, 300, 400, 500, 700, 900, SPARSE_FRAME];
        let slots = starts.map(|_| cursor.step().start.since(EPOCH));
        assert_eq!(slots, starts);
        assert_eq!(plan.frame_ticks(), SPARSE_FRAME);
        assert_eq!(
            (cursor.frame_ticks(), cursor.guard_ticks()),
            (SPARSE_FRAME, 50)
        );
    }

    /// From each slot of the largest plan, however late, at every tick: the next slot that is still worth
    /// beginning, and none before it.
    #[test]
    fn a_late_cpu_gets_the_first_slot_that_is_not_over() {
        let plan = sparse();
        for stepped in 1..=SPARSE_SLOTS {
            for late in 0..4 * SPARSE_FRAME {
                let mut cursor = Cursor::new(&plan, EPOCH);
                let last = (0..stepped).map(|_| cursor.step()).last();
                let mut now = last.expect("one was stepped to").preempt_at;
                now = now.after(late);
                let mut punctual = Cursor::new(&plan, EPOCH);
                let mut slots = core::iter::from_fn(|| Some(punctual.step())).skip(stepped - 1);
                let passed = slots
                    .by_ref()
                    .take_while(|slot| !slot.preempt_at.reached(now.after(1)));
                let passed = passed.count();
                // The one that was stepped to, too: the caller's look at it comes before.
                let (slot, skipped) = cursor.catch_up(now);
                assert!(slot.preempt_at.reached(now.after(1)), "{stepped} {late}");
                assert_eq!(skipped, passed as u64, "{stepped} {late}");
            }
        }
    }

    #[test]
    fn what_went_by_is_counted() {
        let plan = plan(0);
        let mut cursor = Cursor::new(&plan, EPOCH);
        let _ = cursor.step();
        // In the second window of the frame after the next: the rest of this one, all of the next,
        // and one.
        let (slot, skipped) = cursor.catch_up(EPOCH.after(45_000));
        assert_eq!(slot.start, EPOCH.after(42_000));
        assert_eq!(skipped, 9);
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
                let slot = advance(&mut cursor, now);
                prop_assert!(slot.preempt_at.0 > now.0);
                let within = (slot.start.0 - EPOCH.0) % 20_000;
                prop_assert!([0, 2_000, 12_000, 19_000].contains(&within));
                prop_assert!(slot.start.0 <= now.0 + 20_000);
                now = Ticks(slot.preempt_at.0 + delay);
            }
        }
    }
}
