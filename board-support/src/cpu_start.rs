//! How CPU 0 starts the others, by what the board's facts say.

use paratia_config::board::{BoardFacts, CpuStart};
use safe_mmio::fields::ReadPureWrite;
use smccc::{Smc, psci};

use crate::refusal::{Reason, Refusal};
use crate::{barrier, registers};

/// Starts CPU `cpu` at the physical address `entry`, at EL2 with its MMU off.
///
/// By PSCI it finds `context` in `x0`. From a spin table it finds nothing but itself: `MPIDR_EL1`
/// says which CPU it is.
///
/// # Errors
///
/// [`Refusal`]. That a CPU doesn't arrive isn't seen here.
///
/// # Safety
///
/// `board` must be the facts of the board at hand, a spin table mapped as device memory at its
/// physical address, and what lies at `entry` be made for a CPU that starts.
pub unsafe fn start(
    board: &BoardFacts,
    cpu: usize,
    entry: u64,
    context: u64,
) -> Result<(), Refusal> {
    let affinity = *board
        .cpus
        .get(cpu)
        .ok_or(Reason::NoCpu.with(cpu as u64, 0, 0))?;
    match board.cpu_start {
        CpuStart::PsciSmc => psci::cpu_on::<Smc>(affinity, entry, context).map_err(|error| {
            Reason::CpuRefused.with(cpu as u64, i64::from(error).cast_unsigned(), 0)
        }),
        CpuStart::SpinTable { page, first_slot } => {
            let offset = first_slot.saturating_add(8 * cpu as u64);
            // SAFETY: the caller's promise; a slot is written once, here.
            let slot = unsafe { registers::claim::<ReadPureWrite<u64>>(page, offset) };
            slot.map_err(|_| Reason::NoSlot.with(cpu as u64, 0, 0))?
                .write(entry);
            barrier::synchronise();
            cortex_a::asm::sev();
            Ok(())
        }
    }
}
