//! Restart: scrubbing and reloading inside the partition's own windows, so that nobody else pays.

use paratia_abi::StartCondition;
use paratia_config::system::Image;

use crate::arch::{cpu as arch_cpu, memory, timer};
use crate::event::Event;
use crate::guest::Guest;
use crate::interrupt;
use crate::life::Phase;
use crate::partition::Partition;
use crate::reload::{Reload, Step};
use crate::selected::run_argument;
use crate::total;
use crate::vcpu::Vcpu;

/// Goes on with the work in the partition's window until it is done or the window nearly over; the
/// partition starts in the window after.
pub fn work(guest: &mut Guest, mut reload: Reload, condition: StartCondition) {
    let begun = crate::idle::sleep_until(guest.machine.slot.start);
    total::add(&mut guest.vcpu.counts.windows, 1);
    // Half a guard before the window would be preempted is time enough for any step: the guard must
    // hold the longest path as a whole.
    let margin = guest.machine.cursor.guard_ticks() / 2;
    let until = guest.machine.slot.preempt_at.before(margin);
    let phase = loop {
        if timer::now().reached(until) {
            break Phase::Reloading(reload, condition);
        }
        // SAFETY: the partition isn't running, and this CPU has its windows.
        if !unsafe { step(&guest.partition, &mut reload) } {
            start(guest, condition);
            break Phase::Running;
        }
    };
    guest.partition.life.set_phase(phase);
    let used = timer::now().since(begun);
    total::add(&mut guest.vcpu.counts.used_ticks, used);
}

/// Does all of the work at once: at boot. By its name the bench tells what is done for each byte.
///
/// # Safety
/// No partition runs yet.
#[inline(never)]
pub unsafe fn load_at_boot(partition: &Partition) {
    let mut reload = Reload::new();
    // SAFETY: the caller's promise. Bounded by the partition's memory.
    while unsafe { step(partition, &mut reload) } {}
}

/// One step; whether there was one left.
///
/// # Safety
/// The partition isn't running.
unsafe fn step(partition: &Partition, reload: &mut Reload) -> bool {
    let pieces = partition.facts.image.pieces;
    match reload.next(partition.declaration().regions, pieces) {
        // SAFETY: whole pages of the partition's regions, which EL2's map covers.
        Step::Zero(at, size) => unsafe { memory::zero(at, size) },
        // SAFETY: a page of the partition's RAM, which has been checked to hold the piece when its
        // physical address was computed.
        Step::Copy(to, bytes) => unsafe { memory::copy_image(to, bytes) },
        Step::Done => return false,
    }
    true
}

/// Makes the partition ready for its first instruction.
fn start(guest: &mut Guest, condition: StartCondition) {
    arch_cpu::set_stage2(guest.vcpu.facts.stage2);
    memory::forget_guest();
    interrupt::forget(&guest.partition);
    guest.partition.reset_machine();
    prepare(guest.vcpu, &guest.partition, condition);
    let now = timer::now();
    if let Some(supervision) = &mut guest.partition.supervision {
        supervision.start(now);
    }
    let event = Event::Started {
        partition: guest.partition.index,
        condition: condition as u64,
        restarts: guest.partition.totals.restarts,
    };
    guest.machine.report(now, event);
}

/// Puts the partition's first vCPU to its entry point.
pub fn prepare(vcpu: &mut Vcpu, partition: &Partition, condition: StartCondition) {
    let declaration = partition.declaration();
    let registers = match declaration.image {
        Image::Program(_) => [
            declaration.passport.0,
            condition as u64,
            partition.totals.restarts,
            run_argument(partition.index),
        ],
        // As arm64 Linux is booted, and whoever follows it (Documentation/arm64/booting.rst, 4).
        Image::Linux { .. } | Image::Raw { .. } | Image::Elf { .. } => {
            let device_tree = partition.facts.image.device_tree;
            [device_tree.map_or(0, |place| place.0), 0, 0, 0]
        }
    };
    vcpu.begin(declaration.entry.0, registers);
}
