//! Where a jump by a table goes.
//!
//! A `match` becomes a table of distances, one of 32 bits for each case, from an address that `ADR` gives:
//! `adr table; adr base; ldrsw distance, [table, index, lsl #2]; add target, base, distance; br target`. The
//! table is read until an entry would leave the function, which no entry of the table itself does; so it
//! may be read too far, and never too short.

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
/// More cases than any `match` here has.
const MOST_CASES: u64 = 1024;

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
    let (loaded, Opcode::LDRSW, operands) = before.definition(distance, added)? else {
        return None;
    };
    let Operand::RegRegOffset(table, ..) = operands[1] else {
        return None;
    };
    let table = before.address_in(u8::try_from(table).ok()?, loaded)?;
    let entries = (table..).step_by(4).map_while(|place| {
        let distance = i32::from_le_bytes(text.bytes(place)?);
        let target = base.wrapping_add_signed(distance.into());
        let is_inside = function.contains(&target) && text.at(target).is_some();
        is_inside.then_some(target)
    });
    let mut all: Vec<u64> = entries.take(usize::try_from(MOST_CASES).ok()?).collect();
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

    /// The address that `ADR` has put into a register before an address.
    fn address_in(&self, register: u8, before: u64) -> Option<u64> {
        match self.definition(register, before)? {
            (address, Opcode::ADR, [_, Operand::PCOffset(far), ..]) => {
                Some(address.wrapping_add_signed(far))
            }
            _ => None,
        }
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
