//! The life of a partition: what its windows are used for, and which of its vCPUs run in theirs.
//!
//! ```text
//!              start                 end: halt
//! Reloading ----------->  Running  ------------>  Halted
//!     ^                      |
//!     +----------------------+  end: restart
//! ```
//!
//! There are no other ways, whoever asks: a life ends once, so the first verdict counts and what a sibling
//! or the end of the window finds after it comes too late ([`Life::end`] says so); nothing leaves
//! [`Phase::Halted`]. The first life begins as every other, with a reload.
//!
//! Everything here changes rarely and is asked at every switch, so the answer is kept ready.

use core::sync::atomic::{AtomicU8, Ordering};

use paratia_abi::StartCondition;
use paratia_config::system::Region;

use crate::machine::psci::{MAX_VCPUS, PowerDecision, Psci, Start};
use crate::machine::vgic::VcpuSet;

/// What a partition's windows are used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Nothing; it was stopped for good.
    Halted,
    /// Scrubbing and reloading in its first vCPU's windows, then a start for this reason.
    Reloading(StartCondition),
    /// It runs.
    Running,
}

/// How a life ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// For good.
    Halt,
    /// Another begins, for this reason.
    Restart(StartCondition),
}

/// In whose windows of a partition there is anything to do: for CPUs that look before they take the
/// partition's lock, and so needn't wait for a sibling to learn that a window goes by unused.
///
/// One word, written by whoever holds the lock, as the last step of each change of the partition's
/// [`Life`]. It is a hint: nothing else is read on its account, so it needs no order with other memory. A
/// CPU that sees nothing to do is in the very state that it would be in had it looked a moment earlier; one
/// that sees something asks [`Life`] under the lock.
#[derive(Debug)]
pub struct Occasions(AtomicU8);

impl Occasions {
    /// Of a partition that isn't loaded yet: in its first vCPU's.
    #[must_use]
    pub const fn new() -> Self {
        Self(AtomicU8::new(VcpuSet::of(0).0))
    }

    /// Whether there may be something to do in the windows of any of these.
    #[inline]
    #[must_use]
    pub fn are_there(&self, vcpus: VcpuSet) -> bool {
        self.0.load(Ordering::Relaxed) & vcpus.0 != 0
    }
}

impl Default for Occasions {
    fn default() -> Self {
        Self::new()
    }
}

/// A partition's phase, and the power states of its vCPUs.
#[derive(Debug)]
pub struct Life {
    phase: Phase,
    psci: Psci,
    /// Where those that are to begin anew begin.
    starts: [Option<Start>; MAX_VCPUS],
    /// Those that simply go on in their next window.
    ready: VcpuSet,
    /// Where it is told in whose windows there is something to do.
    occasions: &'static Occasions,
}

impl Life {
    /// Of a partition with `vcpus` vCPUs that isn't loaded yet.
    #[must_use]
    pub const fn new(
        vcpus: usize,
        regions: &'static [Region],
        occasions: &'static Occasions,
    ) -> Self {
        Self {
            phase: Phase::Reloading(StartCondition::NormalStart),
            psci: Psci::new(vcpus, regions),
            starts: [None; MAX_VCPUS],
            ready: VcpuSet::NONE,
            occasions,
        }
    }

