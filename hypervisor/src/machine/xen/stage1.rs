//! Where a guest's virtual address leads by the guest's own tables, read one descriptor at a time
//! (Arm ARM DDI 0487, D8: VMSAv8-64).
//!
//! The CPU could say it by `AT S1E1R`, but no such instruction is to be in what EL2 may execute
//! (`arch/cpu.rs`, on `fault_ipa`). So the tables are read as any memory of the guest's is: looked up in its own
//! regions, each descriptor once. That takes four reads at most, whatever the guest writes there meanwhile, and
//! ends in an address that is looked up in turn. Left out are what the ID registers hide (addresses beyond 48
//! bits) and tables of big-endian words; such an address leads nowhere.

use super::memory::{Memory, Own};

/// The registers of the guest's stage 1.
#[derive(Clone, Copy, Debug, Default)]
pub struct Stage1 {
    /// `SCTLR_EL1`.
    pub control: u64,
    /// `TCR_EL1`.
    pub translation: u64,
    /// `TTBR0_EL1` and `TTBR1_EL1`.
    pub tables: [u64; 2],
}

/// What the caller does at the address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// It is read.
    Read,
    /// It is written.
    Write,
}

/// Bits of an output address.
const ADDRESS_BITS: u32 = 48;
const MMU: u64 = 1;
const BIG_ENDIAN: u64 = 1 << 25;
/// `TCR_EL1`: tags are ignored, in the lower half's bit; hardware sets access flags, and lets a clean page be
/// written; a table's rights don't count, in the lower half's bit.
const TAGS_IGNORED: u32 = 37;
const SETS_ACCESS_FLAG: u64 = 1 << 39;
const SETS_DIRTY: u64 = 1 << 40;
const FLAT_RIGHTS: u32 = 41;
/// In a half of `TCR_EL1`: walks are disabled.
const DISABLED: u64 = 1 << 7;
/// Descriptors: a table's entries can't be written; a page can't; was accessed; is clean, not read-only.
const TABLE_READ_ONLY: u64 = 1 << 62;
const READ_ONLY: u64 = 1 << 7;
const ACCESSED: u64 = 1 << 10;
const CLEAN: u64 = 1 << 51;

impl Stage1 {
    /// The guest-physical address behind a virtual one, if the guest itself may do this there at EL1.
    #[must_use]
    pub fn translate(
        &self,
        own: Own,
        memory: &impl Memory,
        address: u64,
        access: Access,
    ) -> Option<u64> {
        if self.control & MMU == 0 {
            return (address >> ADDRESS_BITS == 0).then_some(address);
        }
        if self.control & BIG_ENDIAN != 0 {
            return None;
        }
        let half = Half::of(self, address)?;
        let mut table = half.table;
        let mut is_read_only = false;
        for level in half.first..=LAST {
            let shift = half.shift(level);
            let bits = if level == half.first {
                half.bits.checked_sub(shift)?
            } else {
                half.stride()
            };
            let index = address >> shift & low_bits(bits);
            let place = table.wrapping_add(index << 3);
            let descriptor = memory.read(own.page(place)?.word(place));
            let output = descriptor & low_bits(ADDRESS_BITS);
            match (descriptor & 0b11, level) {
                (0b11, ..LAST) => {
                    is_read_only |= descriptor & TABLE_READ_ONLY != 0 && !half.has_flat_rights;
                    table = output & !low_bits(half.granule);
                }
                (0b11, LAST) | (0b01, ..LAST) if level >= half.first_block() => {
                    let may = self.may(descriptor, access, is_read_only);
                    let within = low_bits(shift);
                    return may.then_some(output & !within | address & within);
                }
                _ => return None,
            }
        }
        None
    }

    /// Whether a page's descriptor allows it.
    fn may(&self, descriptor: u64, access: Access, is_read_only: bool) -> bool {
        let has = |bit| self.translation & bit != 0;
        let is_accessed = descriptor & ACCESSED != 0 || has(SETS_ACCESS_FLAG);
        let is_clean = descriptor & CLEAN != 0 && has(SETS_DIRTY);
        let is_writable = !is_read_only && (descriptor & READ_ONLY == 0 || is_clean);
        is_accessed && (access == Access::Read || is_writable)
    }
}

/// The last level of every walk.
const LAST: u32 = 3;

/// One of the two halves of a guest's virtual addresses.
struct Half {
    /// Bits of its addresses.
    bits: u32,
    /// Bits of an address within the smallest page.
    granule: u32,
    /// The level at which walks begin, and the table there.
    first: u32,
    table: u64,
    has_flat_rights: bool,
}

impl Half {
    /// That of an address, if the address is in either.
    fn of(stage1: &Stage1, address: u64) -> Option<Self> {
        let upper = address >> 55 & 1 != 0;
        let (which, control) = if upper {
            (1, stage1.translation >> 16)
        } else {
            (0, stage1.translation)
        };
        // The two halves number the granules differently (Arm ARM, TCR_EL1.TG0 and TG1).
        let granule = match (upper, control >> 14 & 0b11) {
            (false, 0b00) | (true, 0b10) => 12,
            (false, 0b10) | (true, 0b01) => 14,
            (false, 0b01) | (true, 0b11) => 16,
            _ => return None,
        };
        #[allow(clippy::cast_possible_truncation, reason = "6 bits")]
        let unused = (control & 0x3F) as u32;
        if control & DISABLED != 0 || !(16..=39).contains(&unused) {
            return None;
        }
        let bits = 64 - unused;
        let ignored = if stage1.translation >> (TAGS_IGNORED + which) & 1 != 0 {
            8
        } else {
            0
        };
        let above = (address << ignored).cast_signed() >> (bits + ignored);
        if above != -i64::from(upper) {
            return None;
        }
        let mut half = Self {
            bits,
            granule,
            first: 0,
            table: 0,
            has_flat_rights: stage1.translation >> (FLAT_RIGHTS + which) & 1 != 0,
        };
        half.first = LAST.checked_sub((bits - granule - 1) / half.stride())?;
        // A first table is aligned to its size, and to 64 bytes at least.
        let size = (bits.checked_sub(half.shift(half.first))? + 3).max(6);
        let [lower, higher] = stage1.tables;
        let table = if upper { higher } else { lower };
        half.table = table & low_bits(ADDRESS_BITS) & !low_bits(size);
        Some(half)
    }

    /// Bits of an address that a level decides.
    const fn stride(&self) -> u32 {
        self.granule - 3
    }

    /// Bits of an address that are left behind a level.
    const fn shift(&self, level: u32) -> u32 {
        self.granule + self.stride() * LAST.saturating_sub(level)
    }

    /// The first level that may have a block.
    const fn first_block(&self) -> u32 {
        if self.granule == 12 { 1 } else { 2 }
    }
}

const fn low_bits(count: u32) -> u64 {
    (1 << count) - 1
}

#[cfg(test)]
mod tests;
