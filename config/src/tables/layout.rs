//! Where the hypervisor's own parts lie in memory: constants, so that translation tables can be too.
//!
//! A table entry holds a physical address, and a constant can't contain the address of a static; so
//! each part of the image has its place fixed here, the hypervisor's build script writes these
//! numbers into the linker script, and the link fails if a part outgrows its place.
//!
//! ```text
//! image_base  text      read, execute
//!             rodata    read            (run parameters, constants)
//!             crash     read, write     (one page: the crash record)
//!             data      read, write
//!             stacks    read, write     (per CPU: guard page, emergency stack, guard page, stack)
//!             tables    read            (EL2 stage 1, stage 2 of every partition)
//!             passports read            (one page a partition)
//!             records   read, write     (one page a partition that is told its stolen time)
//!             images    read            (the partitions' pristine images)
//! ```
//!
//! What instructions name lies first, for they reach [`REACH_BYTES`] and no further.

use crate::address::{BLOCK_2_MIB, MemoryRange, PAGE_BYTES, Pa, kib};
use crate::board::BoardFacts;
use crate::each;
use crate::system::System;
use crate::tables::room::{declaration_bytes, variables_bytes};

/// Most CPUs of any board.
pub const MAX_CPUS: usize = 4;
/// Most partitions of any system.
pub const MAX_PARTITIONS: usize = 128;

/// Room for the hypervisor's instructions.
pub const TEXT_BYTES: u64 = kib(96);
/// How far from an instruction the hypervisor's own constants and variables may lie: as far as `ADR`
/// and the literal form of `LDR` reach, which is one instruction instead of two (Arm ARM, C6.2).
pub const REACH_BYTES: u64 = kib(1024);
/// Room for its constants, and what each partition adds beside what is declared of it.
const RODATA_BYTES: u64 = kib(32);
const RODATA_BYTES_A_PARTITION: u64 = 1640;
/// A CPU's stack.
pub const STACK_BYTES: u64 = kib(16);
/// The stack on which a CPU says its last words when the other one is used up.
pub const EMERGENCY_STACK_BYTES: u64 = kib(4);
/// A CPU's share of the stack area, with a guard page below each of its two stacks.
pub const CPU_STACK_AREA_BYTES: u64 = 2 * PAGE_BYTES + EMERGENCY_STACK_BYTES + STACK_BYTES;

/// The places of the parts of one image.
#[derive(Clone, Copy, Debug)]
pub struct Layout {
    /// Instructions.
    pub text: MemoryRange,
    /// Constants.
    pub rodata: MemoryRange,
    /// The crash record's page.
    pub crash: MemoryRange,
    /// Variables.
    pub data: MemoryRange,
    /// Stacks of all CPUs that the system needs.
    pub stacks: MemoryRange,
    /// Translation tables.
    pub tables: MemoryRange,
    /// Passports.
    pub passports: MemoryRange,
    /// Pages in which partitions read their vCPUs' stolen time.
    pub records: MemoryRange,
    /// The partitions' images: from here to the end of the hypervisor's memory.
    pub images: MemoryRange,
}

impl Layout {
    /// The layout for a board, a number of translation tables and a system.
    #[must_use]
    pub const fn new(board: &BoardFacts, table_count: usize, system: &System) -> Self {
        let text = MemoryRange::new(board.image_base, TEXT_BYTES);
        let partitions = system.partitions.len() as u64;
        let constants =
            RODATA_BYTES + partitions * RODATA_BYTES_A_PARTITION + declaration_bytes(system);
        let rodata = after(text, constants.next_multiple_of(PAGE_BYTES));
        let crash = after(rodata, PAGE_BYTES);
        let variables = variables_bytes(system, board);
        let data = after(crash, variables.next_multiple_of(PAGE_BYTES));
        let stacks = after(data, system.cpu_count() as u64 * CPU_STACK_AREA_BYTES);
        let tables = after(stacks, table_count as u64 * PAGE_BYTES);
        let passports = after(tables, partitions * PAGE_BYTES);
        let record_count = system.first_record(system.partitions.len());
        let records = after(passports, record_count as u64 * PAGE_BYTES);
        let images_base = records.end().0.next_multiple_of(BLOCK_2_MIB);
        let images = MemoryRange::new(
            Pa(images_base),
            board.hypervisor_memory.end().0.saturating_sub(images_base),
        );
        Self {
            text,
            rodata,
            crash,
            data,
            stacks,
            tables,
            passports,
            records,
            images,
        }
    }

    /// The physical address of the `index`th translation table.
    #[must_use]
    pub const fn table(&self, index: usize) -> Pa {
        self.tables.base.offset(index as u64 * PAGE_BYTES)
    }

    /// The physical address of the passport of partition `index`.
    #[must_use]
    pub const fn passport(&self, index: usize) -> Pa {
        self.passports.base.offset(index as u64 * PAGE_BYTES)
    }

    /// The physical address of the `index`th page of records.
    #[must_use]
    pub const fn record(&self, index: usize) -> Pa {
        self.records.base.offset(index as u64 * PAGE_BYTES)
    }

    /// The stack of CPU `index`.
    #[must_use]
    pub const fn stack(&self, index: usize) -> MemoryRange {
        let area = self.stacks.base.offset(index as u64 * CPU_STACK_AREA_BYTES);
        MemoryRange::new(
            area.offset(2 * PAGE_BYTES + EMERGENCY_STACK_BYTES),
            STACK_BYTES,
        )
    }

    /// The emergency stack of CPU `index`.
    #[must_use]
    pub const fn emergency_stack(&self, index: usize) -> MemoryRange {
        let area = self.stacks.base.offset(index as u64 * CPU_STACK_AREA_BYTES);
        MemoryRange::new(area.offset(PAGE_BYTES), EMERGENCY_STACK_BYTES)
    }
}

/// The top of every CPU's emergency stack.
#[must_use]
pub const fn emergency_stacks<const N: usize>(layout: &Layout) -> [u64; N] {
    let mut tops = [0; N];
    each! { cpu below N => {
        tops[cpu] = layout.emergency_stack(cpu).end().0;
    }}
    tops
}

/// The page with the records of stolen time of each partition that is told it.
#[must_use]
pub const fn stolen_time_records<const N: usize>(layout: &Layout, system: &System) -> [Pa; N] {
    let mut pages = [Pa(0); N];
    each! { partition below N => {
        pages[partition] = layout.record(system.first_record(partition));
    }}
    pages
}

const fn after(previous: MemoryRange, size_bytes: u64) -> MemoryRange {
    MemoryRange::new(previous.end(), size_bytes)
}
