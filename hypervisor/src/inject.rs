//! Exceptions that a guest takes at EL1 because of what it did, as on a machine that has nothing
//! there: where it goes on, and what its syndrome says (Arm ARM DDI 0487, D1.3 and
//! `AArch64.TakeException`).

/// `PSTATE` in an `SPSR`: exception level and stack pointer.
const MODE: u64 = 0x1F;
const EL0: u64 = 0b0000;
/// AArch32; of such states only EL0's can be below EL1 in AArch64.
const AARCH32: u64 = 1 << 4;
const EL1_SP_EL0: u64 = 0b0100;
const EL1_SP_EL1: u64 = 0b0101;
/// All exceptions masked.
const DAIF: u64 = 0xF << 6;
/// What is kept: condition flags and `DIT`.
const KEPT: u64 = 0xF << 28 | 1 << 24;
const PAN: u64 = 1 << 22;
const SSBS: u64 = 1 << 12;
const TCO: u64 = 1 << 25;
/// `SCTLR_EL1.SPAN`: entry leaves `PAN` alone.
const SPAN: u64 = 1 << 23;
/// `SCTLR_EL1.DSSBS`: `SSBS` at entry.
const DSSBS: u64 = 1 << 44;

/// Exception classes (`ESR_ELx.EC`); those of aborts are one more if taken from EL1.
const UNKNOWN: u64 = 0x00;
const INSTRUCTION_ABORT: u64 = 0x20;
const DATA_ABORT: u64 = 0x24;
/// `ESR_ELx.IL`: a 32-bit instruction.
const IL: u64 = 1 << 25;
const WRITE: u64 = 1 << 6;
/// Synchronous external abort, not on a table walk.
const EXTERNAL_ABORT: u64 = 0b01_0000;

/// What a guest is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exception {
    /// The instruction doesn't exist here.
    Undefined,
    /// Nothing answered a data access.
    DataAbort {
        /// Whether it wrote.
        write: bool,
    },
    /// Nothing answered an instruction fetch.
    InstructionAbort,
}

/// How a guest goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its vector, from `VBAR_EL1`.
    pub vector_offset: u64,
    /// Its processor state there.
    pub pstate: u64,
    /// Its `ESR_EL1`.
    pub esr: u64,
}

/// The entry for an exception from the state `spsr`.
#[must_use]
pub const fn entry(exception: Exception, spsr: u64, sctlr: u64) -> Entry {
    let from_el0 = spsr & MODE == EL0 || spsr & AARCH32 != 0;
    let vector_offset = match spsr & MODE {
        AARCH32.. => 0x600,
        EL1_SP_EL0 => 0,
        EL1_SP_EL1 => 0x200,
        _ => 0x400,
    };
    let pan = if sctlr & SPAN == 0 { PAN } else { spsr & PAN };
    let ssbs = if sctlr & DSSBS == 0 { 0 } else { SSBS };
    let class_step = if from_el0 { 0 } else { 1 };
    let esr = match exception {
        Exception::Undefined => UNKNOWN << 26,
        Exception::DataAbort { write } => {
            let write = if write { WRITE } else { 0 };
            (DATA_ABORT | class_step) << 26 | write | EXTERNAL_ABORT
        }
        Exception::InstructionAbort => (INSTRUCTION_ABORT | class_step) << 26 | EXTERNAL_ABORT,
    };
    Entry {
        vector_offset,
        pstate: spsr & KEPT | pan | ssbs | DAIF | EL1_SP_EL1,
        esr: esr | IL,
    }
}

/// `PSTATE.TCO` is set at entry where tags exist, which no partition is given.
const _: () = assert!(KEPT & TCO == 0);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_abort_of_a_kernel_goes_to_its_own_vector() {
        let entry = entry(Exception::DataAbort { write: true }, 0x6000_0005, SPAN);
        assert_eq!(entry.vector_offset, 0x200);
        assert_eq!(entry.pstate, 0x6000_03C5);
        assert_eq!(entry.esr, 0x9600_0050);
    }

    #[test]
    fn an_abort_of_a_program_comes_from_below() {
        let entry = entry(Exception::InstructionAbort, 0, SPAN);
        assert_eq!(entry.vector_offset, 0x400);
        assert_eq!(entry.esr, 0x8200_0010);
    }

    #[test]
    fn a_program_in_aarch32_has_a_vector_of_its_own() {
        let entry = entry(Exception::DataAbort { write: false }, 0x6000_0010, SPAN);
        assert_eq!(entry.vector_offset, 0x600);
        assert_eq!(entry.pstate, 0x6000_03C5);
        assert_eq!(entry.esr, 0x9200_0010);
    }

    #[test]
    fn access_to_users_memory_is_off_unless_the_kernel_keeps_it() {
        assert_eq!(entry(Exception::Undefined, 5, 0).pstate, 0x3C5 | PAN);
        assert_eq!(
            entry(Exception::Undefined, 5 | PAN, SPAN).pstate,
            0x3C5 | PAN
        );
        assert_eq!(
            entry(Exception::Undefined, 5, SPAN | DSSBS).pstate,
            0x3C5 | SSBS
        );
        assert_eq!(entry(Exception::Undefined, 4, SPAN).vector_offset, 0);
        assert_eq!(entry(Exception::Undefined, 4, SPAN).esr, 0x0200_0000);
    }
}
