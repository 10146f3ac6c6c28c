//! Links: the physical interrupts behind the guest's. What the guest does to its own reaches them, and
//! their levels are seen through it. A private one is changed on its vCPU's CPU only, so a sibling leaves
//! that to be done there.

use paratia_board_support::interrupt::{Distributor as _, PrivateInterrupts as _};
use paratia_config::machine::{MONITORS, VIRTUAL_TIMER};

use crate::arch::timer;
use crate::base::bits::{bit, bits_of};
use crate::built::chosen::ANY;
use crate::interrupts::events;
use crate::machine::vgic::{Change, FIRST_SHARED, Levels, Link, Physical, VcpuSet, low};
use crate::state::cpu::Cpu;
use crate::state::granted;
use crate::state::partition::Partition;
use crate::state::running::Guest;

/// Whether a guest's interrupt with a physical one behind it is one of its devices'.
#[inline]
#[must_use]
pub fn is_devices(id: u32) -> bool {
    ANY.shared_links && id >= FIRST_SHARED
}

/// The shared interrupts of the partition's devices.
pub fn shared_links(partition: &Partition) -> impl Iterator<Item = (usize, &'static Link)> + use<> {
    let links = partition.facts.interrupts.links.iter().enumerate();
    links.filter(|(_, link)| is_devices(link.guest))
}

/// Changes the physical interrupts behind the guest's. Whose are left for others to change.
pub fn change_physical(guest: &mut Guest, physical: Physical) -> VcpuSet {
    let mut others = VcpuSet::NONE;
    for id in physical.interrupts() {
        if is_devices(id) {
            change_shared(guest, physical.change, id);
        } else if ANY.most_vcpus == 1 || physical.vcpu == guest.vcpu.number {
            change_private(guest.cpu, &guest.partition, physical.change, id);
        } else {
            defer_private(&mut guest.partition, physical.change, physical.vcpu, id);
            others = VcpuSet::of(physical.vcpu);
        }
    }
    others
}

/// Changes the device's interrupt behind the guest's `interrupt`, at the board's controller.
pub fn change_shared(guest: &Guest, change: Change, interrupt: u32) {
    let id = guest.partition.gic.physical(interrupt);
    let distributor = guest.cpu.distributor;
    // The rules have checked that these are shared interrupts of the board.
    let _ = match change {
        Change::SetActive => distributor.set_spi_active(id, true),
        Change::Deactivate => distributor.set_spi_active(id, false),
        Change::Configure => {
            distributor.set_spi_edge(id, guest.partition.gic.is_edge(0, interrupt))
        }
    };
}

/// Changes the private interrupt of this CPU behind the guest's. It is a level for good.
#[inline(never)]
pub fn change_private(cpu: &mut Cpu, partition: &Partition, change: Change, guest: u32) {
    let bit = 1 << (partition.gic.physical(guest) % 32);
    let private = &mut cpu.private;
    match change {
        Change::SetActive => private.set_private_active(bit, 0),
        Change::Deactivate => private.set_private_active(0, bit),
        Change::Configure => {}
    }
}

/// Leaves a change of a sibling's private interrupt to its own CPU, which makes it when it attends next. The
/// latest change of each counts.
fn defer_private(partition: &mut Partition, change: Change, vcpu: usize, guest: u32) {
    let bit = 1 << (partition.gic.physical(guest) % 32);
    let Some([set, clear]) = partition.private_changes.get_mut(vcpu) else {
        return;
    };
    match change {
        Change::SetActive => (*set, *clear) = (*set | bit, *clear & !bit),
        Change::Deactivate => (*set, *clear) = (*set & !bit, *clear | bit),
        Change::Configure => {}
    }
}

/// Makes the changes that siblings have left to this CPU ([`change_physical`]): the private interrupts are its
/// own.
pub fn take_private_changes(guest: &mut Guest) {
    if ANY.most_vcpus > 1
        && let Some(changes) = guest.partition.private_changes.get_mut(guest.vcpu.number)
    {
        let [set, clear] = core::mem::take(changes);
        if set | clear != 0 {
            guest.cpu.private.set_private_active(set, clear);
        }
    }
}

/// Physical interrupts that came while the guest didn't take them, and whose level has gone since,
/// are no longer pending: a timer that was set anew, a device that was seen to.
pub fn withdraw_gone(guest: &mut Guest) {
    if is_latched(guest, VIRTUAL_TIMER) && !timer::is_guest_timer_due() {
        withdraw(guest, VIRTUAL_TIMER);
    }
    if !guest.vcpu.facts.has_more() {
        return;
    }
    if ANY.xen {
        events::show_level(guest);
    }
    if granted::has_overflow(guest.vcpu) == Some(false) && is_latched(guest, MONITORS) {
        withdraw(guest, MONITORS);
    }
    for (_, link) in shared_links(&guest.partition) {
        // Active at the board's controller, it is pending there as long as its level is high.
        if is_latched(guest, link.guest) && !guest.cpu.distributor.is_spi_pending(link.physical) {
            withdraw(guest, link.guest);
        }
    }
}

/// Whether a level waits to be taken.
fn is_latched(guest: &Guest, id: u32) -> bool {
    let number = guest.vcpu.number;
    guest.partition.gic.is_level_latched(number, id)
}

/// A level has gone before it was taken: it is no longer pending, and the physical one behind it may come
/// again.
fn withdraw(guest: &mut Guest, id: u32) {
    let effect = guest.partition.gic.withdraw(guest.vcpu.number, id);
    if let Some(physical) = effect.physical {
        let _ = change_physical(guest, physical);
    }
}

/// Those of active interrupts whose level is high, as a register with a bit for each shows them. What is
/// another vCPU's timer only that one's CPU knows, and it reads as low.
pub fn high(guest: &mut Guest, levels: Levels) -> u64 {
    let mut high = 0;
    for index in bits_of(levels.bits) {
        let id = levels.first.wrapping_add(low(index as u64));
        if is_high(guest, id, levels.vcpu) {
            high |= bit(index);
        }
    }
    high.into()
}

fn is_high(guest: &mut Guest, id: u32, vcpu: usize) -> bool {
    if is_devices(id) {
        let id = guest.partition.gic.physical(id);
        return guest.cpu.distributor.is_spi_pending(id);
    }
    vcpu == guest.vcpu.number
        && match id {
            VIRTUAL_TIMER => timer::is_guest_timer_due(),
            MONITORS => granted::has_overflow(guest.vcpu) == Some(true),
            _ => false,
        }
}
