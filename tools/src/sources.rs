//! Which sources an image's instructions come from, as its debug information says.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::{Path, PathBuf};

use addr2line::Context;
use addr2line::gimli::{Dwarf, EndianSlice, LittleEndian, SectionId};
use anyhow::{Context as _, ensure};
use object::{Object as _, ObjectSection as _};

/// What may run privileged.
pub const PRIVILEGED: [&str; 4] = [
    "hypervisor/src",
    "hypervisor/abi/src",
    "board-support/src",
    "config/src",
];

/// Lines by their source, whose path is as the compiler was given it: relative to the workspace, for
/// its own.
pub type Lines = BTreeMap<PathBuf, BTreeSet<u64>>;

/// An image's debug information.
pub struct Sources<'a> {
    context: Context<EndianSlice<'a, LittleEndian>>,
    text: Range<u64>,
}

impl<'a> Sources<'a> {
    /// That of an ELF file.
    ///
    /// # Errors
    /// If it has none, or it is damaged.
    pub fn of(elf: &'a [u8]) -> anyhow::Result<Self> {
        let file = object::File::parse(elf)?;
        let text = file
            .section_by_name(".text")
            .context("the image has no section .text")?;
        let section = |id: SectionId| -> anyhow::Result<_> {
            let data = match file.section_by_name(id.name()) {
                Some(section) => section.data()?,
                None => &[],
            };
            Ok(EndianSlice::new(data, LittleEndian))
        };
        Ok(Self {
            context: Context::from_dwarf(Dwarf::load(section)?)?,
            text: text.address()..text.address() + text.size(),
        })
    }

    /// The lines that all of its instructions come from.
    ///
    /// # Errors
    /// If it names none, or they can't be read.
    pub fn lines(&self) -> anyhow::Result<Lines> {
        let mut lines = Lines::new();
        let Range { start, end } = self.text;
        for (_, _, location) in self.context.find_location_range(start, end)? {
            if let (Some(file), Some(line)) = (location.file, location.line) {
                let of = lines.entry(PathBuf::from(file)).or_default();
                of.insert(line.into());
            }
        }
        ensure!(!lines.is_empty(), "the image has no line tables");
        Ok(lines)
    }

    /// The function whose source the instruction at `address` comes from, and the file that it is in:
    /// of those that the compiler put into each other the innermost that may run privileged and is the
    /// project's own.
    ///
    /// # Errors
    /// If it can't be read.
    pub fn function(&self, address: u64) -> anyhow::Result<Option<(String, PathBuf)>> {
        let mut frames = self.context.find_frames(address).skip_all_loads()?;
        while let Some(frame) = frames.next()? {
            let (Some(function), Some(location)) = (frame.function, frame.location) else {
                continue;
            };
            let file = Path::new(location.file.unwrap_or_default());
            if PRIVILEGED.iter().any(|folder| file.starts_with(folder)) {
                let name = function.demangle()?.into_owned();
                return Ok(Some((name, file.to_owned())));
            }
        }
        Ok(None)
    }
}
