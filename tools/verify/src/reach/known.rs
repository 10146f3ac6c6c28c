//! What the image's instructions write into a system register, as far as it follows from them.
//!
//! The instructions of each function are read once, in their order. Of each general register is kept which
//! bits are known and what they are; where ways meet, what both agree on; behind a backward branch's target,
//! a call, or in a function that jumps by a table, nothing. An instruction that isn't read here makes what it
//! may write unknown. So a bit that is known is that on every way (Arm ARM DDI 0487, C4.1, for the forms).

use std::collections::{BTreeMap, BTreeSet};

use crate::image::{Image, SymbolKind};

/// A value of which some bits are known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bits {
    /// Which are known.
    pub known: u64,
    /// What they are; zero where it isn't known.
    pub value: u64,
}

impl Bits {
    /// Nothing is known.
    pub const UNKNOWN: Self = Self { known: 0, value: 0 };

    /// All is.
    #[must_use]
    pub const fn all(value: u64) -> Self {
        Self {
            known: u64::MAX,
            value,
        }
    }

    const fn new(known: u64, value: u64) -> Self {
        Self {
            known,
            value: value & known,
        }
    }

    /// Whether all bits of a mask are known, and what they are.
    #[must_use]
    pub const fn field(self, mask: u64) -> Option<u64> {
        if self.known & mask == mask {
            Some(self.value & mask)
        } else {
            None
        }
    }

    fn both(self, other: Self) -> Self {
        let agree = self.known & other.known & !(self.value ^ other.value);
        Self::new(agree, self.value)
    }

    fn or(self, other: Self) -> Self {
        let ones = self.value | other.value;
        Self::new(ones | self.known & other.known, ones)
    }

    fn and(self, other: Self) -> Self {
        let zeros = self.known & !self.value | other.known & !other.value;
        Self::new(zeros | self.known & other.known, self.value & other.value)
    }

    fn xor(self, other: Self) -> Self {
        Self::new(self.known & other.known, self.value ^ other.value)
    }

    fn not(self) -> Self {
        Self::new(self.known, !self.value)
    }

    fn shifted(self, kind: u32, amount: u32) -> Self {
        match kind {
            0 => Self::new(self.known << amount | low(amount), self.value << amount),
            1 => Self::new(
                self.known >> amount | !(u64::MAX >> amount),
                self.value >> amount,
            ),
            3 => Self::new(
                self.known.rotate_right(amount),
                self.value.rotate_right(amount),
            ),
            _ => Self::UNKNOWN,
        }
    }

    /// As a 32-bit instruction writes it: the upper half is zero.
    fn word(self) -> Self {
        let low = u64::from(u32::MAX);
        Self::new(self.known | !low, self.value & low)
    }
}

/// As many ones as this.
const fn low(count: u32) -> u64 {
    if count >= 64 {
        u64::MAX
    } else {
        (1 << count) - 1
    }
}

/// A system register that is written by `MSR`, as the instruction has it in its bits 20:5.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SystemRegister(u32);

impl SystemRegister {
    /// By `op1`, `CRn`, `CRm` and `op2`; `op0` is 3.
    #[must_use]
    pub const fn new(op1: u32, crn: u32, crm: u32, op2: u32) -> Self {
        Self(0b11 << 14 | op1 << 11 | crn << 7 | crm << 3 | op2)
    }
}

/// An instruction that writes a system register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Write {
    /// Where it is.
    pub at: u64,
    /// What it writes.
    pub value: Bits,
}

/// What is known of each general register; the last is the zero register or the stack's pointer.
#[derive(Clone, Copy, Debug)]
struct Registers {
    general: [Bits; 32],
    /// What the flags are of: a register that was compared with a constant, and neither written since.
    compared: Option<(usize, u64)>,
}

const NOTHING: Registers = Registers {
    general: [Bits::UNKNOWN; 32],
    compared: None,
};

impl Registers {
    /// What holds whichever way one came.
    fn both(&self, other: &Self) -> Self {
        Self {
            general: std::array::from_fn(|index| self.general[index].both(other.general[index])),
            compared: self
                .compared
                .filter(|compared| other.compared == Some(*compared)),
        }
    }

    fn set(&mut self, register: usize, value: Bits) {
        self.general[register] = value;
        self.compared = self.compared.filter(|(compared, _)| *compared != register);
    }

