//! The CPU's own random numbers (Arm ARM DDI 0487, D24.2: `RNDR`), where it has them.

use core::arch::asm;

use super::registers::read_register;

/// How often a number that isn't ready is asked for again.
const TRIES: usize = 32;

/// A number, if the CPU has a generator that gives one in time.
#[must_use]
pub fn number() -> Option<u64> {
    // ID_AA64ISAR0_EL1.RNDR.
    if read_register!("id_aa64isar0_el1") >> 60 == 0 {
        return None;
    }
    // SAFETY: the CPU has just said that it has the generator.
    (0..TRIES).find_map(|_| unsafe { try_once() })
}

/// A number, if there is one now.
///
/// # Safety
/// The CPU has `RNDR`.
#[inline(never)]
unsafe fn try_once() -> Option<u64> {
    let (number, is_there): (u64, u64);
    // SAFETY: the caller promises that there is such a register; reading it touches no memory, and the flags by
    // which it says whether the number is one aren't named as kept.
    unsafe {
        asm!("mrs {number}, s3_3_c2_c4_0", "cset {is_there}, ne",
            number = out(reg) number, is_there = out(reg) is_there, options(nomem, nostack));
    }
    (is_there != 0).then_some(number)
}
