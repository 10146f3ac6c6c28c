//! What a process leaves behind when another one runs: every register that it can change, and the exchange.
//!
//! Processes run on `SP_EL0`, as all of a partition does. An interrupt, the supervisor call by which a service
//! gives the CPU away, and a process's fault come here on `SP_EL1`; `TPIDR_EL1` points to the context of who
//! ran. All is stored there and not on the process's own stack, so that a stack that has overflowed can be
//! told. What else arrives goes to the runtime's vectors, which end the partition.

use core::arch::{asm, global_asm};
use core::mem::offset_of;

use super::kernel;

/// The registers of who doesn't run.
#[derive(Clone, Copy)]
#[repr(C, align(16))]
pub(super) struct Context {
    x: [u64; 31],
    stack: u64,
    counter: u64,
    state: u64,
    float_control: u64,
    float_status: u64,
    v: [u128; 32],
}

/// `PSTATE` of a process that begins: EL1 with `SP_EL0`, only interrupts unmasked.
const BEGINNING: u64 = 0b0100 | 1 << 6 | 1 << 8 | 1 << 9;
/// The number of the supervisor call by which a service gives the CPU away.
const GIVE_WAY: u64 = 0x653;
/// Exception class of `SVC` (Arm ARM DDI 0487, D24.2.37), with the bit for a 32-bit instruction, and the number:
/// the whole syndrome of that call.
const SYNDROME: u64 = paratia_runtime::abi::exception::SUPERVISOR_CALL << 26 | 1 << 25 | GIVE_WAY;

impl Context {
    /// Of nobody yet.
    pub(super) const EMPTY: Self = Self {
        x: [0; 31],
        stack: 0,
        counter: 0,
        state: 0,
        float_control: 0,
        float_status: 0,
        v: [0; 32],
    };

    /// Begins at `entry`, with an empty stack below `stack`; a return from `entry` goes to `returned`.
    pub(super) fn begin(&mut self, entry: extern "C" fn(), stack: u64, returned: extern "C" fn()) {
        *self = Self {
            stack,
            counter: entry as usize as u64,
            state: BEGINNING,
            ..Self::EMPTY
        };
        self.x[30] = returned as usize as u64;
    }
}

/// Why [`kernel::decide`] is asked.
#[repr(u64)]
pub(super) enum Reason {
    /// An interrupt is pending.
    Interrupt,
    /// A service found that somebody else should run.
    GiveWay,
    /// Who runs can't go on.
    Fault,
}

