//! Windows: what happens at the end of one, and which context is next.

use paratia_config::system::HealthEvent;

use crate::arch::{memory, system_error, timer};
use crate::base::time::Ticks;
use crate::base::total;
use crate::built::chosen::ANY;
use crate::exits::fault;
use crate::interrupts::connection;
use crate::machine::vgic::VcpuSet;
use crate::policy::lifecycle::Phase;
use crate::report::idle;
use crate::report::stop;
use crate::state::cpu::Cpu;
use crate::state::decision::Next;
use crate::state::event::Details;
use crate::state::event::{Event, Record};
use crate::state::granted;
use crate::state::running::Guest;
use crate::state::shared;
use crate::state::vcpu::Vcpu;
use crate::windows::restart;

/// Ends the window of the vCPU that ran: its interrupts are masked, its time is counted, its
/// promises are checked. `waits` says whether it had nothing to do. What was found to report may have
/// taken its time, so whoever goes on asks anew how late it is.
#[inline]
pub fn end(guest: &mut Guest, waits: bool) {
    let facts = guest.vcpu.facts;
    // What the guest accessed last is done, and an error of it is known, once the time is read.
    memory::barrier();
    granted::leave(guest.vcpu);
    let ends = connection::mask_guest(guest.cpu);
    if facts.has_more() {
        let until = guest.cpu.slot.preempt_at;
        guest.vcpu.stolen.leave(until, waits);
        connection::disconnect_more(guest);
    }
    connection::disconnect(guest, ends);
    if ANY.most_vcpus > 1 {
        // From here on siblings don't kick this CPU for it: all of its interrupts are in the controller.
        guest.partition.running = guest.partition.running.without(facts.itself);
    }
    let now = timer::now();
    let used = now.since_past(guest.cpu.running_since);
    total::add(&mut guest.vcpu.counts.used_ticks, used);
    if let Some(syndrome) = system_error::left_system_error() {
        report_error(guest, syndrome);
    }
    if shared::traces_windows() {
        let event = Event::Window {
            partition: guest.partition.index,
            cpu: guest.cpu.index,
            scheduled: guest.cpu.slot.start.since(guest.cpu.epoch),
            start: guest.cpu.window_start.since(guest.cpu.epoch),
        };
        let time = guest.cpu.window_start;
        guest.partition.records.trace(Record { time, event });
    }
    // Counted by window and added here, so that a refused call stays short.
    if guest.vcpu.refused_in_window > 0 {
        let refused = core::mem::take(&mut guest.vcpu.refused_in_window);
        total::add(&mut guest.vcpu.counts.refused_calls, u64::from(refused));
    }
    if guest.partition.dropped_in_window > 0 {
        report_dropped(guest);
    }
    if guest.partition.supervision.is_some() {
        let _ = fault::check_heartbeat(guest, now);
    }
}

/// It left a bus error. Whatever the verdict, the window is over already.
#[cold]
fn report_error(guest: &mut Guest, syndrome: u64) {
    let _ = fault::raise(guest, HealthEvent::SystemError, Details::here(syndrome));
}

/// Console text found no room in this window. Whatever the verdict, the window is over already.
#[cold]
fn report_dropped(guest: &mut Guest) {
    let dropped = core::mem::take(&mut guest.partition.dropped_in_window);
    let event = Event::ConsoleOverflow {
        partition: guest.partition.index,
        dropped,
    };
    let details = Details::here(dropped);
    let _ = fault::raise_after(guest, Some(event), HealthEvent::ConsoleOverflow, details);
}

/// The next context of this CPU's plan. Time that no partition can use passes in here.
#[inline(never)]
pub fn choose_next(cpu: &mut Cpu) -> Next {
    loop {
        if let Some(next) = use_slot(cpu) {
            return next;
        }
        let now = idle::spend_until(cpu, cpu.slot.preempt_at);
        cpu.path.begin(now);
    }
}

