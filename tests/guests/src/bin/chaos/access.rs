//! Accesses to what there is and what there isn't, by instructions of every kind.

use core::arch::asm;

use paratia_runtime::passport::own;

use crate::fresh::check_not_stale;
use crate::script::{Action, Step, WRITES};

/// The emulated UART's and the owned device's page.
const UART: usize = 0x0900_0000;
const DEVICE: usize = 0x0901_0000;
const PAGE: u64 = 4096;

/// An access of any size at any address, which is lost if it faults.
pub fn access(address: usize, bytes: u64, write: bool, value: u64) {
    // SAFETY: what the callers name is a device's or isn't this guest's: nothing of its own changes. A
    // fault ends the step.
    unsafe {
        match (bytes, write) {
            (0, false) => asm!("ldrb wzr, [{}]", in(reg) address, options(nostack)),
            (1, false) => asm!("ldrh wzr, [{}]", in(reg) address, options(nostack)),
            (2, false) => asm!("ldr wzr, [{}]", in(reg) address, options(nostack)),
            (_, false) => asm!("ldr {}, [{}]", out(reg) _, in(reg) address, options(nostack)),
            (0, true) => asm!("strb {:w}, [{}]", in(reg) value, in(reg) address, options(nostack)),
            (1, true) => asm!("strh {:w}, [{}]", in(reg) value, in(reg) address, options(nostack)),
            (2, true) => asm!("str {:w}, [{}]", in(reg) value, in(reg) address, options(nostack)),
            (_, true) => asm!("str {}, [{}]", in(reg) value, in(reg) address, options(nostack)),
        }
    }
}

/// A chain of accesses within `room` bytes of a place: each by the numbers that follow from the step's.
pub fn burst(step: &Step, base: u64, room: u64) {
    let mut word = step.values[6] | 1;
    for n in 0..1 + step.below(3, 24) {
        word = word
            .wrapping_mul(0x5851_F42D_4C95_7F2D)
            .wrapping_add(0x1405_7B7E_F767_814F + n);
        // Mostly words where registers are.
        let bytes = if word >> 60 == 0 { word >> 58 & 3 } else { 2 };
        let offset = ((word >> 20) % room) & !((1 << bytes) - 1);
        let value = [step.values[1], step.values[2], word >> 32, !0][(word >> 16 & 3) as usize];
        access((base + offset) as usize, bytes, word >> 18 & 1 == 1, value);
        check_not_stale();
    }
}

/// Performs a step of accesses.
pub fn perform(step: &Step) {
    let [a, b, ..] = step.values;
    match step.action {
        Action::UartFlood => {
            for n in 0..step.below(0, WRITES) {
                access(UART, 2, true, u64::from(b'a') + n % 26);
                check_not_stale();
            }
        }
        Action::Devices => {
            let base = if b & 1 == 0 { UART } else { DEVICE };
            burst(step, base as u64, PAGE);
        }
        Action::StrayAccess => {
            let passport = core::ptr::from_ref(own()).addr() as u64;
            let beyond = crate::RAM_END.load(core::sync::atomic::Ordering::Relaxed);
            let address = match step.below(0, 6) {
                0 => passport + (b & 0xFFF),
                1 => beyond,
                2 => 0x080C_0000,
                3 => 0xC000_0000,
                4 => 0x3F00_0000 + (b & 0xFFFF),
                // Not this guest's own memory.
                _ if (0x4000_0000..0x4400_0000).contains(&a) => 0,
                _ => a,
            };
            access(address as usize, step.below(1, 4), step.below(2, 2) == 0, b);
        }
        Action::StrayFetch => {
            // SAFETY: nothing is executed there; the fault ends the step.
            unsafe { asm!("blr {}", in(reg) crate::tables::alias(0x4400_0000), clobber_abi("C")) };
        }
        Action::OwnFault => own_fault(step.below(0, 7)),
        Action::Undescribed => {
            let base = [0x0800_0000, UART, DEVICE, 0x080A_0000][step.below(0, 4) as usize];
            undescribed(step.below(1, 5), base);
        }
        _ => {}
    }
}

/// Instructions that take an exception to this guest's own EL1, or to EL2.
fn own_fault(which: u64) {
    // SAFETY: each faults, or does nothing; the exception ends the step.
    unsafe {
        match which {
            0 => asm!("udf #0", options(nostack)),
            1 => asm!("brk #7", options(nostack)),
            2 => asm!("svc #3", options(nostack)),
            3 => asm!("hlt #7", options(nostack)),
            4 => {
                asm!("ldr {0}, [{0}]", inout(reg) 0xFFFF_0000_0000_0000_u64 => _, options(nostack));
            }
            5 => asm!("br {}", in(reg) 0x4000_0002_u64, options(nostack)),
            _ => asm!("dcps1 #0", options(nostack)),
        }
    }
}

/// Accesses of which the syndrome says nothing.
fn undescribed(which: u64, base: usize) {
    // SAFETY: an emulated or an owned device, or nothing.
    unsafe {
        match which {
            0 => asm!("ldp {}, {}, [{}]", out(reg) _, out(reg) _, in(reg) base, options(nostack)),
            1 => asm!("stp xzr, xzr, [{}]", in(reg) base, options(nostack)),
            2 => asm!("ldr {:w}, [{}], #4", out(reg) _, inout(reg) base => _, options(nostack)),
            3 => asm!("ldr q0, [{}]", in(reg) base, out("v0") _, options(nostack)),
            _ => asm!("ldxr {:w}, [{}]", out(reg) _, in(reg) base, options(nostack)),
        }
    }
}
