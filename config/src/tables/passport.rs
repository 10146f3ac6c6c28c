//! Passports as constants: what the configuration tells each partition about itself.

use core::time::Duration;

use paratia_abi::ABI_VERSION;
use paratia_abi::passport::{
    DisplayRecord, FORMAT_XBGR8888, FORMAT_XRGB8888, MAGIC, MAX_ARGUMENTS_BYTES, MAX_INTERRUPTS,
    MAX_PORTS, MAX_REGIONS, MAX_WINDOWS, MEMORY_QUEUING, MEMORY_SAMPLING, MEMORY_SHARED,
    MemoryRecord, Name, PASSPORT_BYTES, PORT_DESTINATION, PORT_SOURCE, Passport, PortRecord,
    REGION_DEVICE, REGION_FRAME_BUFFER, REGION_RAM, RegionRecord, WindowRecord,
};
use static_assertions::const_assert_eq;

use crate::board::{BoardFacts, DisplayKind};
use crate::directory::Directory;
use crate::each;
use crate::layout::MAX_PARTITIONS;
use crate::ports::{
    Direction, PartitionPorts, port_depths, port_interrupts, port_signals, port_table, ports_of,
};
use crate::same::same_text;
use crate::system::{Channel, ChannelKind, Partition, RegionKind, System};

/// A passport alone in its page, so that nothing else can be read beside it.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(4096))]
pub struct PassportPage(pub Passport);

const_assert_eq!(size_of::<PassportPage>(), PASSPORT_BYTES);

/// The passports of all partitions, as they lie in memory; `N` is their number.
///
/// # Panics
/// If `N` is another number; else as [`passport`].
#[must_use]
pub const fn passports<const N: usize>(system: &System, board: &BoardFacts) -> [PassportPage; N] {
    assert!(
        N > 0 && N == system.partitions.len(),
        "one passport for each partition"
    );
    let ports: [PartitionPorts; N] = port_table(system);
    let windows: [Windows; N] = window_table(system);
    let mut pages = [PassportPage(filled(system, board, 0, &ports[0], &windows[0])); N];
    each! { index from 1, below N => {
        let page = filled(system, board, index, &ports[index], &windows[index]);
        pages[index] = PassportPage(page);
    }}
    pages
}

/// The passport of one partition.
///
/// # Panics
/// If something doesn't fit its record, which the rules find with better words.
#[must_use]
pub const fn passport(system: &System, board: &BoardFacts, index: usize) -> Passport {
    let ports = ports_of(system, index);
    let windows: [Windows; MAX_PARTITIONS] = window_table(system);
    filled(system, board, index, &ports, &windows[index])
}

/// The passport of one partition with these ports and windows.
const fn filled(
    system: &System,
    board: &BoardFacts,
    index: usize,
    places: &PartitionPorts,
    windows: &Windows,
) -> Passport {
    let partition = &system.partitions[index];
    let (regions, device_models, region_count) = regions(partition, board);
    let (ports, port_count) = ports(system, places);
    let (windows, window_count) = *windows;
    let (interrupts, interrupt_count) = interrupts(partition, board);
    Passport {
        magic: MAGIC,
        abi_version: ABI_VERSION,
        partition: word(index),
        name: Name::new(partition.name),
        system: Name::new(system.name),
        board: Name::new(board.name),
        gic_version: partition.machine.gic.version_on(board),
        // PPI 11 on every Arm board (Arm DEN0094, base system architecture: recommended PPIs).
        timer_interrupt: 27,
        major_frame_ns: nanoseconds(system.schedule.major_frame),
        heartbeat_period_ns: match partition.heartbeat {
            Some(heartbeat) => nanoseconds(heartbeat.period),
            None => 0,
        },
        gic_bases: [
            partition.machine.gic.distributor.0,
            match partition.machine.gic.version_on(board) {
                3 => partition.machine.gic.redistributors.0,
                _ => partition.machine.gic.cpu_interface.0,
            },
        ],
        region_count: word(region_count),
        port_count: word(port_count),
        window_count: word(window_count),
        interrupt_count: word(interrupt_count),
        regions,
        ports,
        windows,
        interrupts,
        display: display(system, board, partition),
        arguments: arguments(partition),
        device_models,
        port_interrupts: port_interrupts(places),
        port_depths: port_depths(places),
        port_memories: port_memories(system, places),
        port_signals: port_signals(system, places),
    }
}

const READ: u32 = 0b001;
const READ_WRITE: u32 = 0b011;
const READ_EXECUTE: u32 = 0b101;
const READ_WRITE_EXECUTE: u32 = 0b111;

/// Memory first, then devices, each in the order of its declaration.
const fn regions(
    partition: &Partition,
    board: &BoardFacts,
) -> ([RegionRecord; MAX_REGIONS], [Name; MAX_REGIONS], usize) {
    let mut records = [RegionRecord::EMPTY; MAX_REGIONS];
    let mut models = [Name::EMPTY; MAX_REGIONS];
    let mut count = 0;
    each! { region in partition.regions => {
        let (kind, rights) = match region.kind {
            RegionKind::Ram | RegionKind::Xen | RegionKind::Tender => {
                (REGION_RAM, READ_WRITE_EXECUTE)
            }
            RegionKind::Text => (REGION_RAM, READ_EXECUTE),
            RegionKind::Constant => (REGION_RAM, READ),
            RegionKind::Data => (REGION_RAM, READ_WRITE),
            RegionKind::FrameBuffer => (REGION_FRAME_BUFFER, READ_WRITE),
        };
        records[count] = RegionRecord {
            name: Name::new(region.name),
            base: region.ipa.0,
            size_bytes: region.size_bytes,
            kind,
            rights,
        };
        count += 1;
    }}
    each! { owned in partition.devices => {
        if let Some(device) = board.device(owned.device) {
            records[count] = RegionRecord {
                name: Name::new(owned.device),
                base: owned.ipa.0,
                size_bytes: device.registers.size_bytes,
                kind: REGION_DEVICE,
                rights: READ_WRITE,
            };
            models[count] = Name::new(device.model);
            count += 1;
        }
    }}
    (records, models, count)
}

