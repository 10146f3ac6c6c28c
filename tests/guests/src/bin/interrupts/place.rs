//! Where the guest finds itself: on the bare machine, or in a partition of Paratia.

use core::arch::asm;

use paratia_abi::passport::{MAGIC, Passport};

use crate::gic::Gic;
use crate::{device, paratia, timer};

/// QEMU 7.2, hw/arm/virt.c, base_memmap: distributor, GICv2's CPU interface, first redistributor.
const BARE_DISTRIBUTOR: usize = 0x0800_0000;
const BARE_CPU_INTERFACE: usize = 0x0801_0000;
const BARE_REDISTRIBUTOR: usize = 0x080A_0000;

/// Where the guest runs.
pub enum Place {
    /// At EL1 of QEMU's `virt` machine, nobody below.
    Bare,
    /// In a partition of Paratia.
    Paratia(&'static Passport),
}

impl Place {
    /// The place, from what was in `x0` at the entry.
    ///
    /// # Safety
    /// `handed_over` is 0 or the address of a passport or a device tree, which never change.
    pub unsafe fn find(handed_over: usize) -> Self {
        if handed_over == 0 {
            return Self::Bare;
        }
        let start = core::ptr::with_exposed_provenance::<u64>(handed_over);
        // SAFETY: a passport and a device tree both have more than eight bytes, on a multiple of 8.
        if unsafe { start.read() } == MAGIC {
            // SAFETY: a passport starts like this, and all of its bit patterns are valid.
            return Self::Paratia(unsafe { &*start.cast() });
        }
        Self::Bare
    }

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
            Self::Paratia(passport) => match passport.gic_bases.map(usize::try_from) {
                [Ok(0) | Err(_), _] | [_, Ok(0) | Err(_)] => None,
                [Ok(distributor), Ok(other)] => {
                    Some(Gic::new(passport.gic_version, [distributor, other]))
                }
            },
        }
    }

    /// Finds the device that is this guest's.
    pub fn remember_device(&self) {
        match self {
            Self::Bare => device::remember_bare(),
            Self::Paratia(passport) => device::remember_owned(passport),
        }
    }

    /// Begins a window, so that what follows isn't cut in two.
    pub fn begin_window(&self) {
        if let Self::Paratia(_) = self {
            paratia::wait_for_window();
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

    /// Stops.
    pub fn end(&self) -> ! {
        match self {
            Self::Paratia(_) => paratia::stop(),
            Self::Bare => exit(),
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

/// Ends the simulation by semihosting: `SYS_EXIT` with `ADP_Stopped_ApplicationExit` (Arm
/// semihosting specification, 2.0).
fn exit() -> ! {
    let block: [u64; 2] = [0x2_0026, 0];
    // SAFETY: the simulator reads the block and doesn't come back.
    unsafe { asm!("hlt #0xf000", in("x0") 0x18_u64, in("x1") block.as_ptr(), options(noreturn)) };
}
