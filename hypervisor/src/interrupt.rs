//! Physical interrupts that come while a guest runs: the hypervisor's timer, or one of the guest's
//! own. No other is enabled.

use crate::arch::{interrupt as interface, timer};
use crate::cpu::Machine;
use crate::exit::Decision;
use crate::partition::Partition;
use crate::selected::{BOARD, CPU_OF, PASSPORTS};
use crate::state;

/// The virtual timer (PPI 11; Arm BSA, table of private peripheral interrupts).
pub const VIRTUAL_TIMER: u32 = 27;
/// The hypervisor's timer (PPI 10).
pub const HYPERVISOR_TIMER: u32 = 26;
/// The virtual interface's maintenance interrupt (PPI 9).
pub const MAINTENANCE: u32 = 25;

/// Interrupts private to a CPU that are on while a guest runs.
const GUEST_PRIVATE: u32 = 1 << VIRTUAL_TIMER;
/// Priority of the hypervisor's own interrupts, above all of a guest's.
const OWN_PRIORITY: u8 = 0x80;
/// Priority of guests' interrupts.
const GUEST_PRIORITY: u8 = 0xA0;
/// Lets only the hypervisor's own interrupts through.
const MASK_GUEST: u8 = 0x90;
/// Lets all through.
const MASK_NONE: u8 = 0xFF;

/// Sets this CPU's private interrupts up: once, at boot.
pub fn set_up(redistributor: &mut paratia_board_support::gic_v3::Redistributor) {
    redistributor.set_private_priority(1 << HYPERVISOR_TIMER | 1 << MAINTENANCE, OWN_PRIORITY);
    redistributor.set_private_priority(GUEST_PRIVATE, GUEST_PRIORITY);
    redistributor.enable_private(1 << HYPERVISOR_TIMER | 1 << MAINTENANCE);
}

/// Handles what is pending.
pub fn handle(machine: &mut Machine, partition: &mut Partition) -> Decision {
    // The timer's level ends by itself when it is armed anew, so it is never acknowledged.
    if timer::is_due() {
        return Decision::EndWindow;
    }
    let Some(id) = machine.interface.acknowledge() else {
        return Decision::Resume;
    };
    machine.interface.drop_priority(id);
    if id == MAINTENANCE {
        refill(partition);
        machine.interface.deactivate(id);
    } else {
        // It stays active, and so comes only once, until the guest ends it.
        deliver(partition, id, true);
    }
    Decision::Resume
}

/// Makes `id` pending for the guest that is loaded, now or when a list register becomes free.
pub fn deliver(partition: &mut Partition, id: u32, physical: bool) {
    if !interface::inject(id, physical) {
        // There is room for every interrupt that the partition can own.
        let _ = partition.waiting_interrupts.push_back((id, physical));
        interface::enable(true);
    }
}

fn refill(partition: &mut Partition) {
    while let Some((id, physical)) = partition.waiting_interrupts.front().copied() {
        if !interface::inject(id, physical) {
            break;
        }
        let _ = partition.waiting_interrupts.pop_front();
    }
    interface::enable(!partition.waiting_interrupts.is_empty());
}

/// Lets nothing but the hypervisor's timer through: before a window, and for good after it.
pub fn mask_guest(machine: &mut Machine) {
    machine.interface.set_priority_mask(MASK_GUEST);
    interface::disable();
}

/// Turns the partition's interrupts on at the controller; they are still held back by priority.
pub fn connect(machine: &mut Machine, partition: &mut Partition) {
    if partition.active_private != 0 {
        machine
            .redistributor
            .set_private_active(partition.active_private, 0);
    }
    machine.redistributor.enable_private(GUEST_PRIVATE);
    for id in owned(partition) {
        let target = BOARD.cpus[CPU_OF[partition.index]];
        // The rules have checked that these are shared interrupts of the board.
        let _ = state::distributor().enable_spi(*id, target, GUEST_PRIORITY);
    }
}

/// Turns the partition's interrupts off at the controller; what comes meanwhile stays pending
/// there.
pub fn disconnect(machine: &mut Machine, partition: &mut Partition) {
    machine.redistributor.disable_private(GUEST_PRIVATE);
    partition.active_private = machine.redistributor.private_active() & GUEST_PRIVATE;
    if partition.active_private != 0 {
        machine.redistributor.set_private_active(0, GUEST_PRIVATE);
    }
    for id in owned(partition) {
        let _ = state::distributor().disable_spi(*id);
    }
}

/// Forgets what the partition had in hand or waiting, before it starts anew.
pub fn forget(partition: &mut Partition) {
    partition.active_private = 0;
    partition.waiting_interrupts.clear();
    for id in owned(partition) {
        let _ = state::distributor().clear_spi(*id);
    }
}

/// Opens the virtual interface and the mask: the last step of a release.
pub fn unmask_guest(machine: &mut Machine, partition: &Partition) {
    interface::enable(!partition.waiting_interrupts.is_empty());
    machine.interface.set_priority_mask(MASK_NONE);
}

/// The shared interrupts of the partition's devices.
fn owned(partition: &Partition) -> &'static [u32] {
    let passport = &PASSPORTS[partition.index].0;
    passport
        .interrupts
        .get(..passport.interrupt_count as usize)
        .unwrap_or_default()
}
