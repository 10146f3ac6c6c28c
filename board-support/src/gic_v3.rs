//! The interrupt controller, GICv3 (Arm IHI 0069), as the hypervisor drives it: set-up at boot,
//! and the few operations on its hot path.
//!
//! The parts are those of the hardware: the [`Distributor`] (one, all CPUs' shared interrupts), a
//! [`Redistributor`] per CPU (its private ones), and the [`CpuInterface`] (system registers of the
//! CPU that runs), and the [`VirtualInterface`] (the same CPU's `ICH_*`).
//!
//! Register layouts and the CPU interface are [`arm_gic`]'s. Its set-up functions are not used: they
//! wait without a bound for `RWP` and `ChildrenAsleep`, and combine priority drop with deactivation.
//!
//! One security state is assumed, or the Non-secure view of two; both have the bits used here in
//! the same places (IHI 0069, 12.9.4).

#[cfg(target_os = "none")]
mod cpu_interface;
mod distributor;
mod redistributor;
#[cfg(target_os = "none")]
mod virtual_interface;

pub use crate::interrupt::FIRST_SPI;
#[cfg(target_os = "none")]
pub use cpu_interface::CpuInterface;
pub use distributor::Distributor;
pub use redistributor::{REDISTRIBUTOR_BYTES, Redistributor};
#[cfg(target_os = "none")]
pub use virtual_interface::{VirtualInterface, VirtualState};

use crate::interrupt::MAX_POLLS;
#[cfg(target_os = "none")]
use crate::interrupt::{self, Parts};
use crate::refusal::{Reason, Refusal};
#[cfg(target_os = "none")]
use paratia_config::board::{BoardFacts, InterruptController};
use safe_mmio::UniqueMmioPointer;
use safe_mmio::fields::ReadPureWrite;

/// GICv3 as a kind of interrupt controller.
#[derive(Debug)]
pub struct GicV3;

#[cfg(target_os = "none")]
impl interrupt::Controller for GicV3 {
    type Distributor = Distributor;
    type PrivateInterrupts = Redistributor;
    type CpuInterface = CpuInterface;
    type VirtualInterface = VirtualInterface;

    unsafe fn initialise(board: &BoardFacts) -> Result<Distributor, Refusal> {
        let InterruptController::GicV3 { distributor, .. } = board.interrupt_controller else {
            return Err(Reason::ControllerKind.into());
        };
        // SAFETY: the caller's promise, passed on.
        unsafe { Distributor::initialise(distributor, board.interrupt_count) }
    }

    unsafe fn initialise_cpu(board: &BoardFacts, cpu: usize) -> Result<Parts<Self>, Refusal> {
        let InterruptController::GicV3 { redistributors, .. } = board.interrupt_controller else {
            return Err(Reason::ControllerKind.into());
        };
        let affinity = board.cpus.get(cpu).copied().unwrap_or(u64::MAX);
        let interface = CpuInterface::initialise()?;
        // SAFETY: the caller's promise, passed on.
        let private = unsafe { Redistributor::initialise(redistributors, cpu, affinity) }?;
        Ok(Parts {
            private,
            interface,
            guest: VirtualInterface::initialise()?,
        })
    }
}

/// Priority of every interrupt after set-up; a lower number is more urgent. The most urgent that
/// the Non-secure state may use when there are two.
pub const DEFAULT_PRIORITY: u8 = arm_gic::gicv3::HIGHEST_NS_PRIORITY;

/// Four interrupts' [`DEFAULT_PRIORITY`], as one priority register holds them.
const DEFAULT_PRIORITIES: u32 = u32::from_le_bytes([DEFAULT_PRIORITY; 4]);

/// Reads until `busy` is over, a bounded number of times.
fn settle(register: u64, busy: impl Fn() -> bool) -> Result<(), Refusal> {
    let is_settled = (0..MAX_POLLS).any(|_| !busy());
    Reason::Stuck.with(register, 0, 0).unless(is_settled)
}

/// An array of registers.
type Array<'a, const COUNT: usize> = UniqueMmioPointer<'a, [ReadPureWrite<u32>; COUNT]>;

/// Writes one of an array of registers, if there are so many.
#[inline]
fn put<const COUNT: usize>(mut registers: Array<'_, COUNT>, index: usize, value: u32) {
    if let Some(mut register) = registers.get(index) {
        register.write(value);
    }
}
