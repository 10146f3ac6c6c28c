//! Connection: what happens to a vCPU's interrupts at its window's beginning and end. Outside of its
//! windows all of them are in its partition's controller and at the board's, all list registers are empty,
//! and no CPU takes them.
//!
//! Beginning: [`connect`], the wait for the tick, [`unmask_guest`]. End: [`mask_guest`], [`disconnect_more`]
//! of those that have more than private interrupts, [`disconnect`].

use paratia_board_support::interrupt::{
    CpuInterface as _, Distributor as _, PrivateInterrupts as _, VirtualInterface as _,
};

use crate::arch::timer;
use crate::base::bits::bit;
use crate::built::chosen::ANY;
use crate::built::controllers::{Distributor, each};
use crate::interrupts::numbers::{
    GUEST_PRIORITY, HELD_BACK, MASK_GUEST, MASK_NONE, PHYSICAL_TIMER,
};
use crate::interrupts::{events, kicks, links, lists, shortcut, terminal};
use crate::machine::vgic::{Link, Maintenance};
use crate::state::cpu::Cpu;
use crate::state::partition::Partition;
use crate::state::running::Guest;
use crate::state::vcpu::Vcpu;

/// Brings the vCPU's interrupts to this CPU: physical ones on at the controller, virtual ones into
/// the list registers. All are still held back, by priority and by the interface being off.
pub fn connect(guest: &mut Guest) {
    let facts = guest.vcpu.facts;
    let active = core::mem::take(&mut guest.vcpu.active_private);
    if active != 0 {
        guest.cpu.private.set_private_active(active, 0);
    }
    guest.cpu.private.enable_private(facts.private);
    if facts.has_more() {
        connect_more(guest);
    }
    if !guest.vcpu.physical_timer.is_off() || !guest.partition.gic.is_quiet(guest.vcpu.number) {
        fill_first(guest);
    }
}

/// Of a vCPU that has more than private interrupts: what others have left to be done to these, its
/// kick, its devices' interrupts, its UART and its doorbell.
#[cold]
fn connect_more(guest: &mut Guest) {
    links::take_private_changes(guest);
    kicks::set_kick_priority(guest.cpu, &guest.partition, GUEST_PRIORITY);
    for (index, link) in links::shared_links(&guest.partition) {
        if guest.partition.gic.target_of(link.guest) == Some(guest.vcpu.number) {
            let cpu = guest.vcpu.facts.affinity;
            // The rules have checked that these are shared interrupts of the board.
            let distributor = guest.cpu.distributor;
            let _ = distributor.enable_spi(link.physical, cpu, GUEST_PRIORITY);
            guest.vcpu.connected |= bit(index);
        }
    }
    let mut others = terminal::update(guest.vcpu, &mut guest.partition);
    others = others.union(events::update(guest.cpu, &mut guest.partition));
    if ANY.kicks && guest.partition.facts.has_doorbell {
        let ports = guest.partition.facts.doorbell.open(guest.vcpu.number);
        for id in kicks::interrupts_of(&guest.partition, ports) {
            others = others.union(guest.partition.gic.pulse(guest.vcpu.number, id));
        }
    }
    // Nothing of this vCPU is listed yet, so only others have to look.
    kicks::kick(guest, others);
}

/// Fills for the first time in a window, when list registers are empty: with what is still so, the level of
/// the guest's physical timer included, which nobody watched outside of its windows.
#[cold]
fn fill_first(guest: &mut Guest) {
    links::withdraw_gone(guest);
    let raised = guest.vcpu.physical_timer.is_raised(timer::guest_now());
    let (gic, number) = (&mut guest.partition.gic, guest.vcpu.number);
    let _ = gic.set_line(number, PHYSICAL_TIMER, raised);
    lists::fill(guest);
}

/// Opens the virtual interface and the mask: the last step of a release.
pub fn unmask_guest(cpu: &mut Cpu, vcpu: &mut Vcpu) {
    if vcpu.is_software() {
        cpu.virtual_interface.refuse_registers();
    }
    lists::show(cpu, vcpu);
    cpu.interface.set_priority_mask(MASK_NONE);
}

/// Lets nothing but the hypervisor's timer through: before a window, and for good after it. How many
/// ends the guest gave of what was in no list register.
#[inline]
pub fn mask_guest(cpu: &mut Cpu) -> u64 {
    cpu.interface.set_priority_mask(MASK_GUEST);
    cpu.virtual_interface.close()
}

/// Takes the vCPU's interrupts away from this CPU, which are masked; what comes meanwhile stays pending
/// at the controller. The guest gave so many ends of what was in no list register.
#[inline]
pub fn disconnect(guest: &mut Guest, ends: u64) {
    let private = guest.vcpu.facts.private;
    guest.cpu.private.disable_private(private);
    if !guest.vcpu.rests() || ends != 0 || shortcut::is_used(guest.cpu) {
        collect_last(guest, ends);
    }
    let active = guest.cpu.private.private_active() & private;
    if active != 0 {
        guest.vcpu.active_private = active;
        guest.cpu.private.set_private_active(0, private);
    }
}

/// Before [`disconnect`], of a vCPU that has more than private interrupts: as in [`connect`].
#[cold]
pub fn disconnect_more(guest: &mut Guest) {
    kicks::set_kick_priority(guest.cpu, &guest.partition, HELD_BACK);
    if ANY.kicks && guest.partition.facts.has_doorbell {
        guest.partition.facts.doorbell.close(guest.vcpu.number);
    }
    if guest.vcpu.connected != 0 {
        let connected = guest.vcpu.connected;
        let is_connected = |(index, _): &(usize, &Link)| connected & bit(*index) != 0;
        for (_, link) in links::shared_links(&guest.partition).filter(is_connected) {
            let _ = guest.cpu.distributor.disable_spi(link.physical);
        }
        guest.vcpu.connected = 0;
    }
}

/// Collects for the last time in a window: list registers are empty afterwards and have nothing to tell.
#[cold]
fn collect_last(guest: &mut Guest, ends: u64) {
    shortcut::tell(guest);
    let others = lists::collect_after(guest, ends);
    for index in each(guest.vcpu.listed) {
        guest.cpu.virtual_interface.write_list(index, 0);
    }
    (guest.vcpu.listed, guest.vcpu.noticed) = (0, 0);
    guest.vcpu.set_maintenance(Maintenance::empty());
    if guest.vcpu.is_software() {
        // It signals nothing any more.
        guest.vcpu.control();
    }
    kicks::kick(guest, others);
}

/// Puts its devices' interrupts at the board's controller to how they were at its first start: disabled,
/// levels, neither pending nor in hand (target and priority are given to them in each of its windows).
/// What is private to a CPU was taken from the partition at its window's end. Messages that it hasn't
/// read are still to come.
pub fn forget(distributor: &Distributor, partition: &Partition) {
    if ANY.kicks {
        partition.facts.doorbell.repeat();
    }
    for (_, link) in links::shared_links(partition) {
        let _ = distributor.reset_spi(link.physical);
    }
}
