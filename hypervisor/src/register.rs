//! Trapped system registers, as a table: what is emulated, and how. Everything that isn't in it is
//! not the partition's to use.

use paratia_config::system::HealthEvent;

use crate::arch::cpu::skip_instruction;
use crate::arch::syndrome::{SystemRegister, encoding};
use crate::cpu::Machine;
use crate::exit::Decision;
use crate::fault::{self, Details};
use crate::interrupt;
use crate::partition::Partition;

/// What a write does to the partition; reads of these are undefined on hardware too.
type Writer = fn(&mut Partition, u64);

/// The registers, by encoding.
const WRITTEN: &[(u16, Writer)] = &[
    // ICC_SGI1R_EL1: trapped because physical interrupts are routed to EL2 (IHI 0069, 12.2.19).
    (encoding(3, 0, 12, 11, 5), generate_sgi),
];

/// Handles a trapped access.
pub fn emulate(
    machine: &mut Machine,
    partition: &mut Partition,
    access: SystemRegister,
) -> Decision {
    let row = WRITTEN
        .iter()
        .find(|(register, _)| *register == access.encoding && !access.read);
    let Some((_, write)) = row else {
        let event = HealthEvent::ForbiddenInstruction;
        return fault::raise(machine, partition, event, Details::of_exit());
    };
    let value = partition
        .context
        .x
        .get(usize::from(access.register))
        .copied()
        .unwrap_or(0);
    skip_instruction();
    write(partition, value);
    Decision::Resume
}

/// A partition has one vCPU, with affinity 0: an SGI reaches it if the target list says so and the
/// mode isn't "all but self".
fn generate_sgi(partition: &mut Partition, value: u64) {
    const ALL_BUT_SELF: u64 = 1 << 40;
    const AFFINITY: u64 = 0xFF << 48 | 0xFF << 32 | 0xFF << 16;
    if value & (ALL_BUT_SELF | AFFINITY) == 0 && value & 1 != 0 {
        #[allow(clippy::cast_possible_truncation, reason = "four bits")]
        interrupt::deliver(partition, (value >> 24 & 0xF) as u32, false);
    }
}
