//! The movement between a partition's interrupt controller and the list registers of its vCPU, as the
//! picture in [`crate::interrupts`] shows it.

use paratia_board_support::interrupt::VirtualInterface as _;

use crate::base::bits::bit;
use crate::built::controllers::{self, LIST_REGISTERS, each};
use crate::interrupts::{kicks, links, shortcut};
use crate::machine::vgic::{Change, CpuInterface, Effect, ListRegister, Maintenance, VcpuSet};
use crate::state::cpu::Cpu;
use crate::state::partition::InterruptController;
use crate::state::running::Guest;
use crate::state::vcpu::Vcpu;

/// Attends to the vCPUs in `attention`, whose interrupts have changed: here to the one that runs here, and
/// by a kick to others where they run.
pub fn attend(guest: &mut Guest, attention: VcpuSet) {
    if attention.contains(guest.vcpu.number) {
        attend_here(guest);
    }
    kicks::kick(guest, attention);
}

/// Attends to the vCPU that runs here: collects what the guest did with its list registers, fills them anew,
/// and shows what is in them. Siblings that this concerns are kicked.
pub fn attend_here(guest: &mut Guest) {
    links::take_private_changes(guest);
    shortcut::tell(guest);
    let others = collect(guest);
    fill_and_show(guest);
    kicks::kick(guest, others);
}

/// Lets the guest change its controller, and carries out what that asks for. What is in list
/// registers is collected before, so that the change finds everything as it is.
pub fn change(guest: &mut Guest, change: impl FnOnce(&mut InterruptController, usize) -> Effect) {
    let attention = collect_listed(guest);
    let effect = change(&mut guest.partition.gic, guest.vcpu.number);
    carry_out(guest, effect, attention);
}

/// Collects, if any list register is in use. Whom that concerns: the vCPU itself, whose list registers
/// are to be filled again, and siblings.
#[inline(never)]
fn collect_listed(guest: &mut Guest) -> VcpuSet {
    shortcut::tell(guest);
    if guest.vcpu.listed == 0 {
        return VcpuSet::NONE;
    }
    collect(guest).union(VcpuSet::of(guest.vcpu.number))
}

/// Carries out what a change asks for; of `attention` are those whom it concerned before.
#[inline(never)]
fn carry_out(guest: &mut Guest, effect: Effect, attention: VcpuSet) {
    let mut attention = attention.union(effect.attention);
    if let Some(physical) = effect.physical {
        attention = attention.union(links::change_physical(guest, physical));
    }
    if attention.contains(guest.vcpu.number) {
        fill_and_show(guest);
    }
    kicks::kick(guest, attention);
}

/// Moves what is in list registers into the controller, which was told of what was placed there
/// ([`shortcut::tell`]). The controller takes them for empty from now on, though their values stay until
/// they are filled. Which siblings have to look.
fn collect(guest: &mut Guest) -> VcpuSet {
    let ends = guest.cpu.virtual_interface.take_unlisted_ends();
    collect_after(guest, ends)
}

/// Collects, after so many ends (`ends`) of what was in no list register, which the caller has read from the
/// hardware and cleared there. Which siblings have to look.
pub fn collect_after(guest: &mut Guest, ends: u64) -> VcpuSet {
    let mut others = VcpuSet::NONE;
    let ends = match guest.vcpu.software_mut() {
        Some(interface) => interface.take_unlisted_ends().into(),
        None => ends,
    };
    for _ in 0..ends {
        let effect = guest.partition.gic.end_unlisted(guest.vcpu.number);
        others = others.union(effect.attention);
        if let Some(physical) = effect.physical {
            others = others.union(links::change_physical(guest, physical));
        }
    }
    let number = guest.vcpu.number;
    if let Some(interface) = guest.vcpu.software_mut() {
        return others.union(guest.partition.gic.collect(number, &mut interface.list));
    }
    if guest.vcpu.noticed != 0 {
        end_by_notice(guest);
    }
    for index in each(guest.vcpu.listed) {
        let mut register = [controllers::from_value(
            guest.cpu.virtual_interface.read_list(index),
        )];
        others = others.union(
            guest
                .partition
                .gic
                .collect(guest.vcpu.number, &mut register),
        );
    }
    others
}

