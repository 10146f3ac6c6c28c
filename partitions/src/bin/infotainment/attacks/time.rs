//! Attacks on time: keeping the CPU, or never coming back.

use core::arch::asm;

use paratia_runtime::Context;

/// Spins with everything masked that EL1 can mask, and with a deadline of its physical timer that lies
/// far ahead: years, which nobody may take for the window's end.
pub fn endless_loop(_: &Context) {
    // SAFETY: sets its own timer, masks exceptions and stays.
    unsafe {
        asm!(
            "msr cntp_cval_el0, {}",
            "msr cntp_ctl_el0, {}",
            "msr daifset, #0xF",
            "1: b 1b",
            in(reg) u64::MAX >> 8,
            in(reg) 1_u64,
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
