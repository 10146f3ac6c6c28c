//! System registers: reads by any encoding, writes of what a guest may have.

use core::arch::asm;
use core::cell::UnsafeCell;

use crate::script::{Action, Step};
use crate::{VCPUS, entry, tables};

/// A line of code for each vCPU.
#[repr(C, align(64))]
struct Code(UnsafeCell<[u32; 16]>);

// SAFETY: each vCPU writes and executes its own.
unsafe impl Sync for Code {}

static CODE: [Code; VCPUS] = [const { Code(UnsafeCell::new([0; 16])) }; VCPUS];

const RETURN: u32 = 0xD65F_03C0;
/// `MRS X0, S2_0_C0_C0_0`; the rest of the encoding is in bits 5 to 19.
const READ: u32 = 0xD530_0000;

/// Performs a step on system registers.
pub fn perform(step: &Step) {
    match step.action {
        Action::ReadRegisters => {
            let mut word = step.values[6] | 1;
            for _ in 0..1 + step.below(0, 6) {
                word = word
                    .wrapping_mul(0x5851_F42D_4C95_7F2D)
                    .wrapping_add(0x1405_7B7E_F767_814F);
                read_any((word >> 40) as u32 & 0x7FFF);
            }
        }
        Action::WriteRegisters => write(step),
        _ => monitors(step),
    }
}

/// Reads the register of an encoding (op0's last bit, op1, CRn, CRm, op2).
fn read_any(encoding: u32) {
    let place = CODE[entry::number()].0.get();
    // SAFETY: this vCPU's own line, which is executed once it is written: `x0` alone changes. It faults
    // where there is no such register.
    unsafe {
        let code = place.cast::<u32>();
        code.write_volatile(READ | encoding << 5);
        code.add(1).write_volatile(RETURN);
        let address = place.expose_provenance();
        asm!("dc cvau, {0}", "dsb ish", "ic ivau, {0}", "dsb ish", "isb", in(reg) address,
            options(nostack));
        let alias = tables::alias(address as u64);
        asm!("blr {}", in(reg) alias, out("x0") _, out("x30") _, options(nostack));
    }
}

/// Writes a register that this guest doesn't depend on.
fn write(step: &Step) {
    let b = step.values[1];
    macro_rules! one_of {
        ($count:literal: $($number:literal => $register:literal,)*) => {
            // SAFETY: nothing of this guest depends on these.
            unsafe {
                match step.below(0, $count) {
                    $($number => asm!(concat!("msr ", $register, ", {}"), "isb", in(reg) b, options(nostack)),)*
                    _ => {
                        asm!("fmov d8, {0}", "fmov d17, {0}", "mov x3, {0}", "mov x9, {0}",
                            in(reg) b, out("v8") _, out("v17") _, out("x3") _, out("x9") _,
                            options(nostack));
                    }
                }
            }
        };
    }
    one_of! { 18:
        0 => "tpidr_el0",
        1 => "tpidrro_el0",
        2 => "tpidr_el1",
        3 => "contextidr_el1",
        4 => "afsr0_el1",
        5 => "afsr1_el1",
        6 => "amair_el1",
        7 => "par_el1",
        8 => "far_el1",
        9 => "esr_el1",
        10 => "cntkctl_el1",
        11 => "csselr_el1",
        12 => "ttbr1_el1",
        13 => "fpcr",
        14 => "fpsr",
        15 => "elr_el1",
        16 => "mdscr_el1",
    }
}

/// Performance monitors and debug registers: granted, or trapped. Debug exceptions stay masked.
fn monitors(step: &Step) {
    let b = step.values[1];
    macro_rules! one_of {
        ($count:literal: $($number:literal => $register:literal,)*) => {
            // SAFETY: these change nothing that this guest sees while debug exceptions are masked.
            unsafe {
                match step.below(0, $count) {
                    $($number => asm!(concat!("msr ", $register, ", {}"), "isb", in(reg) b, options(nostack)),)*
                    _ => asm!("mrs {}, pmccntr_el0", out(reg) _, options(nostack)),
                }
            }
        };
    }
    one_of! { 15:
        0 => "pmcr_el0",
        1 => "pmcntenset_el0",
        2 => "pmintenset_el1",
        3 => "pmovsset_el0",
        4 => "pmccntr_el0",
        5 => "pmccfiltr_el0",
        6 => "pmselr_el0",
        7 => "pmxevtyper_el0",
        8 => "pmxevcntr_el0",
        9 => "dbgbvr0_el1",
        10 => "dbgbcr0_el1",
        11 => "dbgwvr0_el1",
        12 => "dbgwcr0_el1",
        13 => "oslar_el1",
    }
}
