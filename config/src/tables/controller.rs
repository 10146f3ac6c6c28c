//! The registers of a board's interrupt controller, for whoever maps them or keeps others out.

use crate::address::MemoryRange;
use crate::board::InterruptController;

impl InterruptController {
    /// The `index`th range of registers that is the hypervisor's own, and whose it is.
    #[must_use]
    pub const fn registers(&self, index: usize) -> Option<(&'static str, MemoryRange)> {
        let all = match *self {
            Self::GicV3 {
                distributor,
                redistributors,
            } => [
                Some(("the GIC's distributor", distributor)),
                Some(("the GIC's redistributors", redistributors)),
                None,
            ],
            Self::GicV2 {
                distributor,
                cpu_interface,
                hypervisor_interface,
                ..
            } => [
                Some(("the GIC's distributor", distributor)),
                Some(("the GIC's CPU interface", cpu_interface)),
                Some(("the GIC's hypervisor interface", hypervisor_interface)),
            ],
            Self::Bcm2836 { local, devices } => [
                Some(("the local interrupt controller", local)),
                Some(("the devices' interrupt controller", devices)),
                None,
            ],
        };
        if index < all.len() { all[index] } else { None }
    }

    /// The registers that every guest sees as its CPU interface, where the hardware has such.
    #[must_use]
    pub const fn virtual_cpu_interface(&self) -> Option<MemoryRange> {
        match *self {
            Self::GicV2 {
                virtual_cpu_interface,
                ..
            } => Some(virtual_cpu_interface),
            Self::GicV3 { .. } | Self::Bcm2836 { .. } => None,
        }
    }
}
