//! Interrupts that go straight into a list register, in a few instructions: the virtual timer's,
//! messages', and those that a vCPU sends itself.
//!
//! # Without the controller's knowledge
//! A vCPU *rests* while its list registers hold nothing, nothing waits outside of them, it is the only
//! one of its partition, and its CPU interface is hardware. What comes then, and may be taken
//! ([`Vgic::ready`]), goes into the first list register, and the emulated controller isn't told. Once
//! the guest has taken and ended it, that register is empty, and the controller is in the very state
//! that it would be in: so the next one goes the same way.
//!
//! Whoever looks at the controller or changes it is on this CPU, and calls [`tell`] first: what is in
//! the register still is told to the controller then, as placed there. That is late, but not too late, for
//! nothing has changed since it came. So nothing is remembered that could be out of date: whether an
//! interrupt may be taken, and how, is asked anew for each.
//!
//! The vCPUs of a partition with several look at each other's interrupts, so there the controller is
//! told at once, under the partition's lock; only the same interrupt again, taken and ended, changes
//! nothing that anybody could see.
//!
//! [`Vgic::ready`]: crate::machine::vgic::Vgic::ready

use paratia_abi::passport::MAX_PORTS;
use paratia_board_support::interrupt::{CpuInterface as _, VirtualInterface as _};
use paratia_config::machine::VIRTUAL_TIMER;

use crate::arch::timer;
use crate::built::chosen::ANY;
use crate::built::controllers::{self, each};
use crate::interrupts::numbers::{FIRST_PRIVATE_PERIPHERAL, HYPERVISOR_TIMER};
use crate::machine::vgic::{Maintenance, low};
use crate::state::cpu::Cpu;
use crate::state::partition::InterruptController;
use crate::state::running::Guest;
use crate::state::vcpu::Vcpu;

/// Why an interrupt takes the long way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// The hypervisor's timer is due. Its level ends by itself when it is armed anew, so it is never
    /// acknowledged.
    Timer,
    /// This one was acknowledged.
    Interrupt(u32),
}

/// Handles what is pending, if it goes straight into a list register. Whether something did.
///
/// # Errors
/// What was taken, if it isn't so simple; nothing is lost if it is handled anew.
#[allow(clippy::inline_always, reason = "every interrupt comes by here")]
#[inline(always)]
pub fn handle(cpu: &mut Cpu, vcpu: &mut Vcpu) -> Result<bool, Taken> {
    if timer::is_due() {
        return Err(Taken::Timer);
    }
    take(cpu, vcpu)
}

/// Handles what is pending, when the hypervisor's timer isn't due: as [`handle`] goes on.
///
/// # Errors
/// What was taken, if it doesn't go straight into a list register; nothing is lost if it is handled anew.
#[allow(clippy::inline_always, reason = "every interrupt comes by here")]
#[inline(always)]
pub fn take(cpu: &mut Cpu, vcpu: &mut Vcpu) -> Result<bool, Taken> {
    let Some(id) = cpu.interface.acknowledge() else {
        return Ok(false);
    };
    if id == VIRTUAL_TIMER && vcpu.rests() {
        // SAFETY: the vCPU rests and this CPU runs it; an exit comes here before it takes a guard, and the
        // reference ends with this block.
        let gic = unsafe { own(vcpu) };
        if place_at_rest(cpu, vcpu, gic, VIRTUAL_TIMER) {
            cpu.interface.drop_priority(id);
            return Ok(true);
        }
    }
    handle_other(cpu, vcpu, id)
}

/// What didn't come to a vCPU at rest, or isn't its timer.
#[inline(never)]
fn handle_other(cpu: &mut Cpu, vcpu: &mut Vcpu, id: u32) -> Result<bool, Taken> {
    // A software-generated one is a kick, whatever the guest's own numbers are.
    if id < FIRST_PRIVATE_PERIPHERAL {
        return if ANY.kicks {
            answer(cpu, vcpu, id)
        } else {
            Err(Taken::Interrupt(id))
        };
    }
    if id == HYPERVISOR_TIMER {
        // It became due between the two looks. Left active, it would never come again.
        cpu.interface.drop_priority(id);
        cpu.interface.deactivate(id);
        return Err(Taken::Timer);
    }
    if place_again(cpu, vcpu, id) || id == VIRTUAL_TIMER && place_alone(cpu, vcpu, id) {
        cpu.interface.drop_priority(id);
        return Ok(true);
    }
    Err(Taken::Interrupt(id))
}

/// Answers a kick, if all that it means is a message at one port.
fn answer(cpu: &mut Cpu, vcpu: &mut Vcpu, kick: u32) -> Result<bool, Taken> {
    let facts = vcpu.facts.of_partition;
    let bell = facts.doorbell;
    let Some(port) = bell.only_unknown() else {
        return Err(Taken::Interrupt(kick));
    };
    let id = facts.port_interrupts[port % MAX_PORTS];
    // SAFETY: the vCPU rests and this CPU runs it; an exit comes here before it takes a guard, and the
    // reference ends with this line.
    let is_listed = vcpu.rests() && place_any_at_rest(cpu, vcpu, unsafe { own(vcpu) }, id);
    if !is_listed && !place_alone(cpu, vcpu, id) {
        return Err(Taken::Interrupt(kick));
    }
    bell.tell(port);
    cpu.interface.drop_priority(kick);
    cpu.interface.deactivate(kick);
    Ok(true)
}

