//! Does every function give back what the procedure call standard has it keep (Arm AAPCS64, 6.1.1): `x19` to
//! `x29`, `SP`, and the address that it returns to?
//!
//! The switch relies on it: what the assembly keeps in `x19`, and what of a guest's registers stays in the CPU
//! while Rust decides. A function may rely on those that it calls, since none calls itself, however far
//! around. A store whose place doesn't follow is taken not to be to the function's own frame, where its
//! caller's registers lie: that is what the compiler promises for Rust, and isn't derived.

use std::collections::{BTreeMap, BTreeSet};

use super::state::State;
use super::step::step;
use super::value::{Base, Place, Register, Value};
use crate::code::checks::Code;
use crate::code::flow::{Block, Function};
use crate::code::text::INSTRUCTION_BYTES;
use crate::code::word::Flow;

/// Registers that a function gives back as they were.
const KEPT: std::ops::RangeInclusive<u8> = 19..=30;

/// What a function doesn't give back: the instruction by which it ends, and what.
#[must_use]
pub fn lost(code: &Code, function: &Function) -> BTreeSet<(u64, String)> {
    let mut found = BTreeSet::new();
    let mut before: BTreeMap<u64, State> = BTreeMap::new();
    let mut open = BTreeSet::new();
    before.insert(function.entry, State::of_function());
    open.insert(function.entry);
    while let Some(start) = open.pop_first() {
        let (Some(block), Some(state)) = (function.blocks.get(&start), before.get(&start)) else {
            continue;
        };
        let state = through(code, block, state.clone());
        let goes_on = block
            .tails
            .iter()
            .any(|it| code.program.returning.contains(it));
        if block.returns || goes_on {
            found.extend(changed(&state).map(|what| (block.last(), what)));
        }
        for next in &block.next {
            let met = before
                .get(next)
                .map_or_else(|| state.clone(), |it| it.both(&state));
            if before.get(next) != Some(&met) {
                before.insert(*next, met);
                open.insert(*next);
            }
        }
    }
    found
}

/// What holds after a block.
fn through(code: &Code, block: &Block, mut state: State) -> State {
    for address in (block.start..block.end).step_by(4) {
        let Some(instruction) = code.text.at(address) else {
            continue;
        };
        match instruction.word.flow {
            Flow::Next => {
                // A store elsewhere: see above.
                let _ = step(&mut state, instruction.bits);
            }
            Flow::Call(_) | Flow::CallRegister(_) => {
                state.called([Value::Unknown; 2]);
                state.set_general(30, Value::Constant(address + INSTRUCTION_BYTES));
            }
            _ => {}
        }
    }
    state
}

/// What isn't as it was at the function's entry.
fn changed(state: &State) -> impl Iterator<Item = String> {
    let kept = KEPT.map(Register::General);
    let kept = kept.map(|register| {
        (
            register.to_string(),
            state.register(register),
            Value::Guest(register),
        )
    });
    let entry = Value::Address(Place::of(Base::Frame));
    let all = kept.chain([("sp".to_owned(), state.sp(), entry)]);
    all.filter(|(_, is, was)| is != was)
        .map(|(name, is, _)| format!("{name}, which holds {is}"))
}