    /// What the partition's windows are used for.
    #[must_use]
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// Whether it runs: only then can it do anything that has consequences.
    #[inline]
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.phase == Phase::Running
    }

    /// It ends, if it isn't over already: whether this was its end.
    #[must_use]
    pub fn end(&mut self, end: End) -> bool {
        if !self.is_running() {
            return false;
        }
        self.phase = match end {
            End::Halt => Phase::Halted,
            End::Restart(condition) => Phase::Reloading(condition),
        };
        self.settle();
        true
    }

    /// Its memory is loaded, and the next begins: its vCPUs are as after a reset, the first is on. Why it
    /// begins; nothing if it wasn't to.
    pub fn start(&mut self) -> Option<StartCondition> {
        let Phase::Reloading(condition) = self.phase else {
            return None;
        };
        self.phase = Phase::Running;
        self.psci.reset();
        self.starts = [None; MAX_VCPUS];
        self.settle();
        Some(condition)
    }

    /// Whether all that's to be done for these vCPUs in their windows is to let them go on.
    #[inline]
    #[must_use]
    pub fn is_ready(&self, vcpu: VcpuSet) -> bool {
        self.ready.intersection(vcpu) != VcpuSet::NONE
    }

    /// Whether nothing is to be done in any of its windows, for good.
    #[inline]
    #[must_use]
    pub fn is_idle(&self) -> bool {
        matches!(self.phase, Phase::Halted)
    }

    /// A window of vCPU `number` comes: where it begins, if it begins in it.
    pub fn take_start(&mut self, number: usize) -> Option<Start> {
        if !self.is_running() {
            return None;
        }
        let start = self.starts.get_mut(number)?.take()?;
        self.psci.begun(number);
        self.settle();
        Some(start)
    }

    /// A vCPU calls PSCI; see [`Psci::call`].
    pub fn call(&mut self, caller: usize, id: u32, parameters: [u64; 3]) -> PowerDecision {
        let decision = self.psci.call(caller, id, parameters);
        if let PowerDecision::TurnOn(start) | PowerDecision::WaitAndStart(start) = decision
            && let Some(place) = self.starts.get_mut(start.vcpu)
        {
            *place = Some(start);
        }
        self.settle();
        decision
    }

    /// Keeps the answers ready, after each change.
    #[inline(never)]
    fn settle(&mut self) {
        let (ready, occasions) = match self.phase {
            Phase::Halted => (VcpuSet::NONE, VcpuSet::NONE),
            Phase::Reloading(_) => (VcpuSet::NONE, VcpuSet::of(0)),
            Phase::Running => {
                let starting = self.starting();
                let ready = self.psci.on().without(starting);
                match ready.union(starting) {
                    // Nobody gives a heartbeat any more: somebody has to look.
                    VcpuSet::NONE => (ready, VcpuSet::of(0)),
                    some => (ready, some),
                }
            }
        };
        self.ready = ready;
        self.occasions.0.store(occasions.0, Ordering::Relaxed);
    }

    /// The vCPUs that begin in their next windows.
    fn starting(&self) -> VcpuSet {
        let starts = self.starts.iter().enumerate();
        let starting = starts.filter(|(_, start)| start.is_some());
        starting.fold(VcpuSet::NONE, |set, (number, _)| {
            set.union(VcpuSet::of(number))
        })
    }
}

#[cfg(test)]
mod tests {
    use paratia_config::system::RegionKind;
    use paratia_config::{Ipa, Pa};
    use proptest::prelude::*;

    use super::*;

    const FIRST: VcpuSet = VcpuSet::of(0);
    const SECOND: VcpuSet = VcpuSet::of(1);
    const CPU_ON: u32 = 0xC400_0003;
    const CPU_OFF: u32 = 0x8400_0002;
    const CPU_SUSPEND: u32 = 0xC400_0001;
    const POWER_DOWN: u64 = 1 << 16;

    /// One that isn't loaded yet, and its word.
    fn loading() -> (Life, &'static Occasions) {
        const REGIONS: &[Region] = &[Region {
            name: "ram",
            ipa: Ipa(0),
            pa: Pa(0),
            size_bytes: u64::MAX,
            kind: RegionKind::Ram,
        }];
        let occasions: &_ = std::boxed::Box::leak(std::boxed::Box::new(Occasions::new()));
        (Life::new(2, REGIONS, occasions), occasions)
    }

    fn running() -> Life {
        let (mut life, _) = loading();
        assert!(!life.is_ready(FIRST), "not loaded");
        assert_eq!(life.start(), Some(StartCondition::NormalStart));
        life
    }

    fn call(life: &mut Life, caller: usize, id: u32, parameters: [u64; 3]) -> PowerDecision {
        life.call(caller, id, parameters)
    }

    #[test]
    fn one_that_is_turned_on_begins_once() {
        let mut life = running();
        assert!(life.is_ready(FIRST) && !life.is_ready(SECOND));
        let _ = call(&mut life, 0, CPU_ON, [1, 0x40, 7]);
        assert!(!life.is_ready(SECOND), "it begins first");
        let start = life.take_start(1).unwrap();
        assert_eq!((start.entry, start.context), (0x40, 7));
        assert!(life.is_ready(SECOND));
        assert_eq!(life.take_start(1), None);
        let _ = call(&mut life, 1, CPU_OFF, [0; 3]);
        assert!(life.is_ready(FIRST) && !life.is_ready(SECOND));
    }

    #[test]
    fn one_that_is_suspended_begins_anew() {
        let mut life = running();
        let _ = call(&mut life, 0, CPU_SUSPEND, [POWER_DOWN, 0x80, 0]);
        assert!(!life.is_ready(FIRST));
        assert_eq!(life.take_start(0).map(|start| start.entry), Some(0x80));
        assert!(life.is_ready(FIRST));
    }

