//! What a system's declaration says of the hypervisor's code: stacks, and what makes its loops long.
//!
//! Plain numbers for the checker, which knows no declaration.

use std::fs;

use paratia_config::board::InterruptController;
use paratia_config::layout::{EMERGENCY_STACK_BYTES, STACK_BYTES};
use paratia_config::machines::{Union, most_destinations};
use paratia_config::system::{Partition, System};
use paratia_verify::carry::table::Interface;
use paratia_verify::code::Limits;

use crate::catalog::Choice;
use crate::{pieces, unikernel, verification};

/// List registers that the hypervisor uses, of as many as there are.
const LIST_REGISTERS: u64 = 4;
/// Interrupts behind a guest's that each partition may have: its timer's and its performance monitors'.
const OWN_LINKS: u64 = 2;
/// Bytes of a step of loading: the longest copy.
const LONGEST_COPY: u64 = 4096;

/// The limits of a system on a board.
#[must_use]
pub fn of(choice: &Choice) -> Limits {
    let laid_out = unikernel::laid_out(choice).unwrap_or(*choice);
    let system = laid_out.system;
    let machines = Union::of(system, choice.board);
    let most = |of: &dyn Fn(&Partition) -> usize| {
        system.partitions.iter().map(of).max().unwrap_or(0) as u64
    };
    let interrupts = |partition: &Partition| {
        let devices = partition.devices.iter();
        let declared = devices.filter_map(|owned| choice.board.device(owned.device));
        declared.map(|device| device.interrupts.len()).sum()
    };
    // Of all partitions together, which is no less than of one.
    let list = fs::read_to_string(pieces::list(choice)).unwrap_or_default();
    let quantities = [
        ("LISTS", LIST_REGISTERS),
        ("VCPUS", machines.most_vcpus as u64),
        ("BLOCKS", machines.most_shared_blocks as u64),
        ("LINKS", OWN_LINKS + most(&interrupts)),
        ("CPUS", system.cpu_count() as u64),
        ("REGIONS", most(&|partition| partition.regions.len())),
        ("PIECES", list.lines().count() as u64),
        ("SLOTS", slots(system)),
        ("RECEIVERS", most_destinations(system) as u64),
        ("MESSAGE_WORDS", message_words(system)),
        ("LONGEST_COPY", LONGEST_COPY),
    ];
    let interface = match choice.board.interrupt_controller {
        InterruptController::GicV3 { .. } => Interface::SystemRegisters,
        InterruptController::GicV2 { .. } => Interface::Memory,
        InterruptController::Bcm2836 { .. } => Interface::Emulated,
    };
    let guests = verification::declaration(choice).partitions;
    let has_old = guests.iter().any(|guest| guest.gic_version == 2);
    Limits {
        stack_bytes: STACK_BYTES,
        emergency_stack_bytes: EMERGENCY_STACK_BYTES,
        quantities: quantities
            .map(|(name, number)| (name.to_owned(), number))
            .into(),
        interface,
        is_interface_played: has_old && interface != Interface::Memory,
    }
}

/// The most slots of a CPU's plan: each window, and a gap on each side of it.
fn slots(system: &System) -> u64 {
    2 * system.schedule.most_windows() as u64 + 1
}

fn message_words(system: &System) -> u64 {
    let channels = system.channels.iter().filter(|it| it.kind.is_copied());
    let words = channels.map(|channel| channel.message_bytes.div_ceil(8));
    words.max().unwrap_or(0).into()
}
