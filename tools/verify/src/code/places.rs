//! Where an instruction comes from, as the image's debug information says.
//!
//! Only names depend on it: what an instruction does is read from the instruction.

use addr2line::Context;
use addr2line::gimli::{Dwarf, EndianSlice, LittleEndian, SectionId};
use object::{Object as _, ObjectSection as _};

use super::text::{Text, VECTORS};

/// Folders of the project's own privileged sources.
const OWN: [&str; 4] = [
    "hypervisor/src/",
    "hypervisor/abi/src/",
    "board-support/src/",
    "config/src/",
];

/// Crates of the project, and how their modules are called here.
const CRATES: [(&str, &str); 2] = [
    ("paratia_hypervisor::", ""),
    ("paratia_board_support::", "board-support/"),
];
/// Where the macros are by which registers are moved: an instruction's line is there, its function elsewhere.
const MACROS: &str = "arch/registers";

/// The places of an image's instructions.
pub struct Places<'a> {
    context: Context<EndianSlice<'a, LittleEndian>>,
}

/// Where an instruction comes from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The function, as `room/file: name` if it is the project's own; else by the symbol before it.
    pub function: String,
    /// The source and line, where there is debug information.
    pub line: Option<String>,
}

impl core::fmt::Display for Place {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(&self.function)?;
        match &self.line {
            Some(line) => write!(f, " at {line}"),
            None => Ok(()),
        }
    }
}

impl<'a> Places<'a> {
    /// Those of an ELF file. One without debug information has none.
    ///
    /// # Errors
    /// If the file or its debug information is damaged.
    pub fn of(elf: &'a [u8]) -> Result<Self, String> {
        let file = object::File::parse(elf).map_err(|error| format!("the image: {error}"))?;
        let section = |id: SectionId| -> Result<_, String> {
            let section = file.section_by_name(id.name());
            let data = section.map_or(Ok(&[][..]), |section| section.data());
            let data = data.map_err(|error| format!("section {}: {error}", id.name()))?;
            Ok(EndianSlice::new(data, LittleEndian))
        };
        let dwarf = Dwarf::load(section)?;
        let context = Context::from_dwarf(dwarf);
        let context = context.map_err(|error| format!("the image's debug information: {error}"))?;
        Ok(Self { context })
    }

    /// The place of an instruction: of the functions that the compiler put into each other there the
    /// innermost of the project's own, so that it is the same whatever the compiler puts where.
    #[must_use]
    pub fn of_instruction(&self, text: &Text, address: u64) -> Place {
        self.innermost(address).unwrap_or_else(|| Place {
            function: linked(text.name_at(address)),
            line: None,
        })
    }

    fn innermost(&self, address: u64) -> Option<Place> {
        self.chain(address).into_iter().next()
    }

    /// The places of an instruction in all functions of the project's own that the compiler put into each
    /// other there, the innermost first.
    #[must_use]
    pub fn chain(&self, address: u64) -> Vec<Place> {
        let mut chain = Vec::new();
        let Ok(mut frames) = self.context.find_frames(address).skip_all_loads() else {
            return chain;
        };
        while let Ok(Some(frame)) = frames.next() {
            let (Some(function), Some(location)) = (frame.function, frame.location) else {
                continue;
            };
            let (Some(file), Ok(name)) = (location.file.and_then(own), function.demangle()) else {
                continue;
            };
            let name = bare(&name);
            chain.push(Place {
                function: match module(file).as_str() {
                    MACROS => name,
                    module => format!("{module}: {name}"),
                },
                line: location.line.map(|line| format!("{file}:{line}")),
            });
        }
        chain
    }
}

/// What a function is called by its symbol alone: as by its source, where the symbol is a plain path.
fn linked(name: &str) -> String {
    let path = CRATES
        .iter()
        .find_map(|(name_of, folder)| Some((name.strip_prefix(name_of)?, folder)));
    match path.map(|(path, folder)| (path.rsplit_once("::"), folder)) {
        Some((Some((module, function)), folder)) if !path_is_generic(name) => {
            format!("{folder}{}: {function}", module.replace("::", "/"))
        }
        _ => whole(name).to_owned(),
    }
}

fn path_is_generic(name: &str) -> bool {
    name.contains(['<', '{'])
}

/// The name of the whole of which [`Text`] has made parts: assembly that is entered in several places.
fn whole(name: &str) -> &str {
    let name = name.split(", inside").next().unwrap_or(name);
    if name.starts_with(VECTORS) {
        VECTORS
    } else {
        name
    }
}

/// The part of a path that is in the project, of one of its own privileged sources.
fn own(file: &str) -> Option<&str> {
    OWN.iter()
        .find_map(|folder| file.find(folder).map(|start| &file[start..]))
}

/// `way/exit` of `hypervisor/src/way/exit.rs`; of other folders with the crate's.
fn module(file: &str) -> String {
    let file = file.strip_suffix(".rs").unwrap_or(file);
    let file = file.strip_prefix("hypervisor/src/").unwrap_or(file);
    file.replace("src/", "")
}

/// `f` of `a::f<b::C>` and of `<a::D as b::E<F>>::f`; one name for all closures.
fn bare(name: &str) -> String {
    let mut depth = 0;
    let mut last = String::new();
    for character in name.chars() {
        match character {
            '<' => depth += 1,
            '>' => depth -= 1,
            ':' if depth == 0 => last.clear(),
            _ if depth == 0 => last.push(character),
            _ => {}
        }
    }
    if last.starts_with("{closure") {
        last = "{closure}".to_owned();
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_without_what_they_are_for() {
        assert_eq!(bare("a::f<b::C<D>>"), "f");
        assert_eq!(bare("<a::D as b::E<F>>::f"), "f");
        assert_eq!(bare("a::f::{closure#0}"), "{closure}");
        assert_eq!(bare("a::f::{closure#0}::{closure#1}"), "{closure}");
        assert_eq!(module("hypervisor/src/way/exit.rs"), "way/exit");
        assert_eq!(
            module("board-support/src/gic_v3.rs"),
            "board-support/gic_v3"
        );
    }

    #[test]
    fn symbols_are_called_as_sources_are() {
        assert_eq!(
            linked("paratia_hypervisor::arch::debug::write"),
            "arch/debug: write"
        );
        assert_eq!(
            linked("paratia_board_support::cache::clean"),
            "board-support/cache: clean"
        );
        assert_eq!(linked("vectors: guest, IRQ"), "vectors");
        assert_eq!(linked("memcpy"), "memcpy");
        assert_eq!(
            linked("<paratia_hypervisor::way::exit::Exit>::waits"),
            "<paratia_hypervisor::way::exit::Exit>::waits"
        );
    }

    #[test]
    fn only_what_runs_privileged_is_the_projects_own() {
        assert_eq!(own("/a/b/config/src/x.rs"), Some("config/src/x.rs"));
        assert_eq!(own("hypervisor/src/x.rs"), Some("hypervisor/src/x.rs"));
        assert_eq!(own("library/core/src/option.rs"), None);
    }
}
