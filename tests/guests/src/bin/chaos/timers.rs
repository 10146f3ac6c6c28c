//! The timers at any time, and ways to let time pass.

use core::arch::asm;

use cortex_a::registers::{CNTFRQ_EL0, CNTVCT_EL0, Readable};

use crate::fresh::check_not_stale;
use crate::script::{Action, SLEEP_US, SPIN_US, Step};

/// Performs a step of timers or of waiting.
pub fn perform(step: &Step) {
    let [_, b, c, ..] = step.values;
    let control = c & 7;
    match step.action {
        // SAFETY: this vCPU's own timers.
        Action::VirtualTimer => unsafe {
            if step.below(0, 2) == 0 {
                asm!("msr cntv_cval_el0, {}", in(reg) b, options(nostack));
            } else {
                asm!("msr cntv_tval_el0, {}", in(reg) b, options(nostack));
            }
            asm!("msr cntv_ctl_el0, {}", "isb", in(reg) control, options(nostack));
        },
        // SAFETY: this vCPU's own timers.
        Action::PhysicalTimer => unsafe {
            if step.below(0, 2) == 0 {
                asm!("msr cntp_cval_el0, {}", in(reg) b, options(nostack));
            } else {
                asm!("msr cntp_tval_el0, {}", in(reg) b, options(nostack));
            }
            asm!("msr cntp_ctl_el0, {}", "isb", in(reg) control, options(nostack));
        },
        Action::Sleep => {
            wake_within(step.below(0, SLEEP_US));
            // SAFETY: ends with the timer at the latest.
            unsafe {
                if b & 1 == 0 {
                    asm!("wfi", options(nostack));
                } else {
                    asm!("wfe", options(nostack));
                }
            }
        }
        _ => spin(step.below(0, SPIN_US)),
    }
}

/// Sets the virtual timer, so that a `WFI` ends.
pub fn wake_within(microseconds: u64) {
    let at = now() + ticks(microseconds);
    // SAFETY: this vCPU's own timer.
    unsafe {
        asm!("msr cntv_cval_el0, {}", "msr cntv_ctl_el0, {}", "isb",
            in(reg) at, in(reg) 1_u64, options(nostack));
    }
}

/// Computes for so long.
pub fn spin(microseconds: u64) {
    let end = now() + ticks(microseconds);
    while now() < end {
        check_not_stale();
    }
}

fn now() -> u64 {
    CNTVCT_EL0.get()
}

fn ticks(microseconds: u64) -> u64 {
    microseconds * CNTFRQ_EL0.get() / 1_000_000
}
