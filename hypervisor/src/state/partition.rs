//! A partition at run time: what its vCPUs share.

use defmt::Format;
use heapless::spsc::{Consumer, Producer, Queue};
use paratia_config::each;

use crate::base::time::{Frequency, Ticks};
use crate::built::chosen::{ANY, PARTITION_COUNT};
use crate::machine::vgic::{VcpuSet, Vgic};
use crate::machine::vuart::Uart;
use crate::machine::watchdog::Watchdog;
use crate::machine::xen::events::Events;
use crate::policy::health::RestartHistory;
use crate::policy::heartbeat::Supervision;
use crate::policy::lifecycle::Life;
use crate::policy::records::Sender;
use crate::state::constants::{PARTITION_FACTS, PartitionFacts};
use crate::state::entropy;
use crate::state::event::Record;
use crate::state::lock::Lock;
use crate::state::xen;

/// Bytes of console text that a partition can have waiting: more where a UART is emulated or Xen's
/// console, for stock systems send as fast as it takes.
pub const CONSOLE_BYTES: usize = if ANY.hears { 4096 } else { 1024 };
/// Bytes of input that a partition can have waiting.
pub const INPUT_BYTES: usize = 64;

/// A partition's console on its way to the UART.
pub type ConsoleQueue = Queue<u8, CONSOLE_BYTES>;

/// What is typed for a partition, on its way from the UART.
pub type InputQueue = Queue<u8, INPUT_BYTES>;

/// A partition's interrupt controller.
pub type InterruptController = Vgic<{ ANY.most_vcpus }, { ANY.most_shared_blocks }>;

/// What the vCPUs of a partition share.
pub struct Partition {
    /// Its index in the system's list of partitions.
    pub index: usize,
    /// What is constant about it.
    pub facts: &'static PartitionFacts,
    /// What its windows are used for, and by which of its vCPUs.
    pub life: Life,
    /// Its vCPUs whose registers are in a CPU; kept in systems in which a partition has several.
    pub running: VcpuSet,
    /// Its interrupt controller, as its guest has programmed it.
    pub gic: InterruptController,
    /// Changes to private physical interrupts that wait for the vCPU whose they are: those to be
    /// made active, and those to be made inactive.
    pub private_changes: [[u32; 2]; ANY.most_vcpus],
    /// Its emulated UART, whether its machine has one or not.
    pub uart: Uart,
    /// What it is beside, if it is a guest of Xen's.
    pub xen: xen::Place,
    /// Where its random numbers come from, if it is given some.
    pub entropy: entropy::Place,
    /// Its emulated watchdog, whether its machine has one or not; no room in a system in which none has.
    pub watchdog: [Watchdog; ANY.watchdog as usize],
    /// Supervision of its heartbeats, if it owes any.
    pub supervision: Option<Supervision>,
    /// When it was restarted lately, against its limit of restarts in a period.
    pub history: RestartHistory,
    /// The sending end of its records' queue to the log.
    pub records: Sender<Record>,
    /// The sending end of its console's queue to the UART.
    pub console: Option<Producer<'static, u8>>,
    /// The receiving end of what is typed for it, if it has a UART or Xen's console.
    pub input: Option<Consumer<'static, u8>>,
    /// Console bytes dropped in this window, of which its end makes a health event.
    pub dropped_in_window: u64,
    /// Totals since boot, over all of its lives.
    pub totals: Totals,
}

/// Totals since boot, over all lives of a partition. None overflows in the life of a board.
#[derive(Clone, Copy, Debug, Format)]
pub struct Totals {
    /// Faults of every kind.
    pub faults: u64,
    /// Those of them that are only counted: ignored, and repeated.
    pub faults_untold: u64,
    /// Restarts, counted when they are decided.
    pub restarts: u64,
    /// Console bytes dropped for lack of room.
    pub console_dropped: u64,
    /// Accesses to nothing that were answered by an abort.
    pub aborts: u64,
    /// Instructions that were answered as undefined ones.
    pub undefined: u64,
}

impl Totals {
    const NONE: Self = Self {
        faults: 0,
        faults_untold: 0,
        restarts: 0,
        console_dropped: 0,
        aborts: 0,
        undefined: 0,
    };
}

/// Every partition's state, by its index.
pub static PARTITIONS: [Lock<Partition>; PARTITION_COUNT] = {
    let mut all = [const { Partition::locked(0) }; PARTITION_COUNT];
    each! { index from 1, below PARTITION_COUNT => {
        all[index] = Partition::locked(index);
    }}
    all
};

impl Partition {
    const fn locked(index: usize) -> Lock<Self> {
        let facts = &PARTITION_FACTS[index];
        let vcpus = facts.declaration.machine.vcpus as usize;
        let partition = Self {
            index,
            facts,
            life: Life::new(vcpus, facts.declaration.regions, facts.occasions),
            running: VcpuSet::NONE,
            gic: Vgic::new(facts.model, vcpus, facts.interrupts),
            private_changes: [[0; 2]; ANY.most_vcpus],
            uart: Uart::new(),
            xen: xen::place(facts.declaration),
            entropy: entropy::NONE,
            watchdog: [Watchdog::new(); _],
            supervision: None,
            history: RestartHistory::new(),
            records: Sender::new(facts.declaration.health.restart_limit.count),
            console: None,
            input: None,
            dropped_in_window: 0,
            totals: Totals::NONE,
        };
        Lock::new(partition, vcpus > 1)
    }

    /// Puts its machine to how it is after a reset; its vCPUs are [`Life::start`]'s to see to.
    pub fn reset_machine(&mut self) {
        self.gic.reset();
        self.private_changes = [[0; 2]; ANY.most_vcpus];
        self.uart = Uart::new();
        self.watchdog = [Watchdog::new(); _];
        if let Some(guest) = self.xen.iter_mut().flatten().next() {
            guest.events = Events::new();
        }
    }

    /// Whether vCPU `number` may go on: it is on, and isn't to begin anew.
    #[inline]
    #[must_use]
    pub fn is_on(&self, number: usize) -> bool {
        self.life.is_ready(VcpuSet::of(number))
    }

    /// What its system says of it.
    #[must_use]
    pub fn declaration(&self) -> &'static paratia_config::Partition {
        self.facts.declaration
    }

    /// Begins its life: once, when the schedule's epoch is known, and its major frame in ticks.
    ///
    /// Messages may be a little older, up to a tick for each frame, than as many frames as they may: these
    /// and the restarts' limit are compared with single moments, so nothing adds up.
    pub fn begin(&mut self, epoch: Ticks, frame_ticks: u64, frequency: Frequency) {
        let declaration = self.declaration();
        for (calls, port) in self.facts.calls.iter().zip(self.facts.ports) {
            if let (Some(link), Some(port)) = (calls.read, port) {
                link.set_refresh(frequency.ticks(port.refresh));
            }
        }
        self.history.period = frequency.ticks(declaration.health.restart_limit.period);
        self.supervision = self.facts.heartbeat.map(|heartbeat| {
            let expectation = heartbeat.expectation(epoch, frame_ticks, frequency);
            let mut supervision = Supervision::new(expectation);
            supervision.start(epoch);
            supervision
        });
    }
}
