//! The partition's own stage 1: everything at its guest-physical address, with rights by purpose.
//!
//! The tables are part of the image, so that the MMU can be on before the first Rust instruction;
//! [`protect_image`] then takes rights away, which needs no break-before-make (Arm ARM DDI 0487,
//! D8.16.1): address, size and memory type of an entry stay.
//!
//! | Addresses | Type | Rights |
//! |---|---|---|
//! | 0 to 1 GiB | Device-nGnRnE | read, write |
//! | 1 to 2 GiB | Normal, write-back | read, write; the image as its sections say |
//! | 2 to 3 GiB | Normal, not cached | read, write (the frame buffer) |
//! | 3 to 512 GiB | none | none, until [`open_everything`] |
//!
//! Stage 1 keeps a partition from tripping over itself. What it may reach is stage 2's to say.

use core::arch::global_asm;
use core::cell::UnsafeCell;
use core::ops::Range;

use cortex_a::asm::barrier;

/// Bytes in a page.
pub const PAGE_BYTES: usize = 4096;
const BLOCK_2_MIB: usize = 2 << 20;
const BLOCK_1_GIB: usize = 1 << 30;

/// `MAIR_EL1`: type 0 Normal write-back, 1 Device-nGnRnE, 2 Normal not cached.
pub const MEMORY_ATTRIBUTES: u64 = 0x44_00_FF;
/// `TCR_EL1`: 39-bit addresses by `TTBR0_EL1`, 4 KiB pages, walks write-back and inner shareable,
/// 40-bit output, no walks by `TTBR1_EL1`.
pub const TRANSLATION_CONTROL: u64 = 25 | 1 << 8 | 1 << 10 | 3 << 12 | 1 << 23 | 2 << 32;
/// `SCTLR_EL1`: its RES1 bits, MMU, data and instruction cache, stack alignment check.
pub const SYSTEM_CONTROL: u64 = 0x30D0_0800 | 1 | 1 << 2 | 1 << 3 | 1 << 12;

const VALID: u64 = 1;
/// At level 1 and 2 a table, at level 3 a page; without it a block.
const TABLE_OR_PAGE: u64 = 1 << 1;
const DEVICE: u64 = 1 << 2;
const NOT_CACHED: u64 = 2 << 2;
const READ_ONLY: u64 = 1 << 7;
const INNER_SHAREABLE: u64 = 3 << 8;
const ACCESSED: u64 = 1 << 10;
/// Never executed, at EL1 or EL0.
const EXECUTE_NEVER: u64 = 3 << 53;

// What is there before `protect_image`: the image's 2 MiB by pages, all rights.
global_asm!(
    r#"
    .pushsection .data.tables, "aw"
    .balign 4096
level_1_table:
    .quad   {device}
    .quad   level_2_table + {table}
    .quad   (2 << 30) + {not_cached}
    .fill   509, 8, 0
level_2_table:
    .quad   level_3_table + {table}
    .set    address, 0x40200000
    .rept   511
    .quad   address + {block}
    .set    address, address + 0x200000
    .endr
level_3_table:
    .set    address, 0x40000000
    .rept   512
    .quad   address + {page}
    .set    address, address + 0x1000
    .endr
    .popsection
"#,
    table = const VALID | TABLE_OR_PAGE,
    device = const VALID | DEVICE | ACCESSED | EXECUTE_NEVER,
    not_cached = const VALID | NOT_CACHED | ACCESSED | EXECUTE_NEVER,
    block = const VALID | INNER_SHAREABLE | ACCESSED | EXECUTE_NEVER,
    page = const VALID | TABLE_OR_PAGE | INNER_SHAREABLE | ACCESSED,
);

/// A translation table; the CPU reads it at any time.
#[repr(C, align(4096))]
struct Table(UnsafeCell<[u64; 512]>);

// SAFETY: a partition is one thread; its interrupt handler doesn't touch tables.
unsafe impl Sync for Table {}

unsafe extern "C" {
    safe static level_1_table: Table;
    safe static level_3_table: Table;

    // Places that the linker script names; they have an address and no content.
    safe static image_start: Place;
    safe static rodata_start: Place;
    safe static data_start: Place;
    safe static image_end: Place;
    safe static exception_stack_guard: Place;
    safe static stack_guard: Place;
}

/// A symbol of the linker script.
#[repr(C)]
struct Place([u8; 0]);

impl Place {
    fn address(&'static self) -> usize {
        core::ptr::from_ref(self).addr()
    }
}

/// Where the image lies, `.bss` and stacks included; what follows in RAM is free.
#[must_use]
pub fn image() -> Range<usize> {
    image_start.address()..image_end.address()
}

/// One past the last address that is mapped by pages, to each of which rights of its own can be given.
#[must_use]
pub fn end_of_pages() -> usize {
    image_start.address() + BLOCK_2_MIB
}

/// Unmaps a page behind the image for good, so that an access to it is an exception.
///
/// # Panics
/// If it lies within the image or not below [`end_of_pages`], or isn't a page's address.
pub fn unmap_page(address: usize) {
    assert!(address >= image().end && address < end_of_pages());
    assert!(address.is_multiple_of(PAGE_BYTES));
    set_pages(address..address + PAGE_BYTES, |_| 0);
    forget_translations();
}

/// Takes from the image's pages the rights that they don't need.
pub(crate) fn protect_image() {
    set_pages(image_start.address()..rodata_start.address(), |page| {
        page | READ_ONLY
    });
    set_pages(rodata_start.address()..data_start.address(), |page| {
        page | READ_ONLY | EXECUTE_NEVER
    });
    let end_of_pages = image_start.address() + BLOCK_2_MIB;
    set_pages(data_start.address()..end_of_pages, |page| {
        page | EXECUTE_NEVER
    });
    for guard in [&exception_stack_guard, &stack_guard] {
        set_pages(guard.address()..guard.address() + PAGE_BYTES, |_| 0);
    }
    forget_translations();
}

/// Maps what lies from 3 GiB to 512 GiB too, read, write and execute, and the image as it was.
///
/// For partitions that attack: from here on only stage 2 says no.
pub fn open_everything() {
    // SAFETY: no other reference to the table exists (see `Sync` above), and only entries that are
    // invalid are written, so no translation in use changes.
    let level_1 = unsafe { &mut *level_1_table.0.get() };
    for (index, entry) in level_1.iter_mut().enumerate() {
        if *entry == 0 {
            *entry = (index * BLOCK_1_GIB) as u64 | VALID | NOT_CACHED | ACCESSED;
        }
    }
    forget_translations();
}

fn set_pages(addresses: Range<usize>, change: impl Fn(u64) -> u64) {
    // SAFETY: no other reference to the table exists (see `Sync` above); the callers only take
    // rights away that the running code doesn't use.
    let level_3 = unsafe { &mut *level_3_table.0.get() };
    let page = |address: usize| (address - image_start.address()) / PAGE_BYTES;
    for entry in &mut level_3[page(addresses.start)..page(addresses.end)] {
        *entry = change(*entry);
    }
}

/// Makes the CPU see the tables as they are now.
fn forget_translations() {
    barrier::dsb(barrier::ISHST);
    // SAFETY: invalidates cached translations of this partition, which changes no memory.
    unsafe { core::arch::asm!("tlbi vmalle1", options(nostack)) };
    barrier::dsb(barrier::ISH);
    barrier::isb(barrier::SY);
}