    /// What the first of two registers holds if a conditional choice takes it: no more than what it was
    /// compared with, where the condition says so (`LO`, `LS`).
    fn chosen(&self, first: usize, condition: u32) -> Bits {
        let bits = self.general[first];
        let most = match (self.compared, condition) {
            (Some((register, than)), 0b0011) if register == first => than.checked_sub(1),
            (Some((register, than)), 0b1001) if register == first => Some(than),
            _ => None,
        };
        let zeros = most.map_or(0, |most| !low(64 - most.leading_zeros()));
        Bits::new(bits.known | zeros, bits.value & !zeros)
    }
}

/// Every write to each of some registers.
#[must_use]
pub fn writes(image: &Image<'_>, of: &[SystemRegister]) -> BTreeMap<SystemRegister, Vec<Write>> {
    let mut found: BTreeMap<_, Vec<Write>> = of.iter().map(|one| (*one, Vec::new())).collect();
    for segment in image
        .segments
        .iter()
        .filter(|segment| segment.is_executable)
    {
        let code = Code {
            image,
            base: segment.address,
            words: words(&image.file[segment.in_file.clone()]),
        };
        for function in code.functions() {
            code.read(function, &mut found);
        }
    }
    found
}

fn words(bytes: &[u8]) -> Vec<u32> {
    let (words, _) = bytes.as_chunks::<4>();
    words.iter().map(|word| u32::from_le_bytes(*word)).collect()
}

/// A run of instructions, and data between them.
struct Code<'a> {
    image: &'a Image<'a>,
    base: u64,
    words: Vec<u32>,
}

impl Code<'_> {
    fn end(&self) -> u64 {
        self.base + 4 * self.words.len() as u64
    }

    /// The pieces between any two names: what is called or jumped to by address has one.
    fn functions(&self) -> Vec<std::ops::Range<u64>> {
        let places = self.image.symbols.iter().filter(|symbol| {
            symbol.kind != SymbolKind::Mapping && symbol.address.is_multiple_of(4)
        });
        let mut starts: BTreeSet<u64> = places.map(|symbol| symbol.address).collect();
        starts.retain(|start| (self.base..self.end()).contains(start));
        starts.extend([self.base, self.end()]);
        let starts: Vec<u64> = starts.into_iter().collect();
        starts.windows(2).map(|pair| pair[0]..pair[1]).collect()
    }

    fn word(&self, at: u64) -> Option<u32> {
        let index = usize::try_from(at.checked_sub(self.base)? / 4).ok()?;
        self.words.get(index).copied()
    }

    fn read(
        &self,
        function: std::ops::Range<u64>,
        found: &mut BTreeMap<SystemRegister, Vec<Write>>,
    ) {
        let places = || function.clone().step_by(4);
        let branches: Vec<(u64, Branch)> = places()
            .filter_map(|at| Some((at, Branch::of(self.word(at)?, at)?)))
            .collect();
        let has_table = branches
            .iter()
            .any(|(_, branch)| *branch == Branch::ToRegister);
        let backward: BTreeSet<u64> = branches
            .iter()
            .filter_map(|(at, branch)| branch.target().filter(|target| target <= at))
            .collect();
        // What holds at the targets of forward branches, on the ways that were read.
        let mut ahead: BTreeMap<u64, Registers> = BTreeMap::new();
        let mut state = Some(NOTHING);
        for at in places() {
            let arrives = ahead.remove(&at);
            state = match (state, arrives) {
                (Some(falls), Some(jumps)) => Some(falls.both(&jumps)),
                (falls, jumps) => falls.or(jumps),
            };
            if backward.contains(&at) || has_table {
                state = Some(NOTHING);
            }
            let mut here = state.unwrap_or(NOTHING);
            here.general[31] = Bits::all(0);
            let Some(word) = self.word(at) else { return };
            if let Some((register, from)) = system_write(word)
                && let Some(writes) = found.get_mut(&register)
            {
                writes.push(Write {
                    at,
                    value: here.general[from],
                });
            }
            let branch = Branch::of(word, at);
            if let Some(target) = branch.and_then(Branch::target)
                && target > at
            {
                let there = ahead.get(&target).map_or(here, |there| there.both(&here));
                ahead.insert(target, there);
            }
            state = match branch {
                Some(Branch::Always(_) | Branch::ToRegister | Branch::Away) => None,
                Some(Branch::Call) => Some(NOTHING),
                Some(Branch::If(_)) => Some(here),
                None => {
                    self.apply(word, at, &mut here);
                    Some(here)
                }
            };
        }
    }

    /// What an instruction that is no branch makes of what is known.
    fn apply(&self, word: u32, at: u64, registers: &mut Registers) {
        let is_wide = field(word, 31, 31) == 1;
        let sized = |bits: Bits| if is_wide { bits } else { bits.word() };
        let (to, first, second) = (register(word, 0), register(word, 5), register(word, 16));
        let general = &registers.general;
        let sets_flags = field(word, 30, 29) == 0b11;
        let result = match (field(word, 28, 26), field(word, 25, 23)) {
            // Wide immediates.
            (0b100, 0b101) => sized(wide_immediate(word, general[to])),
            // Logical immediates.
            (0b100, 0b100) if !sets_flags => match logical_immediate(word) {
                Some(value) => {
                    let value = Bits::all(value);
                    sized(logical(field(word, 30, 29), general[first], value))
                }
                None => Bits::UNKNOWN,
            },
            // Bitfields.
            (0b100, 0b110) => sized(bitfield(word, general[to], general[first])),
            // Addresses.
            (0b100, 0b000 | 0b001) => Bits::all(relative(word, at)),
            // Logical operations on a shifted register.
            (0b010, 0b100 | 0b101) if !sets_flags => {
                let shifted = shifted_operand(word, general[second]);
                let is_inverted = field(word, 21, 21) == 1;
                let operand = if is_inverted { shifted.not() } else { shifted };
                sized(logical(field(word, 30, 29), general[first], operand))
            }
            // A choice between two registers.
            (0b110, 0b101) if word >> 21 & 0x3FF == 0b00_1101_0100 && field(word, 11, 10) == 0 => {
                let condition = field(word, 15, 12);
                sized(registers.chosen(first, condition).both(general[second]))
            }
            _ => match word >> 24 {
                // Constants between the instructions.
                0x58 => self.literal(word, at).map_or(Bits::UNKNOWN, Bits::all),
                0x18 => self
                    .literal(word, at)
                    .map_or(Bits::UNKNOWN, |value| Bits::all(value).word()),
                _ => return otherwise(word, registers),
            },
        };
        registers.set(to, result);
    }

    fn literal(&self, word: u32, at: u64) -> Option<u64> {
        let offset = signed(field(word, 23, 5), 19) << 2;
        self.image.word(at.wrapping_add_signed(offset))
    }
}

