//! What comes from the board: the hypervisor's timer, by which windows end, kicks, and physical interrupts
//! that belong to the guest.

use paratia_board_support::interrupt::{
    CpuInterface as _, PrivateInterrupts as _, VirtualInterface as _,
};

use crate::arch::timer;
use crate::base::time::Ticks;
use crate::built::chosen::{ANY, GUEST_PRIVATE};
use crate::built::controllers::{self, PrivateInterrupts};
use crate::interrupts::numbers::{
    FIRST_PRIVATE_PERIPHERAL, GUEST_PRIORITY, HELD_BACK, HYPERVISOR_TIMER, MAINTENANCE,
    OWN_PRIORITY, PHYSICAL_TIMER,
};
use crate::interrupts::shortcut::{self, Taken};
use crate::interrupts::{kicks, links, lists};
use crate::machine::vgic::VcpuSet;
use crate::policy::doorbell::Ports;
use crate::state::cpu::Cpu;
use crate::state::decision::Decision;
use crate::state::running::Guest;
use crate::state::vcpu::Vcpu;

/// Sets this CPU's private interrupts up: once, at boot.
pub fn set_up(private: &mut PrivateInterrupts) {
    private.set_private_priority(1 << HYPERVISOR_TIMER | 1 << MAINTENANCE, OWN_PRIORITY);
    let of_guests = GUEST_PRIVATE.iter().fold(0xFFFF, |all, bits| all | bits);
    private.set_private_priority(of_guests, GUEST_PRIORITY);
    if controllers::KICKS_STAY_ENABLED {
        private.set_private_priority(0xFFFF, HELD_BACK);
    }
    private.enable_private(1 << HYPERVISOR_TIMER | 1 << MAINTENANCE);
}

/// Handles what was taken, and says whether its window goes on.
#[inline(never)]
pub fn handle(guest: &mut Guest, taken: Taken) -> Decision {
    let Taken::Interrupt(id) = taken else {
        return handle_timer(guest);
    };
    guest.cpu.interface.drop_priority(id);
    if id < FIRST_PRIVATE_PERIPHERAL {
        guest.cpu.interface.deactivate(id);
        if !ANY.kicks {
            return Decision::Resume;
        }
        let ports = guest.partition.facts.doorbell.take();
        answer(guest, ports);
        if guest.partition.declaration().machine.vcpus > 1 {
            lists::attend_here(guest);
        }
    } else if id == MAINTENANCE {
        lists::attend_here(guest);
        guest.cpu.interface.deactivate(id);
    } else {
        // It stays active, and so comes only once, until the guest ends it.
        deliver(guest, id);
    }
    Decision::Resume
}

/// The hypervisor's timer is due: the window is over, or the guest's physical timer is.
#[inline]
pub fn handle_timer(guest: &mut Guest) -> Decision {
    if timer::now_early().reached(guest.cpu.slot.preempt_at) {
        return Decision::EndWindow;
    }
    update_physical_timer(guest);
    Decision::Resume
}

/// A physical interrupt of the guest's has come.
fn deliver(guest: &mut Guest, id: u32) {
    if !links::is_devices(id) {
        return offer(guest, id);
    }
    let id = guest.partition.gic.guest(id).unwrap_or(id);
    let attention = guest.partition.gic.pulse(guest.vcpu.number, id);
    lists::attend(guest, attention);
}

/// Messages have come to the partition's ports: their interrupts come. List registers are filled anew
/// once, however many these are.
fn answer(guest: &mut Guest, ports: Ports) {
    let mut ids = kicks::interrupts_of(&guest.partition, ports);
    let Some(first) = ids.next() else {
        return;
    };
    let Some(second) = ids.next() else {
        return offer(guest, first);
    };
    let (gic, number) = (&mut guest.partition.gic, guest.vcpu.number);
    let all = [first, second].into_iter().chain(ids);
    let attention = all.fold(VcpuSet::NONE, |set, id| set.union(gic.pulse(number, id)));
    lists::attend(guest, attention);
}

/// Offers the guest an interrupt that comes and is private, or has none behind it: placed in a list
/// register, if nothing else is pending or in hand; else pending at the controller, whose order of several
/// decides between equal priorities.
pub fn offer(guest: &mut Guest, id: u32) {
    if !shortcut::place_any_at_rest(guest.cpu, guest.vcpu, &guest.partition.gic, id)
        && !shortcut::place_again(guest.cpu, guest.vcpu, id)
        && !shortcut::place(guest, id)
    {
        let attention = guest.partition.gic.pulse(guest.vcpu.number, id);
        lists::attend(guest, attention);
    }
    // The next one looks whether this one's register is free.
    guest.cpu.virtual_interface.settle_lists();
}

/// Shows the controller the level of the guest's physical timer, and sets the CPU's own timer to
/// when that changes or the window is over.
pub fn update_physical_timer(guest: &mut Guest) {
    arm(guest.cpu, guest.vcpu);
    let high = guest.vcpu.physical_timer.is_raised(timer::guest_now());
    let (gic, number) = (&mut guest.partition.gic, guest.vcpu.number);
    let attention = gic.set_line(number, PHYSICAL_TIMER, high);
    lists::attend(guest, attention);
}

/// Sets the CPU's own timer to the end of the window, or to the guest's deadline before.
pub fn arm(cpu: &Cpu, vcpu: &Vcpu) {
    let end = cpu.slot.preempt_at;
    if vcpu.physical_timer.is_off() {
        return timer::arm(end);
    }
    arm_before(vcpu, end);
}

/// Sets it to the guest's deadline, if that comes before `end`.
#[cold]
fn arm_before(vcpu: &Vcpu, end: Ticks) {
    let (now, epoch) = (timer::guest_now(), timer::guest_epoch());
    timer::arm(vcpu.physical_timer.leave_at(now, epoch, end));
}
