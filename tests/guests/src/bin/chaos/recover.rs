//! Steps that may fault, and the exception vectors that bring their vCPU back to the next one.
//!
//! The handler of an exception uses no stack and no memory but the vCPU's own recovery record, so that
//! nothing that a step does keeps it from working.

use core::arch::{asm, global_asm};
use core::cell::UnsafeCell;
use core::mem::offset_of;
use core::sync::atomic::{AtomicU64, Ordering};

use crate::VCPUS;
use crate::fresh::{LIFE, tell_stale};
use crate::script::Step;

/// Interrupts of a step after which it goes on without them.
const MOST_INTERRUPTS: u64 = 100;

/// Where a vCPU goes on after an exception.
#[repr(C, align(256))]
struct Record {
    /// x19 to x30.
    general: UnsafeCell<[u64; 12]>,
    stack: UnsafeCell<u64>,
    /// d8 to d15.
    float: UnsafeCell<[u64; 8]>,
    /// Exceptions and interrupts since the start.
    exceptions: AtomicU64,
    /// Interrupts of this step.
    interrupts: AtomicU64,
}

// SAFETY: each vCPU uses its own record alone.
unsafe impl Sync for Record {}

#[unsafe(no_mangle)]
static CHAOS_RECORDS: [Record; VCPUS] = [const {
    Record {
        general: UnsafeCell::new([0; 12]),
        stack: UnsafeCell::new(0),
        float: UnsafeCell::new([0; 8]),
        exceptions: AtomicU64::new(0),
        interrupts: AtomicU64::new(0),
    }
}; VCPUS];

/// How an interrupt is taken: bit 0 leaves out its end, bit 1 its acknowledgement.
#[unsafe(no_mangle)]
pub static CHAOS_TAKING: AtomicU64 = AtomicU64::new(0);
/// Where the emulated CPU interface is, if it is in memory.
#[unsafe(no_mangle)]
pub static CHAOS_INTERFACE: AtomicU64 = AtomicU64::new(0);

#[allow(
    improper_ctypes,
    reason = "the assembly hands both addresses on and looks at neither"
)]
unsafe extern "C" {
    fn chaos_attempt(step: extern "C" fn(&Step), argument: &Step, record: *const Record);
    safe static chaos_vectors: [u8; 0];
}

/// Does a step; an exception ends it.
pub fn attempt(step: extern "C" fn(&Step), argument: &Step) {
    let vcpu = crate::entry::number();
    let record = &CHAOS_RECORDS[vcpu];
    record.interrupts.store(0, Ordering::Relaxed);
    // SAFETY: the assembly keeps what a function must keep, whether the step comes to its end or an
    // exception comes first; what the step had on its stack is not used any more then.
    unsafe { chaos_attempt(step, argument, record) };
    // SAFETY: masks what the step may have let through.
    unsafe { asm!("msr daifset, #15", options(nostack)) };
}

/// From now on this vCPU's exceptions come here.
pub fn set_vectors() {
    let vectors = core::ptr::from_ref(&chaos_vectors).addr();
    let passport = paratia_runtime::passport::own();
    if passport.gic_version == 2 {
        CHAOS_INTERFACE.store(passport.gic_bases[1], Ordering::Relaxed);
    }
    // SAFETY: the vectors below, which return to an attempt.
    unsafe { asm!("msr vbar_el1, {}", "isb", in(reg) vectors, options(nostack)) };
}

