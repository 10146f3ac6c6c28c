//! Every way from a guest's exit to the next return to a guest, followed with values that stand for all.
//!
//! What the assembly asks is Rust's decision and isn't followed: a handler (`carry` says what is
//! relied upon). The switch is followed wholly: functions that touch what is carried are gone through with the
//! rest, and others by what any function keeps. Where ways meet on which the same is carried, they go on as
//! one, with what holds on both.

use std::collections::{BTreeMap, BTreeSet};

use super::point::Point;
use super::state::State;
use super::step::step;
use super::value::{Base, Place, Register, Value};
use crate::code::checks::Code;
use crate::code::text::INSTRUCTION_BYTES;
use crate::code::word::Flow;

/// Where the switch from one guest to the next begins.
pub const SWITCH: &str = "switch";
/// Where a guest is returned to.
pub const RESUME: &str = "resume";
/// How often ways may be gone on from a branch, for one vector.
const MOST: usize = 40_000;
/// The stack to which a vector moves is named in the context that it was given.
const WORD_BYTES: u8 = 8;

/// A way's end: a return to a guest.
#[derive(Clone, Debug)]
pub struct End {
    /// The `ERET`.
    pub at: u64,
    /// Whether it is by way of the switch.
    pub is_switch: bool,
    /// What holds there.
    pub state: State,
}

/// What was found on the ways.
#[derive(Debug, Default)]
pub struct Ways {
    /// Their ends.
    pub ends: Vec<End>,
    /// From which vectors there are ways back to the guest that came in (`false`) and
    /// to the switch (`true`).
    pub leads: BTreeSet<(u64, bool)>,
    /// Functions that decide, between a vector and the switch.
    pub handlers: BTreeSet<u64>,
    /// Functions of the switch that were not followed.
    pub passed: BTreeSet<u64>,
    /// Instructions that stand on them, those of handlers and of functions that weren't followed left out.
    pub instructions: BTreeSet<u64>,
    /// What can't be followed or isn't as it must be, by place.
    pub unclear: BTreeSet<(u64, String)>,
}

/// What is followed, and how.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// Registers that are carried, or confine a guest.
    pub carried: &'a BTreeSet<Register>,
    /// Functions that touch one of them, by themselves or by others.
    pub touching: &'a BTreeSet<u64>,
    /// Whether the guest that left is the one that is next.
    pub is_alone: bool,
}

/// What keeps two ways apart where they meet: where they are, and what is carried on them.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Meeting {
    at: u64,
    is_switch: bool,
    is_pending: bool,
    callers: Vec<u64>,
    carried: Vec<Value>,
}

/// Follows all ways from the guests' vectors.
#[must_use]
pub fn ways(code: &Code, asked: Asked) -> Ways {
    let mut walk = Walk {
        code,
        asked,
        switch: code.text.named(SWITCH),
        resume: code.text.named(RESUME),
        ways: Ways::default(),
        met: BTreeMap::new(),
        open: Vec::new(),
        ends: BTreeMap::new(),
        vector: 0,
    };
    for vector in code.guest_vectors() {
        walk.from(vector);
    }
    walk.ways.ends = walk.ends.into_values().collect();
    walk.ways
}

struct Walk<'a, 'b> {
    code: &'a Code<'b>,
    asked: Asked<'a>,
    switch: Option<u64>,
    resume: Option<u64>,
    ways: Ways,
    /// What holds where ways met; those from one vector meet those from others in the switch.
    met: BTreeMap<Meeting, State>,
    open: Vec<Point>,
    /// Of ways that met only the last visit knows what holds on all of them.
    ends: BTreeMap<(bool, Vec<Value>), End>,
    /// By which the ways began that are followed.
    vector: u64,
}

impl Walk<'_, '_> {
    fn from(&mut self, vector: u64) {
        self.vector = vector;
        self.open = vec![Point {
            at: vector,
            is_switch: false,
            is_pending: false,
            callers: Vec::new(),
            state: State::of_exit(self.asked.is_alone),
        }];
        let mut count = 0;
        while let Some(point) = self.first() {
            count += 1;
            if count > MOST {
                let what = format!("ways from here branch more than {MOST} times; make them fewer");
                return self.unclear(vector, what);
            }
            self.run(point);
        }
    }

    /// The point to go on from that comes first in the image: so loops are done before what follows them.
    fn first(&mut self) -> Option<Point> {
        let all = self.open.iter().enumerate();
        let (index, _) = all.min_by_key(|(_, point)| point.at)?;
        Some(self.open.swap_remove(index))
    }

    fn unclear(&mut self, at: u64, what: String) {
        self.ways.unclear.insert((at, what));
    }

    /// What is carried. In the switch general registers are EL2's own, and tell no ways apart.
    fn carried(&self, point: &Point) -> Vec<Value> {
        let all = self.asked.carried.iter();
        let is_told = |it: &&Register| !point.is_switch || !matches!(it, Register::General(_));
        all.filter(is_told)
            .map(|it| point.state.register(*it))
            .collect()
    }

    /// Goes on from where ways may meet, with what holds on all that came by here.
    fn goes(&mut self, mut point: Point) {
        if !point.is_switch {
            let leads = [self.resume, self.switch].map(|it| it == Some(point.at));
            let leads = [false, true]
                .into_iter()
                .zip(leads)
                .filter(|(_, is_there)| *is_there);
            let vector = self.vector;
            self.ways
                .leads
                .extend(leads.map(|(is_switch, _)| (vector, is_switch)));
        }
        let meeting = Meeting {
            at: point.at,
            is_switch: point.is_switch,
            is_pending: point.is_pending,
            callers: point.callers.clone(),
            carried: self.carried(&point),
        };
        if let Some(known) = self.met.get(&meeting) {
            let both = known.both(&point.state);
            if both == *known {
                return;
            }
            point.state = both;
        }
        self.met.insert(meeting, point.state.clone());
        self.open.push(point);
    }

