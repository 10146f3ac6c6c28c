//! The life of a partition: what its windows are used for, and which of its vCPUs run in theirs.
//!
//! Everything here changes rarely and is asked at every switch, so the answer is kept ready.

use paratia_abi::StartCondition;
use paratia_config::system::Region;

use crate::psci::{Decision, MAX_VCPUS, Power, Psci, Start};
use crate::reload::Reload;
use crate::vgic::VcpuSet;

/// What a partition's windows are used for.
#[derive(Clone, Copy, Debug)]
pub enum Phase {
    /// Nothing; it was stopped for good.
    Halted,
    /// Scrubbing and reloading, then a start for this reason.
    Reloading(Reload, StartCondition),
    /// It runs.
    Running,
}

/// A partition's phase, and the power states of its vCPUs.
#[derive(Clone, Debug)]
pub struct Life {
    phase: Phase,
    psci: Psci,
    /// Where those that are to begin anew begin.
    starts: [Option<Start>; MAX_VCPUS],
    /// Those that simply go on in their next window.
    ready: VcpuSet,
}

impl Life {
    /// Of a partition with `vcpus` vCPUs that isn't loaded yet.
    #[must_use]
    pub const fn new(vcpus: usize, regions: &'static [Region]) -> Self {
        Self {
            phase: Phase::Halted,
            psci: Psci::new(vcpus, regions),
            starts: [None; MAX_VCPUS],
            ready: VcpuSet::NONE,
        }
    }

    /// What the partition's windows are used for.
    #[must_use]
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// From now on they are used for this.
    pub fn set_phase(&mut self, phase: Phase) {
        self.phase = phase;
        self.settle();
    }

    /// Its vCPUs are as after a reset: the first is on.
    pub fn reset(&mut self) {
        self.psci.reset();
        self.starts = [None; MAX_VCPUS];
        self.settle();
    }

    /// Whether all that's to be done for these vCPUs in their windows is to let them go on.
    #[inline]
    #[must_use]
    pub fn is_ready(&self, vcpu: VcpuSet) -> bool {
        self.ready.within(vcpu) != VcpuSet::NONE
    }

    /// Whether nothing is to be done in any of its windows, for good.
    #[inline]
    #[must_use]
    pub fn is_idle(&self) -> bool {
        matches!(self.phase, Phase::Halted)
    }

    /// A window of vCPU `number` comes: where it begins, if it begins in it.
    pub fn take_start(&mut self, number: usize) -> Option<Start> {
        if !matches!(self.phase, Phase::Running) {
            return None;
        }
        let start = self.starts.get_mut(number)?.take()?;
        self.psci.begun(number);
        self.settle();
        Some(start)
    }

    /// A vCPU calls PSCI; see [`Psci::call`].
    pub fn call(&mut self, caller: usize, id: u32, parameters: [u64; 3]) -> Decision {
        let decision = self.psci.call(caller, id, parameters);
        if let Decision::TurnOn(start) | Decision::WaitAndStart(start) = decision
            && let Some(place) = self.starts.get_mut(start.vcpu)
        {
            *place = Some(start);
        }
        self.settle();
        decision
    }

    fn settle(&mut self) {
        self.ready = VcpuSet::NONE;
        if matches!(self.phase, Phase::Running) {
            for (number, start) in self.starts.iter().enumerate() {
                if start.is_none() && self.psci.power(number) == Power::On {
                    self.ready = self.ready.and(VcpuSet::of(number));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use paratia_config::system::RegionKind;
    use paratia_config::{Ipa, Pa};

    use super::*;

    const FIRST: VcpuSet = VcpuSet::of(0);
    const SECOND: VcpuSet = VcpuSet::of(1);
    const CPU_ON: u32 = 0xC400_0003;
    const CPU_OFF: u32 = 0x8400_0002;
    const CPU_SUSPEND: u32 = 0xC400_0001;
    const POWER_DOWN: u64 = 1 << 16;

    fn running() -> Life {
        const REGIONS: &[Region] = &[Region {
            name: "ram",
            ipa: Ipa(0),
            pa: Pa(0),
            size_bytes: u64::MAX,
            kind: RegionKind::Ram,
        }];
        let mut life = Life::new(2, REGIONS);
        assert!(!life.is_ready(FIRST), "not loaded");
        life.set_phase(Phase::Running);
        life
    }

    fn call(life: &mut Life, caller: usize, id: u32, parameters: [u64; 3]) -> Decision {
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
        life.set_phase(Phase::Reloading(
            Reload::new(),
            StartCondition::PartitionRestart,
        ));
        assert!(!life.is_ready(FIRST.and(SECOND)));
        assert_eq!(life.take_start(1), None);
        life.reset();
        assert!(!life.is_ready(FIRST), "not before it is loaded");
        life.set_phase(Phase::Running);
        assert!(life.is_ready(FIRST) && !life.is_ready(SECOND));
        assert_eq!(life.take_start(1), None);
        life.set_phase(Phase::Halted);
        assert!(!life.is_ready(FIRST) && life.is_idle());
    }
}
