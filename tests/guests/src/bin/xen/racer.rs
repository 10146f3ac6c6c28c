//! The second vCPU: it changes the tables by which the first one's pointers are translated, without end.

use core::arch::{asm, naked_asm};
use core::cell::UnsafeCell;
use core::sync::atomic::{AtomicBool, Ordering};

use paratia_runtime::println;

use crate::adversary::Chance;
use crate::scratch::{PAGES, page};

/// Where tables change: beyond what the runtime maps.
pub const PLACE: u64 = 4 << 30;
/// Bytes of it: two pages' worth, then a table that comes and goes.
pub const BYTES: u64 = (2 << 20) + (8 << 12);

const CPU_ON: u64 = 0xC400_0003;
/// Descriptors: a page or a block, that was accessed, normal, shared.
const PAGE: u64 = 0b11 | 1 << 10 | 3 << 8;
const READ_ONLY: u64 = 1 << 7;
const TABLE: u64 = 0b11;

#[repr(C, align(4096))]
struct Table(UnsafeCell<[u64; 512]>);

// SAFETY: every access is a volatile one by address, of tables that CPUs read at any time anyhow.
unsafe impl Sync for Table {}

static FIRST: Table = Table(UnsafeCell::new([0; 512]));
static SECOND: Table = Table(UnsafeCell::new([0; 512]));
static THIRD: Table = Table(UnsafeCell::new([0; 512]));
static RUNS: AtomicBool = AtomicBool::new(false);

impl Table {
    fn address(&self) -> u64 {
        self.0.get().addr() as u64
    }

    fn write(&self, index: usize, word: u64) {
        // SAFETY: a word of the table, to which there is no reference.
        unsafe {
            self.0
                .get()
                .cast::<u64>()
                .add(index % 512)
                .write_volatile(word);
        }
    }
}

/// Translates by tables that are as the runtime's, and change at [`PLACE`]; and starts who changes them.
pub fn begin() {
    let before: u64;
    // SAFETY: reading it changes nothing.
    unsafe { asm!("mrs {}, ttbr0_el1", out(reg) before) };
    let old = core::ptr::with_exposed_provenance::<u64>((before & 0xFFFF_FFFF_F000) as usize);
    for index in 0..512 {
        // SAFETY: the runtime's first table, which it made accessible by its address.
        FIRST.write(index, unsafe { old.add(index).read_volatile() });
    }
    FIRST.write(4, SECOND.address() | TABLE);
    SECOND.write(0, THIRD.address() | TABLE);
    SECOND.write(1, THIRD.address() | TABLE);
    // SAFETY: the new tables map all that the old ones map, at the same places with the same rights.
    unsafe { asm!("dsb ish", "msr ttbr0_el1, {}", "isb", in(reg) FIRST.address()) };
    let answer: u64;
    // SAFETY: PSCI's CPU_ON starts the other vCPU at `second`, which has a stack of its own.
    unsafe {
        asm!("hvc #0", inlateout("x0") CPU_ON => answer, inlateout("x1") 1_u64 => _,
            inlateout("x2") second as *const () as u64 => _, inlateout("x3") 0_u64 => _,
            options(nostack));
    }
    while answer == 0 && !RUNS.load(Ordering::Relaxed) {
        core::hint::spin_loop();
    }
    println!("the second vCPU changes tables: {}", answer == 0);
}

/// The second vCPU's first instructions; MMU off, interrupts masked.
#[unsafe(naked)]
extern "C" fn second() -> ! {
    naked_asm!(
        ".pushsection .bss.racer, \"aw\", @nobits",
        ".balign 16",
        "1: .skip 16 << 10",
        "2:",
        ".popsection",
        "adrp x4, 2b",
        "add x4, x4, :lo12:2b",
        "mov sp, x4",
        "mov x4, #(3 << 20)", // CPACR_EL1.FPEN: floating point isn't trapped
        "msr cpacr_el1, x4",
        "isb",
        "mov x29, xzr",
        "mov x30, xzr",
        "b {race}",
        race = sym race,
    )
}

extern "C" fn race() -> ! {
    RUNS.store(true, Ordering::Relaxed);
    let mut chance = Chance(0x1234_5678_9ABC_DEF1);
    loop {
        let index = chance.below(8) as usize;
        let own = page(chance.below(PAGES as u64) as usize) | PAGE;
        let descriptor = match chance.below(10) {
            0 => 0,
            1 => chance.next(),
            2 => own | READ_ONLY,
            // What isn't its own: behind its RAM, its passport, registers, the board's.
            3 => (0x4020_0000 + (chance.below(16) << 12)) | PAGE,
            4 => 0x7000_0000 | PAGE,
            5 => 0x0900_0000 | PAGE,
            _ => own,
        };
        THIRD.write(index, descriptor);
        if chance.below(4) == 0 {
            let table = match chance.below(5) {
                0 => 0,
                1 => chance.next() | TABLE,
                2 => 0x4400_0000 | TABLE,
                _ => THIRD.address() | TABLE,
            };
            SECOND.write(1, table);
        }
    }
}
