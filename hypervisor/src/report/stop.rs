//! The safe state: no partition runs, every display shows its last whole frame, and CPU 0 has said
//! all there is to say.

use paratia_abi::ExitCause;
use paratia_board_support::interrupt::CpuInterface as _;

use crate::arch::{cpu as arch_cpu, timer};
use crate::base::time::Ticks;
use crate::report::crash;
use crate::report::log;
use crate::state::cpu::{CPUS, Machine};
use crate::state::event::LastEvent;
use crate::state::partition::{PARTITIONS, Partition};
use crate::state::shared;

/// A priority that no interrupt is more urgent than.
const NOTHING: u8 = 0;

/// Whether the CPU stops before the slot that it is about to enter: because somebody asked for it, or because the run
/// parameters end the run here.
#[inline]
#[must_use]
pub fn is_due(machine: &Machine) -> bool {
    let stop_at = shared::stop_at();
    machine.slot.start.reached(stop_at)
        && (stop_at == Ticks(0) || machine.cursor.is_first_in_frame())
}

/// Stops this CPU for good. CPU 0 waits for the others, for two major frames at most, and then
/// reports what each partition did.
#[cold]
pub fn stop(machine: &mut Machine) -> ! {
    let now = timer::now();
    shared::count_cpu_stopped();
    machine.interface.set_priority_mask(NOTHING);
    if machine.index != 0 {
        arch_cpu::park();
    }
    // Every CPU looks before each slot, and stops at the first of a frame if the run's end is what it waits
    // for: within one frame. The second is for those that come late; one that never comes is in a fault.
    let patience = now.after(machine.cursor.frame_ticks().saturating_mul(2));
    while shared::cpus_stopped() < shared::cpus_up() && !timer::now().reached(patience) {
        timer::yield_processor();
    }
    report(machine, now);
    arch_cpu::park()
}

/// Says what all have done; on CPU 0, when the others have stopped.
fn report(machine: &Machine, now: Ticks) {
    // SAFETY: `stop` comes here on CPU 0 alone, from a switch, and the log calls no switch.
    unsafe { log::flush() };
    crash::report_others();
    // SAFETY: `stop` comes here on CPU 0 alone, from a switch, and the log calls no switch.
    unsafe { log::set_time(now) };
    for lock in &PARTITIONS {
        // SAFETY: every CPU has stopped and touches no partition any more; one that hasn't within
        // two major frames is caught in a fault of the hypervisor.
        statistics(unsafe { lock.peek() });
    }
    cpu_statistics(machine);
    for owned in CPUS.iter().skip(1) {
        // SAFETY: those CPUs have stopped and touch their state no more, or are caught in a fault of the
        // hypervisor; this is CPU 0, whose own state isn't among these.
        unsafe { owned.get() }
            .machine
            .iter()
            .for_each(cpu_statistics);
    }
    let time = now.since(machine.epoch);
    say(&LastEvent::Stopped { time });
}

fn statistics(partition: &Partition) {
    for vcpu in partition.facts.vcpus {
        // SAFETY: every CPU has stopped and touches no vCPU any more, so CPU 0, which calls this, is the only
        // one that does; the reference ends with this turn.
        let vcpu = unsafe { vcpu.get() };
        say(&LastEvent::VcpuStatistics {
            partition: partition.index,
            vcpu: vcpu.number,
            counts: vcpu.counts,
        });
        for (cause, exits) in ExitCause::ALL.iter().zip(vcpu.exits) {
            if exits.count > 0 {
                say(&LastEvent::Exits {
                    partition: partition.index,
                    vcpu: vcpu.number,
                    cause: cause.name(),
                    exits,
                });
            }
        }
    }
    say(&LastEvent::Statistics {
        partition: partition.index,
        heartbeats: partition.supervision.map(|it| it.heartbeats),
        totals: partition.totals,
        records_dropped: partition.records.dropped(),
    });
}

fn cpu_statistics(machine: &Machine) {
    say(&LastEvent::CpuStatistics {
        cpu: machine.index,
        switch_worst: machine.path.switch_worst,
        log_step_worst: machine.path.log_step_worst,
        overruns: machine.overruns,
        records_dropped: machine.records_dropped,
    });
}

/// Logs an event and waits until it is out.
fn say(event: &LastEvent) {
    defmt::info!("{}", event);
    // SAFETY: `report` calls this on CPU 0, and what was logged just now is in the log.
    unsafe { log::flush() };
}
