//! Calls of a unikernel: accesses to the page of calls, at which nothing is. What answers them is a program of
//! the unikernel's own partition, at EL1, and what it may reach for them is what the partition has: nothing of
//! a call is looked at here, no pointer and no number.

use paratia_config::solo5;

use crate::arch::cpu as arch_cpu;
use crate::machine::syndrome;
use crate::state::running::Guest;

/// Lets the running guest's tender go on instead of an access to the page of calls, the data access with this
/// syndrome that stage 2 has no answer to. Whether it was one.
#[must_use]
pub fn calls(guest: &Guest, esr: u64) -> bool {
    let Some(tender) = solo5::tender(guest.partition.declaration()) else {
        return false;
    };
    let is_call = solo5::is_call(arch_cpu::fault_ipa()) && syndrome::is_described(esr);
    if is_call {
        arch_cpu::enter_tender(tender.ipa.0 + solo5::CALL_ENTRY, esr);
    }
    is_call
}
