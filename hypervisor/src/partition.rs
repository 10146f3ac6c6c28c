//! A partition at run time: its context and its counters. Touched only by the CPU that its windows
//! are on.

use heapless::Deque;
use heapless::spsc::{Producer, Queue};
use paratia_abi::StartCondition;
use paratia_abi::passport::MAX_PORTS;

use crate::arch::context::Context;
use crate::health::RestartHistory;
use crate::heartbeat::{Expectation, Supervision};
use crate::owned::Owned;
use crate::reload::Reload;
use crate::selected::{LAYOUT, PARTITION_COUNT, PORTS, SYSTEM};
use crate::time::{Frequency, Ticks};

/// Bytes of console text that a partition can have waiting.
pub const CONSOLE_BYTES: usize = 1024;

/// A partition's console on its way to the UART.
pub type ConsoleQueue = Queue<u8, CONSOLE_BYTES>;

/// Virtual interrupts that can wait for a list register: more than a partition can own.
const WAITING_INTERRUPTS: usize = 32;

/// What a partition's windows are used for.
#[derive(Clone, Copy, Debug)]
pub enum Phase {
    /// Nothing; it was stopped for good.
    Halted,
    /// Scrubbing and reloading, then a start for this reason.
    Reloading(Reload, StartCondition),
    /// It runs.
    Running,
}

/// A partition's state. The context comes first: the assembly hands its address around.
#[repr(C)]
pub struct Partition {
    /// Its registers.
    pub context: Context,
    /// Its index in the system.
    pub index: usize,
    /// What its windows are used for.
    pub phase: Phase,
    /// Whether it gave the rest of its window back and wants its next start in `x1`.
    pub waits_for_window: bool,
    /// Supervision of its heartbeats, if it owes any.
    pub supervision: Option<Supervision>,
    /// When it was restarted lately.
    pub history: RestartHistory,
    /// The limit's period in ticks.
    pub restart_period: u64,
    /// How old a message may be at each of its ports, in ticks.
    pub refresh: [u64; MAX_PORTS],
    /// Its console.
    pub console: Option<Producer<'static, u8>>,
    /// Virtual interrupts that found no list register: id, and whether a physical one is behind it.
    pub waiting_interrupts: Deque<(u32, bool), WAITING_INTERRUPTS>,
    /// Private physical interrupts that it has in hand and hasn't ended.
    pub active_private: u32,
    /// Calls refused in this window.
    pub refused_in_window: u32,
    /// How many may be refused in a window.
    pub refused_limit: u32,
    /// Console bytes dropped in this window.
    pub dropped_in_window: u64,
    /// Totals since boot.
    pub statistics: Statistics,
}

/// Totals since boot.
#[derive(Clone, Copy, Debug, Default)]
pub struct Statistics {
    /// Windows in which it ran.
    pub windows: u64,
    /// Ticks in which it ran.
    pub used_ticks: u64,
    /// Ticks that it gave back by waiting.
    pub idle_ticks: u64,
    /// Latest start of a window after its tick.
    pub jitter_worst: u64,
    /// Faults of every kind.
    pub faults: u64,
    /// Restarts.
    pub restarts: u64,
    /// Calls, refused ones included, those with a short answer not.
    pub calls: u64,
    /// Calls with a short answer: constants and refusals of calls that don't exist.
    pub short_calls: u64,
    /// Calls that were refused.
    pub refused_calls: u64,
    /// Console bytes dropped.
    pub dropped: u64,
    /// Exits that went back to the partition in the same window.
    pub exits: u64,
    /// Ticks that these took at EL2, waiting not counted.
    pub exit_ticks: u64,
    /// The longest of them in ticks.
    pub exit_worst: u64,
}

impl Statistics {
    const ZERO: Self = Self {
        windows: 0,
        used_ticks: 0,
        idle_ticks: 0,
        jitter_worst: 0,
        faults: 0,
        restarts: 0,
        calls: 0,
        short_calls: 0,
        refused_calls: 0,
        dropped: 0,
        exits: 0,
        exit_ticks: 0,
        exit_worst: 0,
    };

    /// Counts an exit of `ticks`. None of these counters overflows in the life of a board.
    #[inline]
    pub fn count_exit(&mut self, ticks: u64) {
        self.exits = self.exits.wrapping_add(1);
        self.exit_ticks = self.exit_ticks.wrapping_add(ticks);
        self.exit_worst = self.exit_worst.max(ticks);
    }

    /// Counts a call with a short answer, whose time is all but a constant.
    #[inline]
    pub fn count_short_call(&mut self) {
        self.short_calls = self.short_calls.wrapping_add(1);
    }
}

/// Every partition's state, by its index.
pub static PARTITIONS: [Owned<Partition>; PARTITION_COUNT] =
    [const { Owned::new(Partition::NEW) }; PARTITION_COUNT];

impl Partition {
    /// Before boot has loaded it.
    const NEW: Self = Self {
        context: Context::ZERO,
        index: 0,
        phase: Phase::Halted,
        waits_for_window: false,
        supervision: None,
        history: RestartHistory::new(),
        restart_period: 0,
        refresh: [0; MAX_PORTS],
        console: None,
        waiting_interrupts: Deque::new(),
        active_private: 0,
        refused_in_window: 0,
        refused_limit: 0,
        dropped_in_window: 0,
        statistics: Statistics::ZERO,
    };

    /// Its declaration.
    #[must_use]
    pub fn declaration(&self) -> &'static paratia_config::Partition {
        &SYSTEM.partitions[self.index]
    }

    /// Begins its life on CPU `cpu`: once, when the schedule's epoch is known.
    pub fn begin(&mut self, epoch: Ticks, frequency: Frequency, cpu: usize) {
        self.context.stack = LAYOUT.stack(cpu).end().0;
        let declaration = self.declaration();
        self.refused_limit = declaration.refused_calls_per_window;
        for (ticks, port) in self.refresh.iter_mut().zip(&PORTS[self.index]) {
            *ticks = port.map_or(0, |port| frequency.ticks(port.refresh));
        }
        self.restart_period = frequency.ticks(declaration.health.restart_limit.period);
        self.supervision = declaration.heartbeat.map(|heartbeat| {
            let mut supervision = Supervision::new(Expectation {
                epoch,
                period: frequency.ticks(heartbeat.period),
                deadline: frequency.ticks(heartbeat.deadline),
                start_within: frequency.ticks(heartbeat.start_within),
            });
            supervision.start(epoch);
            supervision
        });
    }
}
