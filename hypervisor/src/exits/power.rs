//! PSCI calls carried out: vCPUs that begin, wait and go, and a partition that shuts itself down.

use paratia_config::system::HealthEvent;

use crate::exits::fault;
use crate::machine::psci;
use crate::state::decision::Decision;
use crate::state::running::Guest;

/// Whether an id is in PSCI's range (DEN0022, 5.1), in the 32-bit or the 64-bit form.
#[inline]
#[must_use]
pub const fn is_in_range(id: u32) -> bool {
    const SMC64: u32 = 1 << 30;
    id & !SMC64 & !0x1F == 0x8400_0000
}

/// Carries out a PSCI call; nothing if there is no such one.
pub fn call(guest: &mut Guest, id: u32, parameters: [u64; 3]) -> Option<Decision> {
    let (life, caller) = (&mut guest.partition.life, guest.vcpu.number);
    let (answer, decision) = match life.call(caller, id, parameters) {
        psci::PowerDecision::Answer(answer) => (answer, Decision::Resume),
        psci::PowerDecision::TurnOn(_) => (0, Decision::Resume),
        psci::PowerDecision::Wait | psci::PowerDecision::WaitAndStart(_) => {
            (0, Decision::WaitForInterrupt)
        }
        psci::PowerDecision::TurnOff => (0, Decision::EndWindow),
        psci::PowerDecision::SystemOff => (0, fault::raise_here(guest, HealthEvent::Shutdown)),
        psci::PowerDecision::SystemReset => (0, fault::raise_here(guest, HealthEvent::Reset)),
        psci::PowerDecision::Unknown => return None,
    };
    guest.vcpu.context.x[0] = answer.cast_unsigned();
    Some(decision)
}
