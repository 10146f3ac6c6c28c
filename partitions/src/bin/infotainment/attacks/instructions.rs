//! Attacks by instructions that a partition may not use.

use core::arch::asm;

use paratia_runtime::Context;

/// An instruction that will never be one.
pub fn undefined(_: &Context) {
    // SAFETY: the instruction traps; the exception handler doesn't return.
    unsafe { asm!("udf #0") };
}

/// Stage 2 off, and everything that EL2 traps let through: if EL1 could, this would be the end.
/// Undefined at EL1, so it is the partition's own exception.
pub fn hypervisor_registers(_: &Context) {
    // SAFETY: the instructions trap; the exception handler doesn't return.
    unsafe {
        asm!("msr hcr_el2, xzr");
        asm!("msr vttbr_el2, xzr");
        asm!("msr vbar_el2, xzr");
    }
}

/// Registers that exist at EL1 and that partitions share: performance counters, implementation
/// defined control, debugging.
pub fn trapped_register(_: &Context) {
    // SAFETY: the hypervisor promises to trap these; none of them concerns Rust's memory.
    unsafe {
        asm!("msr pmcr_el0, {}", in(reg) u64::MAX);
        asm!("msr actlr_el1, {}", in(reg) u64::MAX);
        asm!("msr dbgbvr0_el1, {}", in(reg) u64::MAX);
        asm!("msr mdscr_el1, {}", in(reg) u64::MAX);
    }
}

/// Cleans and invalidates lines by place instead of address: other partitions' lines too, and
/// invalidating alone would lose what they wrote.
pub fn set_and_way(_: &Context) {
    for level in 0..2_u64 {
        for set in 0..64_u64 {
            for way in 0..4_u64 {
                let line = way << 30 | set << 6 | level << 1;
                // SAFETY: the hypervisor promises to trap these and to clean and invalidate this
                // partition's memory by address instead, so no memory changes.
                unsafe {
                    asm!("dc isw, {}", in(reg) line);
                    asm!("dc cisw, {}", in(reg) line);
                }
            }
        }
    }
}
