//! What was in the registers at the partition's entry.

use core::arch::global_asm;
use core::mem::offset_of;

use paratia_test_guests::general::General;
use paratia_test_guests::system::{REGISTERS, Register};

/// Everything that is stored before the runtime starts.
#[repr(C)]
struct AtEntry {
    general: General,
    system: [u64; NAMES.len()],
}

/// The system registers that the runtime sets, in the order in which they are stored.
const NAMES: [&str; 6] = [
    "CPACR_EL1",
    "VBAR_EL1",
    "MAIR_EL1",
    "TCR_EL1",
    "TTBR0_EL1",
    "SCTLR_EL1",
];

unsafe extern "C" {
    /// Written by the assembly below, once, before anything else runs.
    safe static at_entry: AtEntry;
}

/// General registers at the entry; `x0` to `x3` are zero here, for they belong to this partition.
pub fn general() -> &'static General {
    &at_entry.general
}

/// The system registers that the runtime sets, at the entry.
pub fn system() -> impl Iterator<Item = (&'static Register, u64)> {
    let register = |name| REGISTERS.iter().find(move |register| register.name == name);
    NAMES.into_iter().filter_map(register).zip(at_entry.system)
}

// The partition's first instructions, placed before the runtime's.
//
// In:  as at the entry (MMU off).
// Out: falls through to the runtime's `_start` with x0-x3 as they were.
//
// SP_EL1 holds x0 meanwhile: it is the one register whose value is lost unseen. What is stored goes
// past the caches, so their lines are thrown away for the time when the MMU is on.
global_asm!(
    r#"
    .pushsection .bss.at_entry, "aw", @nobits
    .balign 64
    .global at_entry
at_entry:
    .skip   {bytes}
    .balign 64
    .popsection

    .pushsection .text.before_start, "ax"
    .global before_start
before_start:
    mov     sp, x0
    adrp    x0, at_entry
    add     x0, x0, :lo12:at_entry
    stp     x4, x5, [x0, #32]
    stp     x6, x7, [x0, #48]
    stp     x8, x9, [x0, #64]
    stp     x10, x11, [x0, #80]
    stp     x12, x13, [x0, #96]
    stp     x14, x15, [x0, #112]
    stp     x16, x17, [x0, #128]
    stp     x18, x19, [x0, #144]
    stp     x20, x21, [x0, #160]
    stp     x22, x23, [x0, #176]
    stp     x24, x25, [x0, #192]
    stp     x26, x27, [x0, #208]
    stp     x28, x29, [x0, #224]
    str     x30, [x0, #240]
    mrs     x4, nzcv
    str     x4, [x0, #{nzcv}]

    add     x5, x0, #{system}
    mrs     x4, cpacr_el1
    str     x4, [x5], #8
    mrs     x4, vbar_el1
    str     x4, [x5], #8
    mrs     x4, mair_el1
    str     x4, [x5], #8
    mrs     x4, tcr_el1
    str     x4, [x5], #8
    mrs     x4, ttbr0_el1
    str     x4, [x5], #8
    mrs     x4, sctlr_el1
    str     x4, [x5], #8

    mov     x4, #(3 << 20)
    msr     cpacr_el1, x4
    isb
    mrs     x4, fpcr
    str     x4, [x0, #{fpcr}]
    mrs     x4, fpsr
    str     x4, [x0, #{fpsr}]
    add     x4, x0, #{q}
    stp     q0, q1, [x4], #32
    stp     q2, q3, [x4], #32
    stp     q4, q5, [x4], #32
    stp     q6, q7, [x4], #32
    stp     q8, q9, [x4], #32
    stp     q10, q11, [x4], #32
    stp     q12, q13, [x4], #32
    stp     q14, q15, [x4], #32
    stp     q16, q17, [x4], #32
    stp     q18, q19, [x4], #32
    stp     q20, q21, [x4], #32
    stp     q22, q23, [x4], #32
    stp     q24, q25, [x4], #32
    stp     q26, q27, [x4], #32
    stp     q28, q29, [x4], #32
    stp     q30, q31, [x4], #32

    mov     x4, x0
    add     x5, x0, #{bytes}
1:  dc      civac, x4
    add     x4, x4, #16
    cmp     x4, x5
    b.lo    1b
    dsb     sy
    mov     x0, sp
    .popsection
"#,
    bytes = const size_of::<AtEntry>(),
    nzcv = const offset_of!(AtEntry, general.nzcv),
    fpcr = const offset_of!(AtEntry, general.fpcr),
    fpsr = const offset_of!(AtEntry, general.fpsr),
    q = const offset_of!(AtEntry, general.q),
    system = const offset_of!(AtEntry, system),
);
