//! The safe state: no partition runs, every display shows its last whole frame, and CPU 0 has said
//! all there is to say.

use paratia_abi::ExitCause;
use paratia_board_support::interrupt::CpuInterface as _;

use crate::arch::{cpu as arch_cpu, timer};
use crate::base::time::Ticks;
use crate::built::chosen::ANY;
use crate::report::crash;
use crate::report::log;
use crate::state::cpu::{CPUS, Cpu};
use crate::state::event::LastEvent;
use crate::state::partition::{PARTITIONS, Partition};
use crate::state::queues;
use crate::state::shared;

/// A priority that no interrupt is more urgent than.
const NOTHING: u8 = 0;

/// Whether the CPU stops before the slot that it is about to enter: because somebody asked for it, or because the run
/// parameters end the run here.
#[inline]
#[must_use]
pub fn is_due(cpu: &Cpu) -> bool {
    let stop_at = shared::stop_at();
    cpu.slot.start.reached(stop_at) && (stop_at == Ticks(0) || cpu.cursor.is_first_in_frame())
}

/// Stops this CPU for good. CPU 0 waits for the others, for two major frames at most, and then
/// reports what each partition did.
#[cold]
pub fn stop(cpu: &mut Cpu) -> ! {
    let now = timer::now();
    shared::count_cpu_stopped();
    cpu.interface.set_priority_mask(NOTHING);
    if cpu.index != 0 {
        arch_cpu::park();
    }
    // Every CPU looks before each slot, and stops at the first of a frame if the run's end is what it waits
    // for: within one frame. The second is for those that come late; one that never comes is in a fault.
    let patience = now.after(cpu.cursor.frame_ticks().saturating_mul(2));
    while shared::cpus_stopped() < shared::cpus_up() && !timer::now().reached(patience) {
        timer::yield_processor();
    }
    report(cpu, now);
    arch_cpu::park()
}

/// Says what all have done; on CPU 0, when the others have stopped.
fn report(cpu: &Cpu, now: Ticks) {
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
    queue_statistics();
    cpu_statistics(cpu);
    for owned in CPUS.iter().skip(1) {
        // SAFETY: those CPUs have stopped and touch their state no more, or are caught in a fault of the
        // hypervisor; this is CPU 0, whose own state isn't among these.
        unsafe { owned.get() }.cpu.iter().for_each(cpu_statistics);
    }
    let time = now.since(cpu.epoch);
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
            counts: vcpu.totals(),
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

/// What went through each queue.
fn queue_statistics() {
    if !ANY.queues {
        return;
    }
    for (channel, queue) in queues::all() {
        let standing = queue.messages.standing();
        say(&LastEvent::Queue {
            channel,
            sent: standing.sent,
            refused: standing.refused,
            dropped: standing.dropped,
            waiting: standing.waiting,
        });
    }
}

fn cpu_statistics(cpu: &Cpu) {
    say(&LastEvent::CpuStatistics {
        cpu: cpu.index,
        switch_worst: cpu.path.switch_worst,
        log_step_worst: cpu.path.log_step_worst,
        overruns: cpu.overruns,
        records_dropped: cpu.records_dropped,
    });
}

/// Logs an event and waits until it is out.
#[inline(never)]
fn say(event: &LastEvent) {
    defmt::info!("{}", event);
    // SAFETY: `report` calls this on CPU 0, and what was logged just now is in the log.
    unsafe { log::flush() };
}
