//! Which lines of which sources an image's instructions come from, as its line tables say (DWARF 4, 6.2).

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use anyhow::Context as _;
use gimli::{Dwarf, EndianSlice, LittleEndian};
use object::{Object as _, ObjectSection as _};

/// Lines by their source, whose path is as the compiler was given it.
pub(super) type Linked = BTreeMap<PathBuf, BTreeSet<u64>>;

/// The lines of an ELF file's `.text`.
///
/// # Errors
/// If it has no line tables, or damaged ones.
pub(super) fn lines(elf: &[u8]) -> anyhow::Result<Linked> {
    let file = object::File::parse(elf)?;
    let text = file
        .section_by_name(".text")
        .context("the image has no section .text")?;
    let text = text.address()..text.address() + text.size();
    let sections = gimli::DwarfSections::load(|id| -> anyhow::Result<Cow<'_, [u8]>> {
        match file.section_by_name(id.name()) {
            Some(section) => Ok(section.uncompressed_data()?),
            None => Ok(Cow::Borrowed(&[])),
        }
    })?;
    let dwarf = sections.borrow(|section| EndianSlice::new(section, LittleEndian));
    let mut linked = Linked::new();
    let mut units = dwarf.units();
    while let Some(header) = units.next()? {
        let unit = dwarf.unit(header)?;
        let Some(program) = unit.line_program.clone() else {
            continue;
        };
        let mut rows = program.rows();
        while let Some((header, row)) = rows.next_row()? {
            let (Some(line), Some(file)) = (row.line(), row.file(header)) else {
                continue;
            };
            // What was left out of the image keeps its line table, at address 0.
            if text.contains(&row.address()) && !row.end_sequence() {
                let path = path(&dwarf, &unit, header, file)?;
                linked.entry(path).or_default().insert(line.get());
            }
        }
    }
    anyhow::ensure!(!linked.is_empty(), "the image has no line tables");
    Ok(linked)
}

type Slice<'a> = EndianSlice<'a, LittleEndian>;

fn path(
    dwarf: &Dwarf<Slice<'_>>,
    unit: &gimli::Unit<Slice<'_>>,
    header: &gimli::LineProgramHeader<Slice<'_>>,
    file: &gimli::FileEntry<Slice<'_>>,
) -> anyhow::Result<PathBuf> {
    let mut path = PathBuf::new();
    if let Some(directory) = file.directory(header) {
        path.push(&*dwarf.attr_string(unit, directory)?.to_string_lossy());
    }
    path.push(&*dwarf.attr_string(unit, file.path_name())?.to_string_lossy());
    Ok(path)
}
