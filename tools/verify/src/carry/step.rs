//! What one instruction makes of registers and memory (Arm ARM DDI 0487, C4.1, for the forms).
//!
//! Read are the forms by which values are moved: loads and stores of one register or two with an immediate,
//! moves between registers, additions of a constant, and accesses to system registers. An instruction of any
//! other form makes unknown whatever it may write. So what is known holds whatever the values are.

use super::state::{SP_OR_ZERO, State};
use super::value::{Place, Register, Value};
use crate::code::stack::{Moved, moved as moves_stack, signed};
use crate::code::word::{Effect, Word, field, small};

/// A store whose place doesn't follow from the instructions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoresAnywhere;

/// Does one instruction that is no branch.
///
/// # Errors
/// It stores to a place that doesn't follow; nothing else of it is lost.
pub fn step(state: &mut State, bits: u32) -> Result<(), StoresAnywhere> {
    let word = Word::of(bits);
    let register = number(bits, 0);
    match word.effect {
        Some(Effect::Read(encoding)) => {
            let value = state.register(Register::System(encoding));
            state.set_general(register, value);
            return Ok(());
        }
        Some(Effect::Write(encoding)) => {
            state.set_system(encoding, state.general(register));
            return Ok(());
        }
        // SYSL and MRRS give something; no other has a register that it writes.
        Some(Effect::System(_) | Effect::Wide(_)) if field(bits, 21, 1) == 1 => {
            state.set_general(register, Value::Unknown);
            state.set_general(register | 1, Value::Unknown);
            return Ok(());
        }
        Some(_) => return Ok(()),
        None => {}
    }
    if let Some(access) = Access::of(bits) {
        return access.carry_out(state);
    }
    if let Some(value) = moved(state, bits) {
        state.set_base(register, value);
        return Ok(());
    }
    if let Some(value) = copied(state, bits) {
        state.set_general(register, value);
        return Ok(());
    }
    otherwise(state, bits, word)
}

/// A register's number.
const fn number(word: u32, lowest: u32) -> u8 {
    small(word, lowest, 5)
}

/// Whether it is of "Loads and stores" (C4.1.95).
const fn is_memory(word: u32) -> bool {
    field(word, 27, 1) == 1 && field(word, 25, 1) == 0
}

/// "Add/subtract (immediate)" of 64 bits without flags, whose register 31 is `SP`.
fn moved(state: &State, word: u32) -> Option<Value> {
    if field(word, 23, 6) != 0b10_0010 || field(word, 29, 1) == 1 || word >> 31 == 0 {
        return None;
    }
    let far = i64::from(field(word, 10, 12)) << (12 * field(word, 22, 1));
    let far = if field(word, 30, 1) == 1 { -far } else { far };
    let from = state.base(number(word, 5));
    Some(if far == 0 { from } else { from.plus(far) })
}

/// `MOV` of a register: `ORR` with the zero register and no shift, and `MOV` of a constant in one piece.
fn copied(state: &State, word: u32) -> Option<Value> {
    if word & 0xFFE0_FFE0 == 0xAA00_03E0 {
        return Some(state.general(number(word, 16)));
    }
    let is_whole = word & 0x7F80_0000 == 0x5280_0000;
    let shift = 16 * field(word, 21, 2);
    is_whole.then(|| Value::Constant(u64::from(field(word, 5, 16)) << shift))
}

/// When an access writes its base; the bits are the same for one register and for two.
const UNINDEXED: u32 = 0b00;
const POST_INDEXED: u32 = 0b01;
const PRE_INDEXED: u32 = 0b11;

/// A load or store of one or two registers at a base and an immediate.
#[derive(Clone, Copy, Debug)]
struct Access {
    registers: [Option<u8>; 2],
    is_vector: bool,
    is_load: bool,
    /// Whether what is loaded is more than the bytes that are there: extended by its sign.
    is_extended: bool,
    bytes: u8,
    base: u8,
    /// What is added to the base before the access, and after it.
    before: i64,
    after: i64,
}

impl Access {
    fn of(word: u32) -> Option<Self> {
        if !is_memory(word) {
            return None;
        }
        let is_vector = field(word, 26, 1) == 1;
        match (field(word, 27, 3), field(word, 24, 2)) {
            (0b101, _) => Some(Self::of_pair(word, is_vector)),
            (0b111, 0b01) => {
                let single = Self::of_single(word, is_vector)?;
                let offset = i64::from(field(word, 10, 12)) * i64::from(single.bytes);
                Some(single.at(UNINDEXED, offset))
            }
            (0b111, 0b00) if field(word, 21, 1) == 0 => {
                let single = Self::of_single(word, is_vector)?;
                Some(single.at(field(word, 10, 2), signed(field(word, 12, 9), 9)))
            }
            _ => None,
        }
    }

    fn of_pair(word: u32, is_vector: bool) -> Self {
        let opc = field(word, 30, 2);
        let bytes = match (is_vector, opc) {
            (false, 0b00 | 0b01) => 4,
            (false, _) => 8,
            (true, _) => 4 << opc.min(2),
        };
        let pair = Self {
            registers: [Some(number(word, 0)), Some(number(word, 10))],
            is_vector,
            is_load: field(word, 22, 1) == 1,
            is_extended: !is_vector && opc == 0b01,
            bytes,
            base: number(word, 5),
            before: 0,
            after: 0,
        };
        let offset = signed(field(word, 15, 7), 7) * i64::from(bytes);
        pair.at(field(word, 23, 2), offset)
    }

