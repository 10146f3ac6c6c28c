//! The fields that guests see, register by register (Arm ARM DDI 0487, chapter "AArch64 System
//! Register Descriptions", under each register's name).
//!
//! Why the others aren't here:
//!
//! | hidden | because |
//! |---|---|
//! | AArch32's registers, `EL0` and `EL1` above 1 | a partition is AArch64 (`HCR_EL2.RW`) |
//! | `EL2`, `EL3`, `VH`, `NV`, `FGT`, `HCX`, `XNX`, `EVT`, `TWED`, `FWB`, `VMIDBits`, stage 2 granules, `SEL2`, `RME`, `SNSMem` | levels and states that the guest hasn't got |
//! | SVE, SME, MTE, pointer authentication, `LO`, `GCS`, `THE`, `TCRX`, `SCTLRX`, permission indirection and overlays, `PFAR` | state that isn't switched |
//! | RAS, `IESB`, `AMU`, `MPAM`, SPE, trace, `TRBE`, `BRBE` | shared by all that run on the CPU |
//! | `NMI` | the virtual interface has none; `HCRX_EL2.TALLINT` traps its mask |
//! | `IDS` | a register of this space that is refused is undefined like others |
//! | `RNDR` | an implementation may block in it, and what it gives isn't reproducible |
//! | `MOPS`, `LS64`, `XS`, `CMOW`, `SYSREG_128` | their controls in `HCRX_EL2` are zero |
//! | `WFxT` | a wait that ends by itself would need a second timer behind the trapped `WFI`; `HCR_EL2.TWI` traps it, too, and it is undefined |
//! | `TME`, `TIDCP1`, `ExS`, `LUT`, `RPRFM` and whatever is newer | nobody needs them |
//! | `BBM` | at its levels 1 and 2 a guest may cause TLB conflicts, which can be taken to EL2 |

use super::{Field, IdRegister, Shown};
use crate::machine::register_names as name;
use Shown::{Always, Debug, Pmu, SignedUpTo, SystemRegisters, UpTo};

const fn field(name: &'static str, place: u8, shown: Shown) -> Field {
    Field { name, place, shown }
}

