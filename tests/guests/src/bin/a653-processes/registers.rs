//! Whether a process finds its registers as they were, whoever ran in between.

use core::arch::global_asm;
use core::sync::atomic::{AtomicU32, Ordering};
use core::time::Duration;

use a653rs::bindings::ApexTimeP1;
use paratia_a653::Paratia;
use paratia_runtime::println;
use paratia_runtime::time::{Instant, Ticks};

use crate::common::{MILLISECOND, attributes, begin};

const TURNS: u32 = 20;

static TURN: AtomicU32 = AtomicU32::new(0);

unsafe extern "C" {
    /// Puts numbers that come of `seed` into all registers, waits until the counter is at `until`, and says how
    /// many of them are others then.
    safe fn hold_registers(seed: u64, until: u64) -> u64;
}

// In:  x0 = seed, x1 = until.
// Out: x0 = how many registers have changed; what a function has to keep (AAPCS64) is kept.
//
// x2 to x30 hold seed + n; v0 to v28 hold x2 to x30 in both halves, v29 to v31 the inverse of x2 to x4; FPCR's
// rounding mode is the seed's lowest two bits.
global_asm!(
    r#"
    .pushsection .text.hold_registers, "ax"
hold_registers:
    sub     sp, sp, #256
    stp     x19, x20, [sp, #0]
    stp     x21, x22, [sp, #16]
    stp     x23, x24, [sp, #32]
    stp     x25, x26, [sp, #48]
    stp     x27, x28, [sp, #64]
    stp     x29, x30, [sp, #80]
    stp     d8, d9, [sp, #96]
    stp     d10, d11, [sp, #112]
    stp     d12, d13, [sp, #128]
    stp     d14, d15, [sp, #144]
    mrs     x2, fpcr
    stp     x0, x2, [sp, #160]
    and     x2, x0, #3
    lsl     x2, x2, #22
    msr     fpcr, x2

    .irp    n, 2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30
    add     x\n, x0, #\n
    .endr
    .irp    n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28
    add     x0, x2, #(\n)
    dup     v\n\().2d, x0
    .endr
    .irp    n, 29,30,31
    add     x0, x2, #(\n - 29)
    mvn     x0, x0
    dup     v\n\().2d, x0
    .endr

1:  mrs     x0, cntvct_el0
    cmp     x0, x1
    b.lo    1b

    ldr     x0, [sp, #160]
    mov     x1, xzr
    .irp    n, 2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30
    sub     x\n, x\n, #\n
    cmp     x\n, x0
    cinc    x1, x1, ne
    .endr
    .irp    n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28
    add     x4, x0, #(\n + 2)
    mov     x2, v\n\().d[0]
    mov     x3, v\n\().d[1]
    cmp     x2, x4
    ccmp    x3, x4, #0, eq
    cinc    x1, x1, ne
    .endr
    .irp    n, 29,30,31
    add     x4, x0, #(\n - 27)
    mvn     x4, x4
    mov     x2, v\n\().d[0]
    mov     x3, v\n\().d[1]
    cmp     x2, x4
    ccmp    x3, x4, #0, eq
    cinc    x1, x1, ne
    .endr
    mrs     x2, fpcr
    ubfx    x2, x2, #22, #2
    and     x3, x0, #3
    cmp     x2, x3
    cinc    x0, x1, ne

    ldr     x2, [sp, #168]
    msr     fpcr, x2
    ldp     x19, x20, [sp, #0]
    ldp     x21, x22, [sp, #16]
    ldp     x23, x24, [sp, #32]
    ldp     x25, x26, [sp, #48]
    ldp     x27, x28, [sp, #64]
    ldp     x29, x30, [sp, #80]
    ldp     d8, d9, [sp, #96]
    ldp     d10, d11, [sp, #112]
    ldp     d12, d13, [sp, #128]
    ldp     d14, d15, [sp, #144]
    add     sp, sp, #256
    ret
    .popsection
"#
);

pub(crate) fn start() {
    begin(&attributes("below", below, 1));
    begin(&attributes("above", above, 9));
}

/// Holds its registers for so many microseconds.
fn hold(seed: u64, microseconds: u64) -> u64 {
    let time = Ticks::from_duration(Duration::from_micros(microseconds));
    hold_registers(seed, Instant::now().plus(time).0)
}

extern "C" fn below() {
    let mut changed = 0;
    let mut interrupted = 0;
    while TURN.load(Ordering::Relaxed) < TURNS {
        let before = TURN.load(Ordering::Relaxed);
        changed += hold(0x1234_5678_9ABC_DEF1, 700);
        interrupted += u32::from(TURN.load(Ordering::Relaxed) != before);
    }
    println!(
        "below: {changed} changed, interrupted: {}",
        interrupted > TURNS / 2
    );
}

extern "C" fn above() {
    let mut changed = 0;
    for _ in 0..TURNS {
        Paratia::timed_wait(MILLISECOND).expect("it may");
        TURN.fetch_add(1, Ordering::Relaxed);
        changed += hold(0xFEDC_BA98_7654_3212, 50);
    }
    println!("above: {changed} changed");
}
