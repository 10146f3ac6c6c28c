//! The CPU interface: what the CPU that runs this code acknowledges and completes, by system
//! registers.

use arm_gic::gicv3::GicCpuInterface;
use arm_sysregs::el1::accessors::{
    read_icc_iar1_el1, read_icc_sre_el1, write_icc_bpr1_el1, write_icc_ctlr_el1, write_icc_dir_el1,
    write_icc_eoir1_el1, write_icc_igrpen1_el1, write_icc_sgi1r_el1,
};
use arm_sysregs::el1::registers::{
    IccBpr1El1, IccCtlrEl1, IccDirEl1, IccEoir1El1, IccIgrpen1El1, IccSgi1rEl1, IccSreEl1,
};
use arm_sysregs::el2::accessors::read_icc_sre_el2;
use arm_sysregs::el2::registers::IccSreEl2;
use cortex_a::asm::barrier::{SY, dsb, isb};

use crate::interrupt;
use crate::refusal::{Reason, Refusal};

/// The running CPU's interface, set up. Holding one proves that this CPU went through
/// [`CpuInterface::initialise`]; it must not be passed to another.
#[derive(Debug)]
pub struct CpuInterface {
    /// Not `Send`: the registers behind it are those of the CPU that runs.
    this_cpu: core::marker::PhantomData<*const ()>,
}

/// Acknowledged ids from here to [`LAST_SPECIAL`] are no interrupts (IHI 0069, 2.2.1).
const FIRST_SPECIAL: u32 = 1020;
/// See [`FIRST_SPECIAL`].
const LAST_SPECIAL: u32 = 1023;

impl CpuInterface {
    /// Sets the running CPU's interface up, at EL2: system registers on for EL2 and EL1, priority
    /// drop and deactivation apart (`EOImode` 1), no grouping of priorities, every priority let
    /// through, group 1 on.
    ///
    /// `ICC_SRE_EL1` is left to guests: stock systems read and set it at start, and where its bits
    /// can be cleared at all it belongs into the context that a partition switch saves.
    ///
    /// # Errors
    ///
    /// [`Reason::NoSystemRegisters`].
    pub fn initialise() -> Result<Self, Refusal> {
        GicCpuInterface::enable_system_register_el2(true);
        isb(SY);
        if !read_icc_sre_el2().contains(IccSreEl2::SRE) {
            return Err(Reason::NoSystemRegisters.into());
        }
        GicCpuInterface::enable_system_register_el1();
        isb(SY);
        if !read_icc_sre_el1().contains(IccSreEl1::SRE) {
            return Err(Reason::NoSystemRegisters.into());
        }

        write_icc_igrpen1_el1(IccIgrpen1El1::empty());
        write_icc_ctlr_el1(IccCtlrEl1::EOIMODE);
        // Reads back as the least that the hardware has: every priority its own group.
        write_icc_bpr1_el1(IccBpr1El1::empty());
        GicCpuInterface::set_priority_mask(u8::MAX);
        GicCpuInterface::enable_group1(true);
        isb(SY);
        Ok(Self {
            this_cpu: core::marker::PhantomData,
        })
    }
}

impl interrupt::CpuInterface for CpuInterface {
    #[inline]
    fn acknowledge(&mut self) -> Option<u32> {
        let intid = read_icc_iar1_el1().intid();
        let is_special = (FIRST_SPECIAL..=LAST_SPECIAL).contains(&intid);
        (!is_special).then_some(intid)
    }

    /// The interrupts acknowledged last are dropped first.
    #[inline]
    fn drop_priority(&mut self, intid: u32) {
        write_icc_eoir1_el1(IccEoir1El1::from_bits_retain(u64::from(intid)));
    }

    /// The order of deactivations is free.
    #[inline]
    fn deactivate(&mut self, intid: u32) {
        write_icc_dir_el1(IccDirEl1::from_bits_retain(u64::from(intid)));
    }

    /// Takes effect on what comes after the next context synchronisation (an `ISB` or an exception
    /// return).
    #[inline]
    fn set_priority_mask(&mut self, priority: u8) {
        GicCpuInterface::set_priority_mask(priority);
    }

    /// By `ICC_SGI1R_EL1` (IHI 0069).
    #[inline]
    fn send(&mut self, intid: u32, target: u64) {
        let [aff0, aff1, aff2, _, aff3, ..] = target.to_le_bytes();
        let affinity = u64::from(aff1) << 16 | u64::from(aff2) << 32 | u64::from(aff3) << 48;
        let request = 1 << (aff0 % 16) | u64::from(intid & 0xF) << 24 | affinity;
        // What was stored for the other CPU is there before the interrupt.
        dsb(SY);
        write_icc_sgi1r_el1(IccSgi1rEl1::from_bits_retain(request));
        isb(SY);
    }
}
