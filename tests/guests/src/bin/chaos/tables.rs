//! This guest's own translation tables: the runtime's, with all of its memory once more from 3 GiB on,
//! writable and executable, and from 4 GiB on whatever a step puts there.
//!
//! As they lie in the image they translate already, so that a vCPU that goes on where it was, in memory
//! that was scrubbed and loaded anew, comes so far as to tell that.

use core::arch::asm;
use core::cell::UnsafeCell;

use cortex_a::registers::{Readable, TTBR0_EL1};

/// Where the second view begins, and where it is in the first table.
const ALIAS: u64 = 3 << 30;
const ALIAS_ENTRY: usize = 3;
/// First entry that a step may fill.
const FREE: usize = 4;
const RAM: u64 = 1 << 30;
/// Valid block, Normal write-back, inner shareable, accessed; read, write, execute at EL1.
const BLOCK: u64 = RAM | 1 | 3 << 8 | 1 << 10;
/// Valid block from 0 on, Device-nGnRnE, accessed, never executed.
const DEVICES: u64 = 1 | 1 << 2 | 1 << 10 | 3 << 53;

#[repr(C, align(4096))]
struct Table(UnsafeCell<[u64; 512]>);

// SAFETY: entries are words that vCPUs write one by one; the CPU reads them at any time.
unsafe impl Sync for Table {}

static LEVEL_1: Table = {
    let mut entries = [0; 512];
    entries[0] = DEVICES;
    entries[1] = BLOCK;
    entries[ALIAS_ENTRY] = BLOCK;
    Table(UnsafeCell::new(entries))
};

/// Uses own tables from now on.
pub fn own() {
    let runtime = (TTBR0_EL1.get() & 0xFFFF_FFFF_F000) as usize;
    let entries = core::ptr::with_exposed_provenance::<u64>(runtime);
    for index in 0..ALIAS_ENTRY {
        // SAFETY: the runtime's first table, 512 words, which don't change any more.
        set(index, unsafe { entries.add(index).read_volatile() });
    }
    let own = LEVEL_1.0.get().expose_provenance();
    // SAFETY: all that was mapped is mapped as it was.
    unsafe {
        asm!("dsb ishst", "msr ttbr0_el1, {}", "isb", "tlbi vmalle1is", "dsb ish", "isb",
            in(reg) own, options(nostack));
    }
}

/// The second view of an address of this guest's memory.
pub const fn alias(address: u64) -> u64 {
    address - RAM + ALIAS
}

/// Puts anything into one of the entries that translate nothing of this guest's own.
pub fn fill(index: u64, entry: u64) {
    let index = FREE + index as usize % (512 - FREE);
    set(index, entry);
    let address = (index as u64) << 30 | entry & 0x3FFF_FFF8;
    // SAFETY: barriers and maintenance.
    unsafe {
        asm!(
            "dsb ishst",
            "tlbi vmalle1is",
            "dsb ish",
            "isb",
            options(nostack)
        );
    };
    // What it says is read or not: writing could go to this guest's own code.
    crate::access::access(address as usize, 3, false, 0);
    // SAFETY: an address translation, which says in PAR_EL1 what it finds.
    unsafe { asm!("at s1e1r, {}", "isb", in(reg) address, options(nostack)) };
}

fn set(index: usize, entry: u64) {
    let place = LEVEL_1.0.get().cast::<u64>();
    // SAFETY: within the table, a word at a time.
    unsafe { place.add(index % 512).write_volatile(entry) };
}
