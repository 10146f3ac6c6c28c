//! The one board and the one system that this image joins, and everything computed from them.

use paratia_board_support::Drivers;
use paratia_board_support::interrupt::ListForm;
use paratia_board_support::uart::Bounded;

use crate::built::controllers::FORM;
use crate::machine::vgic::{Interrupts, Model};
use crate::policy::schedule;
use paratia_abi::passport::MAX_PORTS;
use paratia_config::address::PAGE_BYTES;
use paratia_config::each;
use paratia_config::image::{Piece as BuiltPiece, PieceKind};
use paratia_config::layout::{self, Layout, MAX_PARTITIONS};
use paratia_config::machines::{self, Links, Places};
use paratia_config::passport::{PassportPage, passports};
use paratia_config::ports::{PartitionPorts, copied_port_table};
use paratia_config::rules;
use paratia_config::run::RunParameters;
use paratia_config::system::Schedule;
use paratia_config::tables::{self, Tables, channel_memory};
use paratia_config::{Board, BoardFacts, Ipa, MemoryRange, Pa, System};
use static_assertions::const_assert;

pub use paratia_config::tables::{MAIR_EL2, TCR_EL2, VTCR_EL2};

use crate::base::image::{BuiltImage, Content, Piece};

include!(concat!(env!("OUT_DIR"), "/selected.rs"));

/// Aligns an image to a page, so that copying moves whole words.
#[repr(C, align(4096))]
struct Page<T>(T);

/// The board's debug UART.
pub type DebugUart = Bounded<<SelectedBoard as Drivers>::Uart>;
/// The board's display.
pub type BoardDisplay = <SelectedBoard as Drivers>::Display;

/// The board's facts.
pub const BOARD: &BoardFacts = &<SelectedBoard as Board>::FACTS;
/// The system's declaration.
pub const SYSTEM: &System = DIVIDED;
/// Number of partitions.
pub const PARTITION_COUNT: usize = SYSTEM.partitions.len();

const TABLE_COUNT: usize = tables::table_count(SYSTEM, BOARD);
/// Where the parts of this image lie.
pub const LAYOUT: Layout = Layout::new(BOARD, TABLE_COUNT, SYSTEM);
/// The root of EL2's own translation.
pub const EL2_ROOT: Pa = LAYOUT.table(tables::EL2_ROOT);

#[allow(long_running_const_eval, reason = "bounded by the number of tables")]
#[used]
#[unsafe(link_section = ".tables")]
static TABLES: Tables<TABLE_COUNT> = tables::build(SYSTEM, BOARD);

/// Every partition's passport.
#[used]
#[unsafe(link_section = ".passports")]
pub static PASSPORTS: [PassportPage; PARTITION_COUNT] = passports(SYSTEM, BOARD);

/// The run parameters, as the tool may have filled them in.
#[used]
#[unsafe(link_section = ".run_parameters")]
static RUN_PARAMETERS: RunParameters = RunParameters::DEFAULT;

/// `VTTBR_EL2` of each partition: its root, and a VMID that is its index plus one.
pub static VTTBR: [u64; PARTITION_COUNT] = tables::vttbr(SYSTEM, BOARD);

/// The schedule, as the image has it: what boot makes each CPU's plan of, and nothing else is.
static SCHEDULE: Schedule = SYSTEM.schedule;

/// Every partition's ports for which there are calls.
pub static PORTS: [PartitionPorts; PARTITION_COUNT] = copied_port_table(SYSTEM);

/// The memory of channels that a start of each partition scrubs, if any has some.
pub static SCRUBBED: [[MemoryRange; MAX_PORTS]; PARTITIONS_WITH_MEMORY] =
    channel_memory::scrubbed(SYSTEM, BOARD);
const PARTITIONS_WITH_MEMORY: usize = if ANY.channel_memory {
    PARTITION_COUNT
} else {
    0
};

/// Slots of the largest plan.
pub const SLOTS: usize = schedule::most_slots(SYSTEM);

/// CPUs that the system needs; the others stay off, or park.
pub const CPU_COUNT: usize = SYSTEM.cpu_count();

/// The top of every CPU's emergency stack.
pub static EMERGENCY_STACKS: [u64; CPU_COUNT] = layout::emergency_stacks(&LAYOUT);

/// All partitions' vCPUs together.
pub const VCPU_COUNT: usize = SYSTEM.vcpu_count();

/// The CPU that each vCPU runs on.
pub static CPU_OF: [usize; VCPU_COUNT] = machines::cpu_of(SYSTEM);

/// The affinity of the CPU that each vCPU runs on.
pub static AFFINITY_OF: [u64; VCPU_COUNT] = machines::affinity_of(SYSTEM, BOARD);

/// The partition of each vCPU.
pub static PARTITION_OF: [usize; VCPU_COUNT] = machines::partition_of(SYSTEM);

