//! The linked image: what it puts where in memory, and what it calls the places.
//!
//! An ELF file (System V ABI, "Object Files"; Arm IHI 0056 for AArch64), as the linker wrote it and a loader
//! reads it. Input addresses of EL2 equal physical ones, so there is one kind of address here: that which the
//! program headers load to.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use object::LittleEndian;
use object::elf::{
    EM_AARCH64, FileHeader64, PF_W, PF_X, PT_LOAD, SHF_ALLOC, SHN_ABS, SHT_SYMTAB, STT_FUNC,
    STT_NOTYPE, STT_OBJECT,
};
use object::read::elf::{FileHeader as _, ProgramHeader as _, SectionHeader as _, Sym as _};

/// A linked image, parsed; its bytes are borrowed.
#[derive(Debug)]
pub struct Image<'a> {
    /// The whole file.
    pub file: &'a [u8],
    /// The address of the first instruction.
    pub entry: u64,
    /// What is loaded, in ascending order of addresses.
    pub segments: Vec<Segment>,
    /// Sections by their place in the file's table, the empty first one left out.
    pub sections: Vec<Section>,
    /// Symbols with a name and a place in a section, in ascending order of addresses.
    pub symbols: Vec<Symbol>,
    /// Symbols that name a number and no place (`SHN_ABS`).
    pub constants: BTreeMap<String, u64>,
}

/// A part of the file that a loader puts into memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Where its first byte goes.
    pub address: u64,
    /// Bytes that it takes in memory; those that the file doesn't have are zero.
    pub memory_bytes: u64,
    /// Where its bytes are in the file.
    pub in_file: Range<usize>,
    /// Whether its header says that it is written to.
    pub is_writable: bool,
    /// Whether its header says that it is executed.
    pub is_executable: bool,
}

impl Segment {
    /// The addresses that it takes.
    #[must_use]
    pub fn range(&self) -> Range<u64> {
        self.address..self.address.saturating_add(self.memory_bytes)
    }
}

/// A named part of the image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// Its name, such as `.text`.
    pub name: String,
    /// The address of its first byte; 0 of those that aren't loaded.
    pub address: u64,
    /// Its size in bytes, in memory.
    pub size_bytes: u64,
    /// Where its bytes are in the file; nothing if it has none there (`SHT_NOBITS`).
    pub in_file: Option<Range<usize>>,
    /// Whether it is in memory when the image runs.
    pub is_loaded: bool,
}

impl Section {
    /// The addresses that it takes.
    #[must_use]
    pub fn range(&self) -> Range<u64> {
        self.address..self.address.saturating_add(self.size_bytes)
    }
}

/// A name for a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Symbol {
    /// As people write it: Rust's own encoding is undone, without the hash of the crate.
    pub name: String,
    /// Where it is.
    pub address: u64,
    /// Its size in bytes; 0 if the file doesn't say.
    pub size_bytes: u64,
    /// What it names.
    pub kind: SymbolKind,
    /// The name of its section.
    pub section: String,
}

impl Symbol {
    /// The addresses that it takes.
    #[must_use]
    pub fn range(&self) -> Range<u64> {
        self.address..self.address.saturating_add(self.size_bytes)
    }
}

/// What a symbol names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SymbolKind {
    /// Code (`STT_FUNC`).
    Function,
    /// Data (`STT_OBJECT`).
    Object,
    /// Where code begins (`$x`) or data in code (`$d`; Arm IHI 0056, 4.5.4).
    Mapping,
    /// Anything else: a label in assembly, a mark of the linker script.
    Other,
}

/// What makes a file no image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoImage(String);

impl fmt::Display for NoImage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}; give an image that `cargo paratia build` made",
            self.0
        )
    }
}

impl std::error::Error for NoImage {}

impl From<object::read::Error> for NoImage {
    fn from(error: object::read::Error) -> Self {
        Self(format!("the file isn't a whole 64-bit ELF file ({error})"))
    }
}

type Header = FileHeader64<LittleEndian>;

