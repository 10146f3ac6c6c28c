//! What the hypervisor reports: small records, made on the hot path and worded later.
//!
//! A record is pushed to the queue of its partition, or of its CPU, in a few instructions; CPU 0 turns
//! records into log frames when it has time to spare (see [`crate::report::log`]). So what is logged never delays
//! a window. Which records always find room says [`crate::policy::records`].
//!
//! Names of events, fields and values are these types' own: `defmt` puts their numbers into a frame, and
//! the tool reads the names from the image's ELF file.

use defmt::Format;
use heapless::spsc::Queue;
use paratia_config::each;
use paratia_config::machines;
use paratia_config::system::HealthEvent;

use crate::arch::cpu as arch_cpu;
use crate::base::time::Ticks;
use crate::built::chosen::{PARTITION_COUNT, SYSTEM};
use crate::policy::health::Verdict;
use crate::policy::heartbeat::Heartbeats;
use crate::policy::records;
use crate::state::partition::Totals;
use crate::state::shared;
use crate::state::vcpu::{Counts, Exits};

/// Records that a CPU can have waiting, of which a guest causes none; a further one is dropped and counted.
pub const CPU_RECORDS: usize = 8;
/// Records that a partition can have waiting: by the one that needs most.
pub const PARTITION_RECORDS: usize = {
    let mut restarts = 0;
    each! { partition in SYSTEM.partitions => {
        let limit = partition.health.restart_limit.count;
        restarts = if limit > restarts { limit } else { restarts };
    }}
    let windows = if shared::traces_windows() {
        machines::most_windows::<PARTITION_COUNT>(SYSTEM)
    } else {
        0
    };
    records::room(restarts, records::repeated(windows))
};

/// The records of one CPU on their way to the log; a place of a queue stays empty.
pub type CpuQueue = Queue<Record, { CPU_RECORDS + 1 }>;
/// The records of one partition on their way to the log.
pub type PartitionQueue = Queue<Record, { PARTITION_RECORDS + 1 }>;

/// Something that happened, as it waits in a queue to be worded.
#[derive(Clone, Copy, Debug)]
pub struct Record {
    /// When, by the counter of all CPUs (not yet since the epoch).
    pub time: Ticks,
    /// What, in numbers.
    pub event: Event,
}

/// The numbers that go into a fault's report.
#[derive(Clone, Copy, Debug, Default, defmt::Format)]
pub struct Details {
    /// `ESR_EL2`, or what the partition gave for it.
    pub esr: u64,
    /// `FAR_EL2`: the virtual address, where the syndrome's class has one.
    pub far: u64,
    /// The guest-physical address of a stage 2 fault, else 0.
    pub ipa: u64,
    /// `ELR_EL2`: the address of the instruction.
    pub elr: u64,
}

impl Details {
    /// What the CPU says about the exit that is being handled; `ipa` is the guest-physical address of a
    /// stage 2 fault, else 0.
    #[must_use]
    pub fn of_exit(ipa: u64) -> Self {
        Self {
            esr: arch_cpu::syndrome(),
            far: arch_cpu::fault_address(),
            ipa,
            elr: arch_cpu::return_address(),
        }
    }

    /// The instruction, and `esr`; for events that no exception describes.
    #[must_use]
    pub fn here(esr: u64) -> Self {
        Self {
            esr,
            elr: arch_cpu::return_address(),
            ..Self::default()
        }
    }
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
        /// When it should have started, by the plan.
        scheduled: u64,
        /// When it did start.
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
        /// Why, as a number of `paratia_abi::StartCondition`.
        condition: u64,
        /// How often it was restarted before.
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
    /// Something that a partition did or suffered and that its health table has a row for.
    Fault {
        /// Whose.
        partition: usize,
        /// The row of the health table.
        event: HealthEvent,
        /// Where, as the hardware or the partition describes it.
        details: Details,
    },
    /// What the health monitor decided.
    Verdict {
        /// About which partition.
        partition: usize,
        /// On which row of its health table.
        event: HealthEvent,
        /// What follows for the partition.
        action: Verdict,
        /// How often the partition was restarted before.
        restarts: u64,
    },
    /// A partition has ended its life itself, by the idle mode: nothing starts it again.
    Halted {
        /// Which.
        partition: usize,
    },
    /// Console text that found no room in this window.
    ConsoleOverflow {
        /// Whose.
        partition: usize,
        /// How many bytes.
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
    /// What went through a channel whose messages queue.
    Queue {
        /// The channel.
        channel: usize,
        /// Messages that were taken into the queue.
        sent: u64,
        /// Messages for which there was no room.
        refused: u64,
        /// Messages that the receiver dropped, or that waited when it restarted.
        dropped: u64,
        /// Messages that wait still.
        waiting: u64,
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
