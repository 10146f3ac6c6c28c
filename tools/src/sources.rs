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
    code: &'a [u8],
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
            code: text.data()?,
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

    /// The lines of what may run privileged, as `file:line`, from which an instruction comes that calls a
    /// function with `part` in its name.
    ///
    /// # Errors
    /// If they can't be read.
    pub fn callers(&self, part: &str) -> anyhow::Result<BTreeSet<String>> {
        let mut callers = BTreeSet::new();
        let (instructions, _) = self.code.as_chunks::<INSTRUCTION_BYTES>();
        for (address, instruction) in self
            .text
            .clone()
            .step_by(INSTRUCTION_BYTES)
            .zip(instructions)
        {
            let instruction = u32::from_le_bytes(*instruction);
            let is_called =
                called(address, instruction).is_some_and(|it| self.linked(it).contains(part));
            if !is_called || self.linked(address).contains(part) {
                continue;
            }
            let mut frames = self.context.find_frames(address).skip_all_loads()?;
            let location = frames.next()?.and_then(|frame| frame.location);
            if let Some(location) = location
                && let Some(file) = location.file.and_then(privileged)
            {
                let line = location.line.unwrap_or(0);
                callers.insert(format!("{}:{line}", file.display()));
            }
        }
        Ok(callers)
    }

    /// The name of the function that is linked at `address`.
    fn linked(&self, address: u64) -> &str {
        let after = self
            .functions
            .partition_point(|(start, _)| *start <= address);
        let linked = after
            .checked_sub(1)
            .and_then(|index| self.functions.get(index));
        linked.map_or("", |(_, name)| name)
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
        Ok(self.linked(address).to_owned())
    }
}

/// Where the instruction at `address` goes if it is `B` or `BL` (Arm ARM DDI 0487, C6.2.26, C6.2.34).
fn called(address: u64, instruction: u32) -> Option<u64> {
    let is_branch = instruction & 0x7C00_0000 == 0x1400_0000;
    // 26 bits with a sign, in instructions.
    let words = i64::from((instruction << 6).cast_signed() >> 6);
    is_branch.then(|| address.wrapping_add_signed(4 * words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn branches_go_forward_and_back() {
        assert_eq!(called(0x1000, 0x9400_0002), Some(0x1008), "bl");
        assert_eq!(called(0x1000, 0x17FF_FFFF), Some(0x0FFC), "b");
        assert_eq!(called(0x1000, 0xD503_201F), None, "nop");
    }

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
