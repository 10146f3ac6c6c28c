//! System registers and instructions by their names: the encodings with which a trapped access comes (Arm ARM
//! DDI 0487, D17 and D19; of the interrupt controller, IHI 0069).

use crate::machine::syndrome::encoding;

/// Makes a constant of each, with its `Op0`, `Op1`, `CRn`, `CRm` and `Op2`.
macro_rules! names {
    ($($(#[$doc:meta])* $name:ident = $op0:literal $op1:literal $crn:literal $crm:literal $op2:literal;)*) => {
        $(
            #[doc = concat!("`", stringify!($name), "`.")]
            $(#[$doc])*
            pub const $name: u16 = encoding($op0, $op1, $crn, $crm, $op2);
        )*

        /// All of them, with their names.
        #[cfg(test)]
        const ALL: &[(&str, u16)] = &[$((stringify!($name), $name)),*];
    };
}

names! {
    // The part of the ID registers that `HCR_EL2.TID3` traps, `CRm` 1 to 7.
    /// The first of the space.
    ID_PFR0_EL1 = 3 0 0 1 0;
    ID_AA64PFR0_EL1 = 3 0 0 4 0;
    ID_AA64PFR1_EL1 = 3 0 0 4 1;
    ID_AA64DFR0_EL1 = 3 0 0 5 0;
    ID_AA64ISAR0_EL1 = 3 0 0 6 0;
    ID_AA64ISAR1_EL1 = 3 0 0 6 1;
    ID_AA64ISAR2_EL1 = 3 0 0 6 2;
    ID_AA64MMFR0_EL1 = 3 0 0 7 0;
    ID_AA64MMFR1_EL1 = 3 0 0 7 1;
    ID_AA64MMFR2_EL1 = 3 0 0 7 2;
    /// The last of the space, which has no name yet.
    S3_0_C0_C7_7 = 3 0 0 7 7;

    // Identity.
    REVIDR_EL1 = 3 0 0 0 6;
    AIDR_EL1 = 3 1 0 0 7;

    // Control, translation and faults at EL1.
    SCTLR_EL1 = 3 0 1 0 0;
    ACTLR_EL1 = 3 0 1 0 1;
    CPACR_EL1 = 3 0 1 0 2;
    TTBR0_EL1 = 3 0 2 0 0;
    TTBR1_EL1 = 3 0 2 0 1;
    TCR_EL1 = 3 0 2 0 2;
    AFSR0_EL1 = 3 0 5 1 0;
    AFSR1_EL1 = 3 0 5 1 1;
    ESR_EL1 = 3 0 5 2 0;
    FAR_EL1 = 3 0 6 0 0;
    MAIR_EL1 = 3 0 10 2 0;
    AMAIR_EL1 = 3 0 10 3 0;
    CONTEXTIDR_EL1 = 3 0 13 0 1;

    // Cache maintenance by set and way: system instructions.
    DC_ISW = 1 0 7 6 2;
    DC_CSW = 1 0 7 10 2;
    DC_CISW = 1 0 7 14 2;

    // The interrupt controller's CPU interface (IHI 0069, 12.2).
    /// The first of the interface.
    ICC_IAR0_EL1 = 3 0 12 8 0;
    ICC_DIR_EL1 = 3 0 12 11 1;
    ICC_SGI1R_EL1 = 3 0 12 11 5;
    ICC_ASGI1R_EL1 = 3 0 12 11 6;
    ICC_SGI0R_EL1 = 3 0 12 11 7;
    ICC_SRE_EL1 = 3 0 12 12 5;
    /// The last of the interface.
    ICC_IGRPEN1_EL1 = 3 0 12 12 7;

    // The physical timer of EL1.
    CNTPCT_EL0 = 3 3 14 0 1;
    CNTP_TVAL_EL0 = 3 3 14 2 0;
    CNTP_CTL_EL0 = 3 3 14 2 1;
    CNTP_CVAL_EL0 = 3 3 14 2 2;

    // Debug: breakpoints and watchpoints. Of each there are up to 16, whose number is in `CRm`.
    DBGBVR0_EL1 = 2 0 0 0 4;
    DBGBCR0_EL1 = 2 0 0 0 5;
    DBGWVR0_EL1 = 2 0 0 0 6;
    DBGWCR0_EL1 = 2 0 0 0 7;

    // Debug: control, locks and power.
    MDSCR_EL1 = 2 0 0 2 2;
    MDCCINT_EL1 = 2 0 0 2 0;
    OSECCR_EL1 = 2 0 0 6 2;
    DBGPRCR_EL1 = 2 0 1 4 4;
    OSDLR_EL1 = 2 0 1 3 4;
    MDRAR_EL1 = 2 0 1 0 0;
    OSLAR_EL1 = 2 0 1 0 4;
    OSLSR_EL1 = 2 0 1 1 4;
    DBGCLAIMSET_EL1 = 2 0 7 8 6;
    DBGCLAIMCLR_EL1 = 2 0 7 9 6;
    DBGAUTHSTATUS_EL1 = 2 0 7 14 6;

    // Debug: the channel to an external debugger.
    MDCCSR_EL0 = 2 3 0 1 0;
    DBGDTR_EL0 = 2 3 0 4 0;
    /// Written, `DBGDTRTX_EL0`.
    DBGDTRRX_EL0 = 2 3 0 5 0;
    OSDTRRX_EL1 = 2 0 0 0 2;
    OSDTRTX_EL1 = 2 0 0 3 2;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_names_are_of_one_register() {
        for (index, (name, register)) in ALL.iter().enumerate() {
            let other = ALL[..index].iter().find(|(_, other)| other == register);
            assert_eq!(other, None, "{name}");
        }
    }
}