    /// Of one register, at its base; nothing of a prefetch.
    fn of_single(word: u32, is_vector: bool) -> Option<Self> {
        let (bytes, is_load, is_extended) = Self::single(word, is_vector)?;
        Some(Self {
            registers: [Some(number(word, 0)), None],
            is_vector,
            is_load,
            is_extended,
            bytes,
            base: number(word, 5),
            before: 0,
            after: 0,
        })
    }

    /// So far from its base, by the two bits that say whether that is written, and when.
    const fn at(mut self, mode: u32, offset: i64) -> Self {
        (self.before, self.after) = match mode {
            POST_INDEXED => (0, offset),
            PRE_INDEXED => (offset, offset),
            _ => (offset, 0),
        };
        self
    }

    /// Bytes, whether it loads, and whether it extends a sign; nothing of a prefetch.
    fn single(word: u32, is_vector: bool) -> Option<(u8, bool, bool)> {
        let (size, opc) = (field(word, 30, 2), field(word, 22, 2));
        match (is_vector, opc) {
            (true, 0b10 | 0b11) => Some((16, opc == 0b11, false)),
            (true, _) | (false, 0b00 | 0b01) => Some((1 << size, opc & 1 == 1, false)),
            (false, _) if size == 0b11 => None,
            (false, _) => Some((1 << size, true, true)),
        }
    }

    fn carry_out(self, state: &mut State) -> Result<(), StoresAnywhere> {
        let base = state.base(self.base);
        let place = base.place().map(|place| place.and(self.before));
        let steps = [0, i64::from(self.bytes)];
        let mut done = Ok(());
        // A store takes all that it stores before a base is written, and a load writes it first.
        if self.is_load && self.after != 0 {
            state.set_base(self.base, base.plus(self.after));
        }
        for (register, step) in self.registers.into_iter().zip(steps) {
            let Some(register) = register else { continue };
            let at = place.map(|place| place.and(step));
            match (self.is_load, at) {
                (true, at) => self.load(state, register, at),
                (false, Some(at)) => state.store(at, self.bytes, self.stored(state, register)),
                (false, None) => done = Err(StoresAnywhere),
            }
        }
        if !self.is_load && self.after != 0 {
            state.set_base(self.base, base.plus(self.after));
        }
        done
    }

    fn load(self, state: &mut State, register: u8, at: Option<Place>) {
        let value = match at {
            Some(at) if !self.is_extended => state.load(at, self.bytes),
            _ => Value::Unknown,
        };
        if self.is_vector {
            // Of less than all bits the rest becomes zero.
            let is_whole = self.bytes == 16;
            state.set_vector(register, if is_whole { value } else { Value::Unknown });
        } else {
            state.set_general(register, value);
        }
    }

    /// What is stored of a register: a part of one only if that is all that it has.
    fn stored(self, state: &State, register: u8) -> Value {
        let value = match self.is_vector {
            true => state.vector(register),
            false => state.general(register),
        };
        let is_whole = match value {
            Value::Held(_, bytes) => bytes == self.bytes,
            Value::Constant(_) => true,
            Value::Guest(_) | Value::Answered(_) | Value::Address(_) => {
                self.bytes == if self.is_vector { 16 } else { 8 }
            }
            Value::Result(_) | Value::Unknown => false,
        };
        if is_whole { value } else { Value::Unknown }
    }
}

/// Where in an access to memory of another form those registers stand that it may write.
const fn written(bits: u32, is_store: bool) -> &'static [u32] {
    let is_first = field(bits, 21, 1) == 1;
    match (field(bits, 27, 3), field(bits, 24, 2), field(bits, 10, 2)) {
        // Literals; one register with an offset in another; LDAPUR and STLUR.
        (0b011, 0b00, _) => &[0],
        (0b111, 0b00, 0b10) if is_first => {
            if is_store {
                &[]
            } else {
                &[0]
            }
        }
        (0b011, 0b01, _) if !is_first => {
            if is_store {
                &[]
            } else {
                &[0]
            }
        }
        // Atomics give the old value.
        (0b111, 0b00, 0b00) if is_first => &[0],
        // STLR; other exclusive and ordered ones: the status or the value compared with, and what is loaded.
        (0b001, 0b00, _) if field(bits, 26, 1) == 0 => match (field(bits, 22, 2), is_first) {
            (0b10, false) => &[],
            (0b00, false) => &[16],
            (_, false) => &[0, 10],
            (_, true) => &[0, 10, 16],
        },
        _ => &[0, 5, 10, 16],
    }
}

/// An instruction of another form: everything is unknown that it may write.
fn otherwise(state: &mut State, bits: u32, word: Word) -> Result<(), StoresAnywhere> {
    let written: &[u32] = if is_memory(bits) {
        written(bits, word.is_store)
    } else {
        &[0]
    };
    for lowest in written {
        let register = number(bits, *lowest);
        if word.is_vector {
            state.set_vector(register, Value::Unknown);
        }
        state.set_general(register, Value::Unknown);
    }
    // Of the forms beside memory only those that have it as `SP` write register 31.
    if moves_stack(bits) != Moved::Not {
        state.set_base(SP_OR_ZERO, Value::Unknown);
    }
    if word.is_store {
        Err(StoresAnywhere)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