// `chaos_attempt` in: x0 = a function, x1 = its argument, x2 = this vCPU's record.
//
// An exception returns from it as if the function had. An interrupt is acknowledged and ended, as
// CHAOS_TAKING says, and its timers are stopped, so that its level is gone; after too many it returns
// with interrupts masked. If nobody has begun in this memory (LIFE is zero), that is told.
global_asm!(
    r#"
    .macro  chaos_vector target
    .balign 0x80
    b       \target
    .endm

    .pushsection .text.chaos, "ax"
    .global chaos_attempt
chaos_attempt:
    stp     x19, x20, [x2, #0]
    stp     x21, x22, [x2, #16]
    stp     x23, x24, [x2, #32]
    stp     x25, x26, [x2, #48]
    stp     x27, x28, [x2, #64]
    stp     x29, x30, [x2, #80]
    mov     x9, sp
    str     x9, [x2, #{stack}]
    add     x9, x2, #{float}
    stp     d8, d9, [x9]
    stp     d10, d11, [x9, #16]
    stp     d12, d13, [x9, #32]
    stp     d14, d15, [x9, #48]
    mov     x9, x0
    mov     x0, x1
    mov     x19, x2
    blr     x9
    mov     x2, x19
    b       chaos_return
chaos_recover:                              // x2 = record
    ldr     x9, [x2, #{stack}]
    mov     sp, x9
chaos_return:
    add     x9, x2, #{float}
    ldp     d8, d9, [x9]
    ldp     d10, d11, [x9, #16]
    ldp     d12, d13, [x9, #32]
    ldp     d14, d15, [x9, #48]
    msr     fpcr, xzr
    ldp     x21, x22, [x2, #16]
    ldp     x23, x24, [x2, #32]
    ldp     x25, x26, [x2, #48]
    ldp     x27, x28, [x2, #64]
    ldp     x29, x30, [x2, #80]
    ldp     x19, x20, [x2, #0]
    ret

    .balign 0x800
    .global chaos_vectors
chaos_vectors:
    chaos_vector chaos_exception            // current EL with SP_EL0
    chaos_vector chaos_interrupt
    chaos_vector chaos_interrupt
    chaos_vector chaos_exception
    chaos_vector chaos_exception            // current EL with SP_EL1
    chaos_vector chaos_interrupt
    chaos_vector chaos_interrupt
    chaos_vector chaos_exception
    .rept   8
    chaos_vector chaos_exception
    .endr

chaos_exception:
    adrp    x2, {life}
    ldr     x2, [x2, #:lo12:{life}]
    cbz     x2, chaos_stale
    mrs     x3, mpidr_el1
    and     x3, x3, #3
    adrp    x2, CHAOS_RECORDS
    add     x2, x2, #:lo12:CHAOS_RECORDS
    add     x2, x2, x3, lsl #8
    ldr     x3, [x2, #{exceptions}]
    add     x3, x3, #1
    str     x3, [x2, #{exceptions}]
    mov     x3, #0x3C4                      // EL1t, all masked
    msr     spsr_el1, x3
    adr     x3, chaos_recover
    msr     elr_el1, x3
    eret
chaos_stale:
    b       {tell_stale}

chaos_interrupt:                            // SP_EL1 is this handler's alone
    stp     x0, x1, [sp, #-32]!
    stp     x2, x3, [sp, #16]
    adrp    x2, {life}
    ldr     x2, [x2, #:lo12:{life}]
    cbz     x2, chaos_stale
    msr     cntv_ctl_el0, xzr
    adrp    x0, CHAOS_TAKING
    ldr     x0, [x0, #:lo12:CHAOS_TAKING]
    mov     x2, #1023
    adrp    x1, CHAOS_INTERFACE
    ldr     x1, [x1, #:lo12:CHAOS_INTERFACE]
    cbnz    x1, 2f
    tbnz    x0, #1, 1f
    mrs     x2, icc_iar1_el1
1:  tbnz    x0, #0, 4f
    msr     icc_eoir1_el1, x2
    b       4f
2:  tbnz    x0, #1, 3f
    ldr     w2, [x1, #12]
3:  tbnz    x0, #0, 4f
    str     w2, [x1, #16]
4:  mrs     x3, mpidr_el1
    and     x3, x3, #3
    adrp    x2, CHAOS_RECORDS
    add     x2, x2, #:lo12:CHAOS_RECORDS
    add     x2, x2, x3, lsl #8
    ldr     x3, [x2, #{interrupts}]
    add     x3, x3, #1
    str     x3, [x2, #{interrupts}]
    cmp     x3, #{most}
    b.lo    5f
    mrs     x3, spsr_el1
    orr     x3, x3, #0xC0                   // I and F
    msr     spsr_el1, x3
5:  ldp     x2, x3, [sp, #16]
    ldp     x0, x1, [sp], #32
    eret
    .popsection
"#,
    stack = const offset_of!(Record, stack),
    float = const offset_of!(Record, float),
    exceptions = const offset_of!(Record, exceptions),
    interrupts = const offset_of!(Record, interrupts),
    life = sym LIFE,
    most = const MOST_INTERRUPTS,
    tell_stale = sym tell_stale,
);
