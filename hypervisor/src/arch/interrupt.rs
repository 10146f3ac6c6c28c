//! The virtual interrupt interface (`ICH_*`, Arm IHI 0069, 12.4): list registers, through which a
//! guest's CPU interface takes interrupts.

use super::registers::{read_register, write_register};

/// List registers that are used; boot refuses a board with fewer.
pub const LIST_REGISTERS: usize = 4;

/// List registers that the CPU has.
#[must_use]
pub fn list_registers_found() -> usize {
    (read_register!("ich_vtr_el2") & 0x1F) as usize + 1
}

/// `ICH_LR<n>_EL2.State`, pending.
const STATE_PENDING: u64 = 0b01 << 62;
/// `ICH_HCR_EL2.En`.
const ENABLE: u64 = 1;
/// `ICH_HCR_EL2.EOIcount`.
const UNLISTED_ENDS_SHIFT: u32 = 27;

/// Shows the guest its pending interrupts, from now on; `control` are bits of `ICH_HCR_EL2` that say
/// of what a maintenance interrupt tells.
#[inline]
pub fn enable(control: u64) {
    // SAFETY: the list registers hold the state of the guest that runs next.
    unsafe { write_register!("ich_hcr_el2", ENABLE | control) };
}

/// Hides all virtual interrupts: so that a pending one doesn't wake this CPU while no guest runs.
#[inline]
pub fn disable() {
    let counted = read_register!("ich_hcr_el2") & !ENABLE;
    // SAFETY: only the delivery to guests depends on it, and none runs now.
    unsafe { write_register!("ich_hcr_el2", counted) };
}

/// `ICH_VMCR_EL2.VEOIM`: the guest's ends only drop the priority; deactivations are apart.
const SPLIT_ENDS: u64 = 1 << 9;

/// Ends of interrupts that were in no list register, since the last time; at most 31.
///
/// With split ends only a deactivation would count (IHI 0069, `ICH_HCR_EL2.EOIcount`), and these are
/// trapped then. QEMU 7.2 counts priority drops, too (`icv_eoir_write`), which end nothing.
#[inline]
pub fn take_unlisted_ends() -> u64 {
    let control = read_register!("ich_hcr_el2");
    let ends = control >> UNLISTED_ENDS_SHIFT & 0x1F;
    if ends != 0 {
        let rest = control & !(0x1F << UNLISTED_ENDS_SHIFT);
        // SAFETY: the count is the hypervisor's to take.
        unsafe { write_register!("ich_hcr_el2", rest) };
        if read_register!("ich_vmcr_el2") & SPLIT_ENDS != 0 {
            return 0;
        }
    }
    ends
}

/// The list registers whose interrupt was taken and ended, or that were never used
/// (`ICH_ELRSR_EL2`).
#[inline]
#[must_use]
pub fn empty_lists() -> u32 {
    read_register!("ich_elrsr_el2") as u32
}

/// The list registers in a set, bit n for the n-th.
pub fn each(listed: u32) -> impl Iterator<Item = usize> {
    (0..LIST_REGISTERS).filter(move |index| listed & 1 << index != 0)
}

/// Whether a list register's interrupt waits to be taken, and is not in hand.
#[must_use]
pub fn is_list_pending(index: usize) -> bool {
    read_list(index) & (0b11 << 62) == STATE_PENDING
}

/// The value of a list register.
#[must_use]
pub fn read_list(index: usize) -> u64 {
    match index {
        0 => read_register!("ich_lr0_el2"),
        1 => read_register!("ich_lr1_el2"),
        2 => read_register!("ich_lr2_el2"),
        _ => read_register!("ich_lr3_el2"),
    }
}

/// Writes a list register.
pub fn write_list(index: usize, value: u64) {
    // SAFETY: a list register of the guest whose state is loaded on this CPU.
    unsafe {
        match index {
            0 => write_register!("ich_lr0_el2", value),
            1 => write_register!("ich_lr1_el2", value),
            2 => write_register!("ich_lr2_el2", value),
            _ => write_register!("ich_lr3_el2", value),
        }
    }
}
