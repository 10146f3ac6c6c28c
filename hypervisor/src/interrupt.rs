//! Interrupts: the hypervisor's timer, physical ones that belong to the guest, and the movement
//! between a partition's interrupt controller and the list registers of its vCPU.
//!
//! While a vCPU is switched out, everything of its interrupts is in its partition's controller, and
//! all list registers are empty.

use paratia_board_support::interrupt::{
    CpuInterface as _, Distributor as _, PrivateInterrupts as _, VirtualInterface as _,
};

use paratia_abi::passport::MAX_PORTS;
use paratia_config::machine::{MONITORS, VIRTUAL_TIMER};

use crate::arch::timer;
use crate::bits::{bit, bits_of};
use crate::controller::{self, LIST_REGISTERS, PrivateInterrupts, each};
use crate::cpu::Machine;
use crate::device;
use crate::doorbell::Ports;
use crate::exit::Decision;
use crate::guest::Guest;
use crate::partition::{InterruptController, Partition};
use crate::selected::{ANY, BOARD, GUEST_PRIVATE};
use crate::state::Bell;
use crate::straight::{self, Taken};
use crate::time::Ticks;
use crate::vcpu::Vcpu;
use crate::vgic::{
    Change, CpuInterface, Effect, FIRST_SHARED, Levels, Link, ListRegister, Maintenance, Physical,
    VcpuSet, low,
};
use crate::{granted, state};

/// The guest's physical timer (PPI 14), which is emulated.
const PHYSICAL_TIMER: u32 = 30;
/// The hypervisor's timer (PPI 10).
pub const HYPERVISOR_TIMER: u32 = 26;
/// The virtual interface's maintenance interrupt (PPI 9).
pub const MAINTENANCE: u32 = 25;

/// Software-generated interrupts, by which vCPUs of one partition call each other.
pub const FIRST_PRIVATE_PERIPHERAL: u32 = 16;
/// Priority of the hypervisor's own interrupts, above all of a guest's.
const OWN_PRIORITY: u8 = 0x80;
/// Priority of guests' interrupts.
const GUEST_PRIORITY: u8 = 0xA0;
/// Lets only the hypervisor's own interrupts through.
const MASK_GUEST: u8 = 0x90;
/// Lets all through but what is [`HELD_BACK`].
const MASK_NONE: u8 = 0xF0;
/// Priority of kicks outside of their partition's windows, where the controller can't disable them.
const HELD_BACK: u8 = 0xF8;

/// Sets this CPU's private interrupts up: once, at boot.
pub fn set_up(private: &mut PrivateInterrupts) {
    private.set_private_priority(1 << HYPERVISOR_TIMER | 1 << MAINTENANCE, OWN_PRIORITY);
    let of_guests = GUEST_PRIVATE.iter().fold(0xFFFF, |all, bits| all | bits);
    private.set_private_priority(of_guests, GUEST_PRIORITY);
    if controller::KICKS_STAY_ENABLED {
        private.set_private_priority(0xFFFF, HELD_BACK);
    }
    private.enable_private(1 << HYPERVISOR_TIMER | 1 << MAINTENANCE);
}

/// Handles what was taken.
pub fn handle(guest: &mut Guest, taken: Taken) -> Decision {
    let Taken::Interrupt(id) = taken else {
        return handle_timer(guest);
    };
    guest.machine.interface.drop_priority(id);
    if id < FIRST_PRIVATE_PERIPHERAL {
        guest.machine.interface.deactivate(id);
        if !ANY.kicks {
            return Decision::Resume;
        }
        let ports = guest.partition.facts.doorbell.take();
        answer(guest, ports);
        if guest.partition.declaration().machine.vcpus > 1 {
            refresh(guest);
        }
    } else if id == MAINTENANCE {
        refresh(guest);
        guest.machine.interface.deactivate(id);
    } else {
        // It stays active, and so comes only once, until the guest ends it.
        deliver(guest, id);
    }
    Decision::Resume
}

