//! The first instructions of every start: what is in the registers is stored, before anything else.
//!
//! The first vCPU comes from the hypervisor, the others from `CPU_ON` or `CPU_SUSPEND`.

use core::arch::{asm, global_asm};
use core::mem::offset_of;
use core::sync::atomic::{AtomicU64, Ordering};

use cortex_a::registers::{MPIDR_EL1, Readable};
use paratia_test_guests::{discard_lines, store_floating_point, store_general};

use crate::{VCPUS, fresh, go_on, recover};

/// What a vCPU found at its start.
#[repr(C, align(1024))]
pub struct AtStart {
    /// `x0` to `x30`.
    pub x: [u64; 31],
    _room: u64,
    /// `q0` to `q31`.
    pub q: [u128; 32],
    /// The system registers of [`SYSTEM`].
    pub system: [u64; SYSTEM.len()],
}

/// The system registers that are stored, in this order, with their value after a reset.
pub const SYSTEM: [(&str, u64); 6] = [
    ("VBAR_EL1", 0),
    ("MAIR_EL1", 0),
    ("TCR_EL1", 0),
    ("TTBR0_EL1", 0),
    ("CNTV_CTL_EL0", 0),
    ("ELR_EL1", 0),
];

unsafe extern "C" {
    /// Written by the assembly below.
    safe static chaos_at_start: [AtStart; VCPUS];
    safe static chaos_second: [u8; 0];
}

/// What this vCPU found.
pub fn at_start() -> &'static AtStart {
    &chaos_at_start[number()]
}

/// The number of this vCPU.
pub fn number() -> usize {
    (MPIDR_EL1.get() & 3) as usize
}

/// Where a vCPU that is turned on begins.
pub fn address() -> u64 {
    core::ptr::from_ref(&chaos_second).addr() as u64
}

/// What `CPU_ON` hands over to vCPU `number`: it must find that.
pub const fn context_of(number: u64) -> u64 {
    0xC4A0_5000 + (number & 3)
}

/// The first vCPU's translation regime, for the others: TTBR0, TCR, MAIR, SCTLR.
#[unsafe(no_mangle)]
static CHAOS_REGIME: [AtomicU64; 4] = [const { AtomicU64::new(0) }; 4];

/// Lets the other vCPUs have this one's translation regime.
pub fn share() {
    let values: [u64; 4];
    let place = core::ptr::from_ref(&CHAOS_REGIME).addr();
    // SAFETY: reading changes nothing.
    unsafe {
        let (ttbr, tcr, mair, sctlr);
        asm!("mrs {}, ttbr0_el1", "mrs {}, tcr_el1", "mrs {}, mair_el1", "mrs {}, sctlr_el1",
            out(reg) ttbr, out(reg) tcr, out(reg) mair, out(reg) sctlr, options(nostack));
        values = [ttbr, tcr, mair, sctlr];
    }
    for (place, value) in CHAOS_REGIME.iter().zip(values) {
        place.store(value, Ordering::Relaxed);
    }
    // SAFETY: they read it with their MMU off, past the caches.
    unsafe { asm!("dc civac, {}", "dsb sy", in(reg) place, options(nostack)) };
}

/// A vCPU that was turned on, or came back from a power-down state, is ready.
extern "C" fn second() -> ! {
    recover::set_vectors();
    fresh::look_at_second();
    go_on()
}

// In:  as at the entry (MMU off).
// Out: vCPU 0's first start falls through to the runtime's `_start` with x0 to x3 as they were; all
//      others go to `second` on a stack of their own.
//
// SP_EL1 and TPIDR_EL1 hold x0 and x1 meanwhile: they alone are lost unseen. What is stored goes past
// the caches, so their lines are thrown away for the time when the MMU is on.
global_asm!(
    r#"
    .macro  chaos_store_all
    mov     sp, x0
    msr     tpidr_el1, x1
    adrp    x0, chaos_at_start
    add     x0, x0, :lo12:chaos_at_start
    mrs     x1, mpidr_el1
    and     x1, x1, #3
    add     x0, x0, x1, lsl #10
    mrs     x1, tpidr_el1
    str     x1, [x0, #8]
    stp     x2, x3, [x0, #16]
"#,
    store_general!(),
    r#"
    mov     x4, sp
    str     x4, [x0]

    add     x5, x0, #{system}
    mrs     x4, vbar_el1
    str     x4, [x5], #8
    mrs     x4, mair_el1
    str     x4, [x5], #8
    mrs     x4, tcr_el1
    str     x4, [x5], #8
    mrs     x4, ttbr0_el1
    str     x4, [x5], #8
    mrs     x4, cntv_ctl_el0
    str     x4, [x5], #8
    mrs     x4, elr_el1
    str     x4, [x5], #8
"#,
    store_floating_point!(),
    discard_lines!(),
    r#"
    mov     x4, x0
    mov     x0, sp
    mrs     x1, tpidr_el1
    .endm

    .pushsection .bss.chaos, "aw", @nobits
    .balign 1024
    .global chaos_at_start
chaos_at_start:
    .skip   4 * {bytes}
    .balign 4096
chaos_stacks:                               // of each vCPU 16 KiB, and 4 KiB for exceptions
    .skip   4 * (20 << 10)
    .popsection

    .pushsection .text.before_start, "ax"
    .global before_start
before_start:
    chaos_store_all
    b       _start
    .global chaos_second
chaos_second:
    chaos_store_all
    adrp    x4, chaos_stacks
    add     x4, x4, :lo12:chaos_stacks
    mrs     x5, mpidr_el1
    and     x5, x5, #3
    mov     x6, #(20 << 10)
    madd    x4, x5, x6, x4
    add     x4, x4, #(16 << 10)
    msr     spsel, #0
    mov     sp, x4
    add     x4, x4, #(4 << 10)
    msr     spsel, #1
    mov     sp, x4
    msr     spsel, #0

    adrp    x4, CHAOS_REGIME
    add     x4, x4, :lo12:CHAOS_REGIME
    ldp     x5, x6, [x4]
    ldp     x7, x8, [x4, #16]
    msr     ttbr0_el1, x5
    msr     tcr_el1, x6
    msr     mair_el1, x7
    tlbi    vmalle1
    ic      iallu
    dsb     nsh
    isb
    msr     sctlr_el1, x8
    isb
    mov     x29, xzr
    mov     x30, xzr
    b       {second}
    .popsection
"#,
    bytes = const size_of::<AtStart>(),
    q = const offset_of!(AtStart, q),
    system = const offset_of!(AtStart, system),
    second = sym second,
);
