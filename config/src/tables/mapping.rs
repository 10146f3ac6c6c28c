//! A mapping: which output addresses a range of input addresses translates to, and with what
//! attributes.

use super::attributes::{ADDRESS, Attributes, BLOCK, INPUT_ADDRESS_BITS, PAGE};
use super::channel_memory::MAX_VIEWS;
use crate::address::{BLOCK_1_GIB, BLOCK_2_MIB, MemoryRange, PAGE_BYTES};
use crate::layout::MAX_PARTITIONS;
use crate::text::Text;
use paratia_abi::passport::{MAX_PORTS, MAX_REGIONS};

/// The level that maps pages; lookups start at level 1.
pub(super) const LAST_LEVEL: u32 = 3;

/// Bytes that one entry of a table at `level` maps.
pub(super) const fn level_bytes(level: u32) -> u64 {
    match level {
        1 => BLOCK_1_GIB,
        2 => BLOCK_2_MIB,
        _ => PAGE_BYTES,
    }
}

/// A range of input addresses, the output addresses behind it, and its attributes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mapping {
    /// First input address: an IPA in stage 2, EL2's virtual address in stage 1.
    pub input: u64,
    /// The physical address behind it.
    pub output: u64,
    /// Size in bytes.
    pub size_bytes: u64,
    /// What may be done there, and how.
    pub attributes: Attributes,
}

impl Mapping {
    const EMPTY: Self = Self {
        input: 0,
        output: 0,
        size_bytes: 0,
        attributes: Attributes(0),
    };

    /// One past the last input address.
    pub(super) const fn end(&self) -> u64 {
        self.input.saturating_add(self.size_bytes)
    }

    /// Whether one descriptor at `level` can map the whole slot of that level that starts at
    /// `slot`: the mapping covers it, and the output address is as aligned as the slot is large.
    pub(super) const fn fills(&self, level: u32, slot: u64) -> bool {
        self.input <= slot
            && slot + level_bytes(level) <= self.end()
            && self.output_at(slot).is_multiple_of(level_bytes(level))
    }

    /// Whether the mapping lies in the slot but needs a table there, since no descriptor at `level`
    /// can map it.
    pub(super) const fn splits(&self, level: u32, slot: u64) -> bool {
        self.input < slot + level_bytes(level) && slot < self.end() && !self.fills(level, slot)
    }

    /// The block or page descriptor for the slot of `level` that starts at `slot`.
    pub(super) const fn descriptor(&self, level: u32, slot: u64) -> u64 {
        let kind = if level == LAST_LEVEL { PAGE } else { BLOCK };
        (self.output_at(slot) & ADDRESS) | self.attributes.0 | kind
    }

    /// Stops on a mapping that isn't whole pages within the input addresses.
    pub(super) const fn assert_mappable(&self) {
        let whole_pages = self.input.is_multiple_of(PAGE_BYTES)
            && self.output.is_multiple_of(PAGE_BYTES)
            && self.size_bytes.is_multiple_of(PAGE_BYTES);
        if !whole_pages {
            panic!("{}", self.complaint("isn't whole pages of 4 KiB").as_str());
        }
        if self.end() > 1 << INPUT_ADDRESS_BITS {
            panic!(
                "{}",
                self.complaint("exceeds 39 bits of input address").as_str()
            );
        }
    }

    const fn complaint(&self, what: &str) -> Text<160> {
        Text::new()
            .str("mapping of ")
            .range(self.input, self.size_bytes)
            .str(" to ")
            .hex(self.output)
            .str(" ")
            .str(what)
    }

    pub(super) const fn output_at(&self, input: u64) -> u64 {
        self.output.wrapping_add(input.wrapping_sub(self.input))
    }
}

/// Most mappings of EL2's own regime: every partition's regions, and channels' memory of which each is at a
/// source's port, beside its own parts.
pub(super) const MAX_EL2_MAPPINGS: usize = 64 + MAX_PARTITIONS * (MAX_REGIONS + MAX_PORTS);
/// Most mappings of a partition's stage 2: its regions and devices, its channels' memory, its passport, its
/// records of stolen time, its CPU interface.
pub(super) const MAX_STAGE2_MAPPINGS: usize = MAX_REGIONS + MAX_VIEWS + 3;

/// All mappings of one translation regime, at most `N`, in no particular order.
#[derive(Clone, Copy, Debug)]
pub struct Mappings<const N: usize> {
    items: [Mapping; N],
    length: usize,
}

impl<const N: usize> Mappings<N> {
    /// No mapping.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            items: [Mapping::EMPTY; N],
            length: 0,
        }
    }

    /// The mappings as a slice.
    #[must_use]
    pub const fn as_slice(&self) -> &[Mapping] {
        self.items.split_at(self.length).0
    }

    /// Adds a mapping; nothing changes if it is empty.
    ///
    /// # Panics
    /// If there are `N` already.
    pub const fn add(&mut self, mapping: Mapping) {
        if mapping.size_bytes > 0 {
            assert!(
                self.length < N,
                "a translation regime has more mappings than any system"
            );
            self.items[self.length] = mapping;
            self.length += 1;
        }
    }

    /// Adds a range of physical memory at the input address that equals its own.
    pub const fn add_identity(&mut self, range: MemoryRange, attributes: Attributes) {
        self.add(Mapping {
            input: range.base.0,
            output: range.base.0,
            size_bytes: range.size_bytes,
            attributes,
        });
    }
}

impl<const N: usize> Default for Mappings<N> {
    fn default() -> Self {
        Self::new()
    }
}
