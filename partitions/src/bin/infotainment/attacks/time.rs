//! Attacks on time: keeping the CPU, or never coming back.

use core::arch::asm;

use paratia_runtime::Context;

/// Spins with everything masked that EL1 can mask.
pub fn endless_loop(_: &Context) {
    // SAFETY: masks exceptions and stays; nothing is read or written.
    unsafe {
        asm!(
            "msr daifset, #0xF",
            "1: b 1b",
            options(nomem, nostack, noreturn)
        )
    };
}

/// Waits for an interrupt that never comes.
pub fn sleep(_: &Context) {
    // SAFETY: masks exceptions and waits; nothing is read or written.
    unsafe {
        asm!(
            "msr daifset, #0xF",
            "1: wfi",
            "b 1b",
            options(nomem, nostack, noreturn)
        )
    };
}
