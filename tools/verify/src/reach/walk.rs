//! A translation regime, walked over its whole range of input addresses.
//!
//! 39 bits of input address, from level 1 with one table: the control registers say so, which
//! [`super::registers`] checks. Every descriptor of every table that the root leads to is read.

use std::fmt;

use super::descriptor::{LAST_LEVEL, Leaf, Meaning, Rule, Stage, Wrong, decode, level_bytes};
use super::memory::{Memory, Rights};

/// The level of a regime's root.
pub const FIRST_LEVEL: u32 = 1;
/// Bytes of a table.
pub const TABLE_BYTES: u64 = 4096;
/// Descriptors in a table.
pub const ENTRIES: u64 = 512;

/// All translation tables of an image as they lie in memory.
#[derive(Clone, Copy, Debug)]
pub struct Tables<'a> {
    /// The address of the first.
    pub base: u64,
    /// Their bytes.
    pub bytes: &'a [u8],
}

impl Tables<'_> {
    /// Whether a whole table lies at an address.
    #[must_use]
    pub fn has(&self, table: u64) -> bool {
        self.word(table).is_some()
            && self.word(table.saturating_add(TABLE_BYTES - 8)).is_some()
            && table.is_multiple_of(TABLE_BYTES)
    }

    /// The descriptor at an address.
    #[must_use]
    pub fn word(&self, address: u64) -> Option<u64> {
        let at = usize::try_from(address.checked_sub(self.base)?).ok()?;
        let bytes = self.bytes.get(at..at.checked_add(8)?)?;
        Some(u64::from_le_bytes(bytes.try_into().ok()?))
    }
}

/// A range of input addresses that leads somewhere, as far as neighbouring descriptors say alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mapping {
    /// The first input address.
    pub input: u64,
    /// The physical address behind it.
    pub output: u64,
    /// How many bytes.
    pub bytes: u64,
    /// What may be done there.
    pub rights: Rights,
    /// The type of memory.
    pub memory: Memory,
}

impl Mapping {
    /// One past the last input address; saturates.
    #[must_use]
    pub fn end(&self) -> u64 {
        self.input.saturating_add(self.bytes)
    }

    /// The part of it within some input addresses.
    #[must_use]
    pub fn within(&self, start: u64, end: u64) -> Option<Self> {
        let (from, to) = (self.input.max(start), self.end().min(end));
        (from < to).then(|| Self {
            input: from,
            output: self.output.wrapping_add(from - self.input),
            bytes: to - from,
            ..*self
        })
    }

    /// Whether `next` goes on where it ends, alike.
    fn goes_on(&self, next: &Self) -> bool {
        self.end() == next.input
            && self.output.wrapping_add(self.bytes) == next.output
            && (self.rights, self.memory) == (next.rights, next.memory)
    }
}

/// A descriptor that isn't as it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Its address.
    pub at: u64,
    /// Its value.
    pub descriptor: u64,
    /// The level of its table.
    pub level: u32,
    /// The first input address that it translates.
    pub input: u64,
    /// What is wrong.
    pub kind: FaultKind,
}

/// What is wrong with a descriptor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// A field has a value that it mustn't have.
    Field(Wrong),
    /// It leads to a table that isn't one of the image's.
    NoTable(u64),
    /// It leads to a table to which another one leads, too.
    TableTwice(u64),
}

impl fmt::Display for FaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field(Wrong { field, value }) => {
                let bits = if field.high == field.low {
                    format!("bit {}", field.low)
                } else {
                    format!("bits {}:{}", field.high, field.low)
                };
                let should = match field.rule {
                    Rule::One => "must be set",
                    Rule::Means => "is a reserved value",
                    Rule::Zero | Rule::Ignored => "must be 0",
                };
                write!(
                    f,
                    "{bits} ({}) holds {value:#b}, which {should}",
                    field.name
                )
            }
            Self::NoTable(table) => {
                write!(
                    f,
                    "it leads to a table at {table:#x}, where none of the image's tables is"
                )
            }
            Self::TableTwice(table) => {
                write!(
                    f,
                    "it leads to the table at {table:#x}, to which another descriptor leads already"
                )
            }
        }
    }
}

