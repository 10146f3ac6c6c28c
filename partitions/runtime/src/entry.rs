//! Start-up: from the partition's first instruction to its main function.

use core::arch::global_asm;

use paratia_abi::StartCondition;
use paratia_abi::passport::Passport;

use crate::{mmu, passport};

/// What a partition finds when it starts.
#[derive(Clone, Copy, Debug)]
pub struct Context {
    /// What the configuration gave it.
    pub passport: &'static Passport,
    /// Why it starts.
    pub start_condition: StartCondition,
    /// How often it was restarted before.
    pub restarts: u64,
    /// A number from whoever started the board; 0 unless one was given.
    pub run_argument: u64,
}

/// Names a partition's main function, `fn(Context) -> !`, and its interrupt handler if it has one,
/// `fn(arm_gic::IntId)`, called with interrupts masked and the interrupt acknowledged.
///
/// ```ignore
/// entry!(main);
/// entry!(main, interrupts = on_interrupt);
/// ```
#[macro_export]
macro_rules! entry {
    ($main:path) => {
        $crate::entry!($main, interrupts = $crate::interrupt::unexpected);
    };
    ($main:path, interrupts = $handler:path) => {
        #[unsafe(no_mangle)]
        extern "Rust" fn partition_main(context: $crate::Context) -> ! {
            $main(context)
        }

        #[unsafe(no_mangle)]
        extern "Rust" fn partition_interrupt(interrupt: $crate::interrupt::IntId) {
            $handler(interrupt)
        }
    };
}

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
