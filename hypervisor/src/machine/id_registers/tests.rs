//! Against the values that CPUs have, and against any value at all.

use proptest::prelude::*;

use super::*;
use crate::machine::syndrome::encoding;

const NOTHING: Grants = Grants {
    pmu: false,
    debug: false,
    gic_system_registers: false,
};
const ALL: Grants = Grants {
    pmu: true,
    debug: true,
    gic_system_registers: true,
};

const PFR0: u16 = name::ID_AA64PFR0_EL1;
const PFR1: u16 = name::ID_AA64PFR1_EL1;
const DFR0: u16 = name::ID_AA64DFR0_EL1;
const ISAR0: u16 = name::ID_AA64ISAR0_EL1;
const ISAR1: u16 = name::ID_AA64ISAR1_EL1;
const ISAR2: u16 = name::ID_AA64ISAR2_EL1;
const MMFR0: u16 = name::ID_AA64MMFR0_EL1;
const MMFR1: u16 = name::ID_AA64MMFR1_EL1;
const MMFR2: u16 = name::ID_AA64MMFR2_EL1;

/// What no guest sees, as (register, lowest bit of the field).
const HIDDEN: &[(u16, &str, u32)] = &[
    (PFR0, "EL2", 8),
    (PFR0, "EL3", 12),
    (PFR0, "RAS", 28),
    (PFR0, "SVE", 32),
    (PFR0, "SEL2", 36),
    (PFR0, "MPAM", 40),
    (PFR0, "AMU", 44),
    (PFR0, "RME", 52),
    (PFR1, "MTE", 8),
    (PFR1, "RAS_frac", 12),
    (PFR1, "MPAM_frac", 16),
    (PFR1, "SME", 24),
    (PFR1, "RNDR_trap", 28),
    (PFR1, "NMI", 36),
    (PFR1, "MTE_frac", 40),
    (PFR1, "GCS", 44),
    (PFR1, "THE", 48),
    (PFR1, "PFAR", 60),
    (DFR0, "TraceVer", 4),
    (DFR0, "PMSS", 16),
    (DFR0, "SEBEP", 24),
    (DFR0, "PMSVer", 32),
    (DFR0, "TraceFilt", 40),
    (DFR0, "TraceBuffer", 44),
    (DFR0, "MTPMU", 48),
    (DFR0, "BRBE", 52),
    (DFR0, "HPMN0", 60),
    (ISAR0, "TME", 24),
    (ISAR0, "RNDR", 60),
    (ISAR1, "APA", 4),
    (ISAR1, "API", 8),
    (ISAR1, "GPA", 24),
    (ISAR1, "GPI", 28),
    (ISAR1, "XS", 56),
    (ISAR1, "LS64", 60),
    (ISAR2, "WFxT", 0),
    (ISAR2, "GPA3", 8),
    (ISAR2, "APA3", 12),
    (ISAR2, "MOPS", 16),
    (ISAR2, "PAC_frac", 24),
    (ISAR2, "SYSREG_128", 32),
    (MMFR0, "SNSMem", 12),
    (MMFR0, "TGran16_2", 32),
    (MMFR0, "TGran64_2", 36),
    (MMFR0, "TGran4_2", 40),
    (MMFR0, "FGT", 56),
    (MMFR1, "VMIDBits", 4),
    (MMFR1, "VH", 8),
    (MMFR1, "LO", 16),
    (MMFR1, "SpecSEI", 24),
    (MMFR1, "XNX", 28),
    (MMFR1, "TWED", 32),
    (MMFR1, "HCX", 40),
    (MMFR1, "TIDCP1", 52),
    (MMFR1, "CMOW", 56),
    (MMFR2, "LSM", 8),
    (MMFR2, "IESB", 12),
    (MMFR2, "NV", 24),
    (MMFR2, "FWB", 40),
    (MMFR2, "BBM", 52),
    (MMFR2, "EVT", 56),
];

#[test]
fn what_is_read_from_a_cpu_is_what_a_row_needs() {
    assert_eq!(
        HARDWARE,
        [PFR0, PFR1, DFR0, ISAR0, ISAR1, ISAR2, MMFR0, MMFR1, MMFR2]
    );
}

