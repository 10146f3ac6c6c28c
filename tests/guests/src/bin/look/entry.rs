//! What was in the registers at the partition's entry.

use core::arch::global_asm;
use core::mem::offset_of;

use paratia_test_guests::general::General;
use paratia_test_guests::system::{REGISTERS, Register};
use paratia_test_guests::{discard_lines, store_floating_point, store_general};

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
"#,
    store_general!(),
    r#"
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

"#,
    store_floating_point!(),
    r#"
    mrs     x4, fpcr
    str     x4, [x0, #{fpcr}]
    mrs     x4, fpsr
    str     x4, [x0, #{fpsr}]
"#,
    discard_lines!(),
    r#"
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
