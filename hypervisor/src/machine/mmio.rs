//! A guest's access to an emulated device, decoded from the syndrome of its data abort (Arm ARM DDI
//! 0487, `ESR_EL2`, "ISS encoding for an exception from a Data Abort").
//!
//! The hardware describes single loads and stores of one general register. It doesn't describe pairs,
//! writeback and vectors, and guessing them from the instruction in the guest's memory would be a race
//! with the guest: those are told apart, and not carried out.
//!
//! A device's registers have their least significant byte first. A guest may access memory in the other
//! order (`SCTLR_EL1.EE`, `E0E`), and then finds their bytes reversed, as on the bare machine.

use paratia_abi::exception::{self, DATA_ABORT};

use crate::base::bits::low_bytes;

/// `DFSC` of a translation fault, but for its level.
const TRANSLATION_FAULT: u64 = 0x04;
/// `ISV`: the access is described.
const VALID: u64 = 1 << 24;
/// `S1PTW`: the walk of the guest's own tables.
const TABLE_WALK: u64 = 1 << 7;
/// `CM`: cache maintenance or address translation.
const MAINTENANCE: u64 = 1 << 8;
/// `WnR`: a store.
const WRITE: u64 = 1 << 6;
/// `FnV`: `FAR_EL2` holds nothing; only for external aborts.
const NO_ADDRESS: u64 = 1 << 10;
/// `HPFAR_EL2.FIPA`: bits 4 and up hold the address from bit 12 up.
const FAULT_PAGE: u64 = 0xFFF_FFFF_FFF0;
const PAGE_OFFSET: u64 = 0xFFF;
/// `SCTLR_EL1.E0E` and `EE`: accesses at EL0 and at EL1 are big-endian.
const BIG_AT_EL0: u64 = 1 << 24;
const BIG_AT_EL1: u64 = 1 << 25;
/// `PSTATE` in an `SPSR`: the exception level.
const LEVEL: u64 = 0b1100;

/// In which order a guest's accesses have a value's bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// The least significant one first.
    Little,
    /// The most significant one first.
    Big,
}

impl Order {
    /// That of data accesses from the state `spsr` (AArch64).
    #[must_use]
    pub const fn of(sctlr: u64, spsr: u64) -> Self {
        let bit = if spsr & LEVEL == 0 {
            BIG_AT_EL0
        } else {
            BIG_AT_EL1
        };
        if sctlr & bit == 0 {
            Self::Little
        } else {
            Self::Big
        }
    }

    /// What lies in `width` bytes of memory as `value` of one order, read in this one; or the other
    /// way round.
    const fn seen(self, value: u64, width: u32) -> u64 {
        match self {
            Self::Little => value,
            Self::Big => {
                value.swap_bytes() >> (64_u32.saturating_sub(width.saturating_mul(8)) % 64)
            }
        }
    }
}

/// One access.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Access {
    /// The guest-physical address.
    pub ipa: u64,
    /// Its size in bytes: 1, 2, 4 or 8.
    pub width: u32,
    /// The general register, 31 for `XZR`.
    pub register: u8,
    /// What is to be done.
    pub kind: AccessKind,
}

/// Which way an access goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccessKind {
    /// A store.
    Write,
    /// A load.
    Read {
        /// The value's sign fills the register.
        sign_extend: bool,
        /// The register is an `X`, not a `W`.
        wide: bool,
    },
    /// Not described: a pair, writeback, a vector register, an exclusive or atomic access; or cache
    /// maintenance by address ([`is_maintenance`]).
    Unknown,
}

/// What of a syndrome decides whether it is a whole word's: the class, `ISV`, the size, `SSE`, the reasons for
/// a refusal, and the status but for its level.
const WORD_BITS: u64 =
    0x3F << 26 | VALID | 3 << 22 | 1 << 21 | NO_ADDRESS | MAINTENANCE | TABLE_WALK | 0x3C;
const WORD: u64 = DATA_ABORT << 26 | VALID | 2 << 22 | TRANSLATION_FAULT;

