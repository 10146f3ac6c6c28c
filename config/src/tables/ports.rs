//! Ports by index: which end of which channel a partition's port is, as a table.
//!
//! A port's index is its place among its partition's ports, in the order of the system's channels;
//! the passport lists them in the same order. The hypervisor looks a call's index up here and needs
//! neither names nor a search.

use core::time::Duration;

use paratia_abi::passport::MAX_PORTS;

use crate::address::{Ipa, MemoryRange, Pa};
use crate::directory::Directory;
use crate::each;
use crate::layout::MAX_PARTITIONS;
use crate::same::same_text;
use crate::system::{Channel, Partition, Port, System};

/// What a partition's port is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PortPlace {
    /// Index of its channel in the system.
    pub channel: usize,
    /// Which end it is.
    pub direction: Direction,
    /// Its message window as EL2 sees it; `size_bytes` is the largest message. Empty where nobody copies.
    pub window: MemoryRange,
    /// A message older than this is no longer valid; no time where messages queue.
    pub refresh: Duration,
    /// Messages that wait at most; 0 where they don't queue.
    pub depth: u32,
    /// The partition's interrupt that says that a message has come.
    pub interrupt: Option<u32>,
}

/// Which end of its channel a port is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// The partition writes.
    Source,
    /// The partition reads; it is this one of the channel's destinations.
    Destination(usize),
}

/// A partition's ports by their index; `None` where it has none.
pub type PartitionPorts = [Option<PortPlace>; MAX_PORTS];

/// The ports of all `N` partitions of the system, by the partition's index.
///
/// # Panics
/// If the system has fewer partitions, a partition has more ports than the table has room for,
/// or a message window lies outside its partition's RAM.
#[must_use]
pub const fn port_table<const N: usize>(system: &System) -> [PartitionPorts; N] {
    let directory = Directory::new(system);
    let mut table = [[None; MAX_PORTS]; N];
    let mut counts = [0; N];
    each! { index, channel in system.channels => {
        let mut end = 0;
        while end <= channel.destinations.len() {
            if let Some(owner) = directory.find(channel.end(end).partition)
                && owner < N
            {
                assert!(counts[owner] < MAX_PORTS, "a partition has at most 8 ports");
                let partition = &system.partitions[owner];
                table[owner][counts[owner]] = Some(place(partition, channel, index, end));
                counts[owner] += 1;
            }
            end += 1;
        }
    }}
    table
}

/// As [`port_table`], but only what calls are for: at the index of another port is none.
///
/// # Panics
/// As [`port_table`].
#[must_use]
pub const fn copied_port_table<const N: usize>(system: &System) -> [PartitionPorts; N] {
    let mut table: [PartitionPorts; N] = port_table(system);
    each! { partition below N => {
        each! { index below MAX_PORTS => {
            if let Some(place) = table[partition][index]
                && !system.channels[place.channel].kind.has_calls()
            {
                table[partition][index] = None;
            }
        }}
    }}
    table
}

/// The port of a partition at an index, if it has one there.
///
/// # Panics
/// As [`port_table`].
#[must_use]
pub const fn port(system: &System, partition: usize, index: usize) -> Option<PortPlace> {
    if index >= MAX_PORTS {
        return None;
    }
    ports_of(system, partition)[index]
}

/// The ports of one partition.
///
/// # Panics
/// As [`port_table`].
#[must_use]
pub const fn ports_of(system: &System, partition: usize) -> PartitionPorts {
    let partition = &system.partitions[partition];
    let mut ports = [None; MAX_PORTS];
    let mut count = 0;
    each! { index, channel in system.channels => {
        let mut end = 0;
        while end <= channel.destinations.len() {
            let port = channel.end(end);
            if same_text(port.partition, partition.name) {
                assert!(count < MAX_PORTS, "a partition has at most 8 ports");
                ports[count] = Some(place(partition, channel, index, end));
                count += 1;
            }
            end += 1;
        }
    }}
    ports
}

/// The interrupts of a partition's ports by their index; 0 where there is none.
#[must_use]
pub const fn port_interrupts(ports: &PartitionPorts) -> [u32; MAX_PORTS] {
    let mut interrupts = [0; MAX_PORTS];
    each! { index below MAX_PORTS => {
        if let Some(PortPlace {
            interrupt: Some(interrupt),
            ..
        }) = ports[index]
        {
            interrupts[index] = interrupt;
        }
    }}
    interrupts
}

