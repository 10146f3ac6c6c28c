//! The system counter and the hypervisor's own timer, `CNTHP` (PPI 26).

use core::arch::asm;

use super::registers::{read_register, write_register};
use crate::base::time::{Frequency, Ticks};

/// The time now. The `isb` keeps the reading from being done early (Arm ARM DDI 0487, D12.1.2).
#[must_use]
pub fn now() -> Ticks {
    isb();
    Ticks(read_register!("cntpct_el0"))
}

/// The time now or up to a few instructions ago: without the barrier, for measuring paths.
#[must_use]
pub fn now_early() -> Ticks {
    Ticks(read_register!("cntpct_el0"))
}

/// The counter's frequency as the firmware states it; nothing if it states none.
#[must_use]
pub fn frequency() -> Option<Frequency> {
    Frequency::new(read_register!("cntfrq_el0"))
}

/// Ticks in nanoseconds; of 500 years at most.
#[must_use]
pub fn nanoseconds(ticks: u64) -> u64 {
    const PER_SECOND: u64 = 1_000_000_000;
    let hertz = read_register!("cntfrq_el0").max(1);
    let (seconds, rest) = (ticks / hertz, ticks % hertz);
    // A frequency has at most 32 bits, so the product has at most 62.
    seconds
        .wrapping_mul(PER_SECOND)
        .wrapping_add(rest.wrapping_mul(PER_SECOND) / hertz)
}

/// Turns this CPU's timer on, without a deadline: once, at boot.
pub fn start() {
    arm(Ticks(u64::MAX));
    // SAFETY: this CPU's EL2 physical timer is the hypervisor's alone; no guest can reach it.
    unsafe { write_register!("cnthp_ctl_el2", 1_u64) };
}

/// Lets the timer interrupt this CPU at `deadline`, in place of any deadline before.
#[inline]
pub fn arm(deadline: Ticks) {
    // SAFETY: this CPU's EL2 physical timer is the hypervisor's alone; no guest can reach it.
    unsafe { write_register!("cnthp_cval_el2", deadline.0) };
}

/// Whether the armed deadline has come.
#[must_use]
pub fn is_due() -> bool {
    read_register!("cnthp_ctl_el2") & 0b100 != 0
}

/// Makes `CNTVCT` of every guest on this CPU read 0 at `epoch`.
pub fn set_guest_epoch(epoch: Ticks) {
    // SAFETY: only guests' view of time depends on it.
    unsafe { write_register!("cntvoff_el2", epoch.0) };
}

/// The time now in ticks of guests' counter.
#[must_use]
pub fn guest_now() -> u64 {
    isb();
    read_register!("cntvct_el0")
}

/// The point in time at which guests' counter began.
#[must_use]
pub fn guest_epoch() -> Ticks {
    Ticks(read_register!("cntvoff_el2"))
}

/// Whether the guest's virtual timer, which is loaded, asks for its interrupt: enabled, not masked,
/// and due.
#[must_use]
pub fn is_guest_timer_due() -> bool {
    read_register!("cntv_ctl_el0") & 0b111 == 0b101
}

/// Turns the guest's virtual timer off, after its state was saved.
pub fn stop_guest_timer() {
    // SAFETY: the guest whose timer it is doesn't run, and its state is in its context.
    unsafe { write_register!("cntv_ctl_el0", 0_u64) };
}

/// Sleeps until an interrupt is pending for this CPU; interrupts stay masked.
pub fn wait_for_interrupt() {
    // SAFETY: `wfi` only waits; `dsb` before it completes outstanding stores (Arm ARM, D1.6.2).
    unsafe { asm!("dsb sy", "wfi", options(nostack, preserves_flags)) };
}

/// Lets other CPUs of the board go first in a loop that waits for one of them.
pub fn yield_processor() {
    // SAFETY: a hint, which changes nothing.
    unsafe { asm!("yield", options(nomem, nostack, preserves_flags)) };
}

/// Completes all context-changing operations before.
pub fn isb() {
    // SAFETY: a barrier only waits.
    unsafe { asm!("isb", options(nostack, preserves_flags)) };
}
