//! A partition at run time: what its vCPUs share.

use heapless::spsc::{Consumer, Producer, Queue};
use paratia_abi::StartCondition;
use paratia_abi::passport::MAX_PORTS;

use crate::health::RestartHistory;
use crate::heartbeat::{Expectation, Supervision};
use crate::lock::Lock;
use crate::places::Places;
use crate::psci::{MAX_VCPUS, Power, Psci, Start};
use crate::reload::Reload;
use crate::selected::{
    GIC_INTERRUPTS, GIC_MODELS, HAS_UART, MOST_SHARED_BLOCKS, MOST_VCPUS, PARTITION_COUNT, PLACES,
    PORTS, SYSTEM,
};
use crate::time::{Frequency, Ticks};
use crate::vgic::{VcpuSet, Vgic};
use crate::vuart::Uart;

/// Bytes of console text that a partition can have waiting: more where a UART is emulated, for
/// stock systems send as fast as it takes.
pub const CONSOLE_BYTES: usize = if HAS_UART { 4096 } else { 1024 };
/// Bytes of input that a partition can have waiting.
pub const INPUT_BYTES: usize = 64;

/// A partition's console on its way to the UART.
pub type ConsoleQueue = Queue<u8, CONSOLE_BYTES>;

/// What is typed for a partition, on its way from the UART.
pub type InputQueue = Queue<u8, INPUT_BYTES>;

/// A partition's interrupt controller.
pub type InterruptController = Vgic<MOST_VCPUS, MOST_SHARED_BLOCKS>;

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

/// What the vCPUs of a partition share.
pub struct Partition {
    /// Its index in the system.
    pub index: usize,
    /// What its windows are used for.
    pub phase: Phase,
    /// Its vCPUs whose registers are in a CPU.
    pub running: VcpuSet,
    /// Where it sees its emulated devices.
    pub places: &'static Places,
    /// Its interrupt controller.
    pub gic: InterruptController,
    /// Changes to private physical interrupts that wait for the vCPU whose they are: those to be
    /// made active, and those to be made inactive.
    pub private_changes: [[u32; 2]; MAX_VCPUS],
    /// Its UART.
    pub uart: Uart,
    /// Which of its vCPUs are on.
    pub psci: Psci,
    /// Where those that were turned on begin.
    pub starts: [Option<Start>; MAX_VCPUS],
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
    /// What is typed for it.
    pub input: Option<Consumer<'static, u8>>,
    /// Console bytes dropped in this window.
    pub dropped_in_window: u64,
    /// Faults of every kind.
    pub faults: u64,
    /// Restarts.
    pub restarts: u64,
    /// Console bytes dropped.
    pub dropped: u64,
    /// Accesses to nothing that were answered by an abort.
    pub aborts: u64,
    /// Instructions that were answered as undefined ones.
    pub undefined: u64,
}

/// Every partition's state, by its index.
pub static PARTITIONS: [Lock<Partition>; PARTITION_COUNT] =
    [const { Lock::new(Partition::NEW) }; PARTITION_COUNT];

impl Partition {
    /// Before boot has set it up.
    const NEW: Self = Self {
        index: 0,
        phase: Phase::Halted,
        running: VcpuSet::NONE,
        places: &PLACES[0],
        gic: Self::new_gic(0),
        private_changes: [[0; 2]; MAX_VCPUS],
        uart: Uart::new(),
        psci: Self::new_psci(0),
        starts: [None; MAX_VCPUS],
        supervision: None,
        history: RestartHistory::new(),
        restart_period: 0,
        refresh: [0; MAX_PORTS],
        console: None,
        input: None,
        dropped_in_window: 0,
        faults: 0,
        restarts: 0,
        dropped: 0,
        aborts: 0,
        undefined: 0,
    };

    /// Gives it its place and a machine as after a reset: once, at boot.
    pub fn set_up(&mut self, index: usize) {
        self.index = index;
        self.places = &PLACES[index];
        self.reset_machine();
    }

    const fn new_gic(index: usize) -> InterruptController {
        let vcpus = SYSTEM.partitions[index].machine.vcpus as usize;
        Vgic::new(GIC_MODELS[index], vcpus, &GIC_INTERRUPTS[index])
    }

    const fn new_psci(index: usize) -> Psci {
        Psci::new(SYSTEM.partitions[index].machine.vcpus as usize)
    }

    /// Puts its machine to how it is after a reset.
    pub fn reset_machine(&mut self) {
        self.gic = Self::new_gic(self.index);
        self.private_changes = [[0; 2]; MAX_VCPUS];
        self.uart = Uart::new();
        self.psci = Self::new_psci(self.index);
        self.starts = [None; MAX_VCPUS];
    }

    /// Whether vCPU `number` may go on: it is on, and isn't to begin anew.
    #[must_use]
    pub fn is_on(&self, number: usize) -> bool {
        let begins = self.starts.get(number).is_none_or(Option::is_some);
        matches!(self.phase, Phase::Running) && self.psci.power(number) == Power::On && !begins
    }

    /// Its declaration.
    #[must_use]
    pub fn declaration(&self) -> &'static paratia_config::Partition {
        &SYSTEM.partitions[self.index]
    }

    /// Begins its life: once, when the schedule's epoch is known.
    pub fn begin(&mut self, epoch: Ticks, frequency: Frequency) {
        let declaration = self.declaration();
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
