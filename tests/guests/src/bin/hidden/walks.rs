//! Walks of the guest's own tables that come to where nothing is.

use core::arch::asm;
use core::sync::atomic::{AtomicU64, Ordering};

use crate::caught;
use crate::machine::NOTHING;
use crate::place::Place;
use crate::say;

/// A table of blocks of 1 GiB.
#[repr(C, align(4096))]
struct Table([AtomicU64; 512]);

static TABLE: Table = Table([const { AtomicU64::new(0) }; 512]);

/// Accessed, outer shareable; of the memory type 0 or 1, blocks.
const DEVICES: u64 = 1 << 10 | 0b10 << 8 | 1;
const MEMORY: u64 = DEVICES | 1 << 2;
/// Device nGnRE; not cached.
const TYPES: u64 = 0x44 << 8 | 0x04;
/// Both halves have 39 bits and pages of 4 KiB; physical addresses have 40.
const CONTROL: u64 = 25 | 25 << 16 | 0b10 << 30 | 0b010 << 32;
/// The first address of the upper half, whose first table isn't there; and one of the lower half, whose
/// second isn't.
const NO_FIRST: usize = 0xFFFF_FF80_0000_0000;
const NO_SECOND: usize = 0x7F_C000_0000;

/// What accesses through such tables lead to.
pub fn run(place: &Place) {
    let nothing = NOTHING as u64;
    TABLE.0[0].store(DEVICES, Ordering::Relaxed);
    TABLE.0[1].store(0x4000_0000 | MEMORY, Ordering::Relaxed);
    TABLE.0[511].store(nothing | 0b11, Ordering::Relaxed);
    for (name, address) in [("first", NO_FIRST), ("second", NO_SECOND)] {
        place.begin_window();
        let word = core::ptr::with_exposed_provenance_mut::<u32>(address);
        let read = caught::during(|| {
            with_tables(|| {
                // SAFETY: the abort is caught, and nothing is there.
                let _ = unsafe { word.read_volatile() };
            });
        });
        // SAFETY: the abort is caught, and nothing is there.
        let write = caught::during(|| with_tables(|| unsafe { word.write_volatile(0) }));
        let fetch = caught::during(|| with_tables(|| jump(address)));
        say!(
            place,
            "hidden case=no-{name}-table result={read}, {write}, {fetch} at {:#x}",
            read.far
        );
    }
}

/// Tries something with the tables on.
fn with_tables(attempt: impl FnOnce()) {
    // SAFETY: what this guest has stays where it is, and nothing of it is cached.
    unsafe {
        asm!("dsb sy", "msr mair_el1, {types}", "msr tcr_el1, {control}", "msr ttbr0_el1, {table}",
            "msr ttbr1_el1, {nothing}", "isb", "tlbi vmalle1", "dsb sy", "isb",
            "mrs {on}, sctlr_el1", "orr {on}, {on}, #1", "msr sctlr_el1, {on}", "isb",
            types = in(reg) TYPES, control = in(reg) CONTROL, table = in(reg) &raw const TABLE,
            nothing = in(reg) NOTHING, on = out(reg) _);
    }
    attempt();
    // SAFETY: without the tables, too, what this guest has is where it was, and nothing of it is cached.
    unsafe {
        asm!("dsb sy", "mrs {off}, sctlr_el1", "bic {off}, {off}, #1", "msr sctlr_el1, {off}", "isb",
            off = out(reg) _);
    }
}

fn jump(address: usize) {
    // SAFETY: the abort of the fetch goes on after the jump.
    unsafe {
        asm!("adr {after}, 2f", "str {after}, [{go_on}]", "br {address}", "2:",
            after = out(reg) _, go_on = in(reg) caught::place_of_next(), address = in(reg) address);
    }
}
