//! The instructions of an image, told apart as far as tests ask about them.
//!
//! Each has 4 bytes, and what it is follows from fixed bits (Arm ARM DDI 0487, C4.1, "A64 instruction set
//! encoding"), so that a few masks are all that is needed; the words that the tests here know were made
//! by an assembler.

use std::collections::BTreeMap;
use std::ops::Range;

use object::{Object as _, ObjectSection as _, ObjectSymbol as _};

/// A system register or instruction: `Op0`, `Op1`, `CRn`, `CRm`, `Op2`.
pub type Encoding = [u32; 5];

/// What an instruction is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Instruction {
    /// `MRS`: the register, and the general one.
    Read(Encoding, u32),
    /// `MSR`: the register, and the general one.
    Write(Encoding, u32),
    /// `TLBI`, `DC`, `IC`, `AT` and others of `SYS`.
    System(Encoding),
    /// `DSB`, with the domain in `CRm`.
    Dsb(u32),
    /// `ISB`.
    Isb,
    /// `LDP` of two general registers of 64 bits without writeback: both, the base, the offset.
    LoadPair([u32; 2], u32, i32),
    /// `STP`, likewise.
    StorePair([u32; 2], u32, i32),
    /// `LDR` of a general register of 64 bits with a constant offset: it, the base, the offset.
    Load(u32, u32, i32),
    /// `STR`, likewise.
    Store(u32, u32, i32),
    /// `LDP` of two whole FP registers without writeback: both, the base, the offset.
    LoadVectors([u32; 2], u32, i32),
    /// `STP`, likewise.
    StoreVectors([u32; 2], u32, i32),
    /// Any other that names an FP register.
    Vector,
    /// Any other access to memory.
    Memory,
    /// A multiplication of 64 bits that accumulates.
    MultiplyAccumulate,
    /// `ADRP`.
    AddressOfPage,
    /// `ADD` of a constant to a general register of 64 bits: the one that is written, the one that is read,
    /// the constant.
    Add(u32, u32, u32),
    /// A conditional branch: how far in bytes.
    Maybe(i32),
    /// `B`.
    Branch(i32),
    /// `BL`.
    Call(i32),
    /// `RET`, `BR`, `BLR`, `ERET`.
    Jump,
    /// What no test asks about.
    Other,
}

/// `SYS`'s groups (Arm ARM, C5.3 to C5.5): by `CRn` and `CRm`.
impl Instruction {
    /// Whether it is `AT`.
    #[must_use]
    pub const fn is_translation(self) -> bool {
        matches!(self, Self::System([1, _, 7, 8 | 9, _]))
    }

    /// Whether it is `TLBI`.
    #[must_use]
    pub const fn is_tlb_invalidation(self) -> bool {
        matches!(self, Self::System([1, _, 8 | 9, ..]))
    }

    /// Whether it is `IC`.
    #[must_use]
    pub const fn is_instruction_cache_invalidation(self) -> bool {
        matches!(self, Self::System([1, _, 7, 1 | 5, _]))
    }

    /// Whether it names an FP register.
    #[must_use]
    pub const fn is_vector(self) -> bool {
        matches!(
            self,
            Self::LoadVectors(..) | Self::StoreVectors(..) | Self::Vector
        )
    }

    /// Whether it reads or writes memory.
    #[must_use]
    pub const fn is_memory(self) -> bool {
        matches!(
            self,
            Self::LoadPair(..)
                | Self::StorePair(..)
                | Self::Load(..)
                | Self::Store(..)
                | Self::LoadVectors(..)
                | Self::StoreVectors(..)
                | Self::Memory
        )
    }

    /// Whether another than the next may come after it.
    #[must_use]
    pub const fn is_branch(self) -> bool {
        matches!(
            self,
            Self::Maybe(_) | Self::Branch(_) | Self::Call(_) | Self::Jump
        )
    }

    /// Tells what `word` is.
    #[must_use]
    pub fn of(word: u32) -> Self {
        match word >> 25 & 0xF {
            0b1010 | 0b1011 => Self::of_branches_and_system(word),
            0b1000 | 0b1001 if word & 0x9F00_0000 == 0x9000_0000 => Self::AddressOfPage,
            0b1000 if word & 0xFFC0_0000 == 0x9100_0000 => {
                Self::Add(word & 31, field(word, 5, 5), field(word, 10, 12))
            }
            0b0111 | 0b1111 => Self::Vector,
            0b1101 if is_multiply_accumulate(word) => Self::MultiplyAccumulate,
            group if group & 0b0101 == 0b0100 => Self::of_memory(word),
            _ => Self::Other,
        }
    }

