//! The interrupt controller, GICv2 with virtualisation extensions (Arm IHI 0048; the GIC-400, Arm
//! DDI 0471), as the hypervisor drives it.
//!
//! Everything is registers in memory. The distributor's first words (interrupts 0 to 31), the CPU
//! interface and the virtual interface are banked: each CPU sees its own at the same address.
//!
//! Groups are left as firmware has them. With Security Extensions, as on the boards, the hypervisor
//! sees the Non-secure view: only Group 1, which bit 0 of the control registers enables. Without,
//! as on QEMU's `virt`, all is Group 0 after reset, which bit 0 enables too (IHI 0048, 4.3.1 and
//! 4.4.1). So the same writes serve both.

mod cpu_interface;
mod distributor;
mod private;
mod registers;
mod virtual_interface;

use paratia_config::board::{BoardFacts, InterruptController};

pub use cpu_interface::CpuInterface;
pub use distributor::Distributor;
pub use private::PrivateInterrupts;
pub use virtual_interface::{VirtualInterface, VirtualState};

use crate::interrupt::{self, Parts};
use crate::refusal::{Reason, Refusal};

/// GICv2 with virtualisation extensions as a kind of interrupt controller.
#[derive(Debug)]
pub struct GicV2;

/// Priority of every interrupt after set-up: the most urgent that the Non-secure state may use.
const DEFAULT_PRIORITY: u8 = 0x80;

const OTHER_KIND: Refusal = Reason::ControllerKind.with(0, 0, 0);

impl interrupt::Controller for GicV2 {
    type Distributor = Distributor;
    type PrivateInterrupts = PrivateInterrupts;
    type CpuInterface = CpuInterface;
    type VirtualInterface = VirtualInterface;

    unsafe fn initialise(board: &BoardFacts) -> Result<Distributor, Refusal> {
        let InterruptController::GicV2 { distributor, .. } = board.interrupt_controller else {
            return Err(OTHER_KIND);
        };
        // SAFETY: the caller's promise, passed on.
        unsafe { Distributor::initialise(distributor, board.interrupt_count) }
    }

    unsafe fn initialise_cpu(board: &BoardFacts, cpu: usize) -> Result<Parts<Self>, Refusal> {
        let InterruptController::GicV2 {
            distributor,
            cpu_interface,
            hypervisor_interface,
            ..
        } = board.interrupt_controller
        else {
            return Err(OTHER_KIND);
        };
        // SAFETY: the caller's promise, passed on; what is banked is this CPU's own.
        unsafe {
            Ok(Parts {
                private: PrivateInterrupts::initialise(distributor, cpu)?,
                interface: CpuInterface::initialise(distributor, cpu_interface)?,
                guest: VirtualInterface::initialise(hypervisor_interface)?,
            })
        }
    }
}

/// The bit of a CPU among the eight targets of GICv2, by its affinity: on every board they are
/// numbered alike, which [`PrivateInterrupts::initialise`] checks.
const fn target_bit(affinity: u64) -> u8 {
    1 << (affinity & 7)
}