/// A table that a walk has read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Visited {
    /// Its address.
    pub table: u64,
    /// Its level.
    pub level: u32,
    /// The first input address that it translates.
    pub input: u64,
}

/// What a walk has found.
#[derive(Clone, Debug, Default)]
pub struct Walk {
    /// Where input addresses lead, in ascending order.
    pub mappings: Vec<Mapping>,
    /// The tables, in the order of the walk.
    pub tables: Vec<Visited>,
    /// What isn't as it should be.
    pub faults: Vec<Fault>,
}

impl Walk {
    /// Walks everything below a root.
    #[must_use]
    pub fn of(tables: &Tables<'_>, root: u64, stage: Stage) -> Self {
        let mut walk = Self::default();
        let root = Visited {
            table: root,
            level: FIRST_LEVEL,
            input: 0,
        };
        walk.table(tables, root, stage);
        walk
    }

    /// Walks what one descriptor leads to, as if it had this value.
    #[must_use]
    pub fn below(
        tables: &Tables<'_>,
        at: u64,
        (level, input): (u32, u64),
        descriptor: u64,
        stage: Stage,
    ) -> Self {
        let mut walk = Self::default();
        walk.descriptor(tables, at, (level, input), descriptor, stage);
        walk
    }

    /// The same walk with another one's findings in place of what it says of some input addresses.
    #[must_use]
    pub fn with(&self, (start, end): (u64, u64), inside: Self) -> Self {
        let all = self.mappings.iter();
        let mut mappings: Vec<Mapping> = all
            .flat_map(|mapping| [mapping.within(0, start), mapping.within(end, u64::MAX)])
            .flatten()
            .chain(inside.mappings)
            .collect();
        mappings.sort_by_key(|mapping| mapping.input);
        Self {
            mappings,
            tables: inside.tables,
            faults: inside.faults,
        }
    }

    /// Descriptors that were read.
    #[must_use]
    pub fn descriptors(&self) -> u64 {
        self.tables.len() as u64 * ENTRIES
    }

    fn table(&mut self, tables: &Tables<'_>, place: Visited, stage: Stage) {
        self.tables.push(place);
        for entry in 0..ENTRIES {
            let at = place.table + 8 * entry;
            let input = place.input + entry * level_bytes(place.level);
            if let Some(descriptor) = tables.word(at) {
                self.descriptor(tables, at, (place.level, input), descriptor, stage);
            }
        }
    }

    /// As deep as there are levels.
    fn descriptor(
        &mut self,
        tables: &Tables<'_>,
        at: u64,
        (level, input): (u32, u64),
        descriptor: u64,
        stage: Stage,
    ) {
        let (meaning, wrong) = decode(descriptor, level, stage);
        let fault = |kind| Fault {
            at,
            descriptor,
            level,
            input,
            kind,
        };
        self.faults.extend(
            wrong
                .into_iter()
                .map(|wrong| fault(FaultKind::Field(wrong))),
        );
        match meaning {
            Meaning::Nothing => {}
            Meaning::Leaf(leaf) => self.leaf(input, level, leaf),
            Meaning::Table(table) if !tables.has(table) => {
                self.faults.push(fault(FaultKind::NoTable(table)));
            }
            Meaning::Table(table) if self.tables.iter().any(|other| other.table == table) => {
                self.faults.push(fault(FaultKind::TableTwice(table)));
            }
            Meaning::Table(table) => {
                debug_assert!(level < LAST_LEVEL);
                self.table(
                    tables,
                    Visited {
                        table,
                        level: level + 1,
                        input,
                    },
                    stage,
                );
            }
        }
    }

    fn leaf(&mut self, input: u64, level: u32, leaf: Leaf) {
        let next = Mapping {
            input,
            output: leaf.output,
            bytes: level_bytes(level),
            rights: leaf.rights,
            memory: leaf.memory,
        };
        match self.mappings.last_mut() {
            Some(last) if last.goes_on(&next) => last.bytes += next.bytes,
            _ => self.mappings.push(next),
        }
    }
}

#[cfg(test)]
mod tests;
