//! What the switch from one guest to the next carries.
//!
//! Every way from a vector to the next return to a guest is gone through with values that stand for all
//! (`ways`, `step`): what the guest had in each register as it came in, and what the other's context held.
//! At the end each register that a guest can reach (`table`) must hold what its own context has at the very
//! place at which the leaving guest's value was stored; and if both are one guest, what it had. So nothing of
//! one guest is in a register of the next, and nothing of its own is lost, whatever the values are. Stage 2 and
//! the traps are those that the next guest's own state names (`claims`).
//!
//! Relied upon, and not derived here:
//!
//! - what a handler in Rust decides: that the context that it names as the one that came in is that, and that
//!   what it changes in registers and context of its guest is its answer to it;
//! - that stores of Rust go to what they are meant for, and so to no other context and no caller's frame;
//! - that a context is written between two runs of its guest by whoever starts it anew alone;
//! - list registers, performance monitors and debug registers, which are moved by Rust behind the switch: tests
//!   of whole images ask for those.

mod claims;
pub mod kept;
mod point;
pub mod state;
pub mod step;
pub mod table;
pub mod value;
pub mod ways;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use self::claims::Claims;
use self::table::{CONFINING, Interface, carried};
use self::value::Register;
use self::ways::{Asked, ways};
use crate::code::Limits;
use crate::code::checks::Code;
use crate::code::finding::Finding;
use crate::code::word::{Effect, Word};
use crate::image::Image;

/// What is carried.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Carried {
    /// Registers that each switch carries, and where in the context: by name, offset in bytes.
    pub registers: BTreeMap<String, i64>,
    /// Returns to a guest that were looked at: ways on which the same is carried are one.
    pub ends: usize,
    /// Functions that were asked whether they keep what they have to.
    pub functions: usize,
    /// These functions, by their first address.
    #[serde(skip)]
    pub relied_upon: BTreeSet<u64>,
    /// Instructions on these ways.
    #[serde(skip)]
    pub instructions: BTreeSet<u64>,
}

/// Registers that are followed: those that are carried, and those that confine.
fn asked_for(interface: Interface) -> BTreeSet<Register> {
    let carried = carried(interface).into_iter().map(|(register, _)| register);
    let confining = CONFINING.map(|(_, encoding)| Register::System(encoding));
    carried.chain(confining).collect()
}

/// Derives what is carried, and says what isn't as it must be.
pub fn examine(
    code: &Code,
    image: &Image,
    limits: &Limits,
    findings: &mut Vec<Finding>,
) -> Carried {
    let all = asked_for(limits.interface);
    let touching = touching(code, &all);
    let mut claims = Claims::new(code, image, limits, carried(limits.interface));
    let mut carried = Carried::default();
    for is_alone in [false, true] {
        let asked = Asked {
            carried: &all,
            touching: &touching,
            is_alone,
        };
        let ways = ways(code, asked);
        claims.found.extend(ways.unclear.iter().cloned());
        claims.ends(&ways, is_alone);
        if !is_alone {
            carried.ends = ways.ends.len();
            no_vectors(code, &ways.handlers, &mut claims.found);
            let called: Vec<u64> = ways.handlers.union(&ways.passed).copied().collect();
            carried.relied_upon = code.program.reached(&called);
            carried.functions = carried.relied_upon.len();
            keep(code, &carried.relied_upon, &mut claims.found);
            carried.instructions = ways.instructions;
        }
    }
    let places = claims.places.iter();
    carried.registers = places
        .map(|(name, place)| (name.clone(), place.offset))
        .collect();
    for (at, what) in claims.found {
        findings.push(Finding::at(code.text, code.places, at, what));
    }
    carried
}

/// Functions that touch one of some registers, by themselves or by others.
fn touching(code: &Code, registers: &BTreeSet<Register>) -> BTreeSet<u64> {
    let touches = |word: Word| match word.effect {
        Some(Effect::Write(encoding)) => registers.contains(&Register::System(encoding)),
        _ => word.is_vector,
    };
    let instructions = code.text.instructions().filter(|it| touches(it.word));
    let functions = instructions.filter_map(|it| code.program.containing(it.address));
    // Whoever doesn't come back from there carries nothing to anybody.
    let functions = functions.filter(|it| code.program.comes_out(it.entry));
    let mut touching: BTreeSet<u64> = functions.map(|it| it.entry).collect();
    loop {
        let all = code.program.functions.values();
        let reaches = all.filter(|it| it.callees().any(|callee| touching.contains(&callee)));
        let reaches: Vec<u64> = reaches.map(|it| it.entry).collect();
        let known = touching.len();
        touching.extend(reaches);
        if touching.len() == known {
            return touching;
        }
    }
}

/// No function that decides touches an FP register: the guest's stay where they are.
fn no_vectors(code: &Code, handlers: &BTreeSet<u64>, found: &mut BTreeSet<(u64, String)>) {
    let handlers: Vec<u64> = handlers.iter().copied().collect();
    let reached = code.program.reached(&handlers);
    let is_reached = |at: u64| {
        let function = code.program.containing(at);
        function.is_some_and(|it| reached.contains(&it.entry))
    };
    let vectors = code.text.instructions().filter(|it| it.word.is_vector);
    let vectors = vectors.filter(|it| is_reached(it.address));
    let what =
        "names an FP register, and an exit's handler can come to it while a guest's are in the CPU";
    found.extend(vectors.map(|it| (it.address, what.to_owned())));
}

/// Every function that is relied upon gives back what it has to.
fn keep(code: &Code, relied_upon: &BTreeSet<u64>, found: &mut BTreeSet<(u64, String)>) {
    let functions = relied_upon.iter();
    for function in functions.filter_map(|it| code.program.functions.get(it)) {
        let lost = kept::lost(code, function).into_iter();
        found.extend(
            lost.map(|(at, what)| (at, format!("{} doesn't give back {what}", function.name))),
        );
    }
}
