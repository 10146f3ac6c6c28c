//! PSCI calls carried out: vCPUs that begin, wait and go, and a partition that shuts itself down.

use paratia_config::system::HealthEvent;

use crate::cpu::Machine;
use crate::exit::Decision;
use crate::fault;
use crate::partition::Partition;
use crate::psci;
use crate::vcpu::Vcpu;

/// Whether an id is in PSCI's range (DEN0022, 5.1), in the 32-bit or the 64-bit form.
#[inline]
#[must_use]
pub fn is_in_range(id: u32) -> bool {
    const SMC64: u32 = 1 << 30;
    id & !SMC64 & !0x1F == 0x8400_0000
}

/// Carries out a PSCI call; nothing if there is no such one.
pub fn call(
    machine: &mut Machine,
    vcpu: &mut Vcpu,
    partition: &mut Partition,
    id: u32,
    parameters: [u64; 3],
) -> Option<Decision> {
    let regions = partition.declaration().regions;
    let decision = partition.life.call(vcpu.number, id, parameters, regions);
    Some(match decision {
        psci::Decision::Answer(answer) => {
            vcpu.context.x[0] = answer.cast_unsigned();
            Decision::Resume
        }
        psci::Decision::TurnOn(_) => {
            vcpu.context.x[0] = 0;
            Decision::Resume
        }
        psci::Decision::TurnOff => Decision::EndWindow,
        psci::Decision::Wait => {
            vcpu.context.x[0] = 0;
            Decision::WaitForInterrupt
        }
        psci::Decision::WaitAndStart(_) => Decision::WaitForInterrupt,
        psci::Decision::SystemOff => fault::raise_here(machine, partition, HealthEvent::Shutdown),
        psci::Decision::SystemReset => fault::raise_here(machine, partition, HealthEvent::Reset),
        psci::Decision::Unknown => return None,
    })
}
