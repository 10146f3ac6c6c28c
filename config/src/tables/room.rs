//! How much room the hypervisor's constants and variables take at most, by what a system declares.
//!
//! No single instruction reaches further than [`REACH_BYTES`](super::layout::REACH_BYTES), so a rule has to
//! know before anything is compiled whether all of it lies within. The sizes are those of the types that
//! are named here, in bytes, rounded up; the link of every image compares the sums with what it placed.

use super::machines::most_destinations;
use super::messages::{queue_count, queued_words, sampled_words, sampling_channels};
use crate::address::kib;
use crate::board::BoardFacts;
use crate::each;
use crate::image::Image;
use crate::machine::{FIRST_SHARED, MAX_SHARED_BLOCKS, MAX_VCPUS};
use crate::system::{Channel, MAX_RESTARTS_COUNTED, System, Trace};
use crate::xen;

/// What is there once: the log's buffers, the display, the locks.
const ALWAYS: u64 = kib(8);
/// For each CPU: its state and its queue of records (`state/cpu.rs`, `boot/others.rs`).
const A_CPU: u64 = kib(2);
/// For each window of the largest plan and each CPU: two slots (`policy/schedule.rs`).
const A_SLOT: u64 = 2 * 32;
/// For each vCPU: its state (`state/vcpu.rs`).
const A_VCPU: u64 = 1560;
/// For each vCPU that was granted monitors or debug registers: what is in them (`state/granted.rs`).
const A_GRANT: u64 = 560;
/// For each partition: its state without its interrupt controller's shared blocks, what the log knows of
/// it, and its doorbell (`state/partition.rs`, `report/log.rs`, `state/shared.rs`).
const A_PARTITION: u64 = 1400;
/// For each block of shared interrupts of each partition's controller (`machine/vgic/banks.rs`).
const A_BLOCK: u64 = 248;
/// For each vCPU but the first of each partition's controller, and what each block knows of it.
const A_BANK: u64 = 160;
const A_BANK_OF_BLOCK: u64 = 8;
/// For each partition: its console, and one of a machine with a UART with what was typed (`policy/console.rs`).
const A_CONSOLE: u64 = 1048;
const A_UART: u64 = 4112 + 160;
/// For each partition where any is a guest of Xen's: its event channels, and where each vCPU is told of them
/// (`machine/xen`).
const A_GUEST_OF_XEN: u64 = 64 * 16 + 128;
const A_VCPU_OF_XEN: u64 = 24;
/// A record that waits, and the most that do (`state/event.rs`, `policy/records.rs`).
const A_RECORD: u64 = 64;
const RECORDS: u64 = 3 + 3 + 1;
const RECORDS_OF_A_RESTART: u64 = 4;
const RECORDS_OF_A_TRACE: u64 = 60;
/// Slots of a link for messages, and what each has beside the message (`policy/port.rs`).
const SLOTS_OF_A_LINK: u64 = 4;
const A_SLOT_OF_A_LINK: u64 = 16;
const A_LINK: u64 = 8;
/// For each queue beside its messages: the counts at its ends (`policy/queue.rs`), and where it is
/// (`state/queues.rs`).
const A_QUEUE: u64 = 128;
const A_QUEUE_PLACE: u64 = 96;

/// What all variables of a system take at most.
#[must_use]
pub const fn variables_bytes(system: &System, board: &BoardFacts) -> u64 {
    let most = Most::of(system, board);
    let cpus = system.cpu_count() as u64;
    let partitions = system.partitions.len() as u64;
    let windows = system.schedule.most_windows() as u64;
    let banks = (most.vcpus - 1) * (A_BANK + most.blocks * A_BANK_OF_BLOCK);
    let console = if most.hears { A_UART } else { A_CONSOLE };
    let trace = match system.trace {
        Trace::Events => 0,
        Trace::Windows => RECORDS_OF_A_TRACE,
    };
    let records = RECORDS + most.restarts * RECORDS_OF_A_RESTART + trace;
    let xen = if most.xen {
        A_GUEST_OF_XEN + most.vcpus * A_VCPU_OF_XEN
    } else {
        0
    };
    let of_partition =
        A_PARTITION + most.blocks * A_BLOCK + banks + console + xen + records * A_RECORD;
    ALWAYS
        + cpus.saturating_mul(A_CPU + windows.saturating_mul(A_SLOT))
        + partitions.saturating_mul(of_partition)
        + (system.vcpu_count() as u64).saturating_mul(A_VCPU)
        + most.grants.saturating_mul(A_GRANT)
        + links_bytes(system)
        + queues_bytes(system)
}

