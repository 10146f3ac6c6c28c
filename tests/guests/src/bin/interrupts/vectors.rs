//! The exception vectors: an interrupt goes to its handler, everything else is the end.

use core::arch::global_asm;

use crate::handler;

// The vectors (Arm ARM DDI 0487, D1.3.1.5). What a function may change is saved: x0-x18, x30, the
// floating point registers (of v8-v15 a function keeps the lower halves only), and the registers of
// the return, so that interrupts nest.
global_asm!(
    r#"
    .pushsection .text.vectors, "ax"
    .balign 0x800
    .global exception_vectors
exception_vectors:
    .rept   5
    b       .
    .balign 0x80
    .endr
    b       interrupted
    .balign 0x80
    .rept   10
    b       .
    .balign 0x80
    .endr

interrupted:
    sub     sp, sp, #{frame_bytes}
    stp     x0, x1, [sp, #0]
    stp     x2, x3, [sp, #16]
    stp     x4, x5, [sp, #32]
    stp     x6, x7, [sp, #48]
    stp     x8, x9, [sp, #64]
    stp     x10, x11, [sp, #80]
    stp     x12, x13, [sp, #96]
    stp     x14, x15, [sp, #112]
    stp     x16, x17, [sp, #128]
    stp     x18, x30, [sp, #144]
    mrs     x0, elr_el1
    mrs     x1, spsr_el1
    stp     x0, x1, [sp, #160]
    add     x0, sp, #176
    st1     {{v0.2d-v3.2d}}, [x0], #64
    st1     {{v4.2d-v7.2d}}, [x0], #64
    st1     {{v8.2d-v11.2d}}, [x0], #64
    st1     {{v12.2d-v15.2d}}, [x0], #64
    st1     {{v16.2d-v19.2d}}, [x0], #64
    st1     {{v20.2d-v23.2d}}, [x0], #64
    st1     {{v24.2d-v27.2d}}, [x0], #64
    st1     {{v28.2d-v31.2d}}, [x0], #64

    bl      {handle}

    add     x0, sp, #176
    ld1     {{v0.2d-v3.2d}}, [x0], #64
    ld1     {{v4.2d-v7.2d}}, [x0], #64
    ld1     {{v8.2d-v11.2d}}, [x0], #64
    ld1     {{v12.2d-v15.2d}}, [x0], #64
    ld1     {{v16.2d-v19.2d}}, [x0], #64
    ld1     {{v20.2d-v23.2d}}, [x0], #64
    ld1     {{v24.2d-v27.2d}}, [x0], #64
    ld1     {{v28.2d-v31.2d}}, [x0], #64
    ldp     x0, x1, [sp, #160]
    msr     elr_el1, x0
    msr     spsr_el1, x1
    ldp     x0, x1, [sp, #0]
    ldp     x2, x3, [sp, #16]
    ldp     x4, x5, [sp, #32]
    ldp     x6, x7, [sp, #48]
    ldp     x8, x9, [sp, #64]
    ldp     x10, x11, [sp, #80]
    ldp     x12, x13, [sp, #96]
    ldp     x14, x15, [sp, #112]
    ldp     x16, x17, [sp, #128]
    ldp     x18, x30, [sp, #144]
    add     sp, sp, #{frame_bytes}
    eret
    .popsection
"#,
    frame_bytes = const 176 + 32 * 16,
    handle = sym handler::handle,
);
