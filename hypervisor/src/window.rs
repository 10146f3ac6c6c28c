//! Windows: what happens at the end of one, and which context is next.

use paratia_config::system::HealthEvent;

use crate::arch::timer;
use crate::cpu::Machine;
use crate::event::Event;
use crate::exit::{Decision, Next};
use crate::fault::{self, Details};
use crate::partition::{PARTITIONS, Partition, Phase};
use crate::time::Ticks;
use crate::vcpu::{VCPUS, Vcpu};
use crate::vgic::VcpuSet;
use crate::{granted, idle, interrupt, restart, state, stop};

/// Ends the window of the vCPU that ran: its interrupts are masked, its time is counted, its
/// promises are checked.
pub fn end(machine: &mut Machine, vcpu: &mut Vcpu, partition: &mut Partition) {
    granted::leave(vcpu);
    interrupt::mask_guest(machine);
    interrupt::disconnect(machine, vcpu, partition);
    partition.running = partition.running.without(vcpu.number);
    let now = timer::now();
    vcpu.statistics.used_ticks = vcpu
        .statistics
        .used_ticks
        .wrapping_add(now.since(machine.running_since));
    if state::traces_windows() {
        let event = Event::Window {
            partition: partition.index,
            cpu: machine.index,
            scheduled: machine.slot.start,
            start: machine.window_start,
        };
        machine.report(machine.window_start, event);
    }
    let refused = core::mem::take(&mut vcpu.refused_in_window);
    vcpu.statistics.refused_calls = vcpu.statistics.refused_calls.wrapping_add(refused.into());
    if partition.dropped_in_window > 0 {
        let dropped = core::mem::take(&mut partition.dropped_in_window);
        machine.report(
            now,
            Event::ConsoleOverflow {
                partition: partition.index,
                dropped,
            },
        );
        let details = Details {
            esr: dropped,
            ..Details::at_instruction()
        };
        // Whatever the verdict, the window is over already.
        let _ = fault::raise(machine, partition, HealthEvent::ConsoleOverflow, details);
    }
    let _ = check_heartbeat(machine, partition, now);
}

/// Looks whether the partition missed a heartbeat by `now`.
pub fn check_heartbeat(machine: &mut Machine, partition: &mut Partition, now: Ticks) -> Decision {
    let Some(supervision) = &mut partition.supervision else {
        return Decision::Resume;
    };
    let count = supervision.check(now);
    if count == 0 {
        return Decision::Resume;
    }
    machine.report(
        now,
        Event::HeartbeatMissed {
            partition: partition.index,
            count,
        },
    );
    fault::raise(
        machine,
        partition,
        HealthEvent::MissedHeartbeat,
        Details::at_instruction(),
    )
}

/// The next context of this CPU's plan. Time that no partition can use passes in here.
pub fn choose_next(machine: &mut Machine) -> Next {
    loop {
        machine.slot = machine.cursor.advance(timer::now());
        if stop::is_due(machine) {
            stop::stop(machine);
        }
        if machine.slot.skipped > 0 {
            report_overrun(machine);
        }
        if let Some(index) = machine.slot.vcpu {
            // SAFETY: the plan says that this CPU runs the vCPU, and the exit that came here is done
            // with the one before.
            let vcpu = unsafe { VCPUS[usize::from(index)].get() };
            if let Some(next) = use_window(machine, vcpu) {
                return next;
            }
        }
        idle::spend_until(machine, machine.slot.preempt_at);
        machine.path.begin(timer::now_early());
    }
}

/// What the vCPU's window is used for: it runs, or its partition is reloaded, or nothing.
fn use_window(machine: &mut Machine, vcpu: &mut Vcpu) -> Option<Next> {
    // SAFETY: this CPU runs the vCPU, and has dropped every guard of the exit that came here.
    let mut partition = unsafe { PARTITIONS[vcpu.partition].lock() };
    match partition.phase {
        Phase::Running => {
            let start = partition.starts.get_mut(vcpu.number).and_then(Option::take);
            if let Some(start) = start {
                vcpu.begin(start.entry, [start.context, 0, 0, 0]);
                partition.psci.begun(vcpu.number);
            }
            if !partition.is_on(vcpu.number) {
                return None;
            }
            partition.running = partition.running.and(VcpuSet::of(vcpu.number));
            drop(partition);
            Some(enter(machine, vcpu))
        }
        // The others may still be on their way out.
        Phase::Reloading(reload, condition)
            if vcpu.number == 0 && partition.running == VcpuSet::NONE =>
        {
            restart::work(machine, vcpu, &mut partition, reload, condition);
            None
        }
        Phase::Reloading(..) | Phase::Halted => None,
    }
}

#[cold]
fn report_overrun(machine: &mut Machine) {
    let skipped = machine.slot.skipped.into();
    machine.overruns = machine.overruns.wrapping_add(skipped);
    let cpu = machine.index;
    machine.report(timer::now(), Event::Overrun { cpu, skipped });
}

/// Prepares the release of a vCPU at its tick; the wait for it comes last, in
/// [`crate::switch::release`].
fn enter(machine: &mut Machine, vcpu: &mut Vcpu) -> Next {
    if vcpu.waits_for_window {
        vcpu.waits_for_window = false;
        vcpu.context.x[0] = 0;
        vcpu.context.x[1] = machine.slot.start.since(machine.epoch);
    }
    machine.path.pause(timer::now_early());
    idle::work_until(machine, machine.slot.start);
    machine.path.resume(timer::now_early());
    let save = machine.loaded;
    machine.loaded = &raw mut vcpu.context;
    Next {
        load: machine.loaded,
        save,
    }
}
