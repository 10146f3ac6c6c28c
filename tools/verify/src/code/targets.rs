//! Where a jump by a table goes.
//!
//! A `match` becomes a table of distances, one for each case, from an address that `ADR` gives: `adr table;
//! adr base; ldrsw distance, [table, index, lsl #2]; add target, base, distance; br target`; or with bytes or
//! halfwords, in instructions. The table has as many entries as the comparison before allows, or else is read
//! until an entry would leave the function, which no entry of the table itself does, or until an address that
//! an `ADR` names elsewhere; so it may be read too far, and never too short.

use std::ops::Range;

use yaxpeax_arm::armv8::a64::{Instruction as Disassembled, Opcode, Operand};

use super::text::{INSTRUCTION_BYTES, Text};
use super::word::Flow;

/// Where an indirect branch may go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Targets {
    /// To one of these addresses of its own function.
    Inside(Vec<u64>),
    /// To one of these functions.
    Functions(Vec<u64>),
}

/// How many instructions before the jump its parts are looked for.
const FAR: u64 = 24;
/// The condition `HI` (Arm ARM, C1.2.4).
const HIGHER: u8 = 0b1000;
/// More cases than any `match` here has.
const MOST_CASES: u64 = 1024;

/// Reads a distance in bytes.
type Read = fn(&Text, u64) -> Option<i64>;

/// The targets of the jump at `address`, if it is one by a table.
#[must_use]
pub fn targets(text: &Text, address: u64, function: &Range<u64>, flow: Flow) -> Option<Targets> {
    let Flow::Jump(register) = flow else {
        return None;
    };
    let before = Before { text, function };
    let (added, Opcode::ADD, operands) = before.definition(register, address)? else {
        return None;
    };
    let mut parts = operands[1..].iter().filter_map(general);
    let (left, right) = (parts.next()?, parts.next()?);
    let (base, distance) = match before.address_in(left, added) {
        Some(base) => (base, right),
        None => (before.address_in(right, added)?, left),
    };
    let (loaded, opcode, operands) = before.definition(distance, added)?;
    let (bytes, read): (u64, Read) = match opcode {
        Opcode::LDRSW => (4, |text, place| {
            Some(i32::from_le_bytes(text.bytes(place)?).into())
        }),
        Opcode::LDRH => (2, |text, place| {
            Some(4 * i64::from(u16::from_le_bytes(text.bytes(place)?)))
        }),
        Opcode::LDRB => (1, |text, place| {
            Some(4 * i64::from(u8::from_le_bytes(text.bytes(place)?)))
        }),
        _ => return None,
    };
    let Operand::RegRegOffset(table, index, ..) = operands[1] else {
        return None;
    };
    let index = u8::try_from(index).ok()?;
    let table = before.table_in(u8::try_from(table).ok()?, loaded)?;
    // What is named elsewhere, another table above all, is no part of this one.
    let named = |place: u64| {
        let mut all = text
            .instructions()
            .filter_map(|it| adr(it.address, &it.disassembled?));
        all.any(|address| address == place)
    };
    let most = before.cases(index, loaded).unwrap_or(MOST_CASES);
    let places = (0..most).map(|case| table + case * bytes);
    let places = places.take_while(|place| *place == table || !named(*place));
    let entries = places.map_while(|place| {
        let target = base.wrapping_add_signed(read(text, place)?);
        let is_inside = function.contains(&target) && text.at(target).is_some();
        is_inside.then_some(target)
    });
    let mut all: Vec<u64> = entries.collect();
    all.sort_unstable();
    all.dedup();
    (!all.is_empty()).then_some(Targets::Inside(all))
}

/// The instructions before a jump, back to the nearest branch.
struct Before<'a> {
    text: &'a Text<'a>,
    function: &'a Range<u64>,
}

impl Before<'_> {
    /// What last wrote a register before an address, and where.
    fn definition(&self, register: u8, before: u64) -> Option<(u64, Opcode, [Operand; 4])> {
        let backwards = (1..=FAR).map(|back| before - back * INSTRUCTION_BYTES);
        let run = backwards.map_while(|address| {
            let it = self
                .text
                .at(address)
                .filter(|it| it.word.flow == Flow::Next)?;
            self.function.contains(&address).then_some(it)
        });
        let mut run = run.filter_map(|it| Some((it.address, it.disassembled?)));
        let writes = |it: &Disassembled| general(&it.operands[0]) == Some(register);
        let (address, it) = run.find(|(_, it)| writes(it))?;
        Some((address, it.opcode, it.operands))
    }

    /// How many cases there are, if the index is compared before with the last of them: `cmp index, #last` and
    /// `b.hi`.
    fn cases(&self, index: u8, before: u64) -> Option<u64> {
        let mut address = before;
        while address > self.function.start {
            address -= INSTRUCTION_BYTES;
            let it = self.text.at(address)?.disassembled?;
            let compared = it.operands[1..].iter().find_map(general) == Some(index);
            if it.opcode == Opcode::SUBS && compared && general(&it.operands[0]) == Some(31) {
                let next = self.text.at(address + INSTRUCTION_BYTES)?.disassembled?;
                let last = match it.operands[2] {
                    Operand::Immediate(last) => Some(u64::from(last)),
                    Operand::Imm64(last) => Some(last),
                    _ => None,
                };
                return last
                    .filter(|_| next.opcode == Opcode::Bcc(HIGHER))
                    .map(|last| last + 1);
            }
            if general(&it.operands[0]) == Some(index) && !self.text.at(address)?.word.is_store {
                return None;
            }
        }
        None
    }

    /// The table's address, which may be put into a register long before, ahead of a loop: by the nearest
    /// `ADR` in the order of addresses, if nothing in between writes the register.
    fn table_in(&self, register: u8, before: u64) -> Option<u64> {
        let mut address = before;
        while address > self.function.start {
            address -= INSTRUCTION_BYTES;
            let Some(it) = self.text.at(address).and_then(|it| it.disassembled) else {
                continue;
            };
            if general(&it.operands[0]) == Some(register) {
                return adr(address, &it);
            }
        }
        None
    }

    /// The address that `ADR` has put into a register before an address.
    fn address_in(&self, register: u8, before: u64) -> Option<u64> {
        let (address, opcode, operands) = self.definition(register, before)?;
        adr(address, &Disassembled { opcode, operands })
    }
}

/// What an instruction computes if it is `ADR`.
fn adr(address: u64, it: &Disassembled) -> Option<u64> {
    match (it.opcode, it.operands[1]) {
        (Opcode::ADR, Operand::PCOffset(far)) => Some(address.wrapping_add_signed(far)),
        _ => None,
    }
}

/// The number of a general register.
fn general(operand: &Operand) -> Option<u8> {
    match operand {
        Operand::Register(_, number)
        | Operand::RegisterOrSP(_, number)
        | Operand::RegShift(_, _, _, number) => u8::try_from(*number).ok(),
        _ => None,
    }
}
