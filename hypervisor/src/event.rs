//! What the hypervisor reports: small records, made on the hot path and worded later.
//!
//! A record is pushed to the queue of its partition, or of its CPU, in a few instructions; CPU 0 turns
//! records into log frames when it has time to spare (see [`crate::log`]). So what is logged never delays
//! a window. Which records always find room says [`crate::records`].
//!
//! Names of events, fields and values are these types' own: `defmt` puts their numbers into a frame, and
//! the tool reads the names from the image's ELF file.

use defmt::Format;
use heapless::spsc::Queue;
use paratia_config::machines;
use paratia_config::system::HealthEvent;

use crate::fault::Details;
use crate::health::Verdict;
use crate::heartbeat::Heartbeats;
use crate::partition::Totals;
use crate::records;
use crate::selected::{PARTITION_COUNT, SYSTEM};
use crate::state;
use crate::time::Ticks;
use crate::vcpu::{Counts, Exits};

/// Records that a CPU can have waiting, of which a guest causes none; a further one is dropped and counted.
pub const CPU_RECORDS: usize = 8;
/// Records that a partition can have waiting: by the one that needs most.
pub const PARTITION_RECORDS: usize = {
    let mut restarts = 0;
    let mut index = 0;
    while index < SYSTEM.partitions.len() {
        let partition = &SYSTEM.partitions[index];
        let limit = partition.health.restart_limit.count;
        restarts = if limit > restarts { limit } else { restarts };
        index += 1;
    }
    let windows = if state::traces_windows() {
        machines::most_windows::<PARTITION_COUNT>(SYSTEM)
    } else {
        0
    };
    records::room(restarts, records::repeated(windows))
};

/// The records of one CPU on their way to the log; a place of a queue stays empty.
pub type CpuQueue = Queue<Record, { CPU_RECORDS + 1 }>;
/// The records of one partition.
pub type PartitionQueue = Queue<Record, { PARTITION_RECORDS + 1 }>;

/// Something that happened.
#[derive(Clone, Copy, Debug)]
pub struct Record {
    /// When.
    pub time: Ticks,
    /// What.
    pub event: Event,
}

/// What can happen. Partitions and CPUs by their index, times in ticks since the epoch.
///
/// A whole word tells them apart, so that a record is copied by words: with a byte for it, what is behind
/// starts at an odd place, and each report takes 330 instructions more.
#[derive(Clone, Copy, Debug, Format)]
#[repr(u64)]
pub enum Event {
    /// A CPU is up and waits for the epoch.
    CpuStarted {
        /// The CPU.
        cpu: usize,
    },
    /// A window is over (logged if the system asks for it).
    Window {
        /// Whose.
        partition: usize,
        /// Where.
        cpu: usize,
        /// When it should have started.
        scheduled: u64,
        /// When it did.
        start: u64,
    },
    /// Slots of a plan went by unused because the CPU came too late.
    Overrun {
        /// The CPU.
        cpu: usize,
        /// How many.
        skipped: u64,
    },
    /// A partition starts in its next window.
    Started {
        /// Which.
        partition: usize,
        /// Why: a `StartCondition`.
        condition: u64,
        /// How often it was restarted.
        restarts: u64,
    },
    /// A sign of life (logged if the system asks for it): each that was waited for, of others the first
    /// few in a window.
    Heartbeat {
        /// Whose.
        partition: usize,
        /// The partition's own count.
        sequence: u64,
        /// Whether its period waited for it.
        counted: bool,
    },
    /// Heartbeats that didn't come by their deadline.
    HeartbeatMissed {
        /// Whose.
        partition: usize,
        /// How many since the last look.
        count: u64,
    },
    /// A fault.
    Fault {
        /// Whose.
        partition: usize,
        /// Its kind.
        event: HealthEvent,
        /// As the hardware or the partition describes it.
        details: Details,
    },
    /// What the health monitor decided.
    Verdict {
        /// About which partition.
        partition: usize,
        /// On what.
        event: HealthEvent,
        /// What follows.
        action: Verdict,
        /// How often the partition was restarted before.
        restarts: u64,
    },
    /// Console text that found no room in this window.
    ConsoleOverflow {
        /// Whose.
        partition: usize,
        /// Bytes.
        dropped: u64,
    },
}

/// What is said at the end, when nobody waits. Partitions and CPUs by their index, times in ticks since the
/// epoch.
#[derive(Clone, Copy, Debug, Format)]
pub enum LastEvent {
    /// What a vCPU did.
    VcpuStatistics {
        /// Whose.
        partition: usize,
        /// Its number in the partition.
        vcpu: usize,
        /// Its totals.
        counts: Counts,
    },
    /// A vCPU's exits for one cause.
    Exits {
        /// Whose.
        partition: usize,
        /// The vCPU's number in the partition.
        vcpu: usize,
        /// The name of an `ExitCause`.
        cause: &'static str,
        /// Its totals.
        exits: Exits,
    },
    /// What a partition did.
    Statistics {
        /// Which.
        partition: usize,
        /// Its heartbeats, if it owes any.
        heartbeats: Option<Heartbeats>,
        /// Its other totals.
        totals: Totals,
        /// Its records that found no room.
        records_dropped: u64,
    },
    /// What a CPU did.
    CpuStatistics {
        /// Which.
        cpu: usize,
        /// Its longest switch, in ticks.
        switch_worst: u64,
        /// Its longest step of the log, in ticks.
        log_step_worst: u64,
        /// Slots that went by unused.
        overruns: u64,
        /// Records of its own that found no room.
        records_dropped: u64,
    },
    /// All is said.
    Stopped {
        /// When, in ticks since the epoch.
        time: u64,
    },
}
