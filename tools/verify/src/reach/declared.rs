//! What was declared, and what the board is: plain data that the tool hands over, to be compared with what
//! follows from the image. Addresses and sizes are in bytes, times in nanoseconds.

use std::ops::Range;

use serde::{Deserialize, Serialize};

/// A system and the board that it is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Declaration {
    /// The system's name.
    pub system: String,
    /// The version of the guests' interface.
    pub abi_version: u32,
    /// The board.
    pub board: Board,
    /// The partitions, in the order of their index.
    pub partitions: Vec<Partition>,
    /// When each runs.
    pub schedule: Schedule,
    /// How messages flow.
    pub channels: Vec<Channel>,
}

/// Addresses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// The first.
    pub base: u64,
    /// How many bytes.
    pub bytes: u64,
}

impl Span {
    /// One past the last; saturates.
    #[must_use]
    pub fn end(&self) -> u64 {
        self.base.saturating_add(self.bytes)
    }

    /// As a range.
    #[must_use]
    pub fn range(&self) -> Range<u64> {
        self.base..self.end()
    }

    /// Whether all of another lies in it.
    #[must_use]
    pub fn has(&self, other: Span) -> bool {
        self.base <= other.base && other.end() <= self.end()
    }

    /// Whether an address of another lies in it.
    #[must_use]
    pub fn meets(&self, other: Span) -> bool {
        self.base < other.end() && other.base < self.end()
    }
}

/// The facts of a board.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Board {
    /// Its name.
    pub name: String,
    /// Memory that it has, its display controller's included.
    pub ram: Vec<Span>,
    /// The part of it that is the hypervisor's.
    pub hypervisor_memory: Span,
    /// The part of it that is for partitions.
    #[serde(default)]
    pub partition_memory: Span,
    /// The affinity of each CPU, by its number.
    #[serde(default)]
    pub cpus: Vec<u64>,
    /// Where the image begins.
    pub image_base: u64,
    /// Where the firmware leaves its device tree, if it does.
    pub device_tree: Option<Span>,
    /// Registers that the hypervisor uses, each with what it is.
    pub hypervisor_registers: Vec<Registers>,
    /// Registers of the interrupt controller that each guest sees as its CPU interface: each CPU has its own
    /// at the same address. None where the hardware has none.
    pub lent_registers: Option<Span>,
    /// What can be given to partitions.
    pub devices: Vec<Device>,
    /// The private interrupt of the performance monitors, if they have one.
    pub monitors_interrupt: Option<u32>,
}

/// Some registers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registers {
    /// What they are.
    pub name: String,
    /// Where they are.
    pub span: Span,
}

/// A device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// Its name.
    pub name: String,
    /// What it is.
    pub model: String,
    /// Its registers.
    pub span: Span,
    /// Its interrupts.
    pub interrupts: Vec<u32>,
    /// Whether it writes memory by itself.
    pub bus_master: bool,
}

/// A partition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Partition {
    /// Its name.
    pub name: String,
    /// Its virtual CPUs.
    pub vcpus: u32,
    /// The VMID of its translations.
    pub vmid: u64,
    /// The program that it is to start with, if it is one of the project's own.
    pub program: Option<String>,
    /// Its memory.
    pub regions: Vec<Region>,
    /// Its devices.
    pub devices: Vec<DeviceUse>,
    /// Where it sees its passport.
    pub passport: u64,
    /// Where it is told its stolen time, if it is: one page.
    pub stolen_time: Option<u64>,
    /// Where it sees [`Board::lent_registers`], if it does.
    pub lent_registers: Option<Span>,
    /// Devices that the hypervisor plays for it.
    pub emulated: Emulated,
    /// Whether it has the CPU's performance monitors.
    pub has_monitors: bool,
    /// Version of the interrupt controller that it sees.
    pub gic_version: u32,
    /// What its passport says of where the controller is.
    pub gic_bases: [u64; 2],
    /// The period of its signs of life; 0 if it owes none.
    pub heartbeat_ns: u64,
    /// Its arguments.
    pub arguments: String,
    /// Its picture, if it has one.
    pub display: Option<Display>,
}

/// Guest-physical addresses at which the hypervisor answers; empty where there is nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Emulated {
    /// The interrupt controller's distributor.
    pub distributor: Span,
    /// Its redistributors.
    pub redistributors: Span,
    /// Its CPU interface.
    pub cpu_interface: Span,
    /// The UART.
    pub uart: Span,
    /// The clock.
    pub clock: Span,
    /// The watchdog's frames.
    pub watchdog: Span,
}

/// A partition's memory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Region {
    /// Its name.
    pub name: String,
    /// Where the partition sees it.
    pub ipa: u64,
    /// Where it lies.
    pub pa: u64,
    /// Its size.
    pub bytes: u64,
    /// What it is.
    pub kind: RegionKind,
}