#[test]
fn every_field_has_a_place_of_its_own() {
    for row in ROWS {
        for (index, field) in row.fields.iter().enumerate() {
            assert!(field.place < 16, "{}", field.name);
            let before = row.fields[..index].last();
            assert!(
                before.is_none_or(|before| before.place < field.place),
                "{}",
                field.name
            );
            let hidden = HIDDEN
                .iter()
                .find(|(register, _, shift)| *register == row.encoding && *shift == field.shift());
            assert!(hidden.is_none(), "{} is {hidden:?}", field.name);
        }
    }
}

#[test]
fn the_space_is_what_the_trap_covers() {
    for op0 in 0..4 {
        for op1 in 0..8 {
            for crn in 0..16 {
                for crm in 0..16 {
                    for op2 in 0..8 {
                        let register = encoding(op0, op1, crn, crm, op2);
                        let inside = (op0, op1, crn) == (3, 0, 0) && (1..=7).contains(&crm);
                        let shown = value(register, u64::MAX, ALL);
                        assert_eq!(shown.is_some(), inside, "{op0} {op1} {crn} {crm} {op2}");
                        if inside && !HARDWARE.contains(&register) {
                            assert_eq!(shown, Some(0), "{crm} {op2}");
                        }
                    }
                }
            }
        }
    }
}

/// Every field of a Cortex-A57 (its Technical Reference Manual, DDI 0488, 4.3), but for AArch32 and
/// EL2: it has little that is to be hidden.
#[test]
fn a_cortex_a57_is_seen_as_one() {
    let shown = |register, hardware| value(register, hardware, ALL);
    assert_eq!(shown(PFR0, 0x0100_2222), Some(0x0100_0011));
    assert_eq!(shown(DFR0, 0x1030_5106), Some(0xF0_1030_5106));
    assert_eq!(shown(ISAR0, 0x1_1120), Some(0x1_1120));
    // 44 bits of addresses, of which stage 2 shows no more than 40.
    assert_eq!(shown(MMFR0, 0x1124), Some(0x0122));
}

#[test]
fn grants_add_what_they_say() {
    let with = |grants| value(DFR0, 0x1030_5106, grants);
    assert_eq!(with(NOTHING), Some(0xF0_0010_1006));
    let pmu = Grants {
        pmu: true,
        ..NOTHING
    };
    assert_eq!(with(pmu), Some(0xF0_0010_1106));
    let debug = Grants {
        debug: true,
        ..NOTHING
    };
    assert_eq!(with(debug), Some(0xF0_1030_5006));
    assert_eq!(
        value(DFR0, 0xF06, pmu),
        Some(0xF0_0010_1006),
        "a PMU of its own"
    );
    assert_eq!(value(PFR0, 0x0300_0000, NOTHING), Some(0x11));
    assert_eq!(
        value(PFR0, 0x0300_0000, ALL),
        Some(0x0100_0011),
        "no GICv4.1"
    );
}

#[test]
fn what_is_missing_stays_missing() {
    // No floating point, no 4 KiB granule: signed fields.
    assert_eq!(value(PFR0, 0xFF_0000, NOTHING), Some(0xFF_0011));
    assert_eq!(
        value(PFR0, 0x88_0000, NOTHING),
        Some(0x88_0011),
        "the least"
    );
    assert_eq!(value(MMFR0, 0xF000_0000, NOTHING), Some(0xF000_0000));
    assert_eq!(value(MMFR0, 0x1000_0000, NOTHING), Some(0), "no LPA2");
}

proptest! {
    #![proptest_config(crate::properties::cases(4_000))]

    #[test]
    fn no_hardware_shows_what_is_hidden(
        hardware: u64, pmu: bool, debug: bool, gic_system_registers: bool
    ) {
        let grants = Grants { pmu, debug, gic_system_registers };
        for (register, name, shift) in HIDDEN {
            let shown = value(*register, hardware, grants).expect("it is in the space");
            prop_assert_eq!(shown >> shift & 0xF, 0, "{}", name);
        }
    }

    #[test]
    fn nothing_is_shown_that_the_hardware_has_not(hardware: u64, pmu: bool) {
        let grants = Grants { pmu, ..ALL };
        for row in ROWS {
            let shown = value(row.encoding, hardware, grants).expect("it is in the space");
            for field in row.fields {
                let of = |value: u64| value >> field.shift() & 0xF;
                let promised = matches!(field.shown, Shown::Always(_));
                prop_assert!(promised || of(shown) <= of(hardware), "{}", field.name);
            }
        }
    }
}
