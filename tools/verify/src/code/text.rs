//! The instructions of an image: every word of its executable sections, decoded, and the functions that
//! they belong to.

use std::collections::BTreeMap;
use std::ops::Range;

use yaxpeax_arch::{Decoder as _, U8Reader};
use yaxpeax_arm::armv8::a64::{InstDecoder, Instruction as Disassembled};

use super::word::{Flow, Word};
use crate::image::{Image, Segment, SymbolKind, words};

/// Bytes of an instruction.
pub const INSTRUCTION_BYTES: u64 = 4;

/// The symbol of the exception vectors.
pub const VECTORS: &str = "vectors";
/// Bytes from one vector to the next.
const VECTOR_BYTES: usize = 0x80;
/// The vectors in their order: where the exception comes from, and what it is.
const VECTOR_NAMES: [&str; 16] = [
    "EL2 on SP_EL0, synchronous",
    "EL2 on SP_EL0, IRQ",
    "EL2 on SP_EL0, FIQ",
    "EL2 on SP_EL0, SError",
    "EL2, synchronous",
    "EL2, IRQ",
    "EL2, FIQ",
    "EL2, SError",
    "guest, synchronous",
    "guest, IRQ",
    "guest, FIQ",
    "guest, SError",
    "guest in AArch32, synchronous",
    "guest in AArch32, IRQ",
    "guest in AArch32, FIQ",
    "guest in AArch32, SError",
];

/// An instruction at its place.
#[derive(Clone, Copy, Debug)]
pub struct Instruction {
    /// Where it is linked, which is where it runs.
    pub address: u64,
    /// Its four bytes.
    pub bits: u32,
    /// What it does to control and the system.
    pub word: Word,
    /// What the library makes of it; nothing if it has no meaning to it.
    pub disassembled: Option<Disassembled>,
}

impl Instruction {
    /// The word at an address.
    #[must_use]
    pub fn of(address: u64, bits: u32) -> Self {
        let bytes = bits.to_le_bytes();
        let decoded = InstDecoder::default().decode(&mut U8Reader::new(&bytes));
        Self {
            address,
            bits,
            word: Word::of(bits),
            disassembled: decoded.ok(),
        }
    }

    /// As an assembler has it, or the bare word.
    #[must_use]
    pub fn spelled(&self) -> String {
        let bare = || format!(".word {:#010x}", self.bits);
        self.disassembled.map_or_else(bare, |it| it.to_string())
    }
}

/// What an image loads to be executed.
#[derive(Debug)]
pub struct Text<'a> {
    image: &'a Image<'a>,
    /// By address.
    instructions: BTreeMap<u64, Instruction>,
    /// Names by first address.
    functions: BTreeMap<u64, String>,
    /// What is declared as data in it.
    data: Vec<Range<u64>>,
}

impl<'a> Text<'a> {
    /// That of an image.
    ///
    /// # Errors
    /// If the image executes nothing.
    pub fn of(image: &'a Image<'a>) -> Result<Self, String> {
        let mut text = Self {
            image,
            instructions: BTreeMap::new(),
            functions: BTreeMap::new(),
            data: Vec::new(),
        };
        for segment in image
            .segments
            .iter()
            .filter(|segment| segment.is_executable)
        {
            text.take(&segment.range());
        }
        if text.instructions.is_empty() {
            return Err("the image has nothing to execute; name the hypervisor's ELF file".into());
        }
        text.name_vectors();
        text.name_inner_entries();
        Ok(text)
    }

    fn take(&mut self, range: &Range<u64>) {
        let mut marks = BTreeMap::new();
        let symbols = self.image.symbols.iter();
        for symbol in symbols.filter(|symbol| range.contains(&symbol.address)) {
            // What is code and what is data (Arm AAELF64, "Mapping symbols").
            if symbol.kind == SymbolKind::Mapping {
                marks.insert(symbol.address, symbol.name.starts_with("$d"));
            } else {
                self.functions.insert(symbol.address, symbol.name.clone());
            }
        }
        let ends = marks.keys().skip(1).copied().chain([range.end]);
        let data = marks.iter().zip(ends);
        let data = data.filter_map(|((start, is_data), end)| is_data.then_some(*start..end));
        self.data.extend(data);
        for address in (range.start..range.end).step_by(size_of::<u32>()) {
            if let (false, Some(bytes)) = (self.is_data(address), self.bytes(address)) {
                let bits = u32::from_le_bytes(bytes);
                let instruction = Instruction::of(address, bits);
                self.instructions.insert(address, instruction);
            }
        }
    }

