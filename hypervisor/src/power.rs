//! PSCI calls carried out: vCPUs that begin, wait and go, and a partition that shuts itself down.

use paratia_config::system::HealthEvent;

use crate::exit::Decision;
use crate::fault;
use crate::guest::Guest;
use crate::psci;

/// Whether an id is in PSCI's range (DEN0022, 5.1), in the 32-bit or the 64-bit form.
#[inline]
#[must_use]
pub fn is_in_range(id: u32) -> bool {
    const SMC64: u32 = 1 << 30;
    id & !SMC64 & !0x1F == 0x8400_0000
}

/// Carries out a PSCI call; nothing if there is no such one.
pub fn call(guest: &mut Guest, id: u32, parameters: [u64; 3]) -> Option<Decision> {
    let regions = guest.partition.declaration().regions;
    let decision = guest
        .partition
        .life
        .call(guest.vcpu.number, id, parameters, regions);
    Some(match decision {
        psci::Decision::Answer(answer) => {
            guest.vcpu.context.x[0] = answer.cast_unsigned();
            Decision::Resume
        }
        psci::Decision::TurnOn(_) => {
            guest.vcpu.context.x[0] = 0;
            Decision::Resume
        }
        psci::Decision::TurnOff => Decision::EndWindow,
        psci::Decision::Wait => {
            guest.vcpu.context.x[0] = 0;
            Decision::WaitForInterrupt
        }
        psci::Decision::WaitAndStart(_) => Decision::WaitForInterrupt,
        psci::Decision::SystemOff => fault::raise_here(guest, HealthEvent::Shutdown),
        psci::Decision::SystemReset => fault::raise_here(guest, HealthEvent::Reset),
        psci::Decision::Unknown => return None,
    })
}