/// The controller of a vCPU that rests.
///
/// # Safety
/// It rests, this CPU runs it, and no guard of its partition is held as long as this is used.
#[inline]
unsafe fn own(vcpu: &Vcpu) -> &'static InterruptController {
    // SAFETY: the caller promises that the vCPU rests, so that it is its partition's only one, and that this
    // CPU runs it and holds no guard: nobody changes the partition meanwhile.
    unsafe { &vcpu.facts.partition.peek().gic }
}

/// Places `id` in the first list register, if the vCPU rests, the register is free and the interrupt can
/// be taken; whether it is there.
#[allow(clippy::inline_always, reason = "the timer's number saves a third")]
#[inline(always)]
fn place_at_rest(cpu: &mut Cpu, vcpu: &Vcpu, gic: &InterruptController, id: u32) -> bool {
    if !vcpu.rests() || is_used(cpu) {
        return false;
    }
    let Some(register) = gic.ready(0, id) else {
        return false;
    };
    cpu.virtual_interface
        .write_list(0, controllers::to_value(register));
    true
}

/// Places `id` in the first list register, if the vCPU rests, the register is free and the interrupt can be
/// taken; whether it is there. Of any interrupt, by one function for all.
#[inline(never)]
pub fn place_any_at_rest(cpu: &mut Cpu, vcpu: &Vcpu, gic: &InterruptController, id: u32) -> bool {
    place_at_rest(cpu, vcpu, gic, id)
}

/// As [`place`], of a vCPU that is its partition's only one, before its exit holds a guard.
#[inline(never)]
fn place_alone(cpu: &mut Cpu, vcpu: &mut Vcpu, id: u32) -> bool {
    if !vcpu.is_lone {
        return false;
    }
    // SAFETY: this CPU runs the vCPU, the partition's only one, and whoever handles an interrupt
    // shortly holds no guard.
    place(&mut unsafe { Guest::of(cpu, vcpu) }, id)
}

/// Places an interrupt that comes in the first list register, if no other is in use and it can be taken;
/// whether it is there.
pub fn place(guest: &mut Guest, id: u32) -> bool {
    collect_ended(guest);
    if place_any_at_rest(guest.cpu, guest.vcpu, &guest.partition.gic, id) {
        return true;
    }
    let is_free = guest.vcpu.listed == 0 && guest.vcpu.maintenance() == Maintenance::empty();
    if guest.vcpu.is_lone || !is_free || guest.vcpu.is_software() {
        return false;
    }
    let Some(register) = guest.partition.gic.ready(guest.vcpu.number, id) else {
        return false;
    };
    let value = controllers::to_value(register);
    guest.partition.gic.placed(guest.vcpu.number, id);
    guest.vcpu.set_listed(0, id);
    guest.vcpu.first_listed = (id, value);
    guest.cpu.virtual_interface.write_list(0, value);
    true
}

/// Places `id` in the first list register once more, if it was the only one there and was taken and
/// ended; whether it was so.
#[inline]
pub fn place_again(cpu: &mut Cpu, vcpu: &Vcpu, id: u32) -> bool {
    let (last, value) = vcpu.first_listed;
    let again = vcpu.listed == 1
        && last == id
        && value != 0
        && cpu.virtual_interface.empty_lists() & 1 != 0;
    if again {
        cpu.virtual_interface.write_list(0, value);
    }
    again
}

/// Whether something went straight into a list register and is still there, so that the controller is
/// to be told of it.
#[inline]
#[must_use]
pub fn holds(cpu: &Cpu, vcpu: &Vcpu) -> bool {
    vcpu.rests() && is_used(cpu)
}

/// Whether something is in the first list register, whose vCPU rests.
#[inline]
#[must_use]
pub fn is_used(cpu: &Cpu) -> bool {
    cpu.virtual_interface.empty_lists() & 1 == 0
}

/// Tells the controller of what went straight into a list register and is still there: before anybody
/// looks at the vCPU's interrupts there, or changes them.
#[inline]
pub fn tell(guest: &mut Guest) {
    if holds(guest.cpu, guest.vcpu) {
        let id = controllers::from_value(guest.cpu.virtual_interface.read_list(0)).intid;
        guest.partition.gic.placed(guest.vcpu.number, id);
        guest.vcpu.set_listed(0, id);
    }
}

/// Collects what the guest has taken and ended: its list registers are free. Not those whose end is
/// told by an interrupt of its own, which comes before any other.
fn collect_ended(guest: &mut Guest) {
    tell(guest);
    if guest.vcpu.listed == 0 {
        return;
    }
    // Those that are listed are among the first.
    let empty = low(guest.cpu.virtual_interface.empty_lists());
    let ended = guest.vcpu.listed & !guest.vcpu.noticed & empty;
    for id in each(ended).filter_map(|index| guest.vcpu.listed_ids.get(index)) {
        guest.partition.gic.collect_ended(guest.vcpu.number, *id);
    }
    guest.vcpu.listed &= !ended;
}
