//! How long an interrupt takes from its cause to the first instruction of its vector.

use core::arch::{asm, global_asm};

use crate::gic;

/// From arming the timer to its expiry: longer than any path to sleep.
const AHEAD: u64 = 40_000;

// The vectors (Arm ARM DDI 0487, D1.3.1.5). An interrupt is let through only where a measurement
// waits for it, which holds nothing in x9 to x11 and expects x9 = when it came, x10 = its id; it
// goes on with interrupts masked. Everything else is the end.
global_asm!(
    r#"
    .pushsection .text.vectors, "ax"
    .balign 0x800
exception_vectors:
    .rept   5
    b       .
    .balign 0x80
    .endr
    mrs     x9, cntvct_el0
    mrs     x10, icc_iar1_el1
    msr     cntv_ctl_el0, xzr
    isb
    msr     icc_eoir1_el1, x10
    mrs     x11, spsr_el1
    orr     x11, x11, #0x80
    msr     spsr_el1, x11
    eret
    .balign 0x80
    .rept   10
    b       .
    .balign 0x80
    .endr
    .popsection
"#
);

/// Waits in a loop for the virtual timer.
pub fn timer_spinning() -> u64 {
    let (due, seen, id): (u64, u64, u64);
    // SAFETY: the timer and its interrupt are this guest's; the vector keeps to its registers.
    unsafe {
        asm!(
            "mrs x12, cntvct_el0",
            "add x12, x12, x13",
            "msr cntv_cval_el0, x12",
            "mov x9, #1",
            "msr cntv_ctl_el0, x9",
            "mov x9, xzr",
            "isb",
            "msr daifclr, #2",
            "2: cbz x9, 2b",
            in("x13") AHEAD,
            out("x9") seen, out("x10") id, out("x11") _, out("x12") due,
        );
    }
    assert!(id == u64::from(gic::TIMER));
    seen - due
}

/// Sleeps until the virtual timer.
pub fn timer_waiting() -> u64 {
    let (due, seen, id): (u64, u64, u64);
    // SAFETY: the timer and its interrupt are this guest's; the vector keeps to its registers.
    unsafe {
        asm!(
            "mrs x12, cntvct_el0",
            "add x12, x12, x13",
            "msr cntv_cval_el0, x12",
            "mov x9, #1",
            "msr cntv_ctl_el0, x9",
            "mov x9, xzr",
            "isb",
            "msr daifclr, #2",
            "2: wfi",
            "cbz x9, 2b",
            in("x13") AHEAD,
            out("x9") seen, out("x10") id, out("x11") _, out("x12") due,
        );
    }
    assert!(id == u64::from(gic::TIMER));
    seen - due
}

/// Waits in a loop for an interrupt, and lets QEMU run other CPUs meanwhile.
pub fn wait_for(expected: u32) {
    let id: u64;
    // SAFETY: the interrupt is this guest's, and the vector keeps to its registers.
    unsafe {
        asm!(
            "mov x9, xzr",
            "msr daifclr, #2",
            "2: yield",
            "cbz x9, 2b",
            out("x9") _, out("x10") id, out("x11") _,
        );
    }
    assert!(id == u64::from(expected));
}

/// Sends itself a software-generated interrupt.
pub fn self_sgi() -> u64 {
    let (sent, seen, id): (u64, u64, u64);
    // SAFETY: the interrupt is this guest's, and the vector keeps to its registers; ICC_SGI1R_EL1 with
    // affinity 0 and a target list of this CPU.
    unsafe {
        asm!(
            "mov x9, xzr",
            "msr daifclr, #2",
            "mrs x12, cntvct_el0",
            "msr icc_sgi1r_el1, x13",
            "2: cbz x9, 2b",
            in("x13") u64::from(gic::SGI) << 24 | 1,
            out("x9") seen, out("x10") id, out("x11") _, out("x12") sent,
        );
    }
    assert!(id == u64::from(gic::SGI));
    seen - sent
}
