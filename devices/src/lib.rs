//! Drivers of devices that are the same to whoever owns them: a partition, or the hypervisor at
//! boot.
//!
//! They know registers and nothing of Paratia, so that a partition, which links only its runtime
//! and the ABI, can use them without a crate of the hypervisor's; that is why they aren't in
//! `board-support`. What a board adds is the address. They implement the traits of `embedded-hal` and `embedded-can`.

#![cfg_attr(not(test), no_std)]

pub mod bcm2835_gpio;
pub mod delay;
#[cfg(test)]
mod fake;
pub mod gpio;
pub mod pl061;
pub mod system_timer;
pub mod zynqmp_can;

use core::ptr::{NonNull, with_exposed_provenance_mut};

use safe_mmio::UniqueMmioPointer;

/// A device's registers of type `T` at `address`, or nothing if the address is 0 or isn't aligned.
///
/// # Safety
///
/// A device's registers of that layout must be mapped as device memory at `address` for ever, and
/// be reached through no other pointer.
#[must_use]
pub unsafe fn registers<T>(address: usize) -> Option<UniqueMmioPointer<'static, T>> {
    if !address.is_multiple_of(align_of::<T>()) {
        return None;
    }
    // SAFETY: the caller's promise is the one that `UniqueMmioPointer` asks for.
    NonNull::new(with_exposed_provenance_mut(address))
        .map(|pointer| unsafe { UniqueMmioPointer::new(pointer) })
}
