//! A translation table's descriptor, read as the CPU reads it.
//!
//! VMSAv8-64 with the 4 KiB granule and 48 bits of output address at most (Arm ARM DDI 0487, D8.3). Each bit
//! of each form has a rule in [`fields`]; a test says that none is left out and none has two. A bit is
//! *reserved* here, too, if it acts only by a feature that the control registers leave off, or must leave
//! off: [`super::registers`] asks that of them. What hardware keeps for software is *ignored*.

use super::memory::{Cache, Device, Memory, Rights, Shared};

/// The level that maps pages.
pub const LAST_LEVEL: u32 = 3;

/// Bytes that a descriptor of a level maps: 1 GiB, 2 MiB, 4 KiB.
#[must_use]
pub const fn level_bytes(level: u32) -> u64 {
    match level {
        1 => 1 << 30,
        2 => 1 << 21,
        _ => 1 << 12,
    }
}

/// Which translation it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// EL2's own, without VHE, by these memory types: `MAIR_EL2`.
    One(u64),
    /// A guest's.
    Two,
}

/// What a descriptor says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// Nothing is there: an access faults.
    Nothing,
    /// A table of the next level is at this address.
    Table(u64),
    /// A block or page.
    Leaf(Leaf),
}

/// Where a block or page leads, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leaf {
    /// The physical address of its first byte.
    pub output: u64,
    /// What may be done there.
    pub rights: Rights,
    /// The type of memory.
    pub memory: Memory,
}

/// A field of a descriptor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its lowest bit.
    pub low: u32,
    /// Its highest bit.
    pub high: u32,
    /// What Arm calls it.
    pub name: &'static str,
    /// What may be in it.
    pub rule: Rule,
}

/// What may be in a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// It is decoded.
    Means,
    /// It must be zero.
    Zero,
    /// It must be ones.
    One,
    /// Hardware doesn't look at it.
    Ignored,
}

/// A field that isn't as its rule says, and what is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// The field.
    pub field: Field,
    /// Its value.
    pub value: u64,
}

/// A descriptor's form, which says what its fields are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Not valid.
    Invalid,
    /// Points to a table.
    Table,
    /// A block or page of stage 1.
    LeafOne,
    /// A block or page of stage 2.
    LeafTwo,
}

impl Form {
    /// By the lowest two bits and the level.
    #[must_use]
    pub fn of(descriptor: u64, level: u32, stage: Stage) -> Self {
        let is_last = level == LAST_LEVEL;
        match (descriptor & 0b11, is_last) {
            (0b11, false) => Self::Table,
            // At the last level 0b01 is reserved, and a fault.
            (0b01, false) | (0b11, true) => match stage {
                Stage::One(_) => Self::LeafOne,
                Stage::Two => Self::LeafTwo,
            },
            _ => Self::Invalid,
        }
    }
}

const fn field(high: u32, low: u32, name: &'static str, rule: Rule) -> Field {
    Field {
        low,
        high,
        name,
        rule,
    }
}

/// The fields of a form at a level: every bit belongs to one.
#[must_use]
pub fn fields(form: Form, level: u32) -> Vec<Field> {
    let mut all = vec![field(1, 0, "type", Rule::Means)];
    match form {
        Form::Invalid => all.push(field(63, 2, "of an invalid descriptor", Rule::Ignored)),
        Form::Table => all.extend(TABLE),
        Form::LeafOne => {
            all.extend(LEAF_ONE);
            all.extend(addresses(level));
        }
        Form::LeafTwo => {
            all.extend(LEAF_TWO);
            all.extend(addresses(level));
        }
    }
    all
}

