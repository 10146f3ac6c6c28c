//! What system registers and instructions are called, for sentences. What is checked is their encoding.

use super::word::{Effect, Encoding};

/// Fields of `PSTATE` that `MSR` of an immediate writes: `op1`, `op2` (Arm ARM, C5.2, "MSR (immediate)").
const FIELDS: [((u8, u8), &str); 11] = [
    ((0, 3), "UAO"),
    ((0, 4), "PAN"),
    ((0, 5), "SPSel"),
    ((1, 0), "ALLINT"),
    ((3, 1), "SSBS"),
    ((3, 2), "DIT"),
    ((3, 3), "SVCR"),
    ((3, 4), "TCO"),
    ((3, 6), "DAIFSet"),
    ((3, 7), "DAIFClr"),
    ((0, 0), "CFINV"),
];

/// `SYS` by its group (C5.3 to C5.5): the mnemonic that `CRn` and `CRm` give.
const fn group([_, _, crn, crm, _]: Encoding) -> &'static str {
    match (crn, crm) {
        (7, 1 | 5) => "IC",
        (7, 8 | 9) => "AT",
        (7, _) => "DC",
        (8 | 9, _) => "TLBI",
        _ => "SYS",
    }
}

/// The generic name of a register or system instruction: `S3_4_C1_C1_0`.
fn generic([op0, op1, crn, crm, op2]: Encoding) -> String {
    format!("S{op0}_{op1}_C{crn}_C{crm}_{op2}")
}

impl Effect {
    /// Its mnemonic.
    #[must_use]
    pub const fn mnemonic(self) -> &'static str {
        match self {
            Self::Write(_) | Self::WriteField(..) => "MSR",
            Self::Read(_) => "MRS",
            Self::System(encoding) => group(encoding),
            Self::Wide(_) => "MSRR, MRRS or SYSP",
            Self::SupervisorCall => "SVC",
            Self::HypervisorCall => "HVC",
            Self::MonitorCall => "SMC",
            Self::Breakpoint => "BRK",
            Self::Halt => "HLT",
            Self::DebugState => "DCPS or DRPS",
            Self::Transaction => "a transaction",
            Self::ExceptionReturn => "ERET",
            Self::WaitForInterrupt => "WFI",
            Self::WaitForEvent => "WFE",
            Self::Order => "a barrier or hint",
        }
    }

    /// Its operand's generic name, if it has one.
    #[must_use]
    pub fn operand(self) -> Option<String> {
        match self {
            Self::Write(it) | Self::Read(it) | Self::System(it) | Self::Wide(it) => {
                Some(generic(it))
            }
            Self::WriteField(op1, op2) => {
                let known = FIELDS.iter().find(|(field, _)| *field == (op1, op2));
                let unknown = || format!("PSTATE field {op1}, {op2}");
                Some(known.map_or_else(unknown, |(_, name)| (*name).to_owned()))
            }
            _ => None,
        }
    }
}