/// A load or store of 32 bits without a sign, aligned: what registers of devices mostly see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word {
    /// The guest-physical address.
    pub ipa: u64,
    /// The general register, 31 for `XZR`.
    pub register: u8,
    /// Whether it is a store.
    pub write: bool,
}

/// Decodes a data abort as [`decode`] does, if it is such an access; and not of a guest in which any
/// access is big-endian, by its `SCTLR_EL1`.
#[inline]
#[must_use]
pub const fn decode_word(esr: u64, far: u64, hpfar: u64, sctlr: u64) -> Option<Word> {
    // The bits lie apart, so one look is enough.
    if esr & WORD_BITS != WORD || sctlr & (BIG_AT_EL0 | BIG_AT_EL1) | far & 3 != 0 {
        return None;
    }
    Some(Word {
        ipa: address(far, hpfar),
        register: (esr >> 16 & 0x1F) as u8,
        write: esr >> 6 & 1 != 0,
    })
}

/// Whether a syndrome is that of cache maintenance by address where stage 2 doesn't allow it: nothing of
/// the guest's is cached there, so there is nothing to do. Not if the walk of its tables failed.
#[must_use]
pub const fn is_maintenance(esr: u64) -> bool {
    const FAULT: u64 = 0x3F << 26 | MAINTENANCE | TABLE_WALK;
    // Address size, translation, access flag, permission.
    esr & FAULT == DATA_ABORT << 26 | MAINTENANCE && esr & 0x3F < 0x10
}

const fn address(far: u64, hpfar: u64) -> u64 {
    (hpfar & FAULT_PAGE) << 8 | far & PAGE_OFFSET
}

/// Decodes `ESR_EL2`, `FAR_EL2` and `HPFAR_EL2` of a data abort. Nothing if it isn't the guest's access to
/// where nothing is: another exception or cause (a permission, an external abort, alignment, a conflict
/// of the TLB), or the walk of the guest's own tables.
#[must_use]
#[allow(clippy::cast_possible_truncation, reason = "five bits of a register")]
pub const fn decode(esr: u64, far: u64, hpfar: u64) -> Option<Access> {
    // Of levels 0 to 3. Nothing is mapped where a device is, and a permission fault has no address.
    let is_translation_fault =
        exception::class(esr) == DATA_ABORT && esr & 0x3C == TRANSLATION_FAULT;
    if !is_translation_fault || esr & (NO_ADDRESS | TABLE_WALK) != 0 {
        return None;
    }
    let write = esr & WRITE != 0;
    Some(Access {
        ipa: address(far, hpfar),
        width: 1 << (esr >> 22 & 3),
        register: (esr >> 16 & 0x1F) as u8,
        kind: match esr & (VALID | MAINTENANCE) {
            VALID if write => AccessKind::Write,
            VALID => AccessKind::Read {
                sign_extend: esr >> 21 & 1 != 0,
                wide: esr >> 15 & 1 != 0,
            },
            _ => AccessKind::Unknown,
        },
    })
}

impl Access {
    /// What a store puts to the device, of the register's `value`.
    #[must_use]
    pub const fn outgoing(&self, value: u64, order: Order) -> u64 {
        order.seen(value, self.width) & low_bytes(self.width)
    }