// The vectors of a partition with processes (Arm ARM DDI 0487, D1.3.1.5).
//
// `give_way`, `fault` and `interrupt` in: x0 and x1 of who ran on the stack of exceptions, x1 = the reason, the
//      other registers as they were; interrupts masked by the exception.
// Then `decide` in: x0 = the reason; all else is in the context. It answers the context of who runs from now
//      on, or 0: then the runtime's vector for a synchronous exception ends the partition. It looks at system
//      registers, which nothing here changes, and takes a fresh stack.
// Out: to who runs from now on, with all registers as they were when it was here last.
global_asm!(
    r#"
    .pushsection .text.exceptions, "ax"
    .balign 0x800
process_vectors:
    stp     x0, x1, [sp, #-16]!         // current EL with SP_EL0: synchronous
    mrs     x0, esr_el1
    mov     x1, #{syndrome_low}
    movk    x1, #{syndrome_high}, lsl #16
    cmp     x0, x1                      // the flags are in SPSR_EL1
    mov     x1, #{fault}
    mov     x0, #{give_way}
    csel    x1, x0, x1, eq
    b       exchange
    .balign 0x80
    stp     x0, x1, [sp, #-16]!         // an interrupt
    mov     x1, #{interrupt}
    b       exchange
    .set    place, 0x100
    .rept   14                          // all others, in their order
    .balign 0x80
    b       exception_vectors + place
    .set    place, place + 0x80
    .endr

exchange:
    mrs     x0, tpidr_el1
    stp     x2, x3, [x0, #16]
    stp     x4, x5, [x0, #32]
    stp     x6, x7, [x0, #48]
    stp     x8, x9, [x0, #64]
    stp     x10, x11, [x0, #80]
    stp     x12, x13, [x0, #96]
    stp     x14, x15, [x0, #112]
    stp     x16, x17, [x0, #128]
    stp     x18, x19, [x0, #144]
    stp     x20, x21, [x0, #160]
    stp     x22, x23, [x0, #176]
    stp     x24, x25, [x0, #192]
    stp     x26, x27, [x0, #208]
    stp     x28, x29, [x0, #224]
    ldp     x2, x3, [sp], #16
    stp     x2, x3, [x0]
    mrs     x2, sp_el0
    stp     x30, x2, [x0, #240]
    mrs     x2, elr_el1
    mrs     x3, spsr_el1
    stp     x2, x3, [x0, #{counter}]
    mrs     x2, fpcr
    mrs     x3, fpsr
    stp     x2, x3, [x0, #{float_control}]
    add     x2, x0, #{v}
    st1     {{v0.2d-v3.2d}}, [x2], #64
    st1     {{v4.2d-v7.2d}}, [x2], #64
    st1     {{v8.2d-v11.2d}}, [x2], #64
    st1     {{v12.2d-v15.2d}}, [x2], #64
    st1     {{v16.2d-v19.2d}}, [x2], #64
    st1     {{v20.2d-v23.2d}}, [x2], #64
    st1     {{v24.2d-v27.2d}}, [x2], #64
    st1     {{v28.2d-v31.2d}}, [x2], #64

    mov     x0, x1
    mov     x29, xzr                    // end of the chain of frames
    mov     x30, xzr
    bl      {decide}
    cbz     x0, exception_vectors

    msr     tpidr_el1, x0
    add     x2, x0, #{v}
    ld1     {{v0.2d-v3.2d}}, [x2], #64
    ld1     {{v4.2d-v7.2d}}, [x2], #64
    ld1     {{v8.2d-v11.2d}}, [x2], #64
    ld1     {{v12.2d-v15.2d}}, [x2], #64
    ld1     {{v16.2d-v19.2d}}, [x2], #64
    ld1     {{v20.2d-v23.2d}}, [x2], #64
    ld1     {{v24.2d-v27.2d}}, [x2], #64
    ld1     {{v28.2d-v31.2d}}, [x2], #64
    ldp     x2, x3, [x0, #{float_control}]
    msr     fpcr, x2
    msr     fpsr, x3
    ldp     x2, x3, [x0, #{counter}]
    msr     elr_el1, x2
    msr     spsr_el1, x3
    ldp     x30, x2, [x0, #240]
    msr     sp_el0, x2
    ldp     x2, x3, [x0, #16]
    ldp     x4, x5, [x0, #32]
    ldp     x6, x7, [x0, #48]
    ldp     x8, x9, [x0, #64]
    ldp     x10, x11, [x0, #80]
    ldp     x12, x13, [x0, #96]
    ldp     x14, x15, [x0, #112]
    ldp     x16, x17, [x0, #128]
    ldp     x18, x19, [x0, #144]
    ldp     x20, x21, [x0, #160]
    ldp     x22, x23, [x0, #176]
    ldp     x24, x25, [x0, #192]
    ldp     x26, x27, [x0, #208]
    ldp     x28, x29, [x0, #224]
    ldp     x0, x1, [x0]
    eret
    .popsection
"#,
    syndrome_low = const SYNDROME & 0xFFFF,
    syndrome_high = const SYNDROME >> 16,
    interrupt = const Reason::Interrupt as u64,
    give_way = const Reason::GiveWay as u64,
    fault = const Reason::Fault as u64,
    counter = const offset_of!(Context, counter),
    float_control = const offset_of!(Context, float_control),
    v = const offset_of!(Context, v),
    decide = sym kernel::decide,
);

// What the offsets above take for granted.
const _: () = assert!(offset_of!(Context, x) == 0 && offset_of!(Context, stack) == 248);
const _: () =
    assert!(offset_of!(Context, state) == offset_of!(Context, counter) + 8 && SYNDROME >> 32 == 0);

/// From now on exceptions come here; `main` is the context of who calls.
///
/// # Safety
/// `main` and all contexts that [`kernel::decide`] answers must stay where they are for ever, and be used by
/// nothing else while interrupts are unmasked.
pub(super) unsafe fn take_over(main: *mut Context) {
    // SAFETY: the vectors are code that stays; whoever calls promises the same of the context, and only the
    // exchange reads this register.
    unsafe {
        asm!(
            "msr tpidr_el1, {main}",
            "adrp {vectors}, process_vectors",
            "add {vectors}, {vectors}, :lo12:process_vectors",
            "msr vbar_el1, {vectors}",
            "isb",
            main = in(reg) main,
            vectors = out(reg) _,
            options(nostack),
        );
    }
}

/// Gives the CPU to whoever should run; comes back when that is the caller.
pub(super) fn give_way() {
    // SAFETY: the exchange changes no register of the caller; meanwhile others of the partition run, which
    // change memory as any function may.
    unsafe { asm!("svc #{number}", number = const GIVE_WAY, options(nostack)) };
}
