//! Which sources an image's instructions come from, as its debug information says.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::{Path, PathBuf};

use addr2line::Context;
use addr2line::gimli::{Dwarf, EndianSlice, LittleEndian, SectionId};
use anyhow::{Context as _, ensure};
use object::{Object as _, ObjectSection as _, ObjectSymbol as _};

use crate::workspace;

/// What may run privileged.
pub const PRIVILEGED: [&str; 4] = [
    "hypervisor/src",
    "hypervisor/abi/src",
    "board-support/src",
    "config/src",
];

/// Bytes of an instruction.
const INSTRUCTION_BYTES: usize = 4;

/// Lines by their source, whose path is relative to the workspace.
pub type Lines = BTreeMap<PathBuf, BTreeSet<u64>>;

/// The path of a source in the workspace, if it is of what may run privileged.
fn privileged(file: &str) -> Option<PathBuf> {
    let file = Path::new(file);
    let file = file.strip_prefix(workspace::root()).unwrap_or(file);
    let is_it = PRIVILEGED.iter().any(|folder| file.starts_with(folder));
    is_it.then(|| file.to_owned())
}

/// `vgic/access` of `hypervisor/src/vgic/access.rs`; other crates' with the crate before it.
fn module(file: &Path) -> String {
    let file = file.with_extension("");
    let file = file.strip_prefix("hypervisor/src").unwrap_or(&file);
    file.display().to_string().replace("src/", "")
}

/// `f` of `a::f<b::C>` and of `<a::D as b::E<F>>::f`.
fn bare(name: &str) -> String {
    let mut depth = 0;
    let mut bare = String::new();
    for character in name.chars() {
        match character {
            '<' => depth += 1,
            '>' => depth -= 1,
            ':' if depth == 0 => bare.clear(),
            _ if depth == 0 => bare.push(character),
            _ => {}
        }
    }
    bare
}

/// A function's first address and name.
pub type Function = (u64, String);

/// The functions in `.text`, in the order of addresses, and the end of it.
///
/// # Errors
/// If the file isn't ELF or has no `.text`.
pub fn functions(elf: &[u8]) -> anyhow::Result<Vec<Function>> {
    let file = object::File::parse(elf)?;
    let text = file
        .section_by_name(".text")
        .context("the image has no section .text")?;
    let mut functions = BTreeMap::new();
    for symbol in file.symbols() {
        let name = symbol.name().unwrap_or_default();
        // `$x` and the like mark what is code and what is data (Arm AAELF64, 5.5.4).
        if symbol.section_index() == Some(text.index())
            && !name.is_empty()
            && !name.starts_with('$')
        {
            functions.insert(
                symbol.address(),
                format!("{:#}", rustc_demangle::demangle(name)),
            );
        }
    }
    functions.insert(text.address() + text.size(), String::new());
    Ok(functions.into_iter().collect())
}

/// An image's debug information.
pub struct Sources<'a> {
    context: Context<EndianSlice<'a, LittleEndian>>,
    text: Range<u64>,
    functions: Vec<Function>,
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
            functions: functions(elf)?,
        })
    }

    /// The lines of what may run privileged that its instructions come from, those included in which a
    /// function is called that the compiler has put there.
    ///
    /// # Errors
    /// If it names none, or they can't be read.
    pub fn lines(&self) -> anyhow::Result<Lines> {
        let mut lines = Lines::new();
        for address in self.text.clone().step_by(INSTRUCTION_BYTES) {
            let mut frames = self.context.find_frames(address).skip_all_loads()?;
            while let Some(frame) = frames.next()? {
                let Some(location) = frame.location else {
                    continue;
                };
                if let (Some(file), Some(line)) =
                    (location.file.and_then(privileged), location.line)
                {
                    lines.entry(file).or_default().insert(line.into());
                }
            }
        }
        ensure!(!lines.is_empty(), "the image has no line tables");
        Ok(lines)
    }

    /// The function whose source the instruction at `address` comes from, as `file: function`: of those
    /// that the compiler put into each other the innermost that may run privileged and is the project's
    /// own; else the one that is linked there.
    ///
    /// # Errors
    /// If it can't be read.
    pub fn function(&self, address: u64) -> anyhow::Result<String> {
        let mut frames = self.context.find_frames(address).skip_all_loads()?;
        while let Some(frame) = frames.next()? {
            let location = frame.location.and_then(|location| location.file);
            if let (Some(function), Some(file)) = (frame.function, location.and_then(privileged)) {
                return Ok(format!(
                    "{}: {}",
                    module(&file),
                    bare(&function.demangle()?)
                ));
            }
        }
        let after = self
            .functions
            .partition_point(|(start, _)| *start <= address);
        let linked = after
            .checked_sub(1)
            .and_then(|index| self.functions.get(index));
        Ok(linked.map_or_else(String::new, |(_, name)| name.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_without_what_they_are_for() {
        assert_eq!(bare("a::f<b::C<D>>"), "f");
        assert_eq!(bare("<a::D as b::E<F>>::f"), "f");
        assert_eq!(bare("f"), "f");
        assert_eq!(bare("a::{closure#0}"), "{closure#0}");
        let file = Path::new("hypervisor/src/vgic/access.rs");
        assert_eq!(module(file), "vgic/access");
        let file = Path::new("board-support/src/gic_v3.rs");
        assert_eq!(module(file), "board-support/gic_v3");
    }

    #[test]
    fn only_what_may_run_privileged_counts() {
        let file = Path::new("config/src/address.rs");
        assert_eq!(privileged("config/src/address.rs").as_deref(), Some(file));
        let absolute = workspace::root().join(file);
        assert_eq!(
            privileged(&absolute.to_string_lossy()).as_deref(),
            Some(file)
        );
        assert_eq!(privileged("library/core/src/option.rs"), None);
    }
}