impl Region {
    /// Where it lies.
    #[must_use]
    pub fn physical(&self) -> Span {
        Span {
            base: self.pa,
            bytes: self.bytes,
        }
    }
}

/// What a region is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RegionKind {
    /// Read, written and executed; cached.
    Ram,
    /// Read and written; not cached.
    FrameBuffer,
    /// As RAM, and shared with the hypervisor as guests of Xen do.
    Xen,
    /// As RAM, and entered for a unikernel's calls.
    Tender,
    /// Read and executed; cached.
    Text,
    /// Read; cached.
    Constant,
    /// Read and written; cached.
    Data,
}

impl RegionKind {
    /// Whether pieces of an image and message windows may lie there.
    #[must_use]
    pub const fn takes_pieces(self) -> bool {
        match self {
            Self::Ram | Self::Tender | Self::Text | Self::Constant | Self::Data => true,
            Self::FrameBuffer | Self::Xen => false,
        }
    }
}

/// A device in a partition's hands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceUse {
    /// The device's name.
    pub device: String,
    /// Where the partition sees its registers.
    pub ipa: u64,
}

/// A picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Display {
    /// Where the partition sees it.
    pub ipa: u64,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// From one row to the next.
    pub stride_bytes: u32,
    /// The order of colours, as passports number it.
    pub format: u32,
}

/// When each partition runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    /// Length of the cycle.
    pub major_frame_ns: u64,
    /// Time at the end of each window for the switch.
    pub guard_ns: u64,
    /// The windows of each CPU, in order.
    pub plans: Vec<Vec<Window>>,
}

/// A window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// Whose: the partition's index.
    pub partition: usize,
    /// Which of its vCPUs.
    pub vcpu: u32,
    /// When it begins in the major frame.
    pub start_ns: u64,
    /// How long it is.
    pub length_ns: u64,
}

/// How messages flow from one partition to others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Channel {
    /// Its name.
    pub name: String,
    /// The largest message.
    pub message_bytes: u32,
    /// How long a message is valid; 0 where messages queue.
    pub refresh_ns: u64,
    /// Messages that wait at most; 0 where the newest replaces the one before it.
    pub depth: u32,
    /// Its own memory, through which its ends tell each other without the hypervisor.
    #[serde(default)]
    pub memory: Option<ChannelMemory>,
    /// How often its source may signal it in a window, if it is an event, which has no message; else 0.
    #[serde(default)]
    pub signals: u32,
    /// Who writes.
    pub source: Port,
    /// Who reads.
    pub destinations: Vec<Port>,
}

impl Channel {
    /// Whether it is an event.
    #[must_use]
    pub fn is_event(&self) -> bool {
        self.signals > 0
    }

    /// Whether the hypervisor keeps the newest of its messages.
    #[must_use]
    pub fn is_sampled(&self) -> bool {
        self.depth == 0 && self.memory.is_none() && !self.is_event()
    }
}

/// Memory that a channel has of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelMemory {
    /// How messages lie in it.
    pub form: Form,
    /// Where it lies, if that is declared; else behind all else that partitions have.
    pub at: Option<u64>,
    /// Whether it is cached.
    pub is_cached: bool,
    /// Destinations that write what the source writes, by their number.
    pub writers: Vec<usize>,
}

/// How messages lie in a channel's memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Form {
    /// The newest.
    Sampling,
    /// So many, and a page in which the reader says what it has taken.
    Queuing(u32),
    /// However its ends like: it is as large as a message.
    Shared,
}

/// A partition's end of a channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Port {
    /// The partition's index.
    pub partition: usize,
    /// Its name there.
    pub name: String,
    /// Where the partition's message window is.
    pub window: u64,
    /// The interrupt that comes with a message; 0 for none.
    pub interrupt: u32,
}

/// Whether each address of a span lies in one of some others.
#[must_use]
pub fn cover(others: &[Span], span: Span) -> bool {
    let mut at = span.base;
    while at < span.end() {
        let here = others.iter().filter(|other| other.range().contains(&at));
        match here.map(Span::end).max() {
            Some(end) => at = end,
            None => return false,
        }
    }
    true
}

impl Declaration {
    /// The device called `name`.
    #[must_use]
    pub fn device(&self, name: &str) -> Option<&Device> {
        self.board.devices.iter().find(|device| device.name == name)
    }

    /// All partitions' vCPUs, in order: each by its partition's index.
    #[must_use]
    pub fn vcpus(&self) -> Vec<usize> {
        let of = |(index, partition): (usize, &Partition)| {
            std::iter::repeat_n(index, partition.vcpus as usize)
        };
        self.partitions.iter().enumerate().flat_map(of).collect()
    }

    /// CPUs that the system needs.
    #[must_use]
    pub fn cpu_count(&self) -> usize {
        self.schedule.plans.len().max(1)
    }
}