/// The registers of which a guest sees anything.
pub(super) const ROWS: &[IdRegister] = &[
    // AArch64 alone at EL0 and EL1. Of a GIC, no more than versions 3.0 and 4.0 (4.1
    // has direct injection). CSV2 above 1 comes with SCXTNUM_ELx, which is trapped.
    IdRegister {
        encoding: name::ID_AA64PFR0_EL1,
        fields: &[
            field("EL0", 0, Always(1)),
            field("EL1", 1, Always(1)),
            field("FP", 4, SignedUpTo(1)),
            field("AdvSIMD", 5, SignedUpTo(1)),
            field("GIC", 6, SystemRegisters(1)),
            field("DIT", 12, UpTo(1)),
            field("CSV2", 14, UpTo(1)),
            field("CSV3", 15, UpTo(1)),
        ],
    },
    // BTI and SSBS live in PSTATE and SCTLR_EL1, which are switched. CSV2_frac
    // above 1 comes with SCXTNUM_ELx.
    IdRegister {
        encoding: name::ID_AA64PFR1_EL1,
        fields: &[
            field("BT", 0, UpTo(1)),
            field("SSBS", 1, UpTo(2)),
            field("CSV2_frac", 8, UpTo(1)),
        ],
    },
    // The architecture knows no CPU without debug: version 6, two breakpoints (one
    // of them for contexts) and two watchpoints are the least that it can have. Granted, up to
    // Armv8.2's, whose registers are the same. Without the OS Double Lock OSDLR_EL1 reads as zero
    // and ignores writes, which is what its trap does. PMUv3 up to Armv8.5's, whose registers are
    // the same.
    IdRegister {
        encoding: name::ID_AA64DFR0_EL1,
        fields: &[
            field("DebugVer", 0, debug(8, 6)),
            field("PMUVer", 2, Pmu(6)),
            field("BRPs", 3, debug(15, 1)),
            field("WRPs", 5, debug(15, 1)),
            field("CTX_CMPs", 7, debug(15, 0)),
            field("DoubleLock", 9, Always(0xF)),
        ],
    },
    // Instructions on registers and memory. TLBI by range and in the outer
    // shareable domain concerns the guest's own VMID.
    IdRegister {
        encoding: name::ID_AA64ISAR0_EL1,
        fields: &[
            field("AES", 1, UpTo(2)),
            field("SHA1", 2, UpTo(1)),
            field("SHA2", 3, UpTo(2)),
            field("CRC32", 4, UpTo(1)),
            field("Atomic", 5, UpTo(2)),
            field("RDM", 7, UpTo(1)),
            field("SHA3", 8, UpTo(1)),
            field("SM3", 9, UpTo(1)),
            field("SM4", 10, UpTo(1)),
            field("DP", 11, UpTo(1)),
            field("FHM", 12, UpTo(1)),
            field("TS", 13, UpTo(2)),
            field("TLB", 14, UpTo(2)),
        ],
    },
    // SPECRES acts on the guest's own context.
    IdRegister {
        encoding: name::ID_AA64ISAR1_EL1,
        fields: &[
            field("DPB", 0, UpTo(2)),
            field("JSCVT", 3, UpTo(1)),
            field("FCMA", 4, UpTo(1)),
            field("LRCPC", 5, UpTo(2)),
            field("FRINTTS", 8, UpTo(1)),
            field("SB", 9, UpTo(1)),
            field("SPECRES", 10, UpTo(1)),
            field("BF16", 11, UpTo(1)),
            field("DGH", 12, UpTo(1)),
            field("I8MM", 13, UpTo(1)),
        ],
    },
    // CLRBHB is how a guest protects itself from others' branch histories.
    IdRegister {
        encoding: name::ID_AA64ISAR2_EL1,
        fields: &[
            field("RPRES", 1, UpTo(1)),
            field("BC", 5, UpTo(1)),
            field("CLRBHB", 7, UpTo(1)),
            field("CSSC", 13, UpTo(1)),
        ],
    },
    // Stage 2 has 39 bits, and 40 (2) is the least value that covers them. No
    // 52-bit addresses. The self-synchronised counters (ECV 1) obey the same traps and offset as
    // the others; CNTPOFF_EL2 (ECV 2) isn't the guest's.
    IdRegister {
        encoding: name::ID_AA64MMFR0_EL1,
        fields: &[
            field("PARange", 0, UpTo(2)),
            field("ASIDBits", 1, UpTo(2)),
            field("BigEnd", 2, UpTo(1)),
            field("BigEndEL0", 4, UpTo(1)),
            field("TGran16", 5, UpTo(1)),
            field("TGran64", 6, SignedUpTo(0)),
            field("TGran4", 7, SignedUpTo(0)),
            field("ECV", 15, UpTo(1)),
        ],
    },
    // All of it is stage 1's, or a promise that the CPU keeps for every guest.
    IdRegister {
        encoding: name::ID_AA64MMFR1_EL1,
        fields: &[
            field("HAFDBS", 0, UpTo(2)),
            field("HPDS", 3, UpTo(2)),
            field("PAN", 5, UpTo(3)),
            field("ETS", 9, UpTo(2)),
            field("AFP", 11, UpTo(1)),
            field("nTLBPA", 12, UpTo(1)),
            field("ECBHB", 15, UpTo(1)),
        ],
    },
    // CCIDX is the form of CCSIDR_EL1, which the guest reads as it is. E0PD is
    // stage 1's (TCR_EL1).
    IdRegister {
        encoding: name::ID_AA64MMFR2_EL1,
        fields: &[
            field("CnP", 0, UpTo(1)),
            field("UAO", 1, UpTo(1)),
            field("VARange", 4, UpTo(1)),
            field("CCIDX", 5, UpTo(1)),
            field("ST", 7, UpTo(1)),
            field("AT", 8, UpTo(1)),
            field("TTL", 12, UpTo(1)),
            field("E0PD", 15, UpTo(1)),
        ],
    },
];

const fn debug(granted: u8, else_always: u8) -> Shown {
    Debug {
        granted,
        else_always,
    }
}
