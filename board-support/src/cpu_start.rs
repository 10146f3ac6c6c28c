//! How CPU 0 starts the others, by what the board's facts say.

use core::fmt;

use paratia_config::board::{BoardFacts, CpuStart};
use safe_mmio::fields::ReadPureWrite;
use smccc::{Smc, psci};

use crate::{barrier, registers};

/// Why a CPU can't be started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StartError {
    /// The board has no CPU with this index.
    NoCpu(usize),
    /// The firmware refused to start this CPU, for this reason of PSCI's.
    Refused(usize, psci::Error),
    /// The spin table has no slot for this CPU.
    NoSlot(usize),
}

/// Starts CPU `cpu` at the physical address `entry`, at EL2 with its MMU off.
///
/// By PSCI it finds `context` in `x0`. From a spin table it finds nothing but itself: `MPIDR_EL1`
/// says which CPU it is.
///
/// # Errors
///
/// [`StartError`]. That a CPU doesn't arrive isn't seen here.
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
) -> Result<(), StartError> {
    let affinity = *board.cpus.get(cpu).ok_or(StartError::NoCpu(cpu))?;
    match board.cpu_start {
        CpuStart::PsciSmc => psci::cpu_on::<Smc>(affinity, entry, context)
            .map_err(|error| StartError::Refused(cpu, error)),
        CpuStart::SpinTable { page, first_slot } => {
            let offset = first_slot.saturating_add(8 * cpu as u64);
            // SAFETY: the caller's promise; a slot is written once, here.
            let slot = unsafe { registers::claim::<ReadPureWrite<u64>>(page, offset) };
            slot.ok_or(StartError::NoSlot(cpu))?.write(entry);
            barrier::synchronise();
            cortex_a::asm::sev();
            Ok(())
        }
    }
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoCpu(cpu) => write!(
                f,
                "CPU {cpu}: the board has no such CPU; give the system fewer plans"
            ),
            Self::Refused(cpu, error) => write!(
                f,
                "CPU {cpu}: the firmware's CPU_ON answers '{error}'; give the board as many CPUs as \
                 the system has plans, or the system fewer"
            ),
            Self::NoSlot(cpu) => write!(
                f,
                "CPU {cpu}: the spin table has no slot for it; correct the board's facts"
            ),
        }
    }
}

impl core::error::Error for StartError {}
