//! The first instructions: a stack, and on to `main` with what was found.

use core::arch::global_asm;

// In:  x0 = device tree; MMU off, interrupts masked. Entered at `entered`, which is the ELF file's
//      entry (build.rs), 0x100 bytes into the image; at its start is an instruction that ends it.
// Out: to `main` with x0 to x3 as they were, and as its fifth argument where this really is.
global_asm!(
    r#"
    .pushsection .text.start, "ax"
    .global _start
_start:
    hlt     #1

    .org    0x100
    .global entered
entered:
    adr     x4, entered
    ldr     x5, =stack_end
    mov     sp, x5
    mov     x5, #(3 << 20)              // CPACR_EL1.FPEN: floating point isn't trapped
    msr     cpacr_el1, x5
    isb
    mov     x29, xzr
    mov     x30, xzr
    b       {main}
    .ltorg
    .popsection
"#,
    main = sym crate::main,
);
