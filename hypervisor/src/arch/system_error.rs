//! Errors of the bus that come late: taken where the guest that caused them is still known.

use core::arch::global_asm;

use super::registers::read_register;

global_asm!(
    r#"
// Takes the SError that is pending, while no other part of EL2 can be interrupted by one. Out: x0 = its
// syndrome, 0 if none came. Where the guest goes on is kept: taking it overwrites both registers.
    .section .text.take_system_error, "ax"
    .global take_system_error
    .global awaited_system_error
take_system_error:
    mrs     x2, elr_el2
    mrs     x3, spsr_el2
    mov     x0, #0
    msr     daifclr, #4
awaited_system_error:
    isb                             // it is taken before this or before the next
    msr     daifset, #4
    msr     elr_el2, x2
    msr     spsr_el2, x3
    ret
"#
);

unsafe extern "C" {
    safe fn take_system_error() -> u64;
}

/// The syndrome of an SError that the guest whose window ends has left, if there is one: it is taken here,
/// before it could be taken for the next one's.
///
/// Before this, `DSB` completes the guest's accesses to devices and to memory that isn't cached, and `ISB`
/// keeps `ISR_EL1` from being read before that (Arm ARM DDI 0487, B2.3.12, "Data Synchronization
/// Barrier"): their errors are pending then. One that comes of a cached line which is written back later
/// is nobody's any more.
#[inline]
#[must_use]
pub fn left_system_error() -> Option<u64> {
    const PENDING: u64 = 1 << 8;
    if read_register!("isr_el1") & PENDING == 0 {
        return None;
    }
    taken_system_error()
}

#[cold]
fn taken_system_error() -> Option<u64> {
    Some(take_system_error()).filter(|syndrome| *syndrome != 0)
}