/// Ends the physical interrupts behind those in list registers that the guest has ended, where that
/// doesn't come by itself.
#[inline(never)]
fn end_by_notice(guest: &mut Guest) {
    for index in each(guest.vcpu.noticed) {
        let register = controllers::from_value(guest.cpu.virtual_interface.read_list(index));
        if register.pending || register.active {
            continue;
        }
        match guest.vcpu.listed_ids.get(index) {
            Some(id) if links::is_devices(*id) => {
                links::change_shared(guest, Change::Deactivate, *id);
            }
            Some(id) => {
                links::change_private(guest.cpu, &guest.partition, Change::Deactivate, *id);
            }
            None => {}
        }
    }
}

/// Fills the list registers, which were collected before, with what holds now, and shows them to the guest.
fn fill_and_show(guest: &mut Guest) {
    links::withdraw_gone(guest);
    fill(guest);
    show(guest.cpu, guest.vcpu);
}

/// Moves the best of what is pending or in hand from the controller into list registers, which were
/// collected before, and notes when the hypervisor has to be told of them.
#[inline]
pub fn fill(guest: &mut Guest) {
    if guest.vcpu.listed == 0 && !guest.partition.gic.has_work(guest.vcpu.number) {
        guest.vcpu.set_maintenance(Maintenance::empty());
        return;
    }
    fill_registers(guest);
}

/// Fills, if there is something to write or to clear.
#[inline(never)]
fn fill_registers(guest: &mut Guest) {
    let mut registers = [ListRegister::EMPTY; LIST_REGISTERS];
    let (gic, number) = (&mut guest.partition.gic, guest.vcpu.number);
    let maintenance = gic.fill(number, &mut registers);
    guest.vcpu.set_maintenance(maintenance);
    let before = core::mem::take(&mut guest.vcpu.listed);
    guest.vcpu.noticed = 0;
    guest.vcpu.first_listed = (0, 0);
    for (index, register) in registers.iter().enumerate() {
        if register.pending || register.active {
            guest.vcpu.set_listed(index, register.intid);
            if controllers::ends_by_notice(*register) {
                guest.vcpu.noticed |= bit(index);
            }
            let value = controllers::to_value(*register);
            guest.cpu.virtual_interface.write_list(index, value);
        } else if before & bit(index) != 0 {
            guest.cpu.virtual_interface.write_list(index, 0);
        }
    }
    guest.cpu.virtual_interface.settle_lists();
    if let Some(interface) = guest.vcpu.software_mut() {
        interface.list = registers;
    }
}

/// Lets the guest's CPU interface signal what is in list registers, which moves nothing.
pub fn show(cpu: &mut Cpu, vcpu: &mut Vcpu) {
    if vcpu.is_software() {
        vcpu.control();
    } else {
        cpu.virtual_interface
            .enable(vcpu.maintenance().bits().into());
    }
}

/// After the guest used its emulated CPU interface: attends to it if that needs to be filled, as a
/// maintenance interrupt would ask of hardware; else shows what it signals now.
pub fn attend_software(guest: &mut Guest) {
    let maintenance = guest.vcpu.maintenance();
    let needs = |interface: &CpuInterface| interface.needs(maintenance);
    if guest.vcpu.software().is_some_and(needs) {
        attend_here(guest);
    } else {
        show(guest.cpu, guest.vcpu);
    }
}

/// Whether a list register holds an interrupt that the guest can take: a reason to end its `WFI`.
#[must_use]
pub fn is_pending(cpu: &Cpu, vcpu: &Vcpu) -> bool {
    if let Some(interface) = vcpu.software() {
        return interface.signal() || interface.fast_signal();
    }
    // The first may hold what was placed there.
    each(vcpu.listed | u32::from(vcpu.rests())).any(|index| {
        let register = controllers::from_value(cpu.virtual_interface.read_list(index));
        register.pending && !register.active
    })
}
