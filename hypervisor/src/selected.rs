//! The one board and the one system that this image joins, and everything computed from them.

use paratia_config::address::PAGE_BYTES;
use paratia_config::image::{Piece as BuiltPiece, PieceKind};
use paratia_config::layout::{Layout, MAX_PARTITIONS};
use paratia_config::passport::{PassportPage, passports};
use paratia_config::ports::{PortTable, port_table};
use paratia_config::rules;
use paratia_config::run::RunParameters;
use paratia_config::tables::{self, Tables};
use paratia_config::{Board, BoardFacts, Ipa, Pa, System};
use static_assertions::const_assert;

pub use paratia_config::tables::{MAIR_EL2, TCR_EL2, VTCR_EL2};

use crate::image::{Content, Image, Piece, physical};

include!(concat!(env!("OUT_DIR"), "/selected.rs"));

/// Aligns an image to a page, so that copying moves whole words.
#[repr(C, align(4096))]
struct Page<T>(T);

/// The board's facts.
pub const BOARD: &BoardFacts = &<SelectedBoard as Board>::FACTS;
/// The system's declaration.
pub const SYSTEM: &System = &SelectedSystem::SYSTEM;
/// Number of partitions.
pub const PARTITION_COUNT: usize = SYSTEM.partitions.len();

const TABLE_COUNT: usize = tables::table_count(SYSTEM, BOARD);
/// Where the parts of this image lie.
pub const LAYOUT: Layout = Layout::new(BOARD, TABLE_COUNT, PARTITION_COUNT);
/// The root of EL2's own translation.
pub const EL2_ROOT: Pa = LAYOUT.table(tables::EL2_ROOT);

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
pub static VTTBR: [u64; PARTITION_COUNT] = {
    let mut values = [0; PARTITION_COUNT];
    let mut index = 0;
    while index < PARTITION_COUNT {
        values[index] = (index as u64 + 1) << 48 | tables::stage2_root(SYSTEM, BOARD, index).0;
        index += 1;
    }
    values
};

/// Every partition's ports.
pub static PORTS: PortTable = port_table(SYSTEM);

/// The CPU that each partition runs on.
pub static CPU_OF: [usize; PARTITION_COUNT] = {
    let mut cpus = [0; PARTITION_COUNT];
    let plans = SYSTEM.schedule.plans;
    let mut cpu = 0;
    while cpu < plans.len() {
        let mut window = 0;
        while window < plans[cpu].len() {
            if let Some(index) = SYSTEM.partition_index(plans[cpu][window].partition) {
                cpus[index] = cpu;
            }
            window += 1;
        }
        cpu += 1;
    }
    cpus
};

// The build stops here if the system breaks a rule, with the first finding as its message.
const _: () = rules::assert_valid(SYSTEM, BOARD, PIECES);
const_assert!(PARTITION_COUNT <= MAX_PARTITIONS);
const_assert!(size_of::<Tables<TABLE_COUNT>>() as u64 == TABLE_COUNT as u64 * PAGE_BYTES);

/// The run parameters of this image.
#[must_use]
pub fn run_parameters() -> RunParameters {
    // SAFETY: a static of this very type. Volatile, because the tool changes the image's bytes after
    // the compiler has seen them.
    unsafe { (&raw const RUN_PARAMETERS).read_volatile() }
}
