//! Descriptor bits of both translation regimes, and the register values that go with them.
//!
//! Arm ARM DDI 0487, D8.3 (VMSAv8-64 descriptor formats) and D8.5, D8.6 (memory attributes).

/// A descriptor that is a block at level 1 or 2 (bits 1:0).
pub(super) const BLOCK: u64 = 0b01;
/// A descriptor that points to a table, at level 1 or 2 (bits 1:0).
pub(super) const TABLE: u64 = 0b11;
/// A descriptor that is a page, at level 3 (bits 1:0).
pub(super) const PAGE: u64 = 0b11;
/// Bits 47:12 of a descriptor: the output or next-table address.
pub(super) const ADDRESS: u64 = 0x0000_FFFF_FFFF_F000;

/// Attribute bits of a block or page descriptor: all but its address and its type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attributes(pub u64);

/// Inner shareable (bits 9:8). For Device and non-cacheable memory the field has no effect: they
/// are outer shareable always.
const INNER_SHAREABLE: u64 = 0b11 << 8;
/// Access flag (bit 10): set, so that no access faults to have it set.
const ACCESS_FLAG: u64 = 1 << 10;
/// Never executed (bit 54): `XN` in stage 1 of EL2; in stage 2 the upper bit of `XN[1:0]`, which
/// with a lower bit of 0 means the same with and without `FEAT_XNX`.
const EXECUTE_NEVER: u64 = 1 << 54;

/// Stage 2, `MemAttr` in bits 5:2, `S2AP` in bits 7:6.
impl Attributes {
    /// A partition's RAM: Normal write-back, read, written and executed.
    pub const STAGE2_RAM: Self = Self::stage2(0b1111, 0b11);
    /// A partition's instructions: as its RAM, never written.
    pub const STAGE2_TEXT: Self = Self::stage2(0b1111, 0b01);
    /// A partition's constants: as its RAM, only read.
    pub const STAGE2_CONSTANT: Self = Self::stage2(0b1111, 0b01).execute_never();
    /// A partition's variables: as its RAM, never executed.
    pub const STAGE2_DATA: Self = Self::stage2(0b1111, 0b11).execute_never();
    /// A frame buffer: Normal non-cacheable, read and written, never executed.
    pub const STAGE2_FRAME_BUFFER: Self = Self::stage2(0b0101, 0b11).execute_never();
    /// A device's registers: Device-nGnRE, read and written, never executed.
    pub const STAGE2_DEVICE: Self = Self::stage2(0b0001, 0b11).execute_never();
    /// The passport: Normal write-back, only read.
    pub const STAGE2_PASSPORT: Self = Self::stage2(0b1111, 0b01).execute_never();

    /// A channel's memory as one of its ends sees it: read, written by who may, never executed; Normal
    /// write-back or not cached, the same for all its ends.
    #[must_use]
    pub const fn stage2_shared(is_writable: bool, is_cached: bool) -> Self {
        let memory = if is_cached { 0b1111 } else { 0b0101 };
        let access = if is_writable { 0b11 } else { 0b01 };
        Self::stage2(memory, access).execute_never()
    }

    /// The rights that stage 2 gives, as `rwx`: `S2AP[0]` reads, `S2AP[1]` writes (Arm ARM, D8.4.2).
    #[must_use]
    pub const fn stage2_rights(self) -> &'static str {
        match (self.0 >> 6 & 0b11, self.0 & EXECUTE_NEVER == 0) {
            (0b11, true) => "rwx",
            (0b11, false) => "rw-",
            (0b01, true) => "r-x",
            (0b01, false) => "r--",
            (0b10, true) => "-wx",
            (0b10, false) => "-w-",
            (_, true) => "--x",
            (_, false) => "---",
        }
    }

    const fn stage2(memory: u64, access: u64) -> Self {
        Self(memory << 2 | access << 6 | INNER_SHAREABLE | ACCESS_FLAG)
    }
}

/// Stage 1 of EL2 without VHE: index into `MAIR_EL2` in bits 4:2, `AP[2:1]` in bits 7:6, of which
/// `AP[1]` is RES1 in a regime with one privilege level.
impl Attributes {
    /// The hypervisor's instructions: read and executed.
    pub const EL2_TEXT: Self = Self::el2(MAIR_NORMAL, EL2_READ_ONLY);
    /// Constants: only read.
    pub const EL2_CONSTANT: Self = Self::el2(MAIR_NORMAL, EL2_READ_ONLY).execute_never();
    /// Variables, stacks and the partitions' RAM: read and written, never executed.
    pub const EL2_DATA: Self = Self::el2(MAIR_NORMAL, EL2_READ_WRITE).execute_never();
    /// Frame buffers: as [`Attributes::EL2_DATA`], with the memory type that the partition uses,
    /// since two views of different types needn't be coherent (Arm ARM, B2.16).
    pub const EL2_FRAME_BUFFER: Self =
        Self::el2(MAIR_NON_CACHEABLE, EL2_READ_WRITE).execute_never();
    /// Registers: Device-nGnRnE, read and written, never executed.
    pub const EL2_DEVICE: Self = Self::el2(MAIR_DEVICE, EL2_READ_WRITE).execute_never();