/// A pointer to a table, in both stages (D8.3.1). Bit 10 would be the access flag, bit 52 the protection of
/// tables, with features that the control registers leave off.
const TABLE: [Field; 9] = [
    field(11, 2, "of a table descriptor", Rule::Ignored),
    field(47, 12, "address", Rule::Means),
    field(50, 48, "RES0", Rule::Zero),
    field(58, 51, "of a table descriptor", Rule::Ignored),
    // What all below is restricted by in stage 1, RES0 in stage 2: each page says itself here.
    field(59, 59, "PXNTable", Rule::Zero),
    field(60, 60, "XNTable", Rule::Zero),
    field(61, 61, "APTable[0]", Rule::Zero),
    field(62, 62, "APTable[1]", Rule::Zero),
    field(63, 63, "NSTable", Rule::Zero),
];

/// A block or page of EL2's stage 1 (D8.3.2), without its address.
const LEAF_ONE: [Field; 16] = [
    field(4, 2, "AttrIndx", Rule::Means),
    field(5, 5, "NS", Rule::Zero),
    // A regime with one level of privilege.
    field(6, 6, "AP[1]", Rule::One),
    field(7, 7, "AP[2]", Rule::Means),
    field(9, 8, "SH", Rule::Means),
    // Nobody sets it: an access to a page without it faults.
    field(10, 10, "AF", Rule::One),
    field(11, 11, "nG", Rule::Zero),
    field(49, 48, "RES0", Rule::Zero),
    field(50, 50, "GP", Rule::Zero),
    field(51, 51, "DBM", Rule::Zero),
    field(52, 52, "Contiguous", Rule::Zero),
    field(53, 53, "PXN", Rule::Zero),
    field(54, 54, "XN", Rule::Means),
    field(58, 55, "for software", Rule::Ignored),
    field(62, 59, "PBHA", Rule::Zero),
    field(63, 63, "AMEC", Rule::Zero),
];

/// A block or page of stage 2 (D8.3.2), without its address.
const LEAF_TWO: [Field; 14] = [
    field(5, 2, "MemAttr", Rule::Means),
    field(7, 6, "S2AP", Rule::Means),
    field(9, 8, "SH", Rule::Means),
    field(10, 10, "AF", Rule::One),
    field(11, 11, "FnXS", Rule::Zero),
    field(49, 48, "RES0", Rule::Zero),
    field(50, 50, "RES0", Rule::Zero),
    field(51, 51, "DBM", Rule::Zero),
    field(52, 52, "Contiguous", Rule::Zero),
    // With FEAT_XNX it divides the right to execute between EL1 and EL0; without, it is RES0.
    field(53, 53, "XN[0]", Rule::Zero),
    field(54, 54, "XN[1]", Rule::Means),
    field(58, 55, "for software", Rule::Ignored),
    field(62, 59, "PBHA", Rule::Zero),
    field(63, 63, "RES0", Rule::Zero),
];

/// The output address of a block or page, and the bits below it.
fn addresses(level: u32) -> Vec<Field> {
    let low = level_bytes(level).trailing_zeros();
    let mut all = vec![field(47, low, "address", Rule::Means)];
    if low > 12 {
        all.push(field(15, 12, "RES0", Rule::Zero));
        all.push(field(16, 16, "nT", Rule::Zero));
        all.push(field(low - 1, 17, "RES0", Rule::Zero));
    }
    all
}

/// Bits 47:12.
const ADDRESS: u64 = 0x0000_FFFF_FFFF_F000;

