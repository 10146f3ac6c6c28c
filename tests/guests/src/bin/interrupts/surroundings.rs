//! What is around the guest, bare or in a partition: its interrupt controller, its device, others.

use core::arch::asm;

use crate::gic::Gic;
use crate::place::Place;
use crate::{device, paratia, timer};

/// QEMU 7.2, hw/arm/virt.c, base_memmap: distributor, GICv2's CPU interface, first redistributor.
const BARE_DISTRIBUTOR: usize = 0x0800_0000;
const BARE_CPU_INTERFACE: usize = 0x0801_0000;
const BARE_REDISTRIBUTOR: usize = 0x080A_0000;

impl Place {
    /// What it is called in the output.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Bare => "bare",
            Self::Paratia(_) => "paratia",
        }
    }

    /// The interrupt controller, if there is one.
    pub fn gic(&self) -> Option<Gic> {
        match self {
            Self::Bare if has_system_registers() => {
                Some(Gic::new(3, [BARE_DISTRIBUTOR, BARE_REDISTRIBUTOR]))
            }
            Self::Bare => Some(Gic::new(2, [BARE_DISTRIBUTOR, BARE_CPU_INTERFACE])),
            Self::Paratia(passport) => Gic::of(passport),
        }
    }

    /// Finds the device that is this guest's.
    pub fn remember_device(&self) {
        match self {
            Self::Bare => device::remember_bare(),
            Self::Paratia(passport) => device::remember_owned(passport),
        }
    }

    /// Lets time pass in which this guest doesn't run, if others could.
    pub fn let_others_run(&self) {
        match self {
            Self::Bare => timer::spin(),
            Self::Paratia(_) => {
                paratia::wait_for_window();
            }
        }
    }
}

/// `ID_AA64PFR0_EL1.GIC`.
fn has_system_registers() -> bool {
    let features: u64;
    // SAFETY: reads a constant.
    unsafe { asm!("mrs {}, id_aa64pfr0_el1", out(reg) features, options(nomem, nostack)) };
    features >> 24 & 0xF != 0
}