    const fn el2(mair_index: u64, access: u64) -> Self {
        Self(mair_index << 2 | access << 6 | INNER_SHAREABLE | ACCESS_FLAG)
    }

    const fn execute_never(self) -> Self {
        Self(self.0 | EXECUTE_NEVER)
    }
}

const EL2_READ_WRITE: u64 = 0b01;
const EL2_READ_ONLY: u64 = 0b11;

/// Index of Device-nGnRnE in [`MAIR_EL2`].
pub const MAIR_DEVICE: u64 = 0;
/// Index of Normal write-back, read- and write-allocate, in [`MAIR_EL2`].
pub const MAIR_NORMAL: u64 = 1;
/// Index of Normal non-cacheable in [`MAIR_EL2`].
pub const MAIR_NON_CACHEABLE: u64 = 2;
/// The memory types that EL2's descriptors refer to (Arm ARM, `MAIR_EL2`).
pub const MAIR_EL2: u64 =
    0x00 << (8 * MAIR_DEVICE) | 0xFF << (8 * MAIR_NORMAL) | 0x44 << (8 * MAIR_NON_CACHEABLE);

/// Bits of an input address, in both regimes: lookups start at level 1 with one table.
pub const INPUT_ADDRESS_BITS: u32 = 39;

/// `T0SZ`; `IRGN0` and `ORGN0` write-back write-allocate, `SH0` inner shareable (how the CPU reads
/// the tables themselves); `TG0` 0: 4 KiB granule. The fields lie alike in both registers.
const WALK: u64 = (64 - INPUT_ADDRESS_BITS as u64) | 0b01 << 8 | 0b01 << 10 | 0b11 << 12;

/// `TCR_EL2` for these tables, but for `PS` (bits 18:16), which is the CPU's `PARange`. Bits 23 and
/// 31 are RES1 without VHE.
pub const TCR_EL2: u64 = WALK | 1 << 23 | 1 << 31;

/// `VTCR_EL2` for these tables, but for `PS` (bits 18:16), the CPU's `PARange`, and `VS` (bit 19),
/// the width of its VMIDs. `SL0` 1: start at level 1. Bit 31 is RES1.
pub const VTCR_EL2: u64 = WALK | 0b01 << 6 | 1 << 31;

#[cfg(test)]
mod tests {
    use super::*;

    const NEVER: u64 = 0x0040_0000_0000_0000;

    /// Values as the manual's figures give them, not as this file puts them together: types of memory and
    /// shareability never show on an emulator.
    #[test]
    fn descriptors_are_the_manuals() {
        let expected = [
            (Attributes::STAGE2_RAM, 0x7FC),
            (Attributes::STAGE2_FRAME_BUFFER, NEVER | 0x7D4),
            (Attributes::STAGE2_DEVICE, NEVER | 0x7C4),
            (Attributes::STAGE2_PASSPORT, NEVER | 0x77C),
            (Attributes::stage2_shared(true, true), NEVER | 0x7FC),
            (Attributes::stage2_shared(false, true), NEVER | 0x77C),
            (Attributes::stage2_shared(true, false), NEVER | 0x7D4),
            (Attributes::stage2_shared(false, false), NEVER | 0x754),
            (Attributes::EL2_TEXT, 0x7C4),
            (Attributes::EL2_CONSTANT, NEVER | 0x7C4),
            (Attributes::EL2_DATA, NEVER | 0x744),
            (Attributes::EL2_FRAME_BUFFER, NEVER | 0x748),
            (Attributes::EL2_DEVICE, NEVER | 0x740),
        ];
        for (attributes, value) in expected {
            assert_eq!(attributes.0, value, "{:#x}", attributes.0);
        }
        assert_eq!((BLOCK, TABLE, PAGE), (1, 3, 3));
        assert_eq!(ADDRESS, 0x0000_FFFF_FFFF_F000);
    }

    #[test]
    fn registers_are_the_manuals() {
        // Device-nGnRnE, Normal write-back with both allocations, Normal non-cacheable.
        assert_eq!(MAIR_EL2, 0x44_FF_00);
        assert_eq!(TCR_EL2, 0x8080_3519);
        assert_eq!(VTCR_EL2, 0x8000_3559);
        assert_eq!(INPUT_ADDRESS_BITS, 39);
    }
}