    /// Each of the sixteen vectors is an entry of its own (Arm ARM, D1.3.1, "Exception vectors").
    fn name_vectors(&mut self) {
        let Some(base) = self.named(VECTORS) else {
            return;
        };
        for (address, name) in (base..).step_by(VECTOR_BYTES).zip(VECTOR_NAMES) {
            self.functions.insert(address, format!("{VECTORS}: {name}"));
        }
    }

    /// Assembly may go on in the middle of other assembly, at a label that the symbol table hasn't.
    fn name_inner_entries(&mut self) {
        let is_assembly = |address| {
            let mut before = self.functions.range(..=address);
            before
                .next_back()
                .is_some_and(|(_, name)| !name.contains("::"))
        };
        let mut found = Vec::new();
        for it in self.instructions.values() {
            let (Flow::Branch(far) | Flow::Maybe(far)) = it.word.flow else {
                continue;
            };
            let to = it.address.wrapping_add_signed(far);
            let leaves = self.name_at(to) != self.name_at(it.address);
            let is_known = self.functions.contains_key(&to);
            if leaves && !is_known && is_assembly(it.address) && is_assembly(to) {
                found.push((to, format!("{}, inside", self.name_at(to))));
            }
        }
        self.functions.extend(found);
    }

    /// Whether a byte is declared as data, or in a word of which a part is.
    fn is_data(&self, address: u64) -> bool {
        let word = address..address + INSTRUCTION_BYTES;
        self.data
            .iter()
            .any(|data| data.start < word.end && word.start < data.end)
    }

    /// Every instruction, in order.
    pub fn instructions(&self) -> impl Iterator<Item = &Instruction> {
        self.instructions.values()
    }

    /// The instruction at an address.
    #[must_use]
    pub fn at(&self, address: u64) -> Option<&Instruction> {
        self.instructions.get(&address)
    }

    /// First addresses and names of the functions, in order.
    pub fn functions(&self) -> impl Iterator<Item = (u64, &str)> {
        self.functions
            .iter()
            .filter(|(address, _)| !self.is_data(**address))
            .map(|(address, name)| (*address, name.as_str()))
    }

    /// The function that begins at an address.
    #[must_use]
    pub fn function(&self, address: u64) -> Option<&str> {
        self.functions
            .get(&address)
            .map(String::as_str)
            .filter(|_| !self.is_data(address))
    }

    /// The name of the function in which an address lies.
    #[must_use]
    pub fn name_at(&self, address: u64) -> &str {
        let mut before = self.functions.range(..=address);
        before.next_back().map_or("", |(_, name)| name)
    }

    /// First address of the function with this name.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<u64> {
        let mut all = self.functions.iter();
        all.find(|(_, it)| *it == name).map(|(address, _)| *address)
    }

    /// What the image holds at an address.
    #[must_use]
    pub fn bytes<const N: usize>(&self, address: u64) -> Option<[u8; N]> {
        let end = address.checked_add(u64::try_from(N).ok()?)?;
        self.image.bytes(address..end)?.first_chunk().copied()
    }

    /// Functions whose address is stored in what is loaded, as an aligned word, and where.
    #[must_use]
    pub fn stored_addresses(&self) -> BTreeMap<u64, u64> {
        let bytes = |segment: &Segment| self.image.file.get(segment.in_file.clone());
        let segments = self.image.segments.iter();
        let all = segments.filter_map(|it| Some(words(bytes(it)?, it.address)));
        let stored = all
            .flatten()
            .filter(|(_, word)| self.function(*word).is_some());
        stored.map(|(place, word)| (word, place)).collect()
    }
}