    /// Goes on until ways may meet or part, or the way is over.
    fn run(&mut self, mut point: Point) {
        loop {
            self.enters_switch(&mut point);
            let Some(instruction) = self.code.text.at(point.at) else {
                return self.unclear(point.at, "control gets to where no instruction is".into());
            };
            self.ways.instructions.insert(point.at);
            let after = point.at + INSTRUCTION_BYTES;
            let to = |far: i64| instruction.address.wrapping_add_signed(far);
            match instruction.word.flow {
                Flow::Next => {
                    let is_assembly = !self.code.text.name_at(point.at).contains("::");
                    if step(&mut point.state, instruction.bits).is_err() && is_assembly {
                        let what =
                            "stores to a place that doesn't follow from the instructions before";
                        self.unclear(point.at, what.into());
                    }
                    point.at = after;
                }
                Flow::Branch(far) => {
                    point.at = to(far);
                    return self.goes(point);
                }
                Flow::Call(far) => self.call(&mut point, to(far)),
                Flow::Maybe(far) => return self.parts(&point, instruction.bits, [to(far), after]),
                Flow::Return(register) => {
                    let back = point.callers.pop();
                    if back.map(Value::Constant) != Some(point.state.general(register)) {
                        let what = "doesn't return to where it was called from";
                        return self.unclear(point.at, what.into());
                    }
                    point.at = back.unwrap_or_default();
                }
                Flow::ExceptionReturn => return self.end(point),
                Flow::Nowhere => return,
                Flow::Jump(_) => return self.jump(&point),
                Flow::CallRegister(_) => {
                    let what = "calls what a register says, which isn't followed here";
                    return self.unclear(point.at, what.into());
                }
            }
        }
    }

    /// By a table: to each of its places.
    fn jump(&mut self, point: &Point) {
        let function = self.code.program.containing(point.at);
        let mut blocks = function.into_iter().flat_map(|it| it.blocks.values());
        let block = blocks.find(|block| block.last() == point.at);
        for to in block
            .into_iter()
            .flat_map(|it| it.next.iter().chain(&it.tails))
        {
            let mut way = point.clone();
            way.at = *to;
            self.goes(way);
        }
    }

    fn end(&mut self, point: Point) {
        self.is_looked_at(&point);
        let carried = self.carried(&point);
        let end = End {
            at: point.at,
            is_switch: point.is_switch,
            state: point.state,
        };
        self.ends.insert((end.is_switch, carried), end);
    }

    /// At the switch's first instruction: there is a next guest.
    fn enters_switch(&self, point: &mut Point) {
        if Some(point.at) == self.switch && !point.is_switch {
            point.is_switch = true;
            point.is_pending = false;
            let next = Value::Address(Place::of(Base::Next));
            point.state.replace(Value::Result(1), next);
        }
    }

    fn call(&mut self, point: &mut Point, callee: u64) {
        let after = point.at + INSTRUCTION_BYTES;
        let is_followed = self.asked.touching.contains(&callee);
        if point.is_switch && is_followed {
            point.state.set_general(30, Value::Constant(after));
            point.callers.push(after);
            point.at = callee;
            return;
        }
        if point.is_switch {
            self.ways.passed.insert(callee);
            point.state.called([Value::Unknown; 2]);
        } else {
            self.is_looked_at(point);
            self.is_told(point);
            self.ways.handlers.insert(callee);
            point.state.answered();
            point.state.called([Value::Result(0), Value::Result(1)]);
            point.is_pending = true;
        }
        point.at = after;
    }

    /// A handler is told whose exit it is, on the stack that its context names.
    fn is_told(&mut self, point: &Point) {
        let context = Value::Address(Place::of(Base::Left));
        let is = point.state.general(1);
        if is != context {
            let what = format!("a handler is told in x1 {is}, and must be told {context}");
            self.unclear(point.at, what);
        }
        let sp = point.state.sp();
        let is_named = matches!(
            sp,
            Value::Held(
                Place {
                    base: Base::Left,
                    ..
                },
                WORD_BYTES
            )
        );
        if !is_named {
            let what = format!(
                "a handler runs on the stack at {sp}, not at one that the guest's context names"
            );
            self.unclear(point.at, what);
        }
    }

    fn is_looked_at(&mut self, point: &Point) {
        if point.is_pending {
            let what = "a handler's second result isn't looked at: whether another guest is next";
            self.unclear(point.at, what.into());
        }
    }

    /// A conditional branch: both ways, with what its being taken says of a handler's result.
    fn parts(&mut self, point: &Point, bits: u32, [to, after]: [u64; 2]) {
        let is_compare = bits >> 25 & 0x3F == 0b01_1010;
        let is_test = bits >> 25 & 0x3F == 0b01_1011;
        let if_zero = bits >> 24 & 1 == 0;
        let register = u8::try_from(bits & 0x1F).unwrap_or_default();
        let asked = point.state.general(register);
        if is_test && matches!(asked, Value::Address(_)) {
            let what = format!("a branch asks for a bit of {asked}, which is no fact");
            self.unclear(point.at, what);
        }
        for (target, is_taken) in [(to, true), (after, false)] {
            let mut way = point.clone();
            way.at = target;
            if is_compare {
                way.is_zero(register, is_taken == if_zero);
            }
            self.goes(way);
        }
    }
}
