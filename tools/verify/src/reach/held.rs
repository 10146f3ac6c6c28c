//! The image's constants: records that the hypervisor reads at run time, read out of the file.
//!
//! Where a record is, says a symbol or another record; where a field lies in it, says an absolute symbol
//! `layout.Type.field`, which the compiler wrote. A slice is an address and a length, a time 64 bits of
//! seconds and 32 of nanoseconds, as rustc lays them out: were it otherwise, nothing would be as declared.

use super::finding::{About, Finding};
use crate::image::{Image, Symbol};

/// The image's constants.
#[derive(Clone, Copy, Debug)]
pub struct Held<'a> {
    image: &'a Image<'a>,
}

/// A place of a record of some type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record {
    /// Where it begins.
    pub at: u64,
    /// The type's name.
    pub kind: &'static str,
}

impl<'a> Held<'a> {
    /// Those of an image.
    #[must_use]
    pub fn of(image: &'a Image<'a>) -> Self {
        Self { image }
    }

    /// The image.
    #[must_use]
    pub fn image(&self) -> &'a Image<'a> {
        self.image
    }

    /// The one place with this name; an error if there is none, or several.
    pub fn symbol(&self, name: &str) -> Result<&'a Symbol, Finding> {
        let mut found = self.image.named(name);
        match (found.next(), found.next()) {
            (Some(symbol), None) => Ok(symbol),
            (None, _) => Err(missing(
                name,
                "the image has no symbol of this name".to_owned(),
            )),
            (Some(one), Some(other)) => {
                let fact = format!(
                    "the image has it at {:#x} and at {:#x}",
                    one.address, other.address
                );
                Err(missing(name, fact))
            }
        }
    }

    /// The `index`th record of a table by the table's name.
    pub fn row(&self, table: &str, kind: &'static str, index: usize) -> Result<Record, Finding> {
        let table = self.symbol(table)?;
        let size = self.size(kind)?;
        let at = table.address.wrapping_add(size.wrapping_mul(index as u64));
        if at < table.address || at + size > table.address + table.size_bytes {
            let fact = format!(
                "it has {} bytes, too few for record {index} of {size}",
                table.size_bytes
            );
            return Err(missing(&table.name, fact));
        }
        Ok(Record { at, kind })
    }

    /// How many records a table has.
    pub fn count(&self, table: &str, kind: &str) -> Result<usize, Finding> {
        let table = self.symbol(table)?;
        let size = self.size(kind)?;
        let whole = table.size_bytes.checked_rem(size) == Some(0);
        let count = table
            .size_bytes
            .checked_div(size)
            .and_then(|count| usize::try_from(count).ok());
        match (whole, count) {
            (true, Some(count)) => Ok(count),
            _ => {
                let fact = format!(
                    "its {} bytes aren't whole records of {size}",
                    table.size_bytes
                );
                Err(missing(&table.name, fact))
            }
        }
    }

    /// The index of the record of a table that begins at an address.
    pub fn index(&self, table: &str, kind: &str, at: u64) -> Result<Option<usize>, Finding> {
        let size = self.size(kind)?;
        let table = self.symbol(table)?;
        let offset = at
            .checked_sub(table.address)
            .filter(|offset| *offset < table.size_bytes);
        let offset = offset.filter(|offset| offset.checked_rem(size) == Some(0));
        Ok(offset.and_then(|offset| usize::try_from(offset / size).ok()))
    }

    /// The size of a type.
    pub fn size(&self, kind: &str) -> Result<u64, Finding> {
        self.constant(&format!("layout.{kind}.size"))
    }

    /// The address of a record's field.
    pub fn field(&self, record: Record, field: &str) -> Result<u64, Finding> {
        let offset = self.constant(&format!("layout.{}.{field}", record.kind))?;
        Ok(record.at.wrapping_add(offset))
    }

    /// The word in a record's field.
    pub fn word(&self, record: Record, field: &str) -> Result<u64, Finding> {
        self.word_at(self.field(record, field)?)
    }

    /// The 32 bits in a record's field.
    pub fn half(&self, record: Record, field: &str) -> Result<u32, Finding> {
        self.half_at(self.field(record, field)?)
    }

    /// The 32 bits at an address.
    pub fn half_at(&self, at: u64) -> Result<u32, Finding> {
        let bytes = self.bytes(at, 4)?;
        Ok(u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
    }

    /// The record to which a record's field refers.
    pub fn refers(
        &self,
        record: Record,
        field: &str,
        kind: &'static str,
    ) -> Result<Record, Finding> {
        Ok(Record {
            at: self.word(record, field)?,
            kind,
        })
    }

    /// The slice in a record's field: the address of its first record, and how many there are.
    pub fn slice(&self, record: Record, field: &str) -> Result<(u64, u64), Finding> {
        self.slice_at(self.field(record, field)?)
    }

    /// A slice at an address.
    pub fn slice_at(&self, at: u64) -> Result<(u64, u64), Finding> {
        Ok((self.word_at(at)?, self.word_at(at.wrapping_add(8))?))
    }

    /// The time in a record's field, in nanoseconds.
    pub fn time(&self, record: Record, field: &str) -> Result<u64, Finding> {
        let at = self.field(record, field)?;
        let seconds = self.word_at(at)?;
        let rest = self.bytes(at.wrapping_add(8), 4)?;
        let rest = u32::from_le_bytes([rest[0], rest[1], rest[2], rest[3]]);
        Ok(seconds
            .saturating_mul(1_000_000_000)
            .saturating_add(u64::from(rest)))
    }

    /// The word at an address.
    pub fn word_at(&self, at: u64) -> Result<u64, Finding> {
        self.image.word(at).ok_or_else(|| self.nowhere(at))
    }

    /// Bytes at an address.
    pub fn bytes(&self, at: u64, count: u64) -> Result<&'a [u8], Finding> {
        let end = at.checked_add(count);
        let bytes = end.and_then(|end| self.image.bytes(at..end));
        bytes.ok_or_else(|| self.nowhere(at))
    }

    /// What people call an address.
    #[must_use]
    pub fn place(&self, at: u64) -> String {
        self.image.place(at)
    }

    fn nowhere(&self, at: u64) -> Finding {
        Finding::new(
            About::Layout,
            self.place(at),
            "the image refers to it, but has no bytes there",
        )
    }

    fn constant(&self, name: &str) -> Result<u64, Finding> {
        let value = self.image.constants.get(name).copied();
        let limit = 1 << 20;
        match value {
            Some(value) if value <= limit => Ok(value),
            Some(value) => Err(missing(
                name,
                format!("it is {value:#x}, larger than any constant, {limit:#x}"),
            )),
            None => Err(missing(
                name,
                "the image doesn't say where it lies".to_owned(),
            )),
        }
    }
}

fn missing(name: &str, fact: String) -> Finding {
    Finding::new(About::Layout, format!("symbol {name}"), fact)
}
