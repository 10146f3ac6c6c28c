//! The virtual timer, and waiting.

use core::arch::asm;

/// Its interrupt: PPI 11.
pub const ID: u32 = 27;
/// Ticks until it is due: longer than any path to sleep, shorter than a window.
const AHEAD: u64 = 20_000;
/// Turns of a wait that is long enough for anything to come.
const TURNS: usize = 4_000;

/// It is due in a moment.
pub fn arm() {
    // SAFETY: the timer is this guest's.
    unsafe {
        asm!(
            "mrs {at}, cntvct_el0",
            "add {at}, {at}, {ahead}",
            "msr cntv_cval_el0, {at}",
            "msr cntv_ctl_el0, {on}",
            "isb",
            at = out(reg) _, ahead = in(reg) AHEAD, on = in(reg) 1_u64,
            options(nomem, nostack),
        );
    }
}

/// Its interrupt is taken back.
pub fn cancel() {
    // SAFETY: the timer is this guest's.
    unsafe { asm!("msr cntv_ctl_el0, xzr", "isb", options(nomem, nostack)) };
}

/// Whether it is due.
pub fn is_due() -> bool {
    let control: u64;
    // SAFETY: reads.
    unsafe { asm!("isb", "mrs {}, cntv_ctl_el0", out(reg) control, options(nomem, nostack)) };
    control & 0b100 != 0
}

/// Waits a while.
pub fn spin() {
    spin_until(|| false);
}

/// Waits until something is so, but not for ever.
pub fn spin_until(is_so: impl Fn() -> bool) {
    for _ in 0..TURNS {
        if is_so() {
            return;
        }
        // SAFETY: does nothing.
        unsafe { asm!("nop", options(nomem, nostack)) };
    }
}

/// Waits until the timer is due.
pub fn spin_until_due() {
    while !is_due() {}
}

/// Sleeps until an interrupt is pending, masked or not.
pub fn sleep() {
    // SAFETY: only waits.
    unsafe { asm!("dsb sy", "wfi", options(nostack)) };
}