/// The hypervisor's timer is due: the window is over, or the guest's physical timer is.
#[inline]
pub fn handle_timer(guest: &mut Guest) -> Decision {
    if timer::now_early().reached(guest.machine.slot.preempt_at) {
        return Decision::EndWindow;
    }
    update_physical_timer(guest);
    Decision::Resume
}

/// A physical interrupt of the guest's has come.
fn deliver(guest: &mut Guest, id: u32) {
    if !is_devices(id) {
        return offer(guest, id);
    }
    let id = guest.partition.gic.guest(id).unwrap_or(id);
    let attention = guest.partition.gic.pulse(guest.vcpu.number, id);
    attend(guest, attention);
}

/// A message has come to a partition's port: interrupts the partition where it runs, if it is in a
/// window and doesn't know of one yet.
#[inline]
pub fn ring(machine: &mut Machine, bell: &Bell) {
    let rings = bell.doorbell.ring(bell.port);
    // Whoever rings runs here, so the vCPU in a window is on another CPU.
    if let Some(cpu) = rings.and_then(|vcpu| bell.cpus.get(vcpu)) {
        machine.interface.send(bell.kick, *cpu);
    }
}

/// Messages have come to the partition's ports: their interrupts come. List registers are filled anew
/// once, however many these are.
fn answer(guest: &mut Guest, ports: Ports) {
    let mut ids = interrupts_of(&guest.partition, ports);
    let Some(first) = ids.next() else {
        return;
    };
    let Some(second) = ids.next() else {
        return offer(guest, first);
    };
    let (gic, number) = (&mut guest.partition.gic, guest.vcpu.number);
    let all = [first, second].into_iter().chain(ids);
    let attention = all.fold(VcpuSet::NONE, |set, id| set.and(gic.pulse(number, id)));
    attend(guest, attention);
}

/// The interrupts of the partition's ports.
fn interrupts_of(partition: &Partition, ports: Ports) -> impl Iterator<Item = u32> + use<> {
    let all = &partition.facts.port_interrupts;
    ports.iter().map(|port| all[port % MAX_PORTS])
}

/// An interrupt comes that is private or has none behind it: straight into a list register, if nothing
/// else is pending or in hand. Among several, their order in list registers decides between equal
/// priorities.
pub fn offer(guest: &mut Guest, id: u32) {
    if !straight::put_any(guest.machine, guest.vcpu, &guest.partition.gic, id)
        && !straight::list_again(guest.machine, guest.vcpu, id)
        && !straight::list(guest, id)
    {
        let attention = guest.partition.gic.pulse(guest.vcpu.number, id);
        attend(guest, attention);
    }
    // The next one looks whether this one's register is free.
    guest.machine.guest.settle_lists();
}

/// Shows the controller the level of the guest's physical timer, and sets the CPU's own timer to
/// when that changes or the window is over.
pub fn update_physical_timer(guest: &mut Guest) {
    arm(guest.machine, guest.vcpu);
    let high = guest.vcpu.physical_timer.is_raised(timer::guest_now());
    let (gic, number) = (&mut guest.partition.gic, guest.vcpu.number);
    let attention = gic.set_line(number, PHYSICAL_TIMER, high);
    attend(guest, attention);
}

