//! The interrupt controller, GICv3 (Arm IHI 0069), as the hypervisor drives it: set-up at boot,
//! and the few operations on its hot path.
//!
//! Three parts, as in the hardware: the [`Distributor`] (one, all CPUs' shared interrupts), a
//! [`Redistributor`] per CPU (its private ones), and the [`CpuInterface`] (system registers of the
//! CPU that runs). The virtual interface (`ICH_*`) belongs to the hypervisor's `arch`.
//!
//! Register layouts and the CPU interface are [`arm_gic`]'s. Its set-up functions are not used: they
//! wait without a bound for `RWP` and `ChildrenAsleep`, and combine priority drop with deactivation.
//!
//! One security state is assumed, or the Non-secure view of two; both have the bits used here in
//! the same places (IHI 0069, 12.9.4).

#[cfg(target_os = "none")]
mod cpu_interface;
mod distributor;
mod error;
#[cfg(test)]
mod fake;
mod redistributor;

#[cfg(target_os = "none")]
pub use cpu_interface::CpuInterface;
pub use distributor::Distributor;
pub use error::GicError;
pub use redistributor::{REDISTRIBUTOR_BYTES, Redistributor};

/// Interrupt ids of shared interrupts (SPIs) start here; those below are private to a CPU.
pub const FIRST_SPI: u32 = 32;

/// Priority of every interrupt after set-up; a lower number is more urgent. The most urgent that
/// the Non-secure state may use when there are two.
pub const DEFAULT_PRIORITY: u8 = arm_gic::gicv3::HIGHEST_NS_PRIORITY;

/// How often a register is read for a write to take effect before the controller counts as broken.
/// Hardware takes some tens of cycles, QEMU none.
const MAX_POLLS: u32 = 100_000;

/// Four interrupts' [`DEFAULT_PRIORITY`], as one priority register holds them.
const DEFAULT_PRIORITIES: u32 = u32::from_le_bytes([DEFAULT_PRIORITY; 4]);

/// Reads until `busy` is over, a bounded number of times.
fn settle(register: &'static str, busy: impl Fn() -> bool) -> Result<(), GicError> {
    (0..MAX_POLLS)
        .find(|_| !busy())
        .map_or(Err(GicError::Stuck { register }), |_| Ok(()))
}