/// Whether another vCPU of the same partition runs on the same CPU. Their translations bear the same
/// VMID, and a guest relies on each of its CPUs having its own.
pub static SHARES_CPU: [bool; VCPU_COUNT] = machines::share_cpu(SYSTEM);

/// What the partitions' machines have, all together: what none has isn't in the image.
pub const ANY: machines::Union = machines::Union::of(SYSTEM, BOARD);

/// The interrupt controller that each partition sees.
pub static GIC_MODELS: [Model; PARTITION_COUNT] = machines::models(SYSTEM, BOARD);
/// The physical interrupts behind each partition's own.
pub static GIC_LINKS: [Links; PARTITION_COUNT] = machines::links(SYSTEM, BOARD);
/// The interrupts of each partition's controller.
pub static GIC_INTERRUPTS: [Interrupts; PARTITION_COUNT] = {
    const NONE: Interrupts = Interrupts {
        shared: &[],
        links: &[],
    };
    let mut interrupts = [NONE; PARTITION_COUNT];
    each! { index below PARTITION_COUNT => {
        interrupts[index] = Interrupts {
            shared: machines::shared(&SYSTEM.partitions[index], BOARD),
            links: GIC_LINKS[index].as_slice(),
        };
    }}
    interrupts
};
/// Whether a partition's CPU interface is emulated: a GICv2's where the board has none to lend.
pub static IS_SOFTWARE: [bool; PARTITION_COUNT] = {
    let mut all = [false; PARTITION_COUNT];
    each! { index below PARTITION_COUNT => {
        all[index] = matches!(GIC_MODELS[index], Model::V2) && !matches!(FORM, ListForm::V2);
    }}
    all
};
/// Whether any is.
pub const SOME_SOFTWARE: bool = {
    let mut some = false;
    each! { index below PARTITION_COUNT => {
        some |= IS_SOFTWARE[index];
    }}
    some
};
/// Where each partition sees its emulated devices.
pub static PLACES: [Places; PARTITION_COUNT] = machines::places(SYSTEM, BOARD, &IS_SOFTWARE);
/// The private physical interrupts that are a partition's while it runs, bit n for interrupt n.
pub static GUEST_PRIVATE: [u32; PARTITION_COUNT] = machines::private(SYSTEM, BOARD);
/// The interrupts of every partition's ports; 0 where there is none.
pub static PORT_INTERRUPTS: [[u32; MAX_PORTS]; PARTITION_COUNT] = machines::port_interrupts(SYSTEM);
/// Whether messages ring at any of a partition's ports.
pub static HAS_DOORBELL: [bool; PARTITION_COUNT] = machines::have_doorbells(SYSTEM);
/// The software-generated interrupt by which vCPUs of a partition with several call each other, and
/// by which messages ring at one in a window.
pub static KICKS: [Option<u32>; PARTITION_COUNT] = machines::kicks(SYSTEM);
// The build stops here if the system breaks a rule, with the first finding as its message.
#[allow(
    long_running_const_eval,
    reason = "bounded by the largest system, for which a test counts the steps"
)]
const _: () = rules::assert_valid(SYSTEM, BOARD, PIECES);
const_assert!(PARTITION_COUNT <= MAX_PARTITIONS);
const_assert!(size_of::<Tables<TABLE_COUNT>>() as u64 == TABLE_COUNT as u64 * PAGE_BYTES);

/// The schedule. The compiler doesn't see through it, so that it isn't spread over the instructions: what
/// runs is what `cargo paratia verify` finds at its place.
#[must_use]
pub fn schedule() -> &'static Schedule {
    core::hint::black_box(&SCHEDULE)
}

/// When this run is to stop, in µs after the epoch; 0 for never.
#[must_use]
pub fn run_stop_after_us() -> u64 {
    run_parameter(&RUN_PARAMETERS.stop_after_us)
}

/// For which partition is typed at first: its index plus one; 0 for the first that has a UART.
#[must_use]
pub fn run_focus() -> u64 {
    run_parameter(&RUN_PARAMETERS.focus)
}

/// By which number the random numbers of this run are made, if they are to repeat.
#[must_use]
pub fn run_seed() -> Option<u64> {
    let is_seeded = run_parameter(&RUN_PARAMETERS.is_seeded) != 0;
    is_seeded.then(|| run_parameter(&RUN_PARAMETERS.seed))
}

/// What emulated clocks show at the epoch, in seconds since 1970.
#[must_use]
pub fn run_clock() -> u64 {
    run_parameter(&RUN_PARAMETERS.clock)
}

/// What a partition finds in `x3` at its entry; 0 for one that doesn't exist.
#[must_use]
pub fn run_argument(partition: usize) -> u64 {
    let argument = RUN_PARAMETERS.arguments.get(partition);
    argument.map_or(0, run_parameter)
}

fn run_parameter(word: &'static u64) -> u64 {
    // SAFETY: a word that may be read. Volatile, because the tool changes the image's bytes after the
    // compiler has seen them.
    unsafe { core::ptr::from_ref(word).read_volatile() }
}