/// The last operand of an instruction that shifts it first.
fn shifted_operand(word: u32, operand: Bits) -> Bits {
    let (kind, amount) = (field(word, 23, 22), field(word, 15, 10));
    match (field(word, 31, 31), kind) {
        (1, _) => operand.shifted(kind, amount),
        (_, 0 | 1) => operand.word().shifted(kind, amount),
        _ => Bits::UNKNOWN,
    }
}

/// How a branch goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Branch {
    Always(u64),
    If(u64),
    /// Comes back, and may have changed everything.
    Call,
    /// To where a register says: within the function, by a table, or out of it.
    ToRegister,
    /// Doesn't come back here.
    Away,
}

impl Branch {
    fn of(word: u32, at: u64) -> Option<Self> {
        let to = |offset: i64| at.wrapping_add_signed(offset << 2);
        Some(match word >> 24 {
            0x14..=0x17 => Self::Always(to(signed(field(word, 25, 0), 26))),
            0x94..=0x97 => Self::Call,
            0x54 | 0x34 | 0x35 | 0xB4 | 0xB5 => Self::If(to(signed(field(word, 23, 5), 19))),
            0x36 | 0x37 | 0xB6 | 0xB7 => Self::If(to(signed(field(word, 18, 5), 14))),
            0xD6 => match field(word, 24, 21) {
                0b0000 => Self::ToRegister,
                0b0001 => Self::Call,
                _ => Self::Away,
            },
            0xD7 => Self::ToRegister,
            _ => return None,
        })
    }

    fn target(self) -> Option<u64> {
        match self {
            Self::Always(target) | Self::If(target) => Some(target),
            Self::Call | Self::ToRegister | Self::Away => None,
        }
    }
}

