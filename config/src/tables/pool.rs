//! The pool: tables in a row, filled descriptor by descriptor.

use super::Tables;
use super::attributes::{ADDRESS, TABLE};
use super::mapping::{LAST_LEVEL, Mapping, Mappings, level_bytes};
use crate::address::{PAGE_BYTES, Pa};
use crate::each;
use crate::text::Text;

/// Descriptors in a table.
pub(super) const ENTRIES: usize = 512;

/// `N` tables that will lie in a row from a physical address, the first `used` of them in use.
pub(super) struct Pool<const N: usize> {
    tables: [[u64; ENTRIES]; N],
    used: usize,
    base: Pa,
}

impl<const N: usize> Pool<N> {
    /// Empty tables, to be linked at `base`.
    pub(super) const fn new(base: Pa) -> Self {
        Self {
            tables: [[0; ENTRIES]; N],
            used: 0,
            base,
        }
    }

    /// The tables. One that isn't in use maps nothing, and nothing leads to it.
    pub(super) const fn finish(self) -> Tables<N> {
        Tables(self.tables)
    }

    /// Makes the tables of one regime; returns the index of its root.
    pub(super) const fn add_regime<const M: usize>(&mut self, mappings: &Mappings<M>) -> usize {
        let root = self.take_table();
        let mappings = mappings.as_slice();
        each! { mapping in mappings => {
            self.map(root, mapping);
        }}
        root
    }

    /// Maps all of `mapping` under the table `root`, by the largest descriptors that can.
    pub(super) const fn map(&mut self, root: usize, mapping: &Mapping) {
        mapping.assert_mappable();
        let mut input = mapping.input;
        while input < mapping.end() {
            input = self.map_one(root, mapping, input);
        }
    }

    /// The tables in use.
    #[cfg(test)]
    pub(super) const fn used(&self) -> &[[u64; ENTRIES]] {
        self.tables.split_at(self.used).0
    }

    /// Writes the one descriptor that maps `input`; returns the address after what it maps.
    const fn map_one(&mut self, root: usize, mapping: &Mapping, input: u64) -> u64 {
        let mut table = root;
        let mut level = 1;
        while level < LAST_LEVEL && mapping.splits(level, slot(level, input)) {
            table = self.next_table(table, level, input);
            level += 1;
        }
        let entry = entry(level, input);
        if self.tables[table][entry] != 0 {
            panic!("{}", mapped_twice(input).as_str());
        }
        self.tables[table][entry] = mapping.descriptor(level, input);
        input + level_bytes(level)
    }

    /// The table below the entry for `input`, made if there is none yet.
    const fn next_table(&mut self, table: usize, level: u32, input: u64) -> usize {
        let entry = entry(level, input);
        let descriptor = self.tables[table][entry];
        if descriptor == 0 {
            let next = self.take_table();
            let address = self.base.offset(next as u64 * PAGE_BYTES);
            self.tables[table][entry] = address.0 | TABLE;
            return next;
        }
        if descriptor & 0b11 != TABLE {
            panic!("{}", mapped_twice(input).as_str());
        }
        (((descriptor & ADDRESS) - self.base.0) / PAGE_BYTES) as usize
    }

    const fn take_table(&mut self) -> usize {
        assert!(
            self.used < N,
            "more translation tables are needed than were counted"
        );
        self.used += 1;
        self.used - 1
    }
}

/// The base of the slot of `level` in which `input` lies.
const fn slot(level: u32, input: u64) -> u64 {
    input & !(level_bytes(level) - 1)
}

/// The index of `input` in a table at `level`.
#[expect(clippy::cast_possible_truncation, reason = "less than 512")]
const fn entry(level: u32, input: u64) -> usize {
    (input / level_bytes(level) % ENTRIES as u64) as usize
}

const fn mapped_twice(input: u64) -> Text<96> {
    Text::new()
        .str("address ")
        .hex(input)
        .str(" is mapped twice; regions overlap")
}