    #[test]
    fn nobody_runs_in_a_partition_that_does_not() {
        let mut life = running();
        let _ = call(&mut life, 0, CPU_ON, [1, 0x40, 7]);
        assert!(!life.is_idle());
        assert!(life.end(End::Restart(StartCondition::PartitionRestart)));
        assert!(!life.is_ready(FIRST.union(SECOND)) && !life.is_idle());
        assert_eq!(life.take_start(1), None);
        assert_eq!(life.start(), Some(StartCondition::PartitionRestart));
        assert!(life.is_ready(FIRST) && !life.is_ready(SECOND));
        assert_eq!(life.take_start(1), None);
        assert!(life.end(End::Halt));
        assert!(!life.is_ready(FIRST) && life.is_idle());
    }

    #[test]
    fn a_life_ends_once_and_a_halt_is_for_good() {
        let mut life = running();
        assert!(life.end(End::Halt));
        assert!(!life.end(End::Restart(StartCondition::HealthMonitorRestart)));
        assert_eq!(life.start(), None);
        assert!(life.is_idle());
        let mut life = running();
        assert!(life.end(End::Restart(StartCondition::HealthMonitorRestart)));
        assert!(!life.end(End::Halt), "one incident counts once");
        assert_eq!(life.start(), Some(StartCondition::HealthMonitorRestart));
        assert_eq!(life.start(), None, "it runs");
    }

    /// What may come to a partition, from any of its vCPUs, in any order.
    #[derive(Clone, Copy, Debug)]
    enum Happening {
        End(End),
        Start,
        Call(usize, u32, [u64; 3]),
        Window(usize),
    }

    fn happening() -> impl Strategy<Value = Happening> {
        let condition = prop_oneof![
            Just(StartCondition::PartitionRestart),
            Just(StartCondition::HealthMonitorRestart)
        ];
        let call = prop_oneof![Just(CPU_ON), Just(CPU_OFF), Just(CPU_SUSPEND)];
        let target = (0..2_u64).prop_map(|target| [target, 0x40, 0]);
        let parameters = prop_oneof![target, Just([POWER_DOWN, 0x80, 0])];
        prop_oneof![
            1 => Just(Happening::End(End::Halt)),
            3 => condition.prop_map(|condition| Happening::End(End::Restart(condition))),
            4 => Just(Happening::Start),
            8 => (0..2_usize, call, parameters)
                .prop_map(|(caller, id, parameters)| Happening::Call(caller, id, parameters)),
            8 => (0..2_usize).prop_map(Happening::Window),
        ]
    }

    proptest! {
        /// Whatever comes in whatever order: the phases follow each other as the module's picture says;
        /// a life ends by the first that ends it; after a halt nothing changes any more; nobody runs or
        /// begins but in a partition that runs; the word tells what is so.
        #[test]
        fn lives_follow_each_other_as_drawn(happenings in proptest::collection::vec(happening(), 0..60)) {
            let (mut life, occasions) = loading();
            for happening in happenings {
                let before = life.phase();
                match happening {
                    Happening::End(end) => {
                        let expected = match end {
                            End::Halt => Phase::Halted,
                            End::Restart(condition) => Phase::Reloading(condition),
                        };
                        let ended = life.end(end);
                        prop_assert_eq!(ended, before == Phase::Running);
                        prop_assert_eq!(life.phase(), if ended { expected } else { before });
                    }
                    Happening::Start => match (life.start(), before) {
                        (Some(condition), Phase::Reloading(expected)) => {
                            prop_assert_eq!(condition, expected);
                            prop_assert!(life.is_running() && life.is_ready(FIRST));
                            prop_assert!(!life.is_ready(SECOND));
                            for number in 0..2 {
                                let start = life.take_start(number);
                                prop_assert_eq!(start, None, "nothing of the life before");
                            }
                        }
                        (started, _) => {
                            prop_assert_eq!(started, None);
                            prop_assert_eq!(life.phase(), before);
                        }
                    },
                    Happening::Call(caller, id, parameters) => {
                        let _ = life.call(caller, id, parameters);
                        prop_assert_eq!(life.phase(), before, "no call ends or begins a life");
                    }
                    Happening::Window(number) => {
                        let started = life.take_start(number).is_some();
                        prop_assert!(!started || before == Phase::Running);
                        prop_assert_eq!(life.phase(), before);
                    }
                }
                for number in 0..2 {
                    let itself = VcpuSet::of(number);
                    prop_assert!(!life.is_ready(itself) || life.is_running());
                    let expected = match life.phase() {
                        Phase::Halted => false,
                        Phase::Reloading(_) => number == 0,
                        Phase::Running => {
                            let is_off = |other: usize| {
                                !life.is_ready(VcpuSet::of(other)) && life.starts[other].is_none()
                            };
                            !is_off(number) || number == 0 && is_off(1)
                        }
                    };
                    prop_assert_eq!(occasions.are_there(itself), expected);
                }
            }
        }
    }
}
