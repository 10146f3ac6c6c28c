//! `ESR_EL2` decoded: why a guest came to EL2 (Arm ARM DDI 0487, D19.2.37).

use crate::machine::xen;
use paratia_abi::exception;

/// Why a guest was interrupted by itself, other than by a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// `WFI`.
    WaitForInterrupt,
    /// `MSR`, `MRS` or a system instruction that is trapped: see [`system_register`].
    SystemRegister,
    /// A data access that stage 2 doesn't allow.
    DataAbort,
    /// An instruction fetch that stage 2 doesn't allow.
    InstructionAbort,
    /// Any other instruction that isn't the partition's to use.
    Forbidden,
}

/// A trapped system register access.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SystemRegister {
    /// `Op0`, `Op1`, `CRn`, `CRm`, `Op2` as 2, 3, 4, 4, 3 bits: the encoding in an `S` name.
    pub encoding: u16,
    /// The general register, 31 for `XZR`.
    pub register: u8,
    /// Whether it reads.
    pub read: bool,
}

/// The encoding of `S<op0>_<op1>_C<crn>_C<crm>_<op2>`.
#[must_use]
pub const fn encoding(op0: u16, op1: u16, crn: u16, crm: u16, op2: u16) -> u16 {
    op0 << 14 | op1 << 11 | crn << 7 | crm << 3 | op2
}

/// `HVC #0` and `SMC #0`, 32-bit instructions: the calls of the SMC Calling Convention, which leaves other
/// immediates to nobody (DEN0028, 2.9).
const HYPERVISOR_CALL: u64 = exception::HYPERVISOR_CALL << exception::SHIFT | WORD;
const MONITOR_CALL: u64 = exception::MONITOR_CALL << exception::SHIFT | WORD;
/// `IL`: a 32-bit instruction.
const WORD: u64 = 1 << 25;

/// Whether a syndrome is that of a call by `HVC`.
#[inline]
#[must_use]
pub fn is_hypervisor_call(esr: u64) -> bool {
    esr == HYPERVISOR_CALL
}

/// Whether a syndrome is that of a call as guests of Xen's make them.
#[inline]
#[must_use]
pub fn is_xen_call(esr: u64) -> bool {
    esr == HYPERVISOR_CALL | xen::call::IMMEDIATE
}

/// Whether a syndrome is that of a call by `SMC`, which is trapped, so that the return address is still
/// the instruction itself.
#[inline]
#[must_use]
pub fn is_monitor_call(esr: u64) -> bool {
    esr == MONITOR_CALL
}

/// Whether the return address lies behind the instruction: that of `HVC` with any immediate does.
#[must_use]
pub fn is_behind(esr: u64) -> bool {
    exception::class(esr) == exception::HYPERVISOR_CALL
}

/// Whether a syndrome is one of those among which [`Cause::DataAbort`] is: those of instructions that
/// are trapped aren't.
#[inline]
#[must_use]
pub fn is_abort(esr: u64) -> bool {
    esr >> 31 & 1 != 0
}

/// Whether a syndrome is [`Cause::SystemRegister`]'s.
#[inline]
#[must_use]
pub fn is_system_register(esr: u64) -> bool {
    exception::class(esr) == exception::SYSTEM_REGISTER
}

/// Decodes a syndrome.
#[inline]
#[must_use]
pub fn decode(esr: u64) -> Cause {
    match exception::class(esr) {
        // `TI`: 0 is `WFI`; the others are `WFE`, which isn't trapped, and `WFIT` and `WFET`, which
        // are hidden.
        exception::WAIT if esr & 0b11 == 0 => Cause::WaitForInterrupt,
        exception::SYSTEM_REGISTER => Cause::SystemRegister,
        exception::INSTRUCTION_ABORT => Cause::InstructionAbort,
        exception::DATA_ABORT => Cause::DataAbort,
        _ => Cause::Forbidden,
    }
}

/// Whether the syndrome of a data access describes it: which general register, how many bytes, which way (`ISV`).
#[must_use]
pub const fn is_described(esr: u64) -> bool {
    esr >> 24 & 1 != 0
}

/// Whether the general register that a data access names, if it is described, is one of those that
/// functions keep, so that no exit but a switch stores them: `x20` to `x28`.
#[inline]
#[must_use]
pub fn keeps_accessed(esr: u64) -> bool {
    is_kept(esr >> 16 & 0x1F)
}

/// Whether the general register of a system register access is one of those; see [`keeps_accessed`].
#[inline]
#[must_use]
pub fn keeps_moved(esr: u64) -> bool {
    is_kept(esr >> 5 & 0x1F)
}

#[inline]
fn is_kept(register: u64) -> bool {
    matches!(register, 20..=28)
}

