//! The first instructions: an arm64 Image header, the move to where the image is linked, a stack.
//!
//! Paratia loads the image where it is linked; others load it elsewhere in RAM (the header asks for
//! 2 MiB further on) and find that it moves itself down.

use core::arch::global_asm;

/// Asked distance of the image from the base of RAM, and its size: more than the image fills, so
/// that the move never overlaps.
const TEXT_OFFSET: u64 = 2 << 20;
const IMAGE_SIZE: u64 = 2 << 20;
/// Little-endian, 4 KiB pages (Linux, Documentation/arch/arm64/booting.rst).
const FLAGS: u64 = 1 << 1;

// In:  x0 = passport or device tree, x3 = run argument; MMU off, interrupts masked.
// Out: to `main` with x0 and, as its second argument, x3.
//
// The names of places are those of the runtime's linker script; `exception_stack_guard` is where
// the bytes in the file end, `stack_end` where `.bss` begins.
global_asm!(
    r#"
    .pushsection .text.start, "ax"
    .global _start
_start:
    b       1f
    .long   0
    .quad   {text_offset}
    .quad   {image_size}
    .quad   {flags}
    .quad   0, 0, 0
    .ascii  "ARM\x64"
    .long   0

1:  adr     x4, _start
    ldr     x5, =image_start
    cmp     x4, x5
    b.eq    3f
    ldr     x6, =exception_stack_guard
2:  ldp     x7, x8, [x4], #16
    stp     x7, x8, [x5], #16
    cmp     x5, x6
    b.lo    2b
    dsb     sy
    ic      iallu
    dsb     sy
    isb
    ldr     x4, =3f
    br      x4

3:  ldr     x4, =stack_end
    mov     sp, x4
    ldr     x5, =image_end
4:  cmp     x4, x5
    b.hs    5f
    stp     xzr, xzr, [x4], #16
    b       4b
5:  mov     x4, #(3 << 20)              // CPACR_EL1.FPEN: floating point isn't trapped
    msr     cpacr_el1, x4
    ldr     x4, =exception_vectors
    msr     vbar_el1, x4
    isb
    mov     x29, xzr
    mov     x30, xzr
    mov     x1, x3
    b       {main}
    .ltorg
    .popsection
"#,
    text_offset = const TEXT_OFFSET,
    image_size = const IMAGE_SIZE,
    flags = const FLAGS,
    main = sym crate::main,
);