    /// What a load puts into the register, of what the device says.
    #[must_use]
    pub const fn incoming(&self, value: u64, order: Order) -> u64 {
        let value = order.seen(value, self.width) & low_bytes(self.width);
        let AccessKind::Read { sign_extend, wide } = self.kind else {
            return value;
        };
        let unused = 64_u32.saturating_sub(self.width.saturating_mul(8)) % 64;
        let extended = (value << unused).cast_signed() >> unused;
        let value = if sign_extend {
            extended.cast_unsigned()
        } else {
            value
        };
        if wide { value } else { value & 0xFFFF_FFFF }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A translation fault of level 3 with `ISV`.
    const FAULT: u64 = DATA_ABORT << 26 | 1 << 25 | VALID | 0x07;

    fn access(iss: u64) -> Option<Access> {
        decode(FAULT | iss, 0xFFFF_8000_1234_5018, 0x0900_0000 >> 8)
    }

    #[test]
    fn a_store_of_a_word_is_described() {
        // str w3, [x0]
        let expected = Access {
            ipa: 0x0900_0018,
            width: 4,
            register: 3,
            kind: AccessKind::Write,
        };
        assert_eq!(access(2 << 22 | 3 << 16 | 1 << 6), Some(expected));
        assert_eq!(expected.outgoing(u64::MAX, Order::Little), 0xFFFF_FFFF);
    }

    #[test]
    fn loads_extend_as_their_instruction_says() {
        // Size, sign-extended, 64-bit register, value of the device, value of the register.
        let table = [
            (0, 0, 0, 0xFFF_FF80, 0x80),
            (0, 1, 0, 0x80, 0xFFFF_FF80),
            (0, 1, 1, 0x80, 0xFFFF_FFFF_FFFF_FF80),
            (1, 1, 1, 0x7FFF, 0x7FFF),
            (1, 1, 0, 0x8000, 0xFFFF_8000),
            (2, 0, 0, 0x1_8000_0000, 0x8000_0000),
            (2, 1, 1, 0x8000_0000, 0xFFFF_FFFF_8000_0000),
            (3, 0, 1, 0x8000_0000_0000_0000, 0x8000_0000_0000_0000),
        ];
        for (size, sign, wide, device, register) in table {
            let access = access(size << 22 | sign << 21 | 31 << 16 | wide << 15);
            let access = access.expect("it is described");
            assert_eq!(access.register, 31);
            assert_eq!(
                access.incoming(device, Order::Little),
                register,
                "{access:?}"
            );
        }
    }

    #[test]
    fn a_guest_in_the_other_order_finds_bytes_reversed() {
        // Size, sign-extended, value of the device, value of the register.
        let table = [
            (0, 1, 0x80, 0xFFFF_FFFF_FFFF_FF80),
            (1, 0, 0xAAAA_1234, 0x3412),
            (1, 1, 0x0080, 0xFFFF_FFFF_FFFF_8000),
            (2, 0, 0x0248_0002, 0x0200_4802),
            (3, 0, 0x0102_0304_0506_0708, 0x0807_0605_0403_0201),
        ];
        for (size, sign, device, register) in table {
            let access = access(size << 22 | sign << 21 | 1 << 15).unwrap();
            assert_eq!(access.incoming(device, Order::Big), register, "{access:?}");
            let mask = u64::MAX >> (64 - access.width * 8);
            assert_eq!(
                access.outgoing(register, Order::Big),
                device & mask,
                "{access:?}"
            );
        }
    }

    #[test]
    fn the_order_is_that_of_the_level_that_accesses() {
        for (sctlr, at_el0, at_el1) in [
            (0, Order::Little, Order::Little),
            (BIG_AT_EL0, Order::Big, Order::Little),
            (BIG_AT_EL1, Order::Little, Order::Big),
        ] {
            for flags in [0, 0xF000_03C0] {
                assert_eq!(Order::of(sctlr, flags), at_el0);
                assert_eq!(Order::of(sctlr, flags | 0b0100), at_el1);
                assert_eq!(Order::of(sctlr, flags | 0b0101), at_el1);
            }
            let word = decode_word(FAULT | 2 << 22, 0x18, 0x0900_0000 >> 8, sctlr);
            assert_eq!(word.is_some(), sctlr == 0, "the short way");
        }
    }

    #[test]
    fn cache_maintenance_of_nothing_is_told_apart() {
        let maintenance = FAULT & !VALID & !0x3F | MAINTENANCE | WRITE;
        // Of levels 0 to 3: address size, translation, access flag, permission.
        assert!((0..0x10).all(|status| is_maintenance(maintenance | status)));
        assert!(!is_maintenance(maintenance | 0x10), "an external abort");
        assert!(!is_maintenance(maintenance | 0x07 | TABLE_WALK));
        assert!(!is_maintenance(maintenance & !MAINTENANCE | 0x07));
        assert!(
            !is_maintenance(maintenance ^ 4 << 26 | 0x07),
            "an instruction abort"
        );
    }

    #[test]
    fn what_is_not_described_is_told_apart() {
        for esr in [
            FAULT & !VALID,
            FAULT & !VALID | 1 << 6,
            FAULT & !VALID | 1 << 8 | 1 << 6,
        ] {
            let access = decode(esr, 0x18, 0x0900_0000 >> 8).expect("it is the guest's");
            assert_eq!(
                (access.ipa, access.kind),
                (0x0900_0018, AccessKind::Unknown)
            );
        }
    }

    #[test]
    fn what_has_another_cause_is_no_access() {
        for esr in [
            FAULT | 1 << 7,
            FAULT | 1 << 10,
            FAULT | 0x08,
            FAULT & !0x3F | 0x10,
            FAULT & !0x3F | 0x21,
            FAULT ^ 1 << 26,
        ] {
            assert_eq!(decode(esr, 0x18, 0x0900_0000 >> 8), None, "{esr:#x}");
        }
    }

    #[test]
    fn a_word_is_told_by_its_fields() {
        let esr = 0x93C0_0004 & !(3 << 22) | 2 << 22;
        for (esr, register, write) in [
            (esr, 0, false),
            (esr | 21 << 16, 21, false),
            (esr | 1 << 6, 0, true),
        ] {
            let ipa = 0x0900_0018;
            let word = Word {
                ipa,
                register,
                write,
            };
            assert_eq!(decode_word(esr, 0x18, 0x9_0000, 0), Some(word));
        }
    }

    proptest! {
        #![proptest_config(crate::properties::cases(20_000))]

        #[test]
        fn a_word_is_what_it_is_as_any_access(esr: u64, far: u64, hpfar: u64, sctlr: u64) {
            for esr in [esr, FAULT | esr & 0x1FF_FFC0, FAULT | 2 << 22 | esr & 0x1F_805F] {
                let access = decode(esr, far, hpfar);
                let plain = [
                    AccessKind::Write,
                    AccessKind::Read { sign_extend: false, wide: false },
                    AccessKind::Read { sign_extend: false, wide: true },
                ];
                let expected = access
                    .filter(|it| it.kind != AccessKind::Unknown)
                    .filter(|it| it.width == 4 && it.ipa % 4 == 0 && esr >> 21 & 1 == 0)
                    .map(|it| {
                        assert!(plain.contains(&it.kind));
                        Word { ipa: it.ipa, register: it.register, write: it.kind == AccessKind::Write }
                    });
                let little = sctlr & !(BIG_AT_EL0 | BIG_AT_EL1);
                prop_assert_eq!(decode_word(esr, far, hpfar, little), expected);
            }
        }

        #[test]
        fn any_syndrome_is_decoded(esr: u64, far: u64, hpfar: u64, value: u64) {
            for esr in [esr, FAULT | esr & 0x1FF_FFC0] {
                if let Some(access) = decode(esr, far, hpfar) {
                    prop_assert!([1, 2, 4, 8].contains(&access.width) && access.register < 32);
                    prop_assert_eq!(access.ipa & 0xFFF, far & 0xFFF);
                    let bits = access.width * 8;
                    let mask = u64::MAX >> (64 - bits);
                    prop_assert_eq!(access.outgoing(value, Order::Little), value & mask);
                    let narrow = !matches!(access.kind, AccessKind::Read { wide: true, .. });
                    let register = if narrow { mask & 0xFFFF_FFFF } else { mask };
                    let incoming = access.incoming(value, Order::Little);
                    prop_assert_eq!(incoming & register, value & register);
                    // There and back, a value is the same in either order.
                    let there = access.outgoing(value, Order::Big);
                    prop_assert_eq!(access.incoming(there, Order::Big) & register, value & register);
                }
            }
        }
    }
}
