//! The way from the partition's first instruction to its main function.

use core::arch::global_asm;

use paratia_abi::StartCondition;

use crate::entry::Context;
use crate::{mmu, passport};

unsafe extern "Rust" {
    safe fn partition_main(context: Context) -> !;
}

// The partition's first instruction.
//
// In:  x0 = passport, x1 = start condition, x2 = restarts, x3 = run argument; MMU off, interrupts
//      masked, SPSel = 1.
// Out: to `start` with x0-x3 unchanged, MMU and caches on, SPSel = 0.
//
// An exception switches to SP_EL1 by itself, so that a stack overflow can still be reported.
global_asm!(
    r#"
    .pushsection .text.start, "ax"
    .global _start
_start:
    adrp    x4, exception_stack_end
    mov     sp, x4
    msr     spsel, #0
    adrp    x4, stack_end
    mov     sp, x4

    mov     x4, #(3 << 20)              // CPACR_EL1.FPEN: floating point isn't trapped
    msr     cpacr_el1, x4
    adrp    x4, exception_vectors
    add     x4, x4, :lo12:exception_vectors
    msr     vbar_el1, x4

    ldr     x4, ={memory_attributes}
    msr     mair_el1, x4
    ldr     x4, ={translation_control}
    msr     tcr_el1, x4
    adrp    x4, level_1_table
    msr     ttbr0_el1, x4
    tlbi    vmalle1
    ic      iallu
    dsb     nsh
    isb
    ldr     x4, ={system_control}
    msr     sctlr_el1, x4
    isb

    mov     x29, xzr                    // end of the chain of frames
    mov     x30, xzr
    b       {start}
    .ltorg
    .popsection
"#,
    memory_attributes = const mmu::MEMORY_ATTRIBUTES,
    translation_control = const mmu::TRANSLATION_CONTROL,
    system_control = const mmu::SYSTEM_CONTROL,
    start = sym start,
);

extern "C" fn start(
    passport_ipa: usize,
    start_condition: u64,
    restarts: u64,
    run_argument: u64,
) -> ! {
    mmu::protect_image();
    // SAFETY: the hypervisor promises (ABI 1) that x0 was the address of the partition's passport,
    // a page that never changes; nothing between the entry and here touched x0.
    let passport = unsafe { passport::at(passport_ipa) };
    partition_main(Context {
        passport,
        start_condition: StartCondition::from_raw(start_condition)
            .expect("the start condition is one of ABI 1"),
        restarts,
        run_argument,
    })
}
