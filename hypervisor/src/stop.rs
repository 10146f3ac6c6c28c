//! The safe state: no partition runs, every display shows its last whole frame, and CPU 0 has said
//! all there is to say.

use paratia_abi::ExitCause;
use paratia_board_support::interrupt::CpuInterface as _;

use crate::arch::{cpu as arch_cpu, timer};
use crate::cpu::{CPUS, Machine};
use crate::partition::{PARTITIONS, Partition};
use crate::time::Ticks;
use crate::vcpu::{Count, Statistics};
use crate::{crash, log, state};

/// A priority that no interrupt is more urgent than.
const NOTHING: u8 = 0;

/// Whether the CPU stops before the slot that it is about to enter: because somebody asked for it, or because the run
/// parameters end the run here.
#[inline]
#[must_use]
pub fn is_due(machine: &Machine) -> bool {
    let stop_at = state::stop_at();
    machine.slot.start.reached(stop_at)
        && (stop_at == Ticks(0) || machine.cursor.is_first_in_frame())
}

/// Stops this CPU for good. CPU 0 waits for the others, for two major frames at most, and then
/// reports what each partition did.
#[cold]
pub fn stop(machine: &mut Machine) -> ! {
    let now = timer::now();
    state::count_cpu_stopped();
    machine.interface.set_priority_mask(NOTHING);
    if machine.index != 0 {
        arch_cpu::park();
    }
    let patience = now.after(machine.cursor.frame_ticks().saturating_mul(2));
    while state::cpus_stopped() < state::cpus_up() && !timer::now().reached(patience) {
        timer::yield_processor();
    }
    report(machine, now);
    arch_cpu::park()
}

fn report(machine: &Machine, now: Ticks) {
    // SAFETY: this is CPU 0, outside of the log.
    unsafe { log::flush() };
    crash::report_others();
    // SAFETY: as above.
    unsafe { log::set_time(now) };
    for lock in &PARTITIONS {
        // SAFETY: every CPU has stopped and touches no partition any more; one that hasn't within
        // two major frames is caught in a fault of the hypervisor.
        statistics(unsafe { lock.peek() });
        // SAFETY: as above.
        unsafe { log::flush() };
    }
    cpu_statistics(machine);
    for owned in CPUS.iter().skip(1) {
        // SAFETY: as for the partitions; this is CPU 0, and its own state isn't among these.
        if let Some(other) = unsafe { &owned.get().machine } {
            cpu_statistics(other);
        }
        // SAFETY: as above.
        unsafe { log::flush() };
    }
    defmt::info!("stopped time={=u64}", now.since(machine.epoch));
    // SAFETY: as above.
    unsafe { log::flush() };
}

fn cpu_statistics(machine: &Machine) {
    defmt::info!(
        "cpu-statistics cpu={=usize} switch_worst={=u64} log_step_worst={=u64} overruns={=u64} records_dropped={=u64}",
        machine.index,
        machine.path.switch_worst,
        machine.path.log_step_worst,
        machine.overruns,
        machine.records_dropped
    );
}

fn statistics(partition: &Partition) {
    let mut of = Statistics::ZERO;
    for vcpu in partition.facts.vcpus {
        // SAFETY: as for the partition.
        of.gather(&unsafe { vcpu.get() }.statistics);
    }
    let count = |what| of.count(what);
    let (expected, missed) = partition.supervision.map_or((0, 0), |supervision| {
        (supervision.expected, supervision.missed)
    });
    defmt::info!(
        "statistics partition={=usize} windows={=u64} used_ticks={=u64} idle_ticks={=u64} jitter_worst={=u64} heartbeats_expected={=u64} heartbeats_missed={=u64} faults={=u64} restarts={=u64} calls={=u64} refused_calls={=u64} console_dropped={=u64} short_calls={=u64} aborts={=u64} undefined={=u64} interrupts={=u64}",
        partition.index,
        count(Count::Windows),
        count(Count::UsedTicks),
        count(Count::IdleTicks),
        of.jitter_worst,
        expected,
        missed,
        partition.faults,
        partition.restarts,
        count(Count::Calls).wrapping_add(count(Count::ShortCalls)),
        count(Count::RefusedCalls),
        partition.dropped,
        count(Count::ShortCalls),
        partition.aborts,
        partition.undefined,
        count(Count::Interrupts)
    );
    for (cause, exits) in ExitCause::ALL.iter().zip(&of.exits) {
        if exits.count > 0 {
            // SAFETY: this is CPU 0, outside of the log.
            unsafe { log::flush() };
            defmt::info!(
                "exits partition={=usize} cause={=str} count={=u64} ticks={=u64} worst={=u64}",
                partition.index,
                cause.name(),
                exits.count,
                exits.ticks,
                exits.worst
            );
        }
    }
}
