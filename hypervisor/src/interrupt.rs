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
use crate::controller::{self, LIST_REGISTERS, PrivateInterrupts, each};
use crate::cpu::Machine;
use crate::device;
use crate::doorbell::Ports;
use crate::exit::Decision;
use crate::partition::{InterruptController, Partition};
use crate::selected::{ANY, BOARD, GUEST_PRIVATE};
use crate::state::Bell;
use crate::straight::{self, Taken};
use crate::time::Ticks;
use crate::vcpu::Vcpu;
use crate::vgic::{
    Change, CpuInterface, Effect, FIRST_SHARED, Link, ListRegister, Maintenance, Physical, VcpuSet,
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
pub fn handle(
    machine: &mut Machine,
    vcpu: &mut Vcpu,
    partition: &mut Partition,
    taken: Taken,
) -> Decision {
    let Taken::Interrupt(id) = taken else {
        return handle_timer(machine, vcpu, partition);
    };
    machine.interface.drop_priority(id);
    if id < FIRST_PRIVATE_PERIPHERAL {
        machine.interface.deactivate(id);
        if !ANY.kicks {
            return Decision::Resume;
        }
        let ports = partition.facts.doorbell.take();
        answer(machine, vcpu, partition, ports);
        if partition.declaration().machine.vcpus > 1 {
            refresh(machine, vcpu, partition);
        }
    } else if id == MAINTENANCE {
        refresh(machine, vcpu, partition);
        machine.interface.deactivate(id);
    } else {
        // It stays active, and so comes only once, until the guest ends it.
        deliver(machine, vcpu, partition, id);
    }
    Decision::Resume
}

/// The hypervisor's timer is due: the window is over, or the guest's physical timer is.
#[inline]
pub fn handle_timer(machine: &mut Machine, vcpu: &mut Vcpu, partition: &mut Partition) -> Decision {
    if timer::now_early().reached(machine.slot.preempt_at) {
        return Decision::EndWindow;
    }
    update_physical_timer(machine, vcpu, partition);
    Decision::Resume
}

/// A physical interrupt of the guest's has come.
fn deliver(machine: &mut Machine, vcpu: &mut Vcpu, partition: &mut Partition, id: u32) {
    if !is_devices(id) {
        return offer(machine, vcpu, partition, id);
    }
    let id = partition.gic.guest(id).unwrap_or(id);
    let attention = partition.gic.pulse(vcpu.number, id);
    attend(machine, vcpu, partition, attention);
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

/// Messages have come to the partition's ports: their interrupts come.
fn answer(machine: &mut Machine, vcpu: &mut Vcpu, partition: &mut Partition, ports: Ports) {
    for id in interrupts_of(partition, ports) {
        offer(machine, vcpu, partition, id);
    }
}

/// The interrupts of the partition's ports.
fn interrupts_of(partition: &Partition, ports: Ports) -> impl Iterator<Item = u32> + use<> {
    let all = &partition.facts.port_interrupts;
    ports.iter().map(|port| all[port % MAX_PORTS])
}

/// An interrupt comes that is private or has none behind it: straight into a list register, if nothing
/// else is pending or in hand. Among several, their order in list registers decides between equal
/// priorities.
pub fn offer(machine: &mut Machine, vcpu: &mut Vcpu, partition: &mut Partition, id: u32) {
    if !straight::put_any(machine, vcpu, &partition.gic, id)
        && !straight::list_again(machine, vcpu, id)
        && !straight::list(machine, vcpu, partition, id)
    {
        let attention = partition.gic.pulse(vcpu.number, id);
        attend(machine, vcpu, partition, attention);
    }
}

/// Shows the controller the level of the guest's physical timer, and sets the CPU's own timer to
/// when that changes or the window is over.
pub fn update_physical_timer(machine: &mut Machine, vcpu: &mut Vcpu, partition: &mut Partition) {
    arm(machine, vcpu);
    let high = vcpu.physical_timer.is_raised(timer::guest_now());
    let attention = partition.gic.set_line(vcpu.number, PHYSICAL_TIMER, high);
    attend(machine, vcpu, partition, attention);
}

/// Sets the CPU's own timer to the end of the window, or to the guest's deadline before.
pub fn arm(machine: &Machine, vcpu: &Vcpu) {
    let end = machine.slot.preempt_at;
    if vcpu.physical_timer.is_off() {
        timer::arm(end);
    } else {
        arm_before(vcpu, end);
    }
}

/// Sets it to the guest's deadline, if that comes before `end`.
#[cold]
fn arm_before(vcpu: &Vcpu, end: Ticks) {
    let deadline = vcpu
        .physical_timer
        .deadline(timer::guest_now())
        .map_or(end, timer::of_guest);
    timer::arm(if deadline.reached(end) { end } else { deadline });
}

/// Sees to the vCPUs whose interrupts have changed: the one that runs here, and others where they
/// run.
pub fn attend(
    machine: &mut Machine,
    vcpu: &mut Vcpu,
    partition: &mut Partition,
    attention: VcpuSet,
) {
    if attention.contains(vcpu.number) {
        refresh(machine, vcpu, partition);
    }
    kick(machine, partition, attention);
}

/// Lets the guest change its controller, and carries out what that asks for. What is in list
/// registers is taken in before, so that the change finds everything as it is.
pub fn change(
    machine: &mut Machine,
    vcpu: &mut Vcpu,
    partition: &mut Partition,
    change: impl FnOnce(&mut InterruptController, usize) -> Effect,
) {
    let attention = take_in(machine, vcpu, partition);
    let effect = change(&mut partition.gic, vcpu.number);
    carry_out(machine, vcpu, partition, effect, attention);
}

/// Takes in what the guest did with its list registers. Whom that concerns.
#[inline(never)]
fn take_in(machine: &mut Machine, vcpu: &mut Vcpu, partition: &mut Partition) -> VcpuSet {
    straight::admit(machine, vcpu, partition);
    if vcpu.listed == 0 {
        return VcpuSet::NONE;
    }
    fold(machine, vcpu, partition).and(VcpuSet::of(vcpu.number))
}

/// Carries out what a change asks for; of `attention` are those whom it concerned before.
#[inline(never)]
fn carry_out(
    machine: &mut Machine,
    vcpu: &mut Vcpu,
    partition: &mut Partition,
    effect: Effect,
    attention: VcpuSet,
) {
    let mut attention = attention.and(effect.attention);
    if let Some(physical) = effect.physical {
        attention = attention.and(change_physical(machine, vcpu, partition, physical));
    }
    if attention.contains(vcpu.number) {
        settle(machine, vcpu, partition);
    }
    kick(machine, partition, attention);
}

/// Changes the physical interrupts behind the guest's. Whose are left for others to change.
fn change_physical(
    machine: &mut Machine,
    vcpu: &Vcpu,
    partition: &mut Partition,
    physical: Physical,
) -> VcpuSet {
    let mut others = VcpuSet::NONE;
    for id in physical.interrupts() {
        if is_devices(id) {
            change_shared(partition, physical.change, id);
        } else if ANY.most_vcpus == 1 || physical.vcpu == vcpu.number {
            change_private(machine, partition, physical.change, id);
        } else {
            defer_private(partition, physical.change, physical.vcpu, id);
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
fn take_private_changes(machine: &mut Machine, vcpu: &Vcpu, partition: &mut Partition) {
    if ANY.most_vcpus > 1
        && let Some(changes) = partition.private_changes.get_mut(vcpu.number)
    {
        let [set, clear] = core::mem::take(changes);
        if set | clear != 0 {
            machine.private.set_private_active(set, clear);
        }
    }
}

/// Interrupts other vCPUs where they run, so that they look at their interrupts.
pub fn kick(machine: &mut Machine, partition: &Partition, vcpus: VcpuSet) {
    if !ANY.kicks {
        return;
    }
    let Some(id) = partition.facts.kick else {
        return;
    };
    let own = BOARD.cpus.get(machine.index);
    for number in vcpus.within(partition.running).iter() {
        let affinity = partition.facts.affinities.get(number);
        if let Some(affinity) = affinity.filter(|it| Some(*it) != own) {
            machine.interface.send(id, *affinity);
        }
    }
}

/// Takes in what the guest did with its list registers, and fills them anew.
fn refresh(machine: &mut Machine, vcpu: &mut Vcpu, partition: &mut Partition) {
    take_private_changes(machine, vcpu, partition);
    straight::admit(machine, vcpu, partition);
    let others = fold(machine, vcpu, partition);
    settle(machine, vcpu, partition);
    kick(machine, partition, others);
}

/// Fills the list registers of the vCPU that runs; they were taken in before.
fn settle(machine: &mut Machine, vcpu: &mut Vcpu, partition: &mut Partition) {
    withdraw_gone(machine, vcpu, partition);
    fill(machine, vcpu, partition);
    show(machine, vcpu);
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
pub fn follow_software(machine: &mut Machine, vcpu: &mut Vcpu, partition: &mut Partition) {
    let maintenance = vcpu.maintenance();
    let needs = |interface: &CpuInterface| interface.needs(maintenance);
    if vcpu.software().is_some_and(needs) {
        refresh(machine, vcpu, partition);
    } else {
        show(machine, vcpu);
    }
}

/// List registers into the controller's state, which was told of what went straight there
/// ([`straight::admit`]); afterwards none is in use. Who else has to look.
fn fold(machine: &mut Machine, vcpu: &mut Vcpu, partition: &mut Partition) -> VcpuSet {
    let ends = machine.guest.take_unlisted_ends();
    fold_with(machine, vcpu, partition, ends)
}

/// As [`fold`], after so many ends of what was in no list register.
fn fold_with(
    machine: &mut Machine,
    vcpu: &mut Vcpu,
    partition: &mut Partition,
    ends: u64,
) -> VcpuSet {
    let mut others = VcpuSet::NONE;
    let ends = match vcpu.software_mut() {
        Some(interface) => interface.take_unlisted_ends().into(),
        None => ends,
    };
    for _ in 0..ends {
        let effect = partition.gic.end_unlisted(vcpu.number);
        others = others.and(effect.attention);
        if let Some(physical) = effect.physical {
            others = others.and(change_physical(machine, vcpu, partition, physical));
        }
    }
    let number = vcpu.number;
    if let Some(interface) = vcpu.software_mut() {
        return others.and(partition.gic.fold(number, &mut interface.list));
    }
    if vcpu.noticed != 0 {
        end_by_notice(machine, vcpu, partition);
    }
    for index in each(vcpu.listed) {
        let mut register = [controller::from_value(machine.guest.read_list(index))];
        others = others.and(partition.gic.fold(vcpu.number, &mut register));
    }
    others
}

/// Ends the physical interrupts behind those in list registers that the guest has ended, where that
/// doesn't come by itself.
#[inline(never)]
fn end_by_notice(machine: &mut Machine, vcpu: &Vcpu, partition: &Partition) {
    for index in each(vcpu.noticed) {
        let register = controller::from_value(machine.guest.read_list(index));
        if register.pending || register.active {
            continue;
        }
        match vcpu.listed_ids.get(index) {
            Some(id) if is_devices(*id) => change_shared(partition, Change::Deactivate, *id),
            Some(id) => change_private(machine, partition, Change::Deactivate, *id),
            None => {}
        }
    }
}

/// Physical interrupts that came while the guest didn't take them, and whose level has gone since,
/// are no longer pending: a timer that was set anew, a device that was seen to.
fn withdraw_gone(machine: &mut Machine, vcpu: &mut Vcpu, partition: &mut Partition) {
    if partition.gic.is_level_latched(vcpu.number, VIRTUAL_TIMER) && !timer::is_guest_timer_due() {
        withdraw(machine, vcpu, partition, VIRTUAL_TIMER);
    }
    if !vcpu.facts.has_more() {
        return;
    }
    if granted::has_overflow(vcpu) == Some(false)
        && partition.gic.is_level_latched(vcpu.number, MONITORS)
    {
        withdraw(machine, vcpu, partition, MONITORS);
    }
    for (_, link) in shared_links(partition) {
        if partition.gic.is_level_latched(vcpu.number, link.guest)
            // Active at the board's controller, it is pending there as long as its level is high.
            && !state::distributor().is_spi_pending(link.physical)
        {
            withdraw(machine, vcpu, partition, link.guest);
        }
    }
}

fn withdraw(machine: &mut Machine, vcpu: &Vcpu, partition: &mut Partition, id: u32) {
    let effect = partition.gic.withdraw(vcpu.number, id);
    if let Some(physical) = effect.physical {
        let _ = change_physical(machine, vcpu, partition, physical);
    }
}

/// The controller's state into list registers.
#[inline]
fn fill(machine: &mut Machine, vcpu: &mut Vcpu, partition: &mut Partition) {
    if vcpu.listed == 0 && !partition.gic.has_work(vcpu.number) {
        vcpu.set_maintenance(Maintenance::empty());
        return;
    }
    fill_all(machine, vcpu, partition);
}

#[inline(never)]
fn fill_all(machine: &mut Machine, vcpu: &mut Vcpu, partition: &mut Partition) {
    let mut registers = [ListRegister::EMPTY; LIST_REGISTERS];
    vcpu.set_maintenance(partition.gic.fill(vcpu.number, &mut registers));
    let before = core::mem::take(&mut vcpu.listed);
    vcpu.noticed = 0;
    vcpu.first_listed = (0, 0);
    for (index, register) in registers.iter().enumerate() {
        if register.pending || register.active {
            vcpu.list(index, register.intid);
            if controller::ends_by_notice(*register) {
                vcpu.noticed |= 1 << index;
            }
            machine
                .guest
                .write_list(index, controller::to_value(*register));
        } else if before & 1 << index != 0 {
            machine.guest.write_list(index, 0);
        }
    }
    if let Some(interface) = vcpu.software_mut() {
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
pub fn connect(machine: &mut Machine, vcpu: &mut Vcpu, partition: &mut Partition) {
    let facts = vcpu.facts;
    let active = core::mem::take(&mut vcpu.active_private);
    if active != 0 {
        machine.private.set_private_active(active, 0);
    }
    machine.private.enable_private(facts.private);
    if facts.has_more() {
        connect_more(machine, vcpu, partition);
    }
    if !vcpu.physical_timer.is_off() || !partition.gic.is_quiet(vcpu.number) {
        bring(machine, vcpu, partition);
    }
}

/// Of a vCPU that has more than private interrupts: what others have left to be done to these, its
/// kick, its devices' interrupts, its UART and its doorbell.
#[cold]
fn connect_more(machine: &mut Machine, vcpu: &mut Vcpu, partition: &mut Partition) {
    take_private_changes(machine, vcpu, partition);
    set_kick_priority(machine, partition, GUEST_PRIORITY);
    for (index, link) in shared_links(partition) {
        if partition.gic.target_of(link.guest) == Some(vcpu.number) {
            let cpu = vcpu.facts.affinity;
            // The rules have checked that these are shared interrupts of the board.
            let _ = state::distributor().enable_spi(link.physical, cpu, GUEST_PRIORITY);
            vcpu.connected |= 1 << index;
        }
    }
    let mut others = device::update_uart(vcpu, partition);
    if ANY.kicks && partition.facts.has_doorbell {
        let ports = partition.facts.doorbell.open(vcpu.number);
        for id in interrupts_of(partition, ports) {
            others = others.and(partition.gic.pulse(vcpu.number, id));
        }
    }
    // Nothing of this vCPU is listed yet, so only others have to look.
    kick(machine, partition, others);
}

/// What is pending or in hand goes into the list registers.
#[cold]
fn bring(machine: &mut Machine, vcpu: &mut Vcpu, partition: &mut Partition) {
    withdraw_gone(machine, vcpu, partition);
    let raised = vcpu.physical_timer.is_raised(timer::guest_now());
    let _ = partition.gic.set_line(vcpu.number, PHYSICAL_TIMER, raised);
    fill(machine, vcpu, partition);
}

/// Takes the vCPU's interrupts away from this CPU, which are masked; what comes meanwhile stays pending
/// at the controller. The guest gave so many ends of what was in no list register.
#[inline]
pub fn disconnect(machine: &mut Machine, vcpu: &mut Vcpu, partition: &mut Partition, ends: u64) {
    let private = vcpu.facts.private;
    machine.private.disable_private(private);
    if !vcpu.rests() || ends != 0 || straight::is_used(machine) {
        take_back(machine, vcpu, partition, ends);
    }
    let active = machine.private.private_active() & private;
    if active != 0 {
        vcpu.active_private = active;
        machine.private.set_private_active(0, private);
    }
}

/// Before [`disconnect`], of a vCPU that has more than private interrupts: as in [`connect_more`].
#[cold]
pub fn disconnect_more(machine: &mut Machine, vcpu: &mut Vcpu, partition: &Partition) {
    set_kick_priority(machine, partition, HELD_BACK);
    if ANY.kicks && partition.facts.has_doorbell {
        partition.facts.doorbell.close(vcpu.number);
    }
    if vcpu.connected != 0 {
        for (_, link) in
            shared_links(partition).filter(|(index, _)| vcpu.connected & 1 << index != 0)
        {
            let _ = state::distributor().disable_spi(link.physical);
        }
        vcpu.connected = 0;
    }
}

/// What is in list registers goes back to the controller's state, and they are empty and have nothing
/// to tell.
#[cold]
fn take_back(machine: &mut Machine, vcpu: &mut Vcpu, partition: &mut Partition, ends: u64) {
    straight::admit(machine, vcpu, partition);
    let others = fold_with(machine, vcpu, partition, ends);
    for index in each(vcpu.listed) {
        machine.guest.write_list(index, 0);
    }
    (vcpu.listed, vcpu.noticed) = (0, 0);
    vcpu.set_maintenance(Maintenance::empty());
    if vcpu.is_software() {
        // It signals nothing any more.
        vcpu.control();
    }
    kick(machine, partition, others);
}

/// Forgets what the partition's devices had pending or in hand, before it starts anew; messages that
/// it hasn't read are still to come.
pub fn forget(partition: &Partition) {
    if ANY.kicks {
        partition.facts.doorbell.repeat();
    }
    for (_, link) in shared_links(partition) {
        let _ = state::distributor().clear_spi(link.physical);
    }
}

/// Opens the virtual interface and the mask: the last step of a release.
pub fn unmask_guest(machine: &mut Machine, vcpu: &mut Vcpu) {
    show(machine, vcpu);
    machine.interface.set_priority_mask(MASK_NONE);
}

/// Lets the partition's kicks through or holds them back, where they can't be disabled.
fn set_kick_priority(machine: &mut Machine, partition: &Partition, priority: u8) {
    let bit = kick_bit(partition);
    if controller::KICKS_STAY_ENABLED && bit != 0 {
        machine.private.set_private_priority(bit, priority);
    }
}

fn kick_bit(partition: &Partition) -> u32 {
    match partition.facts.kick {
        Some(id) if ANY.kicks => 1 << id,
        _ => 0,
    }
}

/// The shared interrupts of the partition's devices.
fn shared_links(partition: &Partition) -> impl Iterator<Item = (usize, &'static Link)> + use<> {
    let links = partition.facts.interrupts.links.iter().enumerate();
    links.filter(|(_, link)| is_devices(link.guest))
}
