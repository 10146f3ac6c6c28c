//! Exceptions that a guest takes at EL1 because of what it did, as on a machine that has nothing
//! there: where it goes on, and what its syndrome says (Arm ARM DDI 0487, D1.3 and
//! `AArch64.TakeException`).

use paratia_abi::exception::{DATA_ABORT, INSTRUCTION_ABORT, SHIFT, UNKNOWN};

/// `PSTATE` in an `SPSR`: exception level and stack pointer.
const MODE: u64 = 0x1F;
const EL0: u64 = 0b0000;
/// AArch32; of such states only EL0's can be below EL1 in AArch64.
const AARCH32: u64 = 1 << 4;
const EL1_SP_EL0: u64 = 0b0100;
const EL1_SP_EL1: u64 = 0b0101;
/// All exceptions masked.
const DAIF: u64 = 0xF << 6;
/// What is kept: condition flags and `DIT`. (`TCO` is set at entry where tags exist, which no partition is
/// given.)
const KEPT: u64 = 0xF << 28 | 1 << 24;
/// The processor state in which a unikernel's tender is called.
pub const TENDER: u64 = DAIF | EL1_SP_EL0;
const PAN: u64 = 1 << 22;
const SSBS: u64 = 1 << 12;
/// `SCTLR_EL1.SPAN`: entry leaves `PAN` alone.
const SPAN: u64 = 1 << 23;
/// `SCTLR_EL1.DSSBS`: `SSBS` at entry.
const DSSBS: u64 = 1 << 44;

/// `ESR_ELx.IL`: a 32-bit instruction.
const IL: u64 = 1 << 25;
const WRITE: u64 = 1 << 6;
/// `CM`: the access was cache maintenance or address translation.
const MAINTENANCE: u64 = 1 << 8;
/// Synchronous external abort: not on a table walk; and on one, but for its level.
const EXTERNAL_ABORT: u64 = 0b01_0000;
const EXTERNAL_ABORT_ON_WALK: u64 = 0b01_0100;

/// What a guest is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exception {
    /// The instruction doesn't exist here.
    Undefined,
    /// Nothing answered a data access.
    DataAbort {
        /// Whether it wrote.
        write: bool,
        /// Whether it was maintenance or translation of an address.
        maintenance: bool,
        /// The level of the guest's own table that isn't there, if the walk ended at it.
        walk: Option<u64>,
    },
    /// Nothing answered an instruction fetch.
    InstructionAbort {
        /// As above.
        walk: Option<u64>,
    },
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
    // The class of an abort is one more if it is taken from EL1.
    let class_step = if from_el0 { 0 } else { 1 };
    let esr = match exception {
        Exception::Undefined => UNKNOWN << SHIFT,
        Exception::DataAbort {
            write,
            maintenance,
            walk,
        } => {
            let write = if write { WRITE } else { 0 };
            let maintenance = if maintenance { MAINTENANCE } else { 0 };
            (DATA_ABORT | class_step) << SHIFT | maintenance | write | status(walk)
        }
        Exception::InstructionAbort { walk } => {
            (INSTRUCTION_ABORT | class_step) << SHIFT | status(walk)
        }
    };
    Entry {
        vector_offset,
        pstate: spsr & KEPT | pan | ssbs | DAIF | EL1_SP_EL1,
        esr: esr | IL,
    }
}

/// `DFSC` and `IFSC`.
const fn status(walk: Option<u64>) -> u64 {
    match walk {
        None => EXTERNAL_ABORT,
        Some(level) => EXTERNAL_ABORT_ON_WALK | level & 0b11,
    }
}