/// Reads a descriptor of a table of some level; tells what isn't as it should be.
#[must_use]
pub fn decode(descriptor: u64, level: u32, stage: Stage) -> (Meaning, Vec<Wrong>) {
    let form = Form::of(descriptor, level, stage);
    if form == Form::Invalid {
        return (Meaning::Nothing, Vec::new());
    }
    let mut wrong = Vec::new();
    for field in fields(form, level) {
        let value = bits(descriptor, field.high, field.low);
        let ones = bits(u64::MAX, field.high, field.low);
        let is_wrong = match field.rule {
            Rule::Zero => value != 0,
            Rule::One => value != ones,
            Rule::Means => is_reserved(form, &field, value, stage),
            Rule::Ignored => false,
        };
        if is_wrong {
            wrong.push(Wrong { field, value });
        }
    }
    let output = descriptor & ADDRESS & !(level_bytes(level) - 1);
    let meaning = match form {
        Form::Invalid => Meaning::Nothing,
        Form::Table => Meaning::Table(descriptor & ADDRESS),
        Form::LeafOne => Meaning::Leaf(Leaf {
            output,
            rights: rights_one(descriptor),
            memory: memory_one(descriptor, stage),
        }),
        Form::LeafTwo => Meaning::Leaf(Leaf {
            output,
            rights: rights_two(descriptor),
            memory: memory_two(descriptor),
        }),
    };
    (meaning, wrong)
}

/// Whether a field that is decoded has one of its values that mean nothing.
fn is_reserved(form: Form, field: &Field, value: u64, stage: Stage) -> bool {
    match (form, field.name) {
        (_, "SH") => value == 0b01,
        // Normal memory whose inner attribute is missing.
        (Form::LeafTwo, "MemAttr") => value >> 2 != 0 && value & 0b11 == 0,
        (Form::LeafOne, "AttrIndx") => match stage {
            Stage::One(mair) => !is_known_type(mair >> (8 * value) & 0xFF),
            Stage::Two => false,
        },
        _ => false,
    }
}

const fn bits(word: u64, high: u32, low: u32) -> u64 {
    word << (63 - high) >> (63 - high + low)
}

/// EL2 reads whatever it maps (D8.4.1).
fn rights_one(descriptor: u64) -> Rights {
    Rights {
        read: true,
        write: bits(descriptor, 7, 7) == 0,
        execute: bits(descriptor, 54, 54) == 0,
    }
}

fn rights_two(descriptor: u64) -> Rights {
    Rights {
        read: bits(descriptor, 6, 6) == 1,
        write: bits(descriptor, 7, 7) == 1,
        execute: bits(descriptor, 54, 54) == 0,
    }
}

/// By the byte of `MAIR_EL2` that the descriptor's index names.
fn memory_one(descriptor: u64, stage: Stage) -> Memory {
    let Stage::One(mair) = stage else {
        return Memory::STRICT_REGISTERS;
    };
    let kind = mair >> (8 * bits(descriptor, 4, 2)) & 0xFF;
    if kind >> 4 == 0 {
        return Memory::Device(Device::from_bits(kind >> 2));
    }
    let shared = Shared::from_bits(bits(descriptor, 9, 8));
    Memory::normal(cache_one(kind >> 4), cache_one(kind & 0xF), shared)
}

/// Whether a byte of `MAIR_EL2` is one of those that mean something without further features.
pub(super) fn is_known_type(kind: u64) -> bool {
    if kind >> 4 == 0 {
        return kind & 0b11 == 0;
    }
    kind & 0xF != 0
}

/// Half a byte of `MAIR_EL2`: 0b0100 isn't cached, 0b10RW and 0b00RW write through, the others write back.
fn cache_one(half: u64) -> Cache {
    match half {
        0b0100 => Cache::None,
        _ if half >> 2 & 1 == 0 => Cache::WriteThrough,
        _ => Cache::WriteBack,
    }
}

/// `MemAttr`, with `HCR_EL2.FWB` zero (D8.6.5).
fn memory_two(descriptor: u64) -> Memory {
    let outer = bits(descriptor, 5, 4);
    let inner = bits(descriptor, 3, 2);
    if outer == 0 {
        return Memory::Device(Device::from_bits(inner));
    }
    let shared = Shared::from_bits(bits(descriptor, 9, 8));
    Memory::normal(cache_two(outer), cache_two(inner), shared)
}

fn cache_two(bits: u64) -> Cache {
    match bits {
        0b11 => Cache::WriteBack,
        0b10 => Cache::WriteThrough,
        _ => Cache::None,
    }
}

#[cfg(test)]
mod tests;