/// The general register that is written to `ICC_SGI1R_EL1`, of a syndrome that says that.
#[inline]
#[must_use]
pub fn sent_interrupt(esr: u64) -> Option<u8> {
    const REGISTER: u64 = 0x1F << 5;
    // Op0 3, Op2 5, Op1 0, CRn 12, CRm 11.
    const SENT: u64 = exception::SYSTEM_REGISTER << exception::SHIFT
        | WORD
        | 3 << 20
        | 5 << 17
        | 12 << 10
        | 11 << 1;
    #[allow(clippy::cast_possible_truncation, reason = "5 bits")]
    let register = (esr >> 5 & 0x1F) as u8;
    (esr & !REGISTER == SENT).then_some(register)
}

/// The access that trapped, of a syndrome that is [`Cause::SystemRegister`].
#[allow(
    clippy::cast_possible_truncation,
    reason = "each field is masked to its width"
)]
#[must_use]
pub fn system_register(esr: u64) -> SystemRegister {
    let field = |shift: u32, width: u32| (esr >> shift & ((1 << width) - 1)) as u16;
    let (op0, op1, op2) = (field(20, 2), field(14, 3), field(17, 3));
    SystemRegister {
        encoding: encoding(op0, op1, field(10, 4), field(1, 4), op2),
        register: field(5, 5) as u8,
        read: field(0, 1) != 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::register_names::ICC_SGI1R_EL1;

    #[test]
    fn causes_are_told_apart() {
        assert_eq!(decode(0x0600_0000), Cause::WaitForInterrupt);
        assert_eq!(decode(0x0600_0001), Cause::Forbidden, "WFE isn't trapped");
        assert_eq!(decode(0x0600_0002), Cause::Forbidden, "WFIT is hidden");
        assert_eq!(decode(0x9200_0047), Cause::DataAbort);
        assert_eq!(decode(0x8200_0007), Cause::InstructionAbort);
    }

    #[test]
    fn calls_are_told_from_the_rest() {
        let kinds = |esr| {
            (
                is_hypervisor_call(esr),
                is_monitor_call(esr),
                is_behind(esr),
            )
        };
        assert_eq!(kinds(0x5A00_0000), (true, false, true), "HVC #0");
        assert_eq!(kinds(0x5E00_0000), (false, true, false), "SMC #0");
        for immediate in [1, 0xEA1, 0xFFFF] {
            assert_eq!(kinds(0x5A00_0000 | immediate), (false, false, true));
            assert_eq!(kinds(0x5E00_0000 | immediate), (false, false, false));
            assert_eq!(decode(0x5A00_0000 | immediate), Cause::Forbidden);
            assert_eq!(decode(0x5E00_0000 | immediate), Cause::Forbidden);
        }
        assert!(is_xen_call(0x5A00_0EA1), "HVC #0xEA1");
        for other in [0x5A00_0000, 0x5A00_0EA0, 0x5E00_0EA1] {
            assert!(!is_xen_call(other), "{other:#x}");
        }
        assert_eq!(kinds(0x0600_0000), (false, false, false), "WFI");
        assert_eq!(kinds(0x9200_0047), (false, false, false), "data abort");
    }

    /// What an exit asks before it decodes anything, of any syndrome.
    #[test]
    fn aborts_and_registers_are_told_by_their_class() {
        for class in 0..64_u64 {
            for rest in [0, 0x3FF_FFFF, 0x1F << 32] {
                let esr = class << 26 | rest;
                // Of the exceptions that come here, the aborts have the upper classes.
                assert_eq!(is_abort(esr), class >= 0x20, "{esr:#x}");
                assert_eq!(is_system_register(esr), class == 0x18, "{esr:#x}");
            }
        }
    }

    #[test]
    fn registers_that_functions_keep_are_known_in_both_places() {
        for register in 0..32 {
            for rest in [0, u64::MAX] {
                let with = |shift: u32| rest & !(0x1F << shift) | register << shift;
                let kept = (20..=28).contains(&register);
                assert_eq!(keeps_accessed(with(16)), kept, "x{register} of an abort");
                assert_eq!(keeps_moved(with(5)), kept, "x{register} of a move");
            }
        }
    }

    #[test]
    fn an_encoding_has_its_numbers_side_by_side() {
        assert_eq!(encoding(3, 0, 12, 11, 5), 0xC65D, "ICC_SGI1R_EL1");
        assert_eq!(encoding(3, 7, 15, 15, 7), 0xFFFF);
    }

    #[test]
    fn a_trapped_register_is_named() {
        // msr icc_sgi1r_el1, x3: S3_0_C12_C11_5.
        let esr = 0x18 << 26 | 1 << 25 | 3 << 20 | 5 << 17 | 12 << 10 | 3 << 5 | 11 << 1;
        let expected = SystemRegister {
            encoding: ICC_SGI1R_EL1,
            register: 3,
            read: false,
        };
        assert_eq!(decode(esr), Cause::SystemRegister);
        assert_eq!(system_register(esr), expected);
        assert_eq!(sent_interrupt(esr), Some(3));
        assert_eq!(sent_interrupt(esr | 1), None, "it is read");
        assert_eq!(sent_interrupt(esr ^ 3 << 17), None, "ICC_ASGI1R_EL1");
    }
}