/// Sets the CPU's own timer to the end of the window, or to the guest's deadline before.
pub fn arm(machine: &Machine, vcpu: &Vcpu) {
    let end = machine.slot.preempt_at;
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

/// Sees to the vCPUs whose interrupts have changed: the one that runs here, and others where they
/// run.
pub fn attend(guest: &mut Guest, attention: VcpuSet) {
    if attention.contains(guest.vcpu.number) {
        refresh(guest);
    }
    kick(guest, attention);
}

/// Lets the guest change its controller, and carries out what that asks for. What is in list
/// registers is taken in before, so that the change finds everything as it is.
pub fn change(guest: &mut Guest, change: impl FnOnce(&mut InterruptController, usize) -> Effect) {
    let attention = take_in(guest);
    let effect = change(&mut guest.partition.gic, guest.vcpu.number);
    carry_out(guest, effect, attention);
}

/// Takes in what the guest did with its list registers. Whom that concerns.
#[inline(never)]
fn take_in(guest: &mut Guest) -> VcpuSet {
    straight::admit(guest);
    if guest.vcpu.listed == 0 {
        return VcpuSet::NONE;
    }
    fold(guest).and(VcpuSet::of(guest.vcpu.number))
}

/// Carries out what a change asks for; of `attention` are those whom it concerned before.
#[inline(never)]
fn carry_out(guest: &mut Guest, effect: Effect, attention: VcpuSet) {
    let mut attention = attention.and(effect.attention);
    if let Some(physical) = effect.physical {
        attention = attention.and(change_physical(guest, physical));
    }
    if attention.contains(guest.vcpu.number) {
        settle(guest);
    }
    kick(guest, attention);
}

/// Changes the physical interrupts behind the guest's. Whose are left for others to change.
fn change_physical(guest: &mut Guest, physical: Physical) -> VcpuSet {
    let mut others = VcpuSet::NONE;
    for id in physical.interrupts() {
        if is_devices(id) {
            change_shared(&guest.partition, physical.change, id);
        } else if ANY.most_vcpus == 1 || physical.vcpu == guest.vcpu.number {
            change_private(guest.machine, &guest.partition, physical.change, id);
        } else {
            defer_private(&mut guest.partition, physical.change, physical.vcpu, id);
            others = VcpuSet::of(physical.vcpu);
        }
    }
    others
}

/// Whether a guest's interrupt with a physical one behind it is one of its devices'.
#[inline]
fn is_devices(id: u32) -> bool {
    ANY.shared_links && id >= FIRST_SHARED
}

fn change_shared(partition: &Partition, change: Change, guest: u32) {
    let id = partition.gic.physical(guest);
    let distributor = state::distributor();
    // The rules have checked that these are shared interrupts of the board.
    let _ = match change {
        Change::SetActive => distributor.set_spi_active(id, true),
        Change::Deactivate => distributor.set_spi_active(id, false),
        Change::Configure => distributor.set_spi_edge(id, partition.gic.is_edge(0, guest)),
    };
}

/// Private ones are levels for good.
fn change_private(machine: &mut Machine, partition: &Partition, change: Change, guest: u32) {
    let bit = 1 << (partition.gic.physical(guest) % 32);
    let private = &mut machine.private;
    match change {
        Change::SetActive => private.set_private_active(bit, 0),
        Change::Deactivate => private.set_private_active(0, bit),
        Change::Configure => {}
    }
}

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

/// What others have left to be done to this vCPU's private physical interrupts.
fn take_private_changes(guest: &mut Guest) {
    if ANY.most_vcpus > 1
        && let Some(changes) = guest.partition.private_changes.get_mut(guest.vcpu.number)
    {
        let [set, clear] = core::mem::take(changes);
        if set | clear != 0 {
            guest.machine.private.set_private_active(set, clear);
        }
    }
}

/// Interrupts other vCPUs where they run, so that they look at their interrupts.
pub fn kick(guest: &mut Guest, vcpus: VcpuSet) {
    if !ANY.kicks {
        return;
    }
    let Some(id) = guest.partition.facts.kick else {
        return;
    };
    let own = BOARD.cpus.get(guest.machine.index);
    for number in vcpus.within(guest.partition.running).iter() {
        let affinity = guest.partition.facts.affinities.get(number);
        if let Some(affinity) = affinity.filter(|it| Some(*it) != own) {
            guest.machine.interface.send(id, *affinity);
        }
    }
}

/// Takes in what the guest did with its list registers, and fills them anew.
fn refresh(guest: &mut Guest) {
    take_private_changes(guest);
    straight::admit(guest);
    let others = fold(guest);
    settle(guest);
    kick(guest, others);
}

/// Fills the list registers of the vCPU that runs; they were taken in before.
fn settle(guest: &mut Guest) {
    withdraw_gone(guest);
    fill(guest);
    show(guest.machine, guest.vcpu);
}

/// Shows the guest its pending interrupts.
fn show(machine: &mut Machine, vcpu: &mut Vcpu) {
    if vcpu.is_software() {
        vcpu.control();
    } else {
        machine.guest.enable(vcpu.maintenance().bits().into());
    }
}

/// After the guest used its emulated CPU interface: what it signals now, and whether it needs to be
/// filled.
pub fn follow_software(guest: &mut Guest) {
    let maintenance = guest.vcpu.maintenance();
    let needs = |interface: &CpuInterface| interface.needs(maintenance);
    if guest.vcpu.software().is_some_and(needs) {
        refresh(guest);
    } else {
        show(guest.machine, guest.vcpu);
    }
}

/// List registers into the controller's state, which was told of what went straight there
/// ([`straight::admit`]); afterwards none is in use. Who else has to look.
fn fold(guest: &mut Guest) -> VcpuSet {
    let ends = guest.machine.guest.take_unlisted_ends();
    fold_with(guest, ends)
}

/// As [`fold`], after so many ends of what was in no list register.
fn fold_with(guest: &mut Guest, ends: u64) -> VcpuSet {
    let mut others = VcpuSet::NONE;
    let ends = match guest.vcpu.software_mut() {
        Some(interface) => interface.take_unlisted_ends().into(),
        None => ends,
    };
    for _ in 0..ends {
        let effect = guest.partition.gic.end_unlisted(guest.vcpu.number);
        others = others.and(effect.attention);
        if let Some(physical) = effect.physical {
            others = others.and(change_physical(guest, physical));
        }
    }
    let number = guest.vcpu.number;
    if let Some(interface) = guest.vcpu.software_mut() {
        return others.and(guest.partition.gic.fold(number, &mut interface.list));
    }
    if guest.vcpu.noticed != 0 {
        end_by_notice(guest);
    }
    for index in each(guest.vcpu.listed) {
        let mut register = [controller::from_value(guest.machine.guest.read_list(index))];
        others = others.and(guest.partition.gic.fold(guest.vcpu.number, &mut register));
    }
    others
}

/// Ends the physical interrupts behind those in list registers that the guest has ended, where that
/// doesn't come by itself.
#[inline(never)]
fn end_by_notice(guest: &mut Guest) {
    for index in each(guest.vcpu.noticed) {
        let register = controller::from_value(guest.machine.guest.read_list(index));
        if register.pending || register.active {
            continue;
        }
        match guest.vcpu.listed_ids.get(index) {
            Some(id) if is_devices(*id) => change_shared(&guest.partition, Change::Deactivate, *id),
            Some(id) => change_private(guest.machine, &guest.partition, Change::Deactivate, *id),
            None => {}
        }
    }
}

/// Physical interrupts that came while the guest didn't take them, and whose level has gone since,
/// are no longer pending: a timer that was set anew, a device that was seen to.
fn withdraw_gone(guest: &mut Guest) {
    if is_latched(guest, VIRTUAL_TIMER) && !timer::is_guest_timer_due() {
        withdraw(guest, VIRTUAL_TIMER);
    }
    if !guest.vcpu.facts.has_more() {
        return;
    }
    if granted::has_overflow(guest.vcpu) == Some(false) && is_latched(guest, MONITORS) {
        withdraw(guest, MONITORS);
    }
    for (_, link) in shared_links(&guest.partition) {
        // Active at the board's controller, it is pending there as long as its level is high.
        if is_latched(guest, link.guest) && !state::distributor().is_spi_pending(link.physical) {
            withdraw(guest, link.guest);
        }
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
        return state::distributor().is_spi_pending(guest.partition.gic.physical(id));
    }
    vcpu == guest.vcpu.number
        && match id {
            VIRTUAL_TIMER => timer::is_guest_timer_due(),
            MONITORS => granted::has_overflow(guest.vcpu) == Some(true),
            _ => false,
        }
}

/// Whether a level waits to be taken.
fn is_latched(guest: &Guest, id: u32) -> bool {
    let number = guest.vcpu.number;
    guest.partition.gic.is_level_latched(number, id)
}

fn withdraw(guest: &mut Guest, id: u32) {
    let effect = guest.partition.gic.withdraw(guest.vcpu.number, id);
    if let Some(physical) = effect.physical {
        let _ = change_physical(guest, physical);
    }
}

/// The controller's state into list registers.
#[inline]
fn fill(guest: &mut Guest) {
    if guest.vcpu.listed == 0 && !guest.partition.gic.has_work(guest.vcpu.number) {
        guest.vcpu.set_maintenance(Maintenance::empty());
        return;
    }
    fill_all(guest);
}

#[inline(never)]
fn fill_all(guest: &mut Guest) {
    let mut registers = [ListRegister::EMPTY; LIST_REGISTERS];
    let (gic, number) = (&mut guest.partition.gic, guest.vcpu.number);
    let maintenance = gic.fill(number, &mut registers);
    guest.vcpu.set_maintenance(maintenance);
    let before = core::mem::take(&mut guest.vcpu.listed);
    guest.vcpu.noticed = 0;
    guest.vcpu.first_listed = (0, 0);
    for (index, register) in registers.iter().enumerate() {
        if register.pending || register.active {
            guest.vcpu.list(index, register.intid);
            if controller::ends_by_notice(*register) {
                guest.vcpu.noticed |= bit(index);
            }
            let value = controller::to_value(*register);
            guest.machine.guest.write_list(index, value);
        } else if before & bit(index) != 0 {
            guest.machine.guest.write_list(index, 0);
        }
    }
    guest.machine.guest.settle_lists();
    if let Some(interface) = guest.vcpu.software_mut() {
        interface.list = registers;
    }
}

/// Whether the guest has an interrupt to take.
#[must_use]
pub fn is_pending(machine: &Machine, vcpu: &Vcpu) -> bool {
    if let Some(interface) = vcpu.software() {
        return interface.signal() || interface.fast_signal();
    }
    // The first may hold what went straight there.
    each(vcpu.listed | u32::from(vcpu.rests())).any(|index| {
        let register = controller::from_value(machine.guest.read_list(index));
        register.pending && !register.active
    })
}

/// Lets nothing but the hypervisor's timer through: before a window, and for good after it. How many
/// ends the guest gave of what was in no list register.
#[inline]
pub fn mask_guest(machine: &mut Machine) -> u64 {
    machine.interface.set_priority_mask(MASK_GUEST);
    machine.guest.close()
}

/// Brings the vCPU's interrupts to this CPU: physical ones on at the controller, virtual ones into
/// the list registers. All are still held back, by priority and by the interface being off.
pub fn connect(guest: &mut Guest) {
    let facts = guest.vcpu.facts;
    let active = core::mem::take(&mut guest.vcpu.active_private);
    if active != 0 {
        guest.machine.private.set_private_active(active, 0);
    }
    guest.machine.private.enable_private(facts.private);
    if facts.has_more() {
        connect_more(guest);
    }
    if !guest.vcpu.physical_timer.is_off() || !guest.partition.gic.is_quiet(guest.vcpu.number) {
        bring(guest);
    }
}

/// Of a vCPU that has more than private interrupts: what others have left to be done to these, its
/// kick, its devices' interrupts, its UART and its doorbell.
#[cold]
fn connect_more(guest: &mut Guest) {
    take_private_changes(guest);
    set_kick_priority(guest.machine, &guest.partition, GUEST_PRIORITY);
    for (index, link) in shared_links(&guest.partition) {
        if guest.partition.gic.target_of(link.guest) == Some(guest.vcpu.number) {
            let cpu = guest.vcpu.facts.affinity;
            // The rules have checked that these are shared interrupts of the board.
            let _ = state::distributor().enable_spi(link.physical, cpu, GUEST_PRIORITY);
            guest.vcpu.connected |= bit(index);
        }
    }
    let mut others = device::update_uart(guest.vcpu, &mut guest.partition);
    if ANY.kicks && guest.partition.facts.has_doorbell {
        let ports = guest.partition.facts.doorbell.open(guest.vcpu.number);
        for id in interrupts_of(&guest.partition, ports) {
            others = others.and(guest.partition.gic.pulse(guest.vcpu.number, id));
        }
    }
    // Nothing of this vCPU is listed yet, so only others have to look.
    kick(guest, others);
}

/// What is pending or in hand goes into the list registers.
#[cold]
fn bring(guest: &mut Guest) {
    withdraw_gone(guest);
    let raised = guest.vcpu.physical_timer.is_raised(timer::guest_now());
    let (gic, number) = (&mut guest.partition.gic, guest.vcpu.number);
    let _ = gic.set_line(number, PHYSICAL_TIMER, raised);
    fill(guest);
}

/// Takes the vCPU's interrupts away from this CPU, which are masked; what comes meanwhile stays pending
/// at the controller. The guest gave so many ends of what was in no list register.
#[inline]
pub fn disconnect(guest: &mut Guest, ends: u64) {
    let private = guest.vcpu.facts.private;
    guest.machine.private.disable_private(private);
    if !guest.vcpu.rests() || ends != 0 || straight::is_used(guest.machine) {
        take_back(guest, ends);
    }
    let active = guest.machine.private.private_active() & private;
    if active != 0 {
        guest.vcpu.active_private = active;
        guest.machine.private.set_private_active(0, private);
    }
}

/// Before [`disconnect`], of a vCPU that has more than private interrupts: as in [`connect_more`].
#[cold]
pub fn disconnect_more(guest: &mut Guest) {
    set_kick_priority(guest.machine, &guest.partition, HELD_BACK);
    if ANY.kicks && guest.partition.facts.has_doorbell {
        guest.partition.facts.doorbell.close(guest.vcpu.number);
    }
    if guest.vcpu.connected != 0 {
        let connected = guest.vcpu.connected;
        let is_connected = |(index, _): &(usize, &Link)| connected & bit(*index) != 0;
        for (_, link) in shared_links(&guest.partition).filter(is_connected) {
            let _ = state::distributor().disable_spi(link.physical);
        }
        guest.vcpu.connected = 0;
    }
}

/// What is in list registers goes back to the controller's state, and they are empty and have nothing
/// to tell.
#[cold]
fn take_back(guest: &mut Guest, ends: u64) {
    straight::admit(guest);
    let others = fold_with(guest, ends);
    for index in each(guest.vcpu.listed) {
        guest.machine.guest.write_list(index, 0);
    }
    (guest.vcpu.listed, guest.vcpu.noticed) = (0, 0);
    guest.vcpu.set_maintenance(Maintenance::empty());
    if guest.vcpu.is_software() {
        // It signals nothing any more.
        guest.vcpu.control();
    }
    kick(guest, others);
}

/// Puts its devices' interrupts at the board's controller to how they were at its first start: disabled,
/// levels, neither pending nor in hand (target and priority are given to them in each of its windows).
/// What is private to a CPU was taken from the partition at its window's end. Messages that it hasn't
/// read are still to come.
pub fn forget(partition: &Partition) {
    if ANY.kicks {
        partition.facts.doorbell.repeat();
    }
    for (_, link) in shared_links(partition) {
        let _ = state::distributor().reset_spi(link.physical);
    }
}

/// Opens the virtual interface and the mask: the last step of a release.
pub fn unmask_guest(machine: &mut Machine, vcpu: &mut Vcpu) {
    if vcpu.is_software() {
        machine.guest.refuse_registers();
    }
    show(machine, vcpu);
    machine.interface.set_priority_mask(MASK_NONE);
}

/// Lets the partition's kicks through or holds them back, where they can't be disabled.
fn set_kick_priority(machine: &mut Machine, partition: &Partition, priority: u8) {
    if controller::KICKS_STAY_ENABLED
        && ANY.kicks
        && let Some(id) = partition.facts.kick
    {
        machine
            .private
            .set_private_priority(bit(id as usize), priority);
    }
}

/// The shared interrupts of the partition's devices.
fn shared_links(partition: &Partition) -> impl Iterator<Item = (usize, &'static Link)> + use<> {
    let links = partition.facts.interrupts.links.iter().enumerate();
    links.filter(|(_, link)| is_devices(link.guest))
}
