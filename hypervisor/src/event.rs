//! What the hypervisor reports: small records, made on the hot path and worded later.
//!
//! A record is pushed to its CPU's queue in a few instructions; CPU 0 turns records into log frames
//! when it has time to spare (see [`crate::log`]). So what is logged never delays a window.

use heapless::spsc::Queue;
use paratia_abi::StartCondition;
use paratia_config::system::HealthEvent;

use crate::health::Verdict;
use crate::time::Ticks;

/// Records that a CPU can have waiting; a further one is dropped and counted.
pub const QUEUE_LENGTH: usize = 64;

/// The records of one CPU on their way to the log.
pub type RecordQueue = Queue<Record, QUEUE_LENGTH>;

/// Something that happened.
#[derive(Clone, Copy, Debug)]
pub struct Record {
    /// When.
    pub time: Ticks,
    /// What.
    pub event: Event,
}

/// What can happen. Partitions and CPUs by their index, times in ticks.
#[derive(Clone, Copy, Debug)]
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
        scheduled: Ticks,
        /// When it did.
        start: Ticks,
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
        /// Why.
        condition: StartCondition,
        /// How often it was restarted.
        restarts: u64,
    },
    /// A sign of life (logged if the system asks for it).
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
    Fault(Fault),
    /// What the health monitor decided.
    Verdict {
        /// About which partition.
        partition: usize,
        /// On what.
        event: HealthEvent,
        /// What follows.
        verdict: Verdict,
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

/// A fault as the hardware or the partition describes it.
#[derive(Clone, Copy, Debug)]
pub struct Fault {
    /// Whose.
    pub partition: usize,
    /// Its kind.
    pub event: HealthEvent,
    /// The syndrome: `ESR_EL2`, or what the partition reports.
    pub esr: u64,
    /// The virtual address.
    pub far: u64,
    /// The guest-physical address of a stage 2 fault, else 0.
    pub ipa: u64,
    /// The instruction.
    pub elr: u64,
}