impl<'a> Image<'a> {
    /// Reads the file's headers and tables.
    ///
    /// # Errors
    /// It is no little-endian AArch64 ELF file, something that it refers to lies outside of it, or two
    /// segments lie over one another.
    pub fn parse(file: &'a [u8]) -> Result<Self, NoImage> {
        let header = Header::parse(file)?;
        let endian = header.endian()?;
        let machine = header.e_machine(endian);
        if machine != EM_AARCH64 {
            return Err(NoImage(format!(
                "the file is for machine {machine}, not for AArch64, which is {EM_AARCH64}"
            )));
        }
        let (sections, symbols, constants) = sections_and_symbols(file, header, endian)?;
        Ok(Self {
            file,
            entry: header.e_entry(endian),
            segments: segments(file, header, endian)?,
            sections,
            symbols,
            constants,
        })
    }

    /// The bytes at some addresses, if the file has all of them in one segment.
    #[must_use]
    pub fn bytes(&self, addresses: Range<u64>) -> Option<&'a [u8]> {
        let file = self.in_file(addresses)?;
        self.file.get(file)
    }

    /// Where in the file the bytes at some addresses are, if it has all of them in one segment.
    #[must_use]
    pub fn in_file(&self, addresses: Range<u64>) -> Option<Range<usize>> {
        let next = self
            .segments
            .partition_point(|segment| segment.address <= addresses.start);
        let segment = self.segments.get(next.checked_sub(1)?)?;
        let start = usize::try_from(addresses.start - segment.address).ok()?;
        let length = usize::try_from(addresses.end.checked_sub(addresses.start)?).ok()?;
        let end = start.checked_add(length)?;
        (end <= segment.in_file.len())
            .then(|| segment.in_file.start + start..segment.in_file.start + end)
    }

    /// The 64-bit word at an address.
    #[must_use]
    pub fn word(&self, address: u64) -> Option<u64> {
        let bytes = self.bytes(address..address.checked_add(8)?)?;
        Some(u64::from_le_bytes(bytes.try_into().ok()?))
    }

    /// The section called `name`.
    #[must_use]
    pub fn section(&self, name: &str) -> Option<&Section> {
        self.sections.iter().find(|section| section.name == name)
    }

    /// The bytes of a section, if the file has them.
    #[must_use]
    pub fn section_bytes(&self, section: &Section) -> Option<&'a [u8]> {
        self.file.get(section.in_file.clone()?)
    }

    /// All symbols called `name`, or whose path ends in `::name`.
    pub fn named(&self, name: &str) -> impl Iterator<Item = &Symbol> {
        self.symbols.iter().filter(move |symbol| {
            let rest = symbol.name.strip_suffix(name);
            rest.is_some_and(|rest| rest.is_empty() || rest.ends_with("::"))
        })
    }

    /// What people call an address: the symbol that it lies in and how far, or else its section.
    #[must_use]
    pub fn place(&self, address: u64) -> String {
        let covers = |symbol: &&Symbol| {
            symbol.kind != SymbolKind::Mapping && symbol.range().contains(&address)
        };
        let before = self
            .symbols
            .partition_point(|symbol| symbol.address <= address);
        // The innermost of those that cover it begins last; most images nest none.
        let symbol = self.symbols[..before].iter().rev().take(64).find(covers);
        if let Some(symbol) = symbol {
            let offset = address - symbol.address;
            return format!("{address:#x} ({} + {offset:#x})", symbol.name);
        }
        let is_in = |section: &&Section| section.is_loaded && section.range().contains(&address);
        let Some(section) = self.sections.iter().find(is_in) else {
            return format!("{address:#x}");
        };
        // What assembly calls by a label alone.
        let is_label = |symbol: &&Symbol| {
            symbol.kind == SymbolKind::Other
                && symbol.size_bytes == 0
                && symbol.section == section.name
        };
        let symbols = self.symbols[..before].iter().rev();
        let mut here = symbols.take_while(|symbol| symbol.address >= section.address);
        match here
            .find(|symbol| symbol.kind != SymbolKind::Mapping)
            .filter(is_label)
        {
            Some(label) => format!(
                "{address:#x} ({} + {:#x})",
                label.name,
                address - label.address
            ),
            None => format!("{address:#x} (in {})", section.name),
        }
    }
}

