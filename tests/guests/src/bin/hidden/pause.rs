//! Time that goes by while the guest works.

use core::arch::asm;

/// Works for as many nanoseconds.
pub fn spin(nanoseconds: u64) {
    let (from, hertz): (u64, u64);
    // SAFETY: reads.
    unsafe { asm!("mrs {}, cntvct_el0", "mrs {}, cntfrq_el0", out(reg) from, out(reg) hertz) };
    let ticks = nanoseconds * (hertz / 1_000) / 1_000_000;
    loop {
        let now: u64;
        // SAFETY: reads.
        unsafe { asm!("isb", "mrs {}, cntvct_el0", out(reg) now) };
        if now.wrapping_sub(from) > ticks {
            return;
        }
    }
}
