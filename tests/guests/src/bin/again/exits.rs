//! Whether the registers that turn caches on are watched at the partition's entry, before the runtime
//! turns them on: how many exits a write to one of them is.

use core::arch::global_asm;

use paratia_runtime::abi::ExitCause;
use paratia_runtime::abi::call::EXIT_STATISTICS;

unsafe extern "C" {
    /// Written by the assembly below, before anything that Rust compiled.
    safe static exits_at_entry: u64;
}

/// Exits by the write at the entry.
pub fn at_entry() -> u64 {
    exits_at_entry
}

// After `look`'s entry, which has stored all registers: falls through to the runtime's `_start` with x0-x3
// as they were.
global_asm!(
    r#"
    .pushsection .bss.exits_at_entry, "aw", @nobits
    .balign 64
    .global exits_at_entry
exits_at_entry:
    .skip   64
    .popsection

    .pushsection .text.before_start_then, "ax"
    mov     x20, x0
    mov     x21, x1
    mov     x22, x2
    mov     x23, x3
    movz    x0, #{low}
    movk    x0, #{high}, lsl #16
    mov     x1, #{register}
    hvc     #0
    mov     x24, x1
    msr     contextidr_el1, xzr
    isb
    movz    x0, #{low}
    movk    x0, #{high}, lsl #16
    mov     x1, #{register}
    hvc     #0
    sub     x24, x1, x24
    adrp    x0, exits_at_entry
    add     x0, x0, :lo12:exits_at_entry
    str     x24, [x0]
    dc      civac, x0
    dsb     sy
    mov     x0, x20
    mov     x1, x21
    mov     x2, x22
    mov     x3, x23
    .balign 16                      // with instructions that do nothing
    .popsection
"#,
    low = const EXIT_STATISTICS & 0xFFFF,
    high = const EXIT_STATISTICS >> 16,
    register = const ExitCause::Register as u64,
);