/// Goes on to the next slot: who runs in it, if anybody does. Whether its time has gone by is judged by a
/// time that is read here, since whatever came before may have taken long; a few instructions, which a read
/// without a barrier may be early by, are no slot.
#[inline(always)]
fn use_slot(cpu: &mut Cpu) -> Option<Next> {
    cpu.slot = cpu.cursor.step();
    let now = timer::now_early();
    if now.reached(cpu.slot.preempt_at) {
        // The CPU came so late that the slot is over: it goes on where the plan is by now.
        overrun(cpu, now);
    }
    if stop::is_due(cpu) {
        stop::stop(cpu);
    }
    let vcpu = cpu.slot.whose?;
    // SAFETY: the plan says that this CPU runs the vCPU, and the exit that came here is done with the
    // one before.
    use_window(cpu, unsafe { vcpu.get() })
}

/// What the vCPU's window is used for: it runs, or its partition is reloaded, or nothing. That it is used
/// for nothing is known without the partition's lock, so that no sibling can delay whoever is next on this
/// CPU.
#[inline]
fn use_window(cpu: &mut Cpu, vcpu: &mut Vcpu) -> Option<Next> {
    let facts = vcpu.facts;
    if facts.partition.is_shared() && !facts.of_partition.occasions.are_there(facts.itself) {
        return None;
    }
    // SAFETY: this CPU runs the vCPU, and has dropped every guard of the exit that came here.
    let mut guest = unsafe { Guest::of(cpu, vcpu) };
    let itself = guest.vcpu.facts.itself;
    if !guest.partition.life.is_ready(itself)
        && (guest.partition.life.is_idle() || !prepare(&mut guest))
    {
        return reload(guest);
    }
    if ANY.most_vcpus > 1 {
        // From here on siblings kick this CPU for it, and the last look at the controller is still to come
        // (`connection::connect`), so no change is missed.
        guest.partition.running = guest.partition.running.union(itself);
    }
    drop(guest.partition);
    Some(enter(guest.cpu, guest.vcpu))
}

/// The vCPU doesn't simply go on: whether it begins.
#[cold]
fn prepare(guest: &mut Guest) -> bool {
    let number = guest.vcpu.number;
    let Some(start) = guest.partition.life.take_start(number) else {
        return false;
    };
    let life = guest.partition.totals.restarts;
    let arguments = [start.context, 0, 0, 0];
    let loaded = &mut guest.cpu.loaded;
    guest.vcpu.begin(loaded, life, start.entry, arguments);
    guest.partition.life.is_ready(guest.vcpu.facts.itself)
}

/// The vCPU doesn't run: its partition is reloaded in its window, or nothing is. One that has turned itself
/// off altogether owes its heartbeats all the same.
#[cold]
fn reload(mut guest: Guest) -> Option<Next> {
    if guest.partition.life.is_running() {
        let _ = fault::check_heartbeat(&mut guest, timer::now());
    }
    let is_due = matches!(guest.partition.life.phase(), Phase::Reloading(_))
        && guest.vcpu.number == 0
        // The others may still be on their way out.
        && guest.partition.running == VcpuSet::NONE;
    // The lock isn't held for the work: nobody else touches the partition until it is done.
    drop(guest.partition);
    if is_due {
        restart::work(guest.cpu, guest.vcpu);
    }
    None
}

/// The CPU comes too late for its next slot.
#[cold]
fn overrun(cpu: &mut Cpu, now: Ticks) {
    let (slot, skipped) = cpu.cursor.catch_up(now);
    cpu.slot = slot;
    total::add(&mut cpu.overruns, skipped);
    let index = cpu.index;
    let event = Event::Overrun {
        cpu: index,
        skipped,
    };
    cpu.report(now, event);
}

/// Prepares the release of a vCPU at its tick; the wait for it comes last, in
/// [`crate::windows::switch::release`].
#[inline]
fn enter(cpu: &mut Cpu, vcpu: &mut Vcpu) -> Next {
    if vcpu.waits_for_window {
        vcpu.waits_for_window = false;
        vcpu.context.x[0] = 0;
        vcpu.context.x[1] = cpu.slot.start.since(cpu.epoch);
    }
    idle::work_until(cpu, cpu.slot.start);
    cpu.loaded.replace(vcpu)
}
