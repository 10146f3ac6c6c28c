//! The way in and out of EL2 while guests run: exception vectors, switch, return. Assembly only; what is
//! decided is decided in Rust.
//!
//! While a guest runs, `SP_EL2` points to its [`Context`], so that the vector can store registers
//! before it knows anything else. The exit function returns what to do in two registers:
//!
//! - `x0` = 0: the same guest, at `x1`, goes on;
//! - `x1` = 0: the exit needs the rest of the general registers in the context at `x0`;
//! - else: save the rest of what is in the CPU to the context at `x0`, then load the context at
//!   `x1` and release it at its tick.
//!
//! Only what Rust may clobber is stored on every exit; FP and system registers move on a switch only,
//! callee-saved registers on a switch and where an exit is about one of them.

use core::arch::global_asm;

use crate::arch::context::{Context, OFFSET_ELR, OFFSET_FPCR, OFFSET_Q, OFFSET_STACK};
use crate::state::decision::Next;
use crate::way::exit::Exit;

global_asm!(
    r#"
// A fault of the hypervisor itself, in a vector. In: nothing to rely on but TPIDR_EL2.
// Goes to Rust's `exception` on the emergency stack; doesn't come back.
    .macro  own_fault, kind
    mov     x3, sp
    mrs     x1, tpidr_el2
    cbz     x1, 9f                  // before this CPU has its anchor: stop
    ldr     x2, [x1]                // CpuAnchor::emergency_stack
    mov     sp, x2
    mov     x0, #\kind
    mov     x1, x3
    b       {own_exception}
9:  wfi
    b       9b
    .endm

// Registers of a context at `at`, stored and loaded in the same places: those that Rust may clobber but
// for x0 and x1, those that it keeps, and those of FP.
    .macro  clobbered, pair, at
    \pair   x2, x3, [\at, #16]
    \pair   x4, x5, [\at, #32]
    \pair   x6, x7, [\at, #48]
    \pair   x8, x9, [\at, #64]
    \pair   x10, x11, [\at, #80]
    \pair   x12, x13, [\at, #96]
    \pair   x14, x15, [\at, #112]
    \pair   x16, x17, [\at, #128]
    \pair   x18, x19, [\at, #144]
    \pair   x29, x30, [\at, #232]
    .endm
    .macro  kept, pair, one, at
    \pair   x20, x21, [\at, #160]
    \pair   x22, x23, [\at, #176]
    \pair   x24, x25, [\at, #192]
    \pair   x26, x27, [\at, #208]
    \one    x28, [\at, #224]
    .endm
    .macro  floating, pair, at
    \pair   q0, q1, [\at, #{q} + 0]
    \pair   q2, q3, [\at, #{q} + 32]
    \pair   q4, q5, [\at, #{q} + 64]
    \pair   q6, q7, [\at, #{q} + 96]
    \pair   q8, q9, [\at, #{q} + 128]
    \pair   q10, q11, [\at, #{q} + 160]
    \pair   q12, q13, [\at, #{q} + 192]
    \pair   q14, q15, [\at, #{q} + 224]
    \pair   q16, q17, [\at, #{q} + 256]
    \pair   q18, q19, [\at, #{q} + 288]
    \pair   q20, q21, [\at, #{q} + 320]
    \pair   q22, q23, [\at, #{q} + 352]
    \pair   q24, q25, [\at, #{q} + 384]
    \pair   q26, q27, [\at, #{q} + 416]
    \pair   q28, q29, [\at, #{q} + 448]
    \pair   q30, q31, [\at, #{q} + 480]
    .endm

// An exit of a guest. In: SP = its context. Stores what Rust may clobber, moves to this CPU's
// stack, and asks Rust, with the guest's x0 and its context.
    .macro  guest_exit, handler
    .balign 128
    stp     x0, x1, [sp, #0]
    clobbered stp, sp
    mov     x1, sp
    ldr     x2, [sp, #{stack}]
    mov     sp, x2
    bl      \handler
    cbz     x0, resume
    cbnz    x1, switch
    b       long_way
    .endm

    .section .text.vectors, "ax"
    .balign 2048
    .global vectors
vectors:
    .irp    kind, 0, 1, 2, 3, 4, 5, 6
    .balign 128
    own_fault \kind
    .endr
// An SError at EL2: one that is waited for goes back with its syndrome in x0.
    .balign 128
    adr     x0, awaited_system_error
    mrs     x1, elr_el2
    sub     x1, x1, x0
    cmp     x1, #4
    b.hi    1f
    mrs     x1, spsr_el2
    orr     x1, x1, #(1 << 8)       // SPSR_EL2.A: no other is taken there
    msr     spsr_el2, x1
    mrs     x0, esr_el2
    eret
1:  own_fault 7
    guest_exit {synchronous}
    guest_exit {interrupt}
    guest_exit {interrupt}
    guest_exit {system_error}
    guest_exit {foreign_state}
    guest_exit {interrupt}
    guest_exit {interrupt}
    guest_exit {system_error}
    .balign 128

// An exit about one of the registers that Rust keeps. In: x0 = the guest's context, x20-x28 the guest's.
long_way:
    mov     x19, x0                 // the guest's is in its context
    mov     x1, x0
    kept    stp, str, x0
    mrs     x2, esr_el2
    tbnz    x2, #31, 1f             // EC is 0x24, else 0x18
    bl      {system_register}
    b       2f
1:  bl      {abort}
2:  cbnz    x0, switch
    kept    ldp, ldr, x19
    b       resume

// From one guest to the next. In: x0 = context to save the CPU's state to, x1 = context to load.
// Goes on at `resume`.
switch:
    kept    stp, str, x0
    mrs     x2, elr_el2
    mrs     x3, spsr_el2
    stp     x2, x3, [x0, #{elr}]
    .arch_extension fp
    floating stp, x0
    mrs     x3, fpcr
    mrs     x4, fpsr
    stp     x3, x4, [x0, #{fpcr}]

    mov     x19, x1
    bl      {switch_system}

    floating ldp, x19
    ldp     x3, x4, [x19, #{fpcr}]
    msr     fpcr, x3
    msr     fpsr, x4
    ldp     x2, x3, [x19, #{elr}]
    msr     elr_el2, x2
    msr     spsr_el2, x3
    kept    ldp, ldr, x19

    mov     x0, x19
    bl      {release}               // waits for the tick; keeps x19-x28
    mov     x1, x19

// Back to a guest. In: x1 = its context, whose callee-saved registers are in the CPU.
resume:
    mov     sp, x1
    clobbered ldp, sp
    ldp     x0, x1, [sp, #0]
    eret
    // No speculation past the return (Arm ARM DDI 0487, C5.1).
    dsb     nsh
    isb

// The first guest of this CPU. In: x0 = a context that nobody needs, x1 = the one to load.
    .global enter_first_guest
enter_first_guest:
    b       switch
"#,
    stack = const OFFSET_STACK,
    elr = const OFFSET_ELR,
    q = const OFFSET_Q,
    fpcr = const OFFSET_FPCR,
    own_exception = sym crate::report::crash::own_exception,
    synchronous = sym Exit::synchronous,
    abort = sym Exit::abort,
    system_register = sym Exit::system_register,
    interrupt = sym Exit::interrupt,
    system_error = sym Exit::system_error,
    foreign_state = sym Exit::foreign_state,
    switch_system = sym crate::windows::switch::switch_system,
    release = sym crate::windows::switch::release,
);

unsafe extern "C" {
    fn enter_first_guest(save: *mut Context, load: *mut Context) -> !;
}

/// Enters the first guest of this CPU.
pub fn enter_first(Next { save, load }: Next) -> ! {
    // SAFETY: both are contexts in statics; the assembly leaves this stack for good.
    unsafe { enter_first_guest(save, load) }
}