/// How many messages wait at most at a partition's ports, by their index; 0 where they don't queue.
#[must_use]
pub const fn port_depths(ports: &PartitionPorts) -> [u32; MAX_PORTS] {
    let mut depths = [0; MAX_PORTS];
    each! { index below MAX_PORTS => {
        if let Some(port) = &ports[index] {
            depths[index] = port.depth;
        }
    }}
    depths
}

/// How often each of a partition's ports is signalled at most in a window of its channel's source; 0 where it
/// is no event's.
#[must_use]
pub const fn port_signals(system: &System, ports: &PartitionPorts) -> [u32; MAX_PORTS] {
    let mut signals = [0; MAX_PORTS];
    each! { index below MAX_PORTS => {
        if let Some(port) = &ports[index] {
            signals[index] = system.channels[port.channel].kind.signals() as u32;
        }
    }}
    signals
}

/// The partition that reads at a destination of a channel, and the index of its port, if it wants an
/// interrupt with its messages.
///
/// # Panics
/// As [`port_table`].
#[must_use]
pub const fn port_to_ring(
    system: &System,
    channel: usize,
    destination: usize,
) -> Option<(usize, usize)> {
    let port = &system.channels[channel].destinations[destination];
    let (Some(_), Some(partition)) = (port.interrupt, system.partition_index(port.partition))
    else {
        return None;
    };
    let ports = ports_of(system, partition);
    each! { index below MAX_PORTS => {
        if let Some(place) = ports[index]
            && place.channel == channel
        {
            return Some((partition, index));
        }
    }}
    None
}

/// For each of the first `N` channels and each of its destinations: as [`port_to_ring`].
///
/// # Panics
/// If a channel has more than `DESTINATIONS`.
#[must_use]
pub const fn ports_to_ring<const DESTINATIONS: usize, const N: usize>(
    system: &System,
) -> [[Option<(usize, usize)>; DESTINATIONS]; N] {
    let directory = Directory::new(system);
    let mut all = [[None; DESTINATIONS]; N];
    let mut counts = [0; MAX_PARTITIONS];
    each! { index below N => {
        let channel = &system.channels[index];
        let mut end = 0;
        while end <= channel.destinations.len() {
            let port = channel.end(end);
            if let Some(partition) = directory.find(port.partition) {
                if end > 0 && port.interrupt.is_some() {
                    all[index][end - 1] = Some((partition, counts[partition]));
                }
                counts[partition] += 1;
            }
            end += 1;
        }
    }}
    all
}

impl Channel {
    /// Its ends: the source is end 0, the destinations follow.
    #[must_use]
    pub const fn end(&self, index: usize) -> &Port {
        if index == 0 {
            &self.source
        } else {
            &self.destinations[index - 1]
        }
    }
}

impl Partition {
    /// The physical address behind `size_bytes` of the partition's RAM at `ipa`; `None` if they
    /// don't lie within one region that holds images
    /// ([`RegionKind::holds_image`](crate::system::RegionKind::holds_image)).
    #[must_use]
    pub const fn ram_at(&self, ipa: Ipa, size_bytes: u64) -> Option<Pa> {
        each! { region in self.regions => {
            if region.kind.holds_image()
                && region.ipa.0 <= ipa.0
                && ipa.0.saturating_add(size_bytes) <= region.ipa_end().0
            {
                return Some(Pa(region.pa.0.saturating_add(ipa.0 - region.ipa.0)));
            }
        }}
        None
    }
}

const fn place(partition: &Partition, channel: &Channel, index: usize, end: usize) -> PortPlace {
    let window = if channel.kind.is_copied() {
        let size_bytes = channel.message_bytes as u64;
        let Some(base) = partition.ram_at(channel.end(end).window, size_bytes) else {
            panic!("a message window lies outside its partition's RAM");
        };
        MemoryRange::new(base, size_bytes)
    } else {
        MemoryRange::new(Pa(0), 0)
    };
    PortPlace {
        channel: index,
        direction: if end == 0 {
            Direction::Source
        } else {
            Direction::Destination(end - 1)
        },
        window,
        refresh: channel.kind.refresh(),
        depth: channel.kind.depth(),
        interrupt: channel.end(end).interrupt,
    }
}
