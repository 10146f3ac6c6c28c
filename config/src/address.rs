//! Addresses as types: a guest-physical [`Ipa`] is never mistaken for a physical [`Pa`].

/// Bytes in a page, the unit in which memory is given to partitions (4 KiB granule).
pub const PAGE_BYTES: u64 = 4096;
/// Bytes that one level 2 table entry can map as a block.
pub const BLOCK_2_MIB: u64 = 2 << 20;
/// Bytes that one level 1 table entry can map as a block.
pub const BLOCK_1_GIB: u64 = 1 << 30;

/// `count` KiB in bytes.
#[must_use]
pub const fn kib(count: u64) -> u64 {
    count << 10
}

/// `count` MiB in bytes.
#[must_use]
pub const fn mib(count: u64) -> u64 {
    count << 20
}

/// A physical address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(transparent)]
pub struct Pa(pub u64);

/// An intermediate physical address: what a guest takes for physical.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(transparent)]
pub struct Ipa(pub u64);

impl Pa {
    /// The address `bytes` further on.
    #[must_use]
    pub const fn offset(self, bytes: u64) -> Self {
        Self(self.0 + bytes)
    }
}

impl Ipa {
    /// The address `bytes` further on.
    #[must_use]
    pub const fn offset(self, bytes: u64) -> Self {
        Self(self.0 + bytes)
    }
}

/// A range of physical memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemoryRange {
    /// First byte.
    pub base: Pa,
    /// Size in bytes.
    pub size_bytes: u64,
}

impl MemoryRange {
    /// The range of `size_bytes` from `base`.
    #[must_use]
    pub const fn new(base: Pa, size_bytes: u64) -> Self {
        Self { base, size_bytes }
    }

    /// One past the last byte; saturates at the end of the address space.
    #[must_use]
    pub const fn end(&self) -> Pa {
        Pa(self.base.0.saturating_add(self.size_bytes))
    }

    /// Whether the two share a byte.
    #[must_use]
    pub const fn overlaps(&self, other: &Self) -> bool {
        self.base.0 < other.end().0 && other.base.0 < self.end().0
    }

    /// Whether `other` lies within this range as a whole.
    #[must_use]
    pub const fn contains(&self, other: &Self) -> bool {
        self.base.0 <= other.base.0 && other.end().0 <= self.end().0
    }
}
