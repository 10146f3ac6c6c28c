//! Where the guest finds itself: at EL1 of the bare machine, or in a partition of Paratia.

use core::arch::asm;

use paratia_abi::passport::{MAGIC, Passport};

use crate::paratia;

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

    /// Begins a window, so that there is room on the console and time.
    pub fn begin_window(&self) {
        if let Self::Paratia(_) = self {
            paratia::wait_for_window();
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

/// Ends the simulation by semihosting: `SYS_EXIT` with `ADP_Stopped_ApplicationExit` (Arm
/// semihosting specification, 2.0).
fn exit() -> ! {
    let block: [u64; 2] = [0x2_0026, 0];
    // SAFETY: the simulator reads the block and doesn't come back.
    unsafe { asm!("hlt #0xf000", in("x0") 0x18_u64, in("x1") block.as_ptr(), options(noreturn)) };
}
