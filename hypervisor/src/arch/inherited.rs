//! Registers that firmware may have left in use, set so that nothing of that acts on guests: once on
//! each CPU, before the first runs.
//!
//! A reset leaves most of them UNKNOWN, and firmware at EL2 (a boot loader, say) may have used them.
//! What isn't here and isn't in [`super::cpu::enable_traps`] or a guest's context either acts on EL2
//! alone or is turned off by a bit that is (`CNTPOFF_EL2` by `CNTHCTL_EL2.ECV`), or belongs to EL3:
//! statistical profiling, branch records and trace at EL2, which firmware at EL3 grants or traps
//! (`MDCR_EL3`), so that writing them could end in EL3.

use super::registers::{read_register, write_register};

/// `MPAM2_EL2.TRAPMPAM0EL1` and `TRAPMPAM1EL1`: guests choose no partition of caches or bandwidth;
/// with all else zero everything is in the default one (Arm DDI 0598, `MPAM2_EL2`).
const MPAM_TRAPPED: u64 = 0b11 << 48;

/// `HCRX_EL2.TALLINT`: guests don't set `ALLINT`, which masks interrupts that can't be masked otherwise
/// (FEAT_NMI; elsewhere the bit is reserved). It traps `MSR` with a register, and with an immediate that
/// sets it; nothing traps that it is read, or cleared by an immediate, and a guest's is always clear (Arm ARM
/// DDI 0487, D19.2.47).
const MASK_TRAPPED: u64 = 1 << 6;

/// A field of 4 bits of an ID register.
fn field(register: u64, shift: u32) -> u64 {
    register >> shift & 0xF
}

/// Sets them.
pub fn take_back() {
    // SAFETY: every CPU has these. Breakpoints and steps (MDSCR_EL1) would be taken to EL1 by a guest
    // that can't see them; the interrupt of the channel to a debugger (MDCCINT_EL1), too; what EL1
    // may do to a CPU's implementation defined registers (ACTLR_EL2) and what more of that traps
    // (HACR_EL2) is zero on Arm's cores: nothing.
    unsafe {
        write_register!("mdscr_el1", 0_u64);
        write_register!("mdccint_el1", 0_u64);
        write_register!("actlr_el2", 0_u64);
        write_register!("hacr_el2", 0_u64);
    }
    if field(read_register!("id_aa64mmfr1_el1"), 40) != 0 {
        let has_mask = field(read_register!("id_aa64pfr1_el1"), 36) != 0;
        let trapped = if has_mask { MASK_TRAPPED } else { 0 };
        // SAFETY: the CPU has HCRX_EL2 (FEAT_HCX); what is zero traps what it could grant.
        unsafe { write_register!("s3_4_c1_c2_2", trapped) };
    }
    let fine_traps = field(read_register!("id_aa64mmfr0_el1"), 56);
    if fine_traps >= 1 {
        trap_what_is_new();
    }
    if fine_traps >= 2 {
        trap_what_is_newer();
    }
    let (first, second) = (
        read_register!("id_aa64pfr0_el1"),
        read_register!("id_aa64pfr1_el1"),
    );
    if fine_traps >= 1 && field(first, 44) != 0 {
        // SAFETY: the CPU has HAFGRTR_EL2 (FEAT_AMUv1 and FEAT_FGT); CPTR_EL2.TAM traps all of it.
        unsafe { write_register!("s3_4_c3_c1_6", 0_u64) };
    }
    if field(first, 40) != 0 || field(second, 16) != 0 {
        // SAFETY: the CPU has MPAM2_EL2 (FEAT_MPAM).
        unsafe { write_register!("s3_4_c10_c5_0", MPAM_TRAPPED) };
    }
}

/// Zero traps nothing that `HCR_EL2` lets pass, but whatever has been added to the architecture since
/// and isn't switched: their bits with names in n.
#[cold]
fn trap_what_is_new() {
    // SAFETY: the CPU has HFGRTR_EL2, HFGWTR_EL2, HFGITR_EL2, HDFGRTR_EL2 and HDFGWTR_EL2 (FEAT_FGT).
    unsafe {
        write_register!("s3_4_c1_c1_4", 0_u64);
        write_register!("s3_4_c1_c1_5", 0_u64);
        write_register!("s3_4_c1_c1_6", 0_u64);
        write_register!("s3_4_c3_c1_4", 0_u64);
        write_register!("s3_4_c3_c1_5", 0_u64);
    }
}

/// The same of what came later still.
#[cold]
fn trap_what_is_newer() {
    // SAFETY: the CPU has HDFGRTR2_EL2, HDFGWTR2_EL2, HFGRTR2_EL2, HFGWTR2_EL2 and HFGITR2_EL2
    // (FEAT_FGT2).
    unsafe {
        write_register!("s3_4_c3_c1_0", 0_u64);
        write_register!("s3_4_c3_c1_1", 0_u64);
        write_register!("s3_4_c3_c1_2", 0_u64);
        write_register!("s3_4_c3_c1_3", 0_u64);
        write_register!("s3_4_c3_c1_7", 0_u64);
    }
}