fn segments(file: &[u8], header: &Header, endian: LittleEndian) -> Result<Vec<Segment>, NoImage> {
    let mut segments = Vec::new();
    for part in header.program_headers(endian, file)? {
        if part.p_type(endian) != PT_LOAD || part.p_memsz(endian) == 0 {
            continue;
        }
        let (offset, size) = part.file_range(endian);
        let address = part.p_paddr(endian);
        let whole = range(file, offset, size);
        let in_file = whole.ok_or_else(|| {
            NoImage(format!(
                "the segment at {address:#x} has its {size} bytes at {offset:#x} of the file, which has {}",
                file.len()
            ))
        })?;
        let flags = part.p_flags(endian);
        segments.push(Segment {
            address,
            memory_bytes: part.p_memsz(endian).max(size),
            in_file,
            is_writable: flags & PF_W != 0,
            is_executable: flags & PF_X != 0,
        });
    }
    segments.sort_by_key(|segment| segment.address);
    for pair in segments.windows(2) {
        if pair[0].range().end > pair[1].address {
            return Err(NoImage(format!(
                "the segments at {:#x} and {:#x} lie over one another",
                pair[0].address, pair[1].address
            )));
        }
    }
    Ok(segments)
}

type Tables = (Vec<Section>, Vec<Symbol>, BTreeMap<String, u64>);

fn sections_and_symbols(
    file: &[u8],
    header: &Header,
    endian: LittleEndian,
) -> Result<Tables, NoImage> {
    let table = header.sections(endian, file)?;
    let mut sections = Vec::new();
    for section in table.iter().skip(1) {
        let name = table.section_name(endian, section)?;
        let in_file = section.file_range(endian).map(|(offset, size)| {
            range(file, offset, size)
                .ok_or_else(|| NoImage(format!("the file ends within its section at {offset:#x}")))
        });
        sections.push(Section {
            name: String::from_utf8_lossy(name).into_owned(),
            address: section.sh_addr(endian),
            size_bytes: section.sh_size(endian),
            in_file: in_file.transpose()?,
            is_loaded: section.sh_flags(endian) & u64::from(SHF_ALLOC) != 0,
        });
    }
    let table = table.symbols(endian, file, SHT_SYMTAB)?;
    let (mut symbols, mut constants) = (Vec::new(), BTreeMap::new());
    for symbol in table.iter() {
        let name = String::from_utf8_lossy(table.symbol_name(endian, symbol)?);
        let index = symbol.st_shndx(endian);
        if index == SHN_ABS && symbol.st_type() == STT_NOTYPE {
            constants.insert(name.into_owned(), symbol.st_value(endian));
            continue;
        }
        let section = usize::from(index).checked_sub(1);
        let section = section.and_then(|index| sections.get(index));
        let (Some(section), false) = (section, name.is_empty()) else {
            continue;
        };
        symbols.push(Symbol {
            kind: kind(symbol.st_type(), &name),
            name: format!("{:#}", rustc_demangle::demangle(&name)),
            address: symbol.st_value(endian),
            size_bytes: symbol.st_size(endian),
            section: section.name.clone(),
        });
    }
    symbols.sort_by(|one, other| (one.address, &one.name).cmp(&(other.address, &other.name)));
    Ok((sections, symbols, constants))
}

fn kind(of: u8, name: &str) -> SymbolKind {
    match of {
        STT_FUNC => SymbolKind::Function,
        STT_OBJECT => SymbolKind::Object,
        _ if name.starts_with("$x") || name.starts_with("$d") => SymbolKind::Mapping,
        _ => SymbolKind::Other,
    }
}

fn range(file: &[u8], offset: u64, size: u64) -> Option<Range<usize>> {
    let start = usize::try_from(offset).ok()?;
    let end = start.checked_add(usize::try_from(size).ok()?)?;
    (end <= file.len()).then_some(start..end)
}

/// The 64-bit words of bytes that lie at an address, in ascending order, each with its own.
pub fn words(bytes: &[u8], address: u64) -> impl Iterator<Item = (u64, u64)> {
    let (words, _) = bytes.as_chunks::<8>();
    let addresses = (0..).map(move |index: u64| address.wrapping_add(8 * index));
    addresses.zip(words.iter().map(|word| u64::from_le_bytes(*word)))
}

#[cfg(test)]
mod tests;
