//! The nouns: system, partition, device use and display here; regions, channels, the schedule and the health
//! policy in files of their own.

mod channels;
mod health;
mod memory;
mod schedule;

use crate::address::Ipa;
use crate::each;
use crate::machine::VirtualMachine;
use crate::same::same_text;

pub use crate::image::{Backing, File, Image, Initrd, UnikernelDevice};
pub use channels::{
    Channel, ChannelKind, ChannelMemory, MAX_DIRECT_BYTES, MAX_MESSAGE_BYTES, MAX_QUEUED_MESSAGES,
    Place, Port, Writers,
};
pub use health::{Action, HealthEvent, HealthTable, Heartbeat, MAX_RESTARTS_COUNTED, RestartLimit};
pub use memory::{Region, RegionKind};
pub use schedule::{MAX_PLAN_WINDOWS, Schedule, Span, Window};

/// A whole system: what one image holds.
#[derive(Clone, Copy, Debug)]
pub struct System {
    /// Name on the command line.
    pub name: &'static str,
    /// One line for people.
    pub summary: &'static str,
    /// The partitions; a partition's place in this list is its index everywhere.
    pub partitions: &'static [Partition],
    /// When each runs.
    pub schedule: Schedule,
    /// How messages flow between them.
    pub channels: &'static [Channel],
    /// The picture's size, if a partition owns a frame buffer.
    pub display: Option<Display>,
    /// Whether each window's start is logged, for experiments; counters are always kept.
    pub trace: Trace,
}

/// How much is logged in normal operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trace {
    /// Health events, restarts and final statistics.
    Events,
    /// These and every window start and heartbeat.
    Windows,
}

/// A partition: memory, devices and time that are its own.
#[derive(Clone, Copy, Debug)]
pub struct Partition {
    /// Its name, 1 to 24 bytes of `a-z`, `0-9` and `-`; the prefix of its console lines.
    pub name: &'static str,
    /// What depends on it.
    pub criticality: Criticality,
    /// What runs in it.
    pub image: Image,
    /// Where its first instruction lies.
    pub entry: Ipa,
    /// Memory that it may touch; the first region holds the first instruction, and a program at its
    /// base.
    pub regions: &'static [Region],
    /// Guest-physical page at which it finds its passport.
    pub passport: Ipa,
    /// Devices that are its own.
    pub devices: &'static [DeviceUse],
    /// The rest of the machine that it sees.
    pub machine: VirtualMachine,
    /// Signs of life that it owes, if any.
    pub heartbeat: Option<Heartbeat>,
    /// What follows from its faults.
    pub health: HealthTable,
    /// Calls with unknown numbers or bad arguments that it may make in one window before that
    /// becomes a health event.
    pub refused_calls_per_window: u32,
    /// Text for the partition itself, at most 256 bytes; it finds it in its passport.
    pub arguments: &'static str,
}

/// What depends on a partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Criticality {
    /// A run fails if this partition misses a heartbeat or has a fault.
    Critical,
    /// It may fail, restart and be halted.
    BestEffort,
}

/// A board's device in a partition's hands.
#[derive(Clone, Copy, Debug)]
pub struct DeviceUse {
    /// The board's name for it.
    pub device: &'static str,
    /// Where the partition sees its registers; whole pages.
    pub ipa: Ipa,
    /// Whether the partition is trusted with all that the device's pages reach beside the device
    /// ([`Device::reaches`](crate::board::Device::reaches)), if they reach anything.
    pub trusted: bool,
}

/// The picture that the display shows.
#[derive(Clone, Copy, Debug)]
pub struct Display {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// The partition whose region of kind [`RegionKind::FrameBuffer`] is shown.
    pub partition: &'static str,
}

impl Display {
    /// Bytes from one row to the next: four a pixel, no gap.
    #[must_use]
    pub const fn stride_bytes(&self) -> u32 {
        self.width * 4
    }

    /// Bytes of the whole picture.
    #[must_use]
    pub const fn size_bytes(&self) -> u64 {
        self.stride_bytes() as u64 * self.height as u64
    }
}

impl System {
    /// The index of the partition called `name`.
    #[must_use]
    pub const fn partition_index(&self, name: &str) -> Option<usize> {
        each! { index, partition in self.partitions => {
            if same_text(partition.name, name) {
                return Some(index);
            }
        }}
        None
    }

    /// All partitions' vCPUs together.
    #[must_use]
    pub const fn vcpu_count(&self) -> usize {
        self.first_vcpu(self.partitions.len())
    }

    /// The index of a partition's first vCPU among all partitions' vCPUs, which are counted in the
    /// order of the partitions.
    #[must_use]
    pub const fn first_vcpu(&self, partition: usize) -> usize {
        let mut first = 0usize;
        each! { index below partition => {
            first = first.saturating_add(self.partitions[index].machine.vcpus as usize);
        }}
        first
    }

    /// The index of a partition's page of records, if it has one, among all partitions' such pages;
    /// the number of those before it.
    #[must_use]
    pub const fn first_record(&self, partition: usize) -> usize {
        let mut first = 0;
        each! { index below partition => {
            first += self.partitions[index].machine.stolen_time.is_some() as usize;
        }}
        first
    }

    /// CPUs that the system needs: those with a plan, and the one that boots.
    #[must_use]
    pub const fn cpu_count(&self) -> usize {
        match self.schedule.plans.len() {
            0 => 1,
            count => count,
        }
    }
}
