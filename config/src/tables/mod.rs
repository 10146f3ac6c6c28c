//! What is built from a declaration, as constants: the image's [layout](mod@layout),
//! [passports](passport), [ports], [messages], [machines] and translation tables: EL2's own stage 1 and
//! stage 2 of every partition.
//!
//! 39 bits of input address, 4 KiB granule, lookups from level 1. Blocks of 1 GiB and 2 MiB are
//! used wherever both addresses' alignment allows, pages elsewhere. The tables lie in a row at
//! [`Layout::tables`]: first EL2's root and the tables below it, then each partition's.
//!
//! ```
//! # use paratia_config::{BoardFacts, System, tables};
//! # const fn image(system: &'static System, board: &'static BoardFacts) {
//! let count = tables::table_count(system, board); // as a constant: `Tables<COUNT>`
//! let layout = tables::layout(system, board);
//! let ttbr0_el2 = layout.table(tables::EL2_ROOT);
//! let [vttbr_el2] = tables::stage2_roots::<1>(system, board);
//! # }
//! ```

pub mod attributes;
pub mod channel_memory;
mod controller;
mod count;
pub mod layout;
pub mod machines;
mod mapping;
pub mod messages;
pub mod passport;
mod pool;
pub mod ports;
mod regimes;
mod room;
#[cfg(test)]
mod tests;

use crate::address::{MemoryRange, PAGE_BYTES, Pa};
use crate::board::BoardFacts;
use crate::each;
use crate::layout::Layout;
use crate::system::System;

pub use attributes::{Attributes, INPUT_ADDRESS_BITS, MAIR_EL2, TCR_EL2, VTCR_EL2};
pub use mapping::{Mapping, Mappings};
pub use regimes::{El2, Stage2};

/// Index of the root of EL2's stage 1.
pub const EL2_ROOT: usize = 0;

/// `N` translation tables as they lie in memory.
#[repr(C, align(4096))]
pub struct Tables<const N: usize>(pub [[u64; pool::ENTRIES]; N]);

/// How many tables a system has room for on a board: as many as it needs.
///
/// The tables' own size moves what lies behind them, which can need a table more, or fewer; so the number
/// is the least that agrees with itself. Where one more table fills a block of 2 MiB, so that fewer are
/// needed, and one fewer doesn't, none does; then one table stays empty.
///
/// # Panics
/// Never for a system that keeps the rules: what moves is single pages, of which each needs two tables at
/// most, so that the number grows only a few times.
#[must_use]
pub const fn table_count(system: &System, board: &BoardFacts) -> usize {
    // How many a partition needs doesn't depend on the layout: what moves with it is single pages.
    let partitions = partitions_table_count(system, board);
    let mut count = 0;
    each! { round below 64 => {
        let layout = Layout::new(board, count, system);
        let needed = count::count(&regimes::el2(system, board, &layout)) + partitions;
        let has_settled = needed == count || needed < count && round > ROUNDS_TO_SETTLE;
        if has_settled {
            return count;
        }
        count = needed;
    }}
    panic!("the number of translation tables doesn't settle; give the system fewer regions");
}

/// In as many rounds a number of tables is found that agrees with itself, if there is one.
const ROUNDS_TO_SETTLE: usize = 8;

/// Where the parts of the image lie.
#[must_use]
pub const fn layout(system: &System, board: &BoardFacts) -> Layout {
    let count = table_count(system, board);
    Layout::new(board, count, system)
}

/// Physical addresses of the roots of the first `N` partitions' stage 2: their `VTTBR_EL2.BADDR`; 0 of
/// those that don't exist.
#[must_use]
pub const fn stage2_roots<const N: usize>(system: &System, board: &BoardFacts) -> [Pa; N] {
    let layout = layout(system, board);
    let mut index = count::count(&regimes::el2(system, board, &layout));
    let mut roots = [Pa(0); N];
    let mut partition = 0;
    while partition < N && partition < system.partitions.len() {
        roots[partition] = layout.table(index);
        index += count::count(&stage2(system, board, &layout, partition));
        partition += 1;
    }
    roots
}

/// What stage 2 of a partition maps, as its tables are built from it.
#[must_use]
pub const fn stage2_of(system: &System, board: &BoardFacts, partition: usize) -> Stage2 {
    stage2(system, board, &layout(system, board), partition)
}

/// What EL2's own stage 1 maps, as its tables are built from it.
#[must_use]
pub const fn el2_of(system: &System, board: &BoardFacts) -> El2 {
    regimes::el2(system, board, &layout(system, board))
}

/// `VTTBR_EL2` of each partition: its root, and a VMID that is its index plus one.
#[must_use]
pub const fn vttbr<const N: usize>(system: &System, board: &BoardFacts) -> [u64; N] {
    let roots: [Pa; N] = stage2_roots(system, board);
    let mut values = [0; N];
    each! { index below N => {
        values[index] = (index as u64 + 1) << 48 | roots[index].0;
    }}
    values
}

/// Every table of a system on a board; `N` is [`table_count`].
///
/// # Panics
/// If `N` is less, or if the system breaks a rule on memory: mappings that overlap or
/// aren't whole pages within 39 bits.
#[must_use]
pub const fn build<const N: usize>(system: &System, board: &BoardFacts) -> Tables<N> {
    let layout = Layout::new(board, N, system);
    let mut pool = pool::Pool::<N>::new(layout.tables.base);
    fill(&mut pool, system, board, &layout);
    pool.finish()
}

const fn fill<const N: usize>(
    pool: &mut pool::Pool<N>,
    system: &System,
    board: &BoardFacts,
    layout: &Layout,
) {
    pool.add_regime(&regimes::el2(system, board, layout));
    each! { partition below system.partitions.len() => {
        pool.add_regime(&stage2(system, board, layout, partition));
    }}
}

const fn stage2(
    system: &System,
    board: &BoardFacts,
    layout: &Layout,
    partition: usize,
) -> regimes::Stage2 {
    let passport = MemoryRange::new(layout.passport(partition), PAGE_BYTES);
    let record = layout.record(system.first_record(partition));
    regimes::stage2(
        system,
        &system.partitions[partition],
        board,
        passport,
        record,
    )
}

/// The tables that all partitions' stage 2 need.
const fn partitions_table_count(system: &System, board: &BoardFacts) -> usize {
    let layout = Layout::new(board, 0, system);
    let mut count = 0;
    each! { partition below system.partitions.len() => {
        count += count::count(&stage2(system, board, &layout, partition));
    }}
    count
}