/// In the order of [`crate::ports`].
const fn ports(system: &System, places: &PartitionPorts) -> ([PortRecord; MAX_PORTS], usize) {
    let mut records = [PortRecord::EMPTY; MAX_PORTS];
    let mut count = 0;
    while count < MAX_PORTS
        && let Some(place) = &places[count]
    {
        let channel = &system.channels[place.channel];
        let (port, direction) = match place.direction {
            Direction::Source => (&channel.source, PORT_SOURCE),
            Direction::Destination(index) => (&channel.destinations[index], PORT_DESTINATION),
        };
        records[count] = PortRecord {
            name: Name::new(port.port),
            window: port.window.0,
            message_bytes: channel.message_bytes,
            direction,
            refresh_ns: nanoseconds(channel.kind.refresh()),
        };
        count += 1;
    }
    (records, count)
}

/// The channels' own memory at each of the ports.
const fn port_memories(system: &System, places: &PartitionPorts) -> [MemoryRecord; MAX_PORTS] {
    let mut records = [MemoryRecord::EMPTY; MAX_PORTS];
    each! { index below MAX_PORTS => {
        if let Some(place) = &places[index] {
            let end = match place.direction {
                Direction::Source => 0,
                Direction::Destination(index) => index + 1,
            };
            records[index] = memory(&system.channels[place.channel], end);
        }
    }}
    records
}

/// A channel's own memory at one of its ends.
const fn memory(channel: &Channel, end: usize) -> MemoryRecord {
    let Some(memory) = channel.kind.memory() else {
        return MemoryRecord::EMPTY;
    };
    let window = channel.end(end).window.0;
    MemoryRecord {
        kind: match channel.kind {
            ChannelKind::DirectSampling { .. } => MEMORY_SAMPLING,
            ChannelKind::DirectQueuing { .. } => MEMORY_QUEUING,
            _ => MEMORY_SHARED,
        },
        rights: if channel.is_written_at(end) {
            READ_WRITE
        } else {
            READ
        },
        flags: memory.is_cached as u32,
        slots: channel.slots(),
        slot_bytes: channel.slot_bytes(),
        size_bytes: channel.written_bytes(),
        reader_page: match channel.reader_bytes() {
            0 => 0,
            _ => window.saturating_add(channel.written_bytes()),
        },
    }
}

/// A partition's windows and their number.
type Windows = ([WindowRecord; MAX_WINDOWS], usize);

/// The windows of the first `N` partitions, in the order of time on each CPU.
const fn window_table<const N: usize>(system: &System) -> [Windows; N] {
    let directory = Directory::new(system);
    let mut table = [([WindowRecord::EMPTY; MAX_WINDOWS], 0); N];
    each! { plan in system.schedule.plans => {
        each! { window in plan => {
            if let Some(partition) = directory.find(window.partition)
                && partition < N
            {
                let (records, count) = &mut table[partition];
                records[*count] = WindowRecord {
                    start_ns: nanoseconds(window.start),
                    length_ns: nanoseconds(window.length),
                };
                *count += 1;
            }
        }}
    }}
    table
}

const fn interrupts(partition: &Partition, board: &BoardFacts) -> ([u32; MAX_INTERRUPTS], usize) {
    let mut list = [0; MAX_INTERRUPTS];
    let mut count = 0;
    each! { owned in partition.devices => {
        if let Some(device) = board.device(owned.device) {
            each! { interrupt in device.interrupts => {
                list[count] = *interrupt;
                count += 1;
            }}
        }
    }}
    (list, count)
}

const fn display(system: &System, board: &BoardFacts, partition: &Partition) -> DisplayRecord {
    let (Some(display), Some(kind)) = (system.display, board.display) else {
        return DisplayRecord::EMPTY;
    };
    if !same_text(display.partition, partition.name) {
        return DisplayRecord::EMPTY;
    }
    each! { region in partition.regions => {
        if matches!(region.kind, RegionKind::FrameBuffer) {
            return DisplayRecord {
                base: region.ipa.0,
                width: display.width,
                height: display.height,
                stride_bytes: display.stride_bytes(),
                format: match kind {
                    DisplayKind::Ramfb | DisplayKind::Memory => FORMAT_XRGB8888,
                    // The order that its mailbox calls RGB: red comes first in memory.
                    DisplayKind::VideoCore { .. } => FORMAT_XBGR8888,
                },
            };
        }
    }}
    DisplayRecord::EMPTY
}

const fn arguments(partition: &Partition) -> [u8; MAX_ARGUMENTS_BYTES] {
    let text = partition.arguments.as_bytes();
    let mut bytes = [0; MAX_ARGUMENTS_BYTES];
    each! { at below text.len() => {
        bytes[at] = text[at];
    }}
    bytes
}

/// A duration in whole nanoseconds; at most 584 years.
const fn nanoseconds(duration: Duration) -> u64 {
    duration
        .as_secs()
        .saturating_mul(1_000_000_000)
        .saturating_add(duration.subsec_nanos() as u64)
}

/// An index or a count, each far below 2^32.
#[expect(clippy::cast_possible_truncation, reason = "bounded by array lengths")]
const fn word(count: usize) -> u32 {
    count as u32
}