    fn of_branches_and_system(word: u32) -> Self {
        match word {
            _ if word & 0xFC00_0000 == 0x1400_0000 => Self::Branch(distance(word, 0, 26)),
            _ if word & 0xFC00_0000 == 0x9400_0000 => Self::Call(distance(word, 0, 26)),
            _ if word & 0xFE00_0000 == 0x5400_0000 => Self::Maybe(distance(word, 5, 19)),
            _ if word & 0x7E00_0000 == 0x3400_0000 => Self::Maybe(distance(word, 5, 19)),
            _ if word & 0x7E00_0000 == 0x3600_0000 => Self::Maybe(distance(word, 5, 14)),
            _ if word & 0xFE00_0000 == 0xD600_0000 => Self::Jump,
            0xD503_3FDF => Self::Isb,
            _ if word & 0xFFFF_F0FF == 0xD503_309F => Self::Dsb(word >> 8 & 0xF),
            _ if word & 0xFFC0_0000 == 0xD500_0000 => Self::of_system(word),
            _ => Self::Other,
        }
    }

    fn of_system(word: u32) -> Self {
        let encoding = [(19, 2), (16, 3), (12, 4), (8, 4), (5, 3)];
        let encoding = encoding.map(|(lowest, bits)| field(word, lowest, bits));
        let reads = field(word, 21, 1) == 1;
        match encoding[0] {
            0 => Self::Other,
            1 => Self::System(encoding),
            _ if reads => Self::Read(encoding, word & 31),
            _ => Self::Write(encoding, word & 31),
        }
    }

    fn of_memory(word: u32) -> Self {
        let (first, base, second) = (word & 31, field(word, 5, 5), field(word, 10, 5));
        let pair = [first, second];
        let pair_offset = |scale: i32| sign_extended(field(word, 15, 7), 7) * scale;
        let offset = field(word, 10, 12).cast_signed() * 8;
        match word & 0xFFC0_0000 {
            0xA940_0000 => Self::LoadPair(pair, base, pair_offset(8)),
            0xA900_0000 => Self::StorePair(pair, base, pair_offset(8)),
            0xF940_0000 => Self::Load(first, base, offset),
            0xF900_0000 => Self::Store(first, base, offset),
            0xAD40_0000 => Self::LoadVectors(pair, base, pair_offset(16)),
            0xAD00_0000 => Self::StoreVectors(pair, base, pair_offset(16)),
            _ if field(word, 26, 1) == 1 => Self::Vector,
            _ => Self::Memory,
        }
    }
}

/// `MADD`, `MSUB`, `SMADDL`, `SMSUBL`, `UMADDL`, `UMSUBL` with an addend.
fn is_multiply_accumulate(word: u32) -> bool {
    let has_addend = field(word, 10, 5) != 31;
    word & 0xFF00_0000 == 0x9B00_0000
        && matches!(field(word, 21, 3), 0b000 | 0b001 | 0b101)
        && has_addend
}

fn field(word: u32, lowest: u32, bits: u32) -> u32 {
    word >> lowest & ((1 << bits) - 1)
}

fn sign_extended(value: u32, bits: u32) -> i32 {
    (value << (32 - bits)).cast_signed() >> (32 - bits)
}

/// How far a branch goes in bytes.
fn distance(word: u32, lowest: u32, bits: u32) -> i32 {
    sign_extended(field(word, lowest, bits), bits) * 4
}

/// An image's section `.text`.
pub struct Code {
    start: u64,
    words: Vec<u32>,
    /// Functions by their first address.
    functions: BTreeMap<u64, String>,
    /// What is data between instructions.
    data: Vec<Range<u64>>,
}

impl Code {
    /// That of an ELF file.
    ///
    /// # Panics
    /// If it has none.
    #[must_use]
    pub fn of(elf: &[u8]) -> Self {
        let file = object::File::parse(elf).expect("an ELF file");
        let text = file.section_by_name(".text").expect("it has code");
        let bytes = text.data().expect("it is in the file");
        let words = bytes.as_chunks::<4>().0.iter();
        let (mut functions, mut marks) = (BTreeMap::new(), BTreeMap::new());
        for symbol in file.symbols() {
            let name = symbol.name().unwrap_or_default();
            if symbol.section_index() != Some(text.index()) || name.is_empty() {
                continue;
            }
            // What is code and what is data (Arm AAELF64, 5.5.4).
            if name.starts_with("$x") || name.starts_with("$d") {
                marks.insert(symbol.address(), name.starts_with("$d"));
            } else {
                functions.insert(symbol.address(), name.to_owned());
            }
        }
        let end = text.address() + text.size();
        let ends = marks.keys().skip(1).copied().chain([end]);
        let ranges = marks.iter().zip(ends);
        let data = ranges.filter_map(|((start, is_data), end)| is_data.then_some(*start..end));
        Self {
            start: text.address(),
            words: words.map(|word| u32::from_le_bytes(*word)).collect(),
            data: data.collect(),
            functions,
        }
    }

