//! Which function, in which file and line, lies at an address of a partition's program.

use std::borrow::Cow;
use std::fs;
use std::path::Path;

use addr2line::Context;
use addr2line::gimli::{DwarfSections, EndianSlice, LittleEndian, SectionId};
use object::{Object as _, ObjectSection as _};
use paratia_config::system::{File, Image};

use crate::catalog::Choice;
use crate::workspace;

/// What lies at an address in a partition, as `function at file:line`, as far as its program's file tells. A
/// guest that has moved its program, or that translates addresses otherwise, has something else there.
#[must_use]
pub fn symbol(choice: &Choice, partition: &str, address: u64) -> Option<String> {
    let mut partitions = choice.system.partitions.iter();
    let partition = partitions.find(|it| it.name == partition)?;
    let file = match partition.image {
        Image::Program(program) => workspace::guest_elf(program),
        Image::Elf {
            file: File::Path(path),
            ..
        } => workspace::root().join(path),
        _ => return None,
    };
    at(&fs::read(file).ok()?, address)
}

/// What lies at an address of the hypervisor in an image, likewise.
#[must_use]
pub fn symbol_of_image(image: &Path, address: u64) -> Option<String> {
    at(&fs::read(image).ok()?, address)
}

/// What lies at an address of an ELF file: of functions that the compiler put into each other the innermost
/// that is the workspace's own, for `read_volatile` in a library says little.
fn at(elf: &[u8], address: u64) -> Option<String> {
    let file = object::File::parse(elf).ok()?;
    // What the linker left out is described as if it lay at 0.
    let text = file.section_by_name(".text")?;
    if address.checked_sub(text.address())? >= text.size() {
        return None;
    }
    let section = |id: SectionId| -> anyhow::Result<_> {
        let data = match file.section_by_name(id.name()) {
            Some(section) => section.uncompressed_data()?,
            None => Cow::Borrowed(&[][..]),
        };
        Ok(data)
    };
    let sections = DwarfSections::load(section).ok()?;
    let dwarf = sections.borrow(|it| EndianSlice::new(it, LittleEndian));
    let context = Context::from_dwarf(dwarf).ok()?;
    let mut frames = context.find_frames(address).skip_all_loads().ok()?;
    let mut innermost = None;
    while let Ok(Some(frame)) = frames.next() {
        let (Some(function), Some(location)) = (frame.function, frame.location) else {
            continue;
        };
        let (Some(path), Some(line), Ok(name)) =
            (location.file, location.line, function.demangle())
        else {
            continue;
        };
        let own = Path::new(path).strip_prefix(workspace::root());
        let path = own.unwrap_or(Path::new(path));
        let said = format!("{name} at {}:{line}", path.display());
        if path.is_relative() && workspace::root().join(path).exists() {
            return Some(said);
        }
        innermost = innermost.or(Some(said));
    }
    innermost
}

#[cfg(test)]
mod tests {
    use object::ObjectSymbol as _;

    use super::*;

    /// The test's own program: it is of whatever machine this is, and has names and lines as a guest's.
    #[test]
    fn a_function_of_a_program_has_its_name_and_line() {
        let own = fs::read(std::env::current_exe().unwrap()).unwrap();
        let file = object::File::parse(&*own).unwrap();
        let symbols = file.symbols();
        let names = symbols.filter(|it| it.name().is_ok_and(|name| name.contains("symbols")));
        let said: Vec<String> = names.filter_map(|it| at(&own, it.address())).collect();
        // Where lines alone are known, names come without their modules.
        let is_it = |said: &String| said.contains("at at tools/src/pieces/symbols.rs:");
        assert!(said.iter().any(is_it), "{said:#?}");
        assert_eq!(at(&own, 0), None);
        assert_eq!(at(&own, u64::MAX), None);
        assert_eq!(at(b"no ELF file", 0), None);
    }
}
