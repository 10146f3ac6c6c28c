//! The virtual interface of the CPU that runs (`ICH_*`, Arm IHI 0069, 12.4): list registers, through
//! which a guest's CPU interface takes interrupts.

use core::arch::asm;
use core::marker::PhantomData;

use arm_gic::gicv3::GicCpuInterface;
use cortex_a::asm::barrier::{SY, isb};
use cortex_a::registers::{
    ICH_AP0R0_EL2, ICH_AP1R0_EL2, ICH_HCR_EL2, ICH_LR0_EL2, ICH_LR1_EL2, ICH_LR2_EL2, ICH_LR3_EL2,
    ICH_VMCR_EL2, ICH_VTR_EL2, Readable, Writeable,
};

use crate::interrupt::{self, ListForm};
use crate::refusal::{Reason, Refusal};

/// The running CPU's virtual interface. Must not be passed to another CPU.
#[derive(Debug)]
pub struct VirtualInterface {
    /// Not `Send`: the registers behind it are those of the CPU that runs.
    this_cpu: PhantomData<*const ()>,
}

/// List registers that are used at most; common hardware has four.
const MAX_LISTS: usize = 4;
/// `ICH_HCR_EL2.En`.
const ENABLE: u64 = 1;
/// `ICH_HCR_EL2.TC`, `TALL0` and `TALL1`.
const TRAP_COMMON: u64 = 1 << 10;
const TRAP_GROUP_0: u64 = 1 << 11;
const TRAP_GROUP_1: u64 = 1 << 12;
/// `ICH_HCR_EL2.EOIcount`, bits 31:27.
const ENDS_SHIFT: u32 = 27;
const ENDS_MASK: u64 = 0x1F;
/// `ICH_VMCR_EL2.VEOIM`: the guest's ends only drop the priority; deactivations are apart.
const SPLIT_ENDS: u64 = 1 << 9;
/// Bits of preemption level that one register of active priorities holds.
const SAVED_BITS: u32 = 5;

/// A guest's CPU interface beside the list registers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct VirtualState {
    /// `ICH_VMCR_EL2`.
    pub control: u64,
    /// `ICH_AP0R0_EL2` and `ICH_AP1R0_EL2`.
    pub active: [u64; 2],
}

impl VirtualInterface {
    /// Empties the running CPU's list registers, and turns its virtual interface off.
    ///
    /// # Errors
    ///
    /// [`Reason::PriorityBits`] on a CPU of which a switch wouldn't save everything.
    pub fn initialise() -> Result<Self, Refusal> {
        let found = (ICH_VTR_EL2.get() >> 26 & 0b111) as u32 + 1;
        if found > SAVED_BITS {
            return Err(Reason::PriorityBits.with(found.into(), 0, 0));
        }
        let mut this = Self {
            this_cpu: PhantomData,
        };
        ICH_HCR_EL2.set(0);
        for index in 0..MAX_LISTS {
            interrupt::VirtualInterface::write_list(&mut this, index, 0);
        }
        interrupt::VirtualInterface::load(&mut this, &VirtualState::default());
        Ok(this)
    }
}

impl interrupt::VirtualInterface for VirtualInterface {
    const FORM: ListForm = ListForm::V3;

    type State = VirtualState;

    const RESET: VirtualState = VirtualState {
        control: 0,
        active: [0; 2],
    };

    fn list_count(&self) -> usize {
        (ICH_VTR_EL2.get() & 0x1F) as usize + 1
    }

    #[inline]
    fn read_list(&self, index: usize) -> u64 {
        match index {
            0 => ICH_LR0_EL2.get(),
            1 => ICH_LR1_EL2.get(),
            2 => ICH_LR2_EL2.get(),
            3 => ICH_LR3_EL2.get(),
            _ => 0,
        }
    }

    #[inline]
    fn write_list(&mut self, index: usize, value: u64) {
        match index {
            0 => ICH_LR0_EL2.set(value),
            1 => ICH_LR1_EL2.set(value),
            2 => ICH_LR2_EL2.set(value),
            3 => ICH_LR3_EL2.set(value),
            _ => {}
        }
    }

    #[inline]
    fn empty_lists(&self) -> u64 {
        let empty: u64;
        // SAFETY: reading `ICH_ELRSR_EL2` has no side effect.
        unsafe {
            asm!("mrs {}, ich_elrsr_el2", out(reg) empty, options(nomem, nostack, preserves_flags));
        }
        empty
    }

    /// `ICH_ELRSR_EL2` reads list registers indirectly, and an indirect read needs not see a direct write
    /// before the next context synchronisation (DDI 0487, "Synchronization requirements for AArch64
    /// System registers"): without it a register that was just filled would count as free, and one that
    /// was just emptied as full.
    #[inline]
    fn settle_lists(&mut self) {
        isb(SY);
    }

    /// Traps the registers of both groups and those that both share (IHI 0069, `ICH_HCR_EL2`).
    #[inline]
    fn refuse_registers(&mut self) {
        ICH_HCR_EL2.set(TRAP_COMMON | TRAP_GROUP_0 | TRAP_GROUP_1);
    }

    /// `ICC_SRE_EL2.Enable` = 0 traps `ICC_SRE_EL1`. QEMU's always lets it through.
    fn hide_registers(&mut self) {
        GicCpuInterface::enable_system_register_el2(false);
    }

    #[inline]
    fn enable(&mut self, control: u64) {
        ICH_HCR_EL2.set(ENABLE | control);
    }

    #[inline]
    fn close(&mut self) -> u64 {
        let control = ICH_HCR_EL2.get();
        ICH_HCR_EL2.set(0);
        ends(control)
    }

    #[inline]
    fn take_unlisted_ends(&mut self) -> u64 {
        let control = ICH_HCR_EL2.get();
        if control >> ENDS_SHIFT != 0 {
            ICH_HCR_EL2.set(control & !(ENDS_MASK << ENDS_SHIFT));
        }
        ends(control)
    }

    #[inline]
    fn save(&self) -> VirtualState {
        VirtualState {
            control: ICH_VMCR_EL2.get(),
            active: [ICH_AP0R0_EL2.get(), ICH_AP1R0_EL2.get()],
        }
    }

    #[inline]
    fn load(&mut self, state: &VirtualState) {
        ICH_VMCR_EL2.set(state.control);
        ICH_AP0R0_EL2.set(state.active[0]);
        ICH_AP1R0_EL2.set(state.active[1]);
    }
}

/// The ends that a value of `ICH_HCR_EL2` has counted.
#[inline]
fn ends(control: u64) -> u64 {
    let ends = control >> ENDS_SHIFT & ENDS_MASK;
    // With split ends only a deactivation would count, and these are trapped then. QEMU 7.2 counts
    // priority drops, too (`icv_eoir_write`), which end nothing.
    if ends != 0 && ICH_VMCR_EL2.get() & SPLIT_ENDS != 0 {
        return 0;
    }
    ends
}