    /// Every word with its address, data included, as if it were an instruction: a CPU may look at it as
    /// one ahead of time.
    pub fn words(&self) -> impl Iterator<Item = (u64, Instruction)> + '_ {
        let addresses = (self.start..).step_by(4);
        addresses.zip(self.words.iter().map(|word| Instruction::of(*word)))
    }

    /// Every instruction with its address.
    pub fn instructions(&self) -> impl Iterator<Item = (u64, Instruction)> + '_ {
        let is_data = |address: &u64| self.data.iter().any(|range| range.contains(address));
        self.words().filter(move |(address, _)| !is_data(address))
    }

    /// The instructions from `address` on.
    pub fn from(&self, address: u64) -> impl Iterator<Item = (u64, Instruction)> + '_ {
        self.instructions().filter(move |(at, _)| *at >= address)
    }

    /// The instructions of the function at `range`.
    pub fn within(&self, range: Range<u64>) -> impl Iterator<Item = (u64, Instruction)> + '_ {
        self.instructions()
            .filter(move |(at, _)| range.contains(at))
    }

    /// The `count` instructions before `address`, in their order.
    #[must_use]
    pub fn before(&self, address: u64, count: usize) -> Vec<Instruction> {
        let before = self.instructions().filter(|(at, _)| *at < address);
        let before: Vec<_> = before.map(|(_, instruction)| instruction).collect();
        before[before.len().saturating_sub(count)..].to_vec()
    }

    /// The name of the function in which an address lies.
    #[must_use]
    pub fn function_at(&self, address: u64) -> &str {
        let before = self.functions.range(..=address).next_back();
        before.map_or("", |(_, name)| name)
    }

    /// Where the one function lies whose name ends with or contains `name`.
    ///
    /// # Panics
    /// If there is none, or more than one.
    #[must_use]
    pub fn function(&self, name: &str) -> Range<u64> {
        let found = self.functions.iter().filter(|(_, it)| *it == name);
        let mut found: Vec<_> = found.collect();
        if found.is_empty() {
            let containing = self.functions.iter().filter(|(_, it)| it.contains(name));
            found = containing.collect();
        }
        let [(start, _)] = found[..] else {
            panic!("{} functions are called '{name}'", found.len());
        };
        let next = self.functions.range(start + 1..).next();
        let end = self.start + 4 * self.words.len() as u64;
        *start..next.map_or(end, |(next, _)| *next)
    }
}

#[cfg(test)]
mod tests {
    use super::Instruction as I;
    use super::*;

    /// Words as an assembler made them.
    #[test]
    fn instructions_are_told_apart() {
        for (word, expected) in [
            (0xD538_410A, I::Read([3, 0, 4, 1, 0], 10)),
            (0xD518_410A, I::Write([3, 0, 4, 1, 0], 10)),
            (0xD50C_871F, I::System([1, 4, 8, 7, 0])),
            (0xD50B_7E28, I::System([1, 3, 7, 14, 1])),
            (0xD503_3F9F, I::Dsb(15)),
            (0xD503_3A9F, I::Dsb(10)),
            (0xD503_3FDF, I::Isb),
            (0xD503_221F, I::Other),
            (0xAD0A_0400, I::StoreVectors([0, 1], 0, 320)),
            (0xAD59_7E7E, I::LoadVectors([30, 31], 19, 800)),
            (0x3DC0_0020, I::Vector),
            (0x9E67_0020, I::Vector),
            (0x1E62_2820, I::Vector),
            (0x9B0B_214D, I::MultiplyAccumulate),
            (0x9B23_1041, I::MultiplyAccumulate),
            (0x9B03_7C41, I::Other),
            (0x9BC3_7C41, I::Other),
            (0x1B03_1041, I::Other),
            (0xF940_0020, I::Load(0, 1, 0)),
            (0xF900_980B, I::Store(11, 0, 304)),
            (0xA901_2D2A, I::StorePair([10, 11], 9, 16)),
            (0xA941_2D2A, I::LoadPair([10, 11], 9, 16)),
            (0xA93F_2D2A, I::StorePair([10, 11], 9, -16)),
            (0xF980_0000, I::Memory),
            (0xC85F_7C20, I::Memory),
            (0xC8E0_FC41, I::Memory),
            (0xB000_0000, I::AddressOfPage),
            (0x9101_0108, I::Add(8, 8, 64)),
            (0x54FF_FFC3, I::Maybe(-8)),
            (0xB500_0040, I::Maybe(8)),
            (0x3618_0048, I::Maybe(8)),
            (0x9400_0002, I::Call(8)),
            (0xD69F_03E0, I::Jump),
            (0xD65F_03C0, I::Jump),
        ] {
            assert_eq!(Instruction::of(word), expected, "{word:#010x}");
        }
    }

    #[test]
    fn groups_of_system_instructions() {
        let at = |word| I::of(word).is_translation();
        assert!(at(0xD508_7808) && at(0xD50C_7888), "at s1e1r, at s12e1r");
        assert!(!at(0xD50B_7E28), "dc civac");
        let tlbi = |word| I::of(word).is_tlb_invalidation();
        assert!(tlbi(0xD50C_871F) && tlbi(0xD50C_83DF) && tlbi(0xD508_871F));
        let ic = |word| I::of(word).is_instruction_cache_invalidation();
        assert!(ic(0xD508_751F) && ic(0xD508_711F) && !ic(0xD50B_7E28));
    }
}