/// The level of the table in the guest-physical `page`, to which a walk came with this `TCR_EL1` and this
/// base register, `TTBR1_EL1` if `upper`.
///
/// The syndrome of a stage 2 fault has stage 2's level and none of the guest's, and nobody here reads a
/// guest's tables. So the first table is told by its place; any other counts as the second, as it is for
/// a guest whose first table is wrong.
#[must_use]
pub const fn walk_level(control: u64, upper: bool, root: u64, page: u64) -> u64 {
    // Sizes and granules of the halves (Arm ARM DDI 0487, TCR_EL1: T0SZ, TG0, T1SZ, TG1).
    let (size, granule) = if upper {
        (control >> 16 & 0x3F, control >> 30 & 0b11)
    } else {
        (control & 0x3F, control >> 14 & 0b11)
    };
    let granule_bits = match (upper, granule) {
        (false, 0b01) | (true, 0b11) => 16,
        (false, 0b10) | (true, 0b01) => 14,
        _ => 12,
    };
    let bits_of_level = granule_bits - 3;
    // At most 4 levels of tables; sizes outside of what there is count as the nearest.
    let address_bits = 64_u64.saturating_sub(size);
    let levels = address_bits
        .saturating_sub(granule_bits)
        .div_ceil(bits_of_level);
    let first = match 4_u64.saturating_sub(levels) {
        level @ 0..3 => level,
        _ => 3,
    };
    let base = root & 0xFFFF_FFFF_FFFE;
    if page.wrapping_sub(base & !0xFFF) < 1 << granule_bits {
        first
    } else if first < 3 {
        first + 1
    } else {
        3
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn abort(write: bool) -> Exception {
        Exception::DataAbort {
            write,
            maintenance: false,
            walk: None,
        }
    }

    #[test]
    fn an_abort_on_a_walk_has_its_level_and_maintenance_its_bit() {
        for level in 0..4 {
            let walk = Some(level);
            let fetch = entry(Exception::InstructionAbort { walk }, 5, SPAN);
            assert_eq!(fetch.esr, 0x8600_0014 | level);
            let data = Exception::DataAbort {
                write: true,
                maintenance: true,
                walk,
            };
            assert_eq!(entry(data, 5, SPAN).esr, 0x9600_0154 | level);
        }
    }

    /// Size and granule of a half, the level at which its walks begin.
    #[test]
    fn the_first_table_is_told_by_its_place() {
        let four = [(16, 0), (24, 0), (25, 1), (33, 1), (34, 2), (39, 2)];
        let sixteen = [(16, 0), (17, 1), (27, 1), (28, 2), (38, 2), (39, 3)];
        let sixty_four = [(16, 1), (21, 1), (22, 2), (34, 2), (35, 3)];
        let root = 0x4567_0000;
        let check = |size: u64, [lower, upper]: [u64; 2], bytes: u64, level: u64| {
            for (control, is_upper) in [
                (size | lower << 14, false),
                (size << 16 | upper << 30, true),
            ] {
                let told = |page| walk_level(control, is_upper, root | 1, page);
                let what = format!("{size}, {bytes:#x}, {is_upper}");
                assert_eq!(told(root), level, "{what}");
                assert_eq!(told(root + bytes - 0x1000), level, "{what}");
                let next = 3.min(level + 1);
                assert_eq!(told(root + bytes), next, "{what}");
                assert_eq!(told(root - 0x1000), next, "{what}");
            }
        };
        for (size, level) in four {
            check(size, [0b00, 0b10], 0x1000, level);
        }
        for (size, level) in sixteen {
            check(size, [0b10, 0b01], 0x4000, level);
        }
        for (size, level) in sixty_four {
            check(size, [0b01, 0b11], 0x1_0000, level);
        }
        // Sizes that no CPU takes.
        for size in [0, 63] {
            assert!(walk_level(size | size << 16, false, root, root) < 4);
        }
    }

    #[test]
    fn an_abort_of_a_kernel_goes_to_its_own_vector() {
        let entry = entry(abort(true), 0x6000_0005, SPAN);
        assert_eq!(entry.vector_offset, 0x200);
        assert_eq!(entry.pstate, 0x6000_03C5);
        assert_eq!(entry.esr, 0x9600_0050);
    }

    #[test]
    fn an_abort_of_a_program_comes_from_below() {
        let entry = entry(Exception::InstructionAbort { walk: None }, 0, SPAN);
        assert_eq!(entry.vector_offset, 0x400);
        assert_eq!(entry.esr, 0x8200_0010);
    }

    #[test]
    fn a_program_in_aarch32_has_a_vector_of_its_own() {
        let entry = entry(abort(false), 0x6000_0010, SPAN);
        assert_eq!(entry.vector_offset, 0x600);
        assert_eq!(entry.pstate, 0x6000_03C5);
        assert_eq!(entry.esr, 0x9200_0010);
    }

    /// Flags and `DIT`; and `PAN`, as the kernel asked for that. Not `TCO`, `UAO`, `IL` or a single step.
    #[test]
    fn of_the_state_before_only_what_the_architecture_keeps_is_left() {
        let all = !MODE | EL1_SP_EL1;
        assert_eq!(entry(Exception::Undefined, all, SPAN).pstate, 0xF140_03C5);
    }

    #[test]
    fn access_to_users_memory_is_off_unless_the_kernel_keeps_it() {
        assert_eq!(entry(Exception::Undefined, 5, 0).pstate, 0x0040_03C5);
        assert_eq!(
            entry(Exception::Undefined, 0x0040_0005, 1 << 23).pstate,
            0x0040_03C5
        );
        assert_eq!(
            entry(Exception::Undefined, 5, 1 << 44 | 1 << 23).pstate,
            0x13C5
        );
        assert_eq!(entry(Exception::Undefined, 4, SPAN).vector_offset, 0);
        assert_eq!(entry(Exception::Undefined, 4, SPAN).esr, 0x0200_0000);
    }
}