/// The system register that an instruction writes, and the general register that it writes there.
fn system_write(word: u32) -> Option<(SystemRegister, usize)> {
    (word >> 20 == 0xD51).then(|| (SystemRegister(field(word, 20, 5)), register(word, 0)))
}

/// An instruction of another form: everything is unknown that it may write.
fn otherwise(word: u32, registers: &mut Registers) {
    let is_memory = field(word, 27, 27) == 1 && field(word, 25, 25) == 0;
    let mut written = vec![0];
    if is_memory {
        written.extend([5, 10, 16]);
    }
    for low in written {
        registers.set(register(word, low), Bits::UNKNOWN);
    }
    let reads_system = word >> 20 == 0xD53;
    if !reads_system {
        registers.compared = None;
    }
    // `CMP Xn, #constant`, not shifted.
    if word >> 22 == 0b11_1100_0100 && register(word, 0) == 31 {
        registers.compared = Some((register(word, 5), field(word, 21, 10).into()));
    }
}

const fn field(word: u32, high: u32, low: u32) -> u32 {
    word << (31 - high) >> (31 - high + low)
}

const fn register(word: u32, low: u32) -> usize {
    field(word, low + 4, low) as usize
}

fn signed(value: u32, width: u32) -> i64 {
    i64::from((value << (32 - width)).cast_signed() >> (32 - width))
}

/// `MOVN`, `MOVZ`, `MOVK`.
fn wide_immediate(word: u32, old: Bits) -> Bits {
    let shift = 16 * field(word, 22, 21);
    let value = u64::from(field(word, 20, 5)) << shift;
    match field(word, 30, 29) {
        0b00 => Bits::all(!value),
        0b10 => Bits::all(value),
        0b11 => {
            let place = 0xFFFF << shift;
            Bits::new(old.known | place, old.value & !place | value)
        }
        _ => Bits::UNKNOWN,
    }
}

fn logical(operation: u32, one: Bits, other: Bits) -> Bits {
    match operation {
        0b01 => one.or(other),
        0b10 => one.xor(other),
        _ => one.and(other),
    }
}

/// The value that a logical instruction's immediate stands for: a run of ones, rotated, repeated over the
/// register (`DecodeBitMasks`).
fn logical_immediate(word: u32) -> Option<u64> {
    let (n, rotation, ones) = (
        field(word, 22, 22),
        field(word, 21, 16),
        field(word, 15, 10),
    );
    let combined = n << 6 | (!ones & 0x3F);
    let log = 31_u32
        .checked_sub(combined.leading_zeros())
        .filter(|log| *log > 0)?;
    let size = 1 << log;
    let (ones, rotation) = (ones & (size - 1), rotation & (size - 1));
    if ones == size - 1 {
        return None;
    }
    let run = low(ones + 1);
    let turned = if rotation == 0 {
        run
    } else {
        run >> rotation | run << (size - rotation)
    };
    let element = turned & low(size);
    Some((0..64 / size).fold(0, |all, index| all | element << (index * size)))
}

/// `UBFM` and `BFM`, under all of their names.
fn bitfield(word: u32, old: Bits, from: Bits) -> Bits {
    let width = if field(word, 31, 31) == 1 { 64 } else { 32 };
    // Larger values in a 32-bit form are no instruction.
    let part = |high, low| field(word, high, low) & (width - 1);
    let (rotation, last) = (part(21, 16), part(15, 10));
    let (mask, moved) = if last >= rotation {
        (low(last - rotation + 1), from.shifted(1, rotation))
    } else {
        let up = width - rotation;
        (
            low(last + 1) << up,
            Bits::new(from.known << up, from.value << up),
        )
    };
    match field(word, 30, 29) {
        0b10 => Bits::new(moved.known & mask | !mask, moved.value & mask),
        0b01 => Bits::new(
            moved.known & mask | old.known & !mask,
            moved.value & mask | old.value & !mask,
        ),
        _ => Bits::UNKNOWN,
    }
}

/// `ADR` and `ADRP`.
fn relative(word: u32, at: u64) -> u64 {
    let offset = signed(field(word, 23, 5) << 2 | field(word, 30, 29), 21);
    if field(word, 31, 31) == 0 {
        return at.wrapping_add_signed(offset);
    }
    (at & !0xFFF).wrapping_add_signed(offset << 12)
}

#[cfg(test)]
mod tests;
