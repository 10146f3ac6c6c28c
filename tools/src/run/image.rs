//! The image of one run: a copy of what was built, with run parameters and wanted damage.

use std::ops::Range;

use anyhow::{Context as _, bail, ensure};
use object::read::elf::ElfFile64;
use object::{Object as _, ObjectSection as _};
use paratia_config::System;
use paratia_config::run::{MAGIC, RunParameters, SECTION, WORDS};

/// A change to the image before a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Patch {
    /// Overwrites bytes.
    Write {
        /// Name of the section.
        section: String,
        /// Place within it.
        offset: u64,
        /// The new bytes.
        bytes: Vec<u8>,
    },
    /// Flips a bit.
    Flip {
        /// Name of the section.
        section: String,
        /// The byte's place within it.
        offset: u64,
        /// The bit's place within the byte, 0 to 7.
        bit: u32,
    },
}

/// Applies a change to an ELF file.
pub(super) fn apply(elf: &mut [u8], patch: &Patch) -> anyhow::Result<()> {
    match patch {
        Patch::Write {
            section,
            offset,
            bytes,
        } => {
            place(elf, section, *offset, bytes.len())?.copy_from_slice(bytes);
        }
        Patch::Flip {
            section,
            offset,
            bit,
        } => {
            ensure!(*bit < 8, "a byte has no bit {bit}");
            place(elf, section, *offset, 1)?[0] ^= 1 << bit;
        }
    }
    Ok(())
}

/// Fills in the run parameters.
pub(super) fn set_parameters(elf: &mut [u8], parameters: &RunParameters) -> anyhow::Result<()> {
    let place = place(elf, SECTION, 0, 8 * WORDS)?;
    ensure!(
        place[..8] == MAGIC.to_le_bytes(),
        "section {SECTION} of the image doesn't start with its magic number; build it again"
    );
    for (slot, word) in place.chunks_exact_mut(8).zip(parameters.words()) {
        slot.copy_from_slice(&word.to_le_bytes());
    }
    Ok(())
}

/// The run parameters for a stop, arguments by partition name, and the partition for which is typed; beside
/// what is given in `rest`.
pub(super) fn parameters(
    system: &System,
    rest: RunParameters,
    arguments: &[(String, u64)],
    focus: Option<&str>,
) -> anyhow::Result<RunParameters> {
    let mut parameters = rest;
    let index = |name: &str, what: &str| {
        system.partition_index(name).with_context(|| {
            format!(
                "system '{}' has no partition '{name}' to {what}",
                system.name
            )
        })
    };
    for (name, value) in arguments {
        parameters.arguments[index(name, "give an argument to")?] = *value;
    }
    if let Some(name) = focus {
        parameters.focus = index(name, "type for")? as u64 + 1;
    }
    Ok(parameters)
}

/// The `length` bytes from `offset` of a section, in the file.
fn place<'a>(
    elf: &'a mut [u8],
    section: &str,
    offset: u64,
    length: usize,
) -> anyhow::Result<&'a mut [u8]> {
    let range = file_range(elf, section)?;
    let start = usize::try_from(offset)?.saturating_add(range.start);
    let end = start.saturating_add(length);
    if end > range.end {
        bail!(
            "section {section} has {} bytes, not {length} from {offset}",
            range.len()
        );
    }
    elf.get_mut(start..end).context("the image is cut short")
}

/// Where a section's bytes lie in the file.
fn file_range(elf: &[u8], section: &str) -> anyhow::Result<Range<usize>> {
    let file: ElfFile64 = ElfFile64::parse(elf).context("the image is no 64-bit ELF file")?;
    let found = file
        .section_by_name(section)
        .with_context(|| format!("the image has no section {section}"))?;
    let (offset, size) = found
        .file_range()
        .with_context(|| format!("section {section} has no bytes in the file"))?;
    let start = usize::try_from(offset)?;
    Ok(start..start.saturating_add(usize::try_from(size)?))
}

#[cfg(test)]
mod tests;
