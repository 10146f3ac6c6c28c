//! Faults of a guest: told to the health monitor, reported, and their verdict carried out.

use paratia_abi::StartCondition;
use paratia_config::system::HealthEvent;

use crate::arch::{cpu as arch_cpu, timer};
use crate::cpu::Machine;
use crate::event::Event;
use crate::exit::Decision;
use crate::health::Verdict;
use crate::life::Phase;
use crate::partition::Partition;
use crate::reload::Reload;
use crate::vgic::VcpuSet;
use crate::{interrupt, state};

/// The numbers that go into a fault's report.
#[derive(Clone, Copy, Debug, Default, defmt::Format)]
pub struct Details {
    /// The syndrome.
    pub esr: u64,
    /// The virtual address.
    pub far: u64,
    /// The guest-physical address.
    pub ipa: u64,
    /// The instruction.
    pub elr: u64,
}

impl Details {
    /// What the CPU says about the exit that is being handled.
    #[must_use]
    pub fn of_exit() -> Self {
        Self {
            esr: arch_cpu::syndrome(),
            far: arch_cpu::fault_address(),
            ipa: 0,
            elr: arch_cpu::return_address(),
        }
    }

    /// Only the instruction; for events that no exception describes.
    #[must_use]
    pub fn at_instruction() -> Self {
        Self {
            elr: arch_cpu::return_address(),
            ..Self::default()
        }
    }
}

/// Tells the health monitor, and carries out its verdict on the partition that runs.
pub fn raise(
    machine: &mut Machine,
    partition: &mut Partition,
    event: HealthEvent,
    details: Details,
) -> Decision {
    let now = timer::now();
    partition.faults = partition.faults.wrapping_add(1);
    let fault = Event::Fault {
        partition: partition.index,
        event,
        details,
    };
    machine.report(now, fault);
    let table = &partition.declaration().health;
    let history = &mut partition.history;
    let action = history.judge(table, event, now, partition.restart_period);
    let verdict = Event::Verdict {
        partition: partition.index,
        event,
        action,
        restarts: partition.restarts,
    };
    machine.report(now, verdict);
    match action {
        Verdict::Ignore => return Decision::Resume,
        Verdict::Restart => {
            let condition = match event {
                HealthEvent::Reset => StartCondition::PartitionRestart,
                _ => StartCondition::HealthMonitorRestart,
            };
            partition.restarts = partition.restarts.wrapping_add(1);
            end_life(
                machine,
                partition,
                Phase::Reloading(Reload::new(), condition),
            );
        }
        Verdict::Halt => end_life(machine, partition, Phase::Halted),
        Verdict::StopSystem => {
            end_life(machine, partition, Phase::Halted);
            state::ask_to_stop();
        }
    }
    Decision::EndWindow
}

/// [`raise`], about an event that no exception describes.
pub fn raise_here(
    machine: &mut Machine,
    partition: &mut Partition,
    event: HealthEvent,
) -> Decision {
    raise(machine, partition, event, Details::at_instruction())
}

/// The partition's present life is over; what its windows are used for from now on is `phase`.
/// Its other vCPUs learn it where they run.
pub fn end_life(machine: &mut Machine, partition: &mut Partition, phase: Phase) {
    partition.life.set_phase(phase);
    if let Some(supervision) = &mut partition.supervision {
        supervision.stop();
    }
    if partition.running != VcpuSet::NONE {
        interrupt::kick(machine, partition, partition.running);
    }
}