/// What all links between ports take: as many for each sampling channel as the one that has most
/// destinations has, each with room for the largest message.
const fn links_bytes(system: &System) -> u64 {
    let largest = sampled_words(system) as u64 * 8;
    let link = A_LINK + SLOTS_OF_A_LINK * (A_SLOT_OF_A_LINK + largest);
    let links = sampling_channels(system).saturating_mul(most_destinations(system));
    (links as u64).saturating_mul(link)
}

/// What all queues take.
const fn queues_bytes(system: &System) -> u64 {
    let words = (queued_words(system) as u64).saturating_mul(8);
    (queue_count(system) as u64)
        .saturating_mul(A_QUEUE)
        .saturating_add(words)
}

/// What the declaration itself takes among the hypervisor's constants, beside what every partition and
/// every vCPU has.
#[must_use]
pub const fn declaration_bytes(system: &System) -> u64 {
    let mut bytes = 0;
    each! { partition in system.partitions => {
        let command_line = match partition.image {
            Image::Linux { command_line, .. } => command_line.len(),
            _ => 0,
        };
        let texts = partition.name.len() + partition.arguments.len() + command_line;
        let devices = partition.devices.len() * A_DEVICE_USE;
        bytes += texts + devices + size_of_val(partition.regions);
    }}
    each! { plan in system.schedule.plans => {
        bytes += size_of_val(*plan);
    }}
    each! { channel in system.channels => {
        bytes += size_of::<Channel>() + size_of_val(channel.destinations);
    }}
    // Whose each window is; whom each message concerns.
    let windows = system.cpu_count() * system.schedule.most_windows() * A_PLACE;
    let channels = system.channels.len() as u64;
    let destinations = channels.saturating_mul(most_destinations(system) as u64);
    let queues = if queue_count(system) == 0 {
        0
    } else {
        channels
    };
    bytes as u64
        + windows as u64
        + destinations.saturating_mul(A_DESTINATION)
        + queues.saturating_mul(A_QUEUE_PLACE)
}

const A_DEVICE_USE: usize = 48;
const A_PLACE: usize = 8;
const A_DESTINATION: u64 = 56;

/// What the partition that has most has.
struct Most {
    vcpus: u64,
    blocks: u64,
    restarts: u64,
    /// Whether what is typed can be for any.
    hears: bool,
    /// Whether any is a guest of Xen's.
    xen: bool,
    /// vCPUs that were granted monitors, and vCPUs that were granted debug registers.
    grants: u64,
}

impl Most {
    /// Counts no more than there may be of each; other rules say what exceeds that.
    const fn of(system: &System, board: &BoardFacts) -> Self {
        let mut most = Self {
            vcpus: 1,
            blocks: 1,
            restarts: 0,
            hears: false,
            xen: false,
            grants: 0,
        };
        each! { partition in system.partitions => {
            let machine = &partition.machine;
            let vcpus = lesser(machine.vcpus as u64, MAX_VCPUS as u64);
            most.vcpus = greater(most.vcpus, vcpus);
            most.blocks = greater(most.blocks, machine.gic.shared_blocks as u64);
            most.restarts = greater(most.restarts, partition.health.restart_limit.count as u64);
            most.hears |= xen::hears(partition);
            most.xen |= xen::region(partition).is_some();
            most.grants += vcpus * (machine.pmu as u64 + machine.debug as u64);
            each! { owned in partition.devices => {
                if let Some(device) = board.device(owned.device) {
                    each! { interrupt in device.interrupts => {
                        most.blocks = greater(most.blocks, (*interrupt / FIRST_SHARED) as u64);
                    }}
                }
            }}
        }}
        most.blocks = lesser(most.blocks, MAX_SHARED_BLOCKS as u64);
        most.restarts = lesser(most.restarts, MAX_RESTARTS_COUNTED as u64);
        most
    }
}

const fn lesser(left: u64, right: u64) -> u64 {
    if left < right { left } else { right }
}

const fn greater(left: u64, right: u64) -> u64 {
    if left > right { left } else { right }
}
