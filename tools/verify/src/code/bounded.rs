//! How long each way into EL2 can take, in instructions.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use yaxpeax_arm::armv8::a64::{Opcode, Operand};

use super::bounds::{Quantities, Rounds as Listed, Row, rows};
use super::checks::Code;
use super::flow::{Block, Function};
use super::longest::{Facts, Longest, Rounds, Unbounded};
use super::loops::Loop;
use super::span::Way;
use super::text::{INSTRUCTION_BYTES, Instruction};
use super::word::Effect;

/// What copies and fills memory: parts of the names.
const COPIES: [&str; 2] = ["compiler_builtins::mem::mem", "mem"];
/// Bytes up to which these go byte by byte.
const SHORT: u64 = 16;

/// The longest stretch of a way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Bound {
    /// The vector or function by which it is entered.
    pub entry: String,
    /// Instructions at most between the entry, any waits, and where it leaves EL2 or comes back.
    pub instructions: u64,
    /// Of these, what can be but once on a whole path, however many exits it has.
    pub once: u64,
    /// Functions that take most of it, with theirs.
    pub parts: Vec<(String, u64)>,
}

/// What bounds there are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Bounds {
    /// An exit of each cause that goes back to its guest.
    pub exits: Vec<Bound>,
    /// An exit by which a window ends, up to the switch.
    pub ends: Vec<Bound>,
    /// The switch, up to where it waits for the window's tick, and from there on.
    pub switch: Option<Bound>,
    /// The longest exit that goes back, from its vector to its guest.
    pub exit: u64,
    /// The longest exit by which a window ends, from its vector through the switch.
    pub end: u64,
    /// What a guard is for: an exit that goes back, begun just before the timer is due, the exit by which the
    /// window ends then, before the guest does anything, and the switch; or an exit that ends the window itself.
    pub path: u64,
}

/// What each exit of a guest leads to, by parts of names: calls, accesses, registers, waits, interrupts, bus
/// errors, AArch32.
const CAUSES: [&str; 9] = [
    "way::exit::Exit>::synchronous",
    "way::exit::Exit>::called",
    "way::exit::Exit>::window_given_back",
    "way::exit::Exit>::waits",
    "way::exit::Exit>::abort",
    "way::exit::Exit>::system_register",
    "way::exit::Exit>::interrupt",
    "way::exit::Exit>::system_error",
    "way::exit::Exit>::foreign_state",
];
/// By which a window ends that the guest doesn't give back.
const TIMER: &str = "way::exit::Exit>::timer_due";
/// Where an exit that ends a window goes on.
const LEAVE: &str = "way::exit::leave";
/// The way from one guest to the next.
const SWITCH: &str = "switch";
/// The way in and out around these: a vector, the long way, `resume`.
const AROUND: [&str; 2] = ["long_way", "resume"];
/// How many functions of a way are told.
const MOST_PARTS: usize = 8;

/// Bounds of all ways in from a guest.
///
/// # Errors
/// The places of loops on them that have none.
pub fn bounds<'a>(
    code: &'a Code<'a>,
    quantities: &'a Quantities,
) -> Result<Bounds, BTreeSet<String>> {
    let facts = Reviewed {
        code,
        quantities,
        leaves: named(code, LEAVE),
        may_leave: Cell::new(true),
    };
    let mut without = BTreeSet::new();
    let mut all = |names: &[&str], may_leave: bool| {
        facts.may_leave.set(may_leave);
        let mut longest = Longest::new(code.program, &facts);
        let entries = names.iter().filter_map(|name| named(code, name));
        let bounds: Vec<_> = entries
            .map(|entry| bound(code, &mut longest, entry))
            .collect();
        without.extend(longest.unbounded.iter().map(|it| place(code, *it)));
        bounds
    };
    let exits = all(&CAUSES, false);
    let mut ends = all(&CAUSES, true);
    let timer = all(&[TIMER], true).pop();
    let switch = all(&[SWITCH], true).pop();
    let vector = code
        .guest_vectors()
        .into_iter()
        .map(|it| straight(code, it))
        .max();
    let around = AROUND
        .iter()
        .filter_map(|name| Some(straight(code, named(code, name)?)));
    let around = around.sum::<u64>() + vector.unwrap_or_default();
    let most = |bounds: &[Bound]| {
        bounds
            .iter()
            .map(|it| it.instructions)
            .max()
            .unwrap_or_default()
    };
    let of = |bound: &Option<Bound>| bound.as_ref().map_or(0, |it| it.instructions);
    let exit = most(&exits) + around;
    let end = most(&ends) + around + of(&switch);
    // The guest does nothing between the two.
    let once = timer.as_ref().map_or(0, |it| it.once);
    let path = end.max(exit + of(&timer) - once + around + of(&switch));
    ends.extend(timer);
    if !without.is_empty() {
        return Err(without);
    }
    Ok(Bounds {
        exits,
        ends,
        switch,
        exit,
        end,
        path,
    })
}

/// The function whose name is this or ends with it.
fn named(code: &Code, name: &str) -> Option<u64> {
    let mut all = code.text.functions();
    let found = all.find(|(_, it)| *it == name || name.contains("::") && it.ends_with(name));
    found.map(|(address, _)| address)
}

/// All instructions of a function, which is short and has no loop that counts.
fn straight(code: &Code, entry: u64) -> u64 {
    let function = code.program.functions.get(&entry);
    function.map_or(0, |it| it.blocks.values().map(Block::instructions).sum())
}

fn bound(code: &Code, longest: &mut Longest, entry: u64) -> Bound {
    let way = longest.of(entry).longest();
    let reached = code.program.reached(&[entry]);
    let is_reached = |head: &u64| {
        let function = code.program.containing(*head);
        function.is_some_and(|it| reached.contains(&it.entry))
    };
    let once = longest.once.iter().filter(|(head, _)| is_reached(head));
    let once = once.fold(Way::default(), |sum, (_, once)| sum.then(once));
    let way = way.then(&once);
    let mut parts: Vec<_> = way.parts.into_iter().collect();
    parts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let parts = parts.into_iter().take(MOST_PARTS);
    let name = |(at, count)| (code.text.name_at(at).to_owned(), count);
    Bound {
        entry: code.text.name_at(entry).to_owned(),
        instructions: way.instructions,
        once: once.instructions,
        parts: parts.map(name).collect(),
    }
}

/// The place of a loop without a bound.
fn place(code: &Code, it: Unbounded) -> String {
    let (head, why) = match it {
        Unbounded::Loop(_, head) => (head, ""),
        Unbounded::ManyHeads(_, head) => (head, ", which is entered in more than one place"),
    };
    let place = code.places.of_instruction(code.text, head);
    format!("{place}, linked in {}{why}", code.text.name_at(head))
}

/// Loops by the reviewed list, copies by how many bytes they are told.
struct Reviewed<'a> {
    code: &'a Code<'a>,
    quantities: &'a Quantities,
    /// Where an exit goes on that ends its window, and whether that is part of a way.
    leaves: Option<u64>,
    may_leave: Cell<bool>,
}

impl Reviewed<'_> {
    /// The row of a loop: that of the innermost function that has one.
    fn row(&self, head: u64) -> Option<&'static Row> {
        let chain = self.code.places.chain(head);
        let mut functions: Vec<String> = chain.into_iter().map(|place| place.function).collect();
        functions.push(self.code.text.name_at(head).to_owned());
        (0..functions.len()).find_map(|from| {
            let about = |row: &&Row| row.is_about(&functions[from..]);
            rows().iter().find(about)
        })
    }

    /// Whether a loop loads single bytes.
    fn reads_bytes(&self, function: &Function, it: &Loop) -> bool {
        let blocks = it.blocks.iter().filter_map(|at| function.blocks.get(at));
        let addresses = blocks.flat_map(|block| (block.start..block.end).step_by(4));
        let mut instructions = addresses.filter_map(|at| self.code.text.at(at)?.disassembled);
        instructions.any(|it| it.opcode == Opcode::LDRB)
    }

    /// The bytes by which a loop's stores go on.
    fn stride(&self, function: &Function, it: &Loop) -> Option<u64> {
        let blocks = it.blocks.iter().filter_map(|at| function.blocks.get(at));
        let addresses = blocks.flat_map(|block| (block.start..block.end).step_by(4));
        let mut strides = BTreeMap::new();
        for instruction in addresses.filter_map(|at| self.code.text.at(at)) {
            if let (true, Some(it)) = (instruction.word.is_store, instruction.disassembled) {
                let stride = match it.operands[1] {
                    Operand::RegPostIndex(_, bytes) => u64::try_from(bytes).ok(),
                    _ => None,
                };
                strides.insert(instruction.address, stride);
            }
        }
        let mut all = strides.into_values();
        let first = all.next()??;
        all.all(|stride| stride == Some(first)).then_some(first)
    }
}

/// Whether what a function copies lies at multiples of its size, by the list.
fn is_aligned(function: &Function) -> bool {
    has(&function.name, &Listed::Aligned)
}

/// Whether a function has such a row.
fn has(function: &str, rounds: &Listed) -> bool {
    let mut rows = rows().iter();
    rows.any(|row| row.rounds == *rounds && row.function == function)
}

impl Facts for Reviewed<'_> {
    fn rounds(&self, function: &Function, it: &Loop, bytes: Option<u64>) -> Option<Rounds> {
        if self.copies(function.entry) {
            let bytes = bytes.or_else(|| self.quantities.get("LONGEST_COPY").copied())?;
            let rounds = match self.stride(function, it) {
                // Up to alignment and after it, or all of what is short.
                Some(1) => Some(if bytes < SHORT { bytes } else { 7 }),
                // Words made of single bytes: what is copied from lies otherwise than what is copied to.
                Some(8)
                    if bytes % 8 == 0 && self.reads_bytes(function, it) && is_aligned(function) =>
                {
                    Some(0)
                }
                Some(stride) => bytes.checked_div(stride),
                // The byte that `memset` stores is doubled, from 8 bits to 64.
                None => Some(3),
            };
            return rounds.map(Rounds::Number);
        }
        let row = self.row(it.head)?;
        match row.rounds {
            Listed::Waits => Some(Rounds::Waits),
            Listed::OnPath(_) => row.rounds.number(self.quantities).map(Rounds::OnPath),
            _ => row.rounds.number(self.quantities).map(Rounds::Number),
        }
    }

    fn waits_at(&self, address: u64) -> bool {
        let word = self.code.text.at(address).map(|it| it.word);
        word.is_some_and(|word| word.effect == Some(Effect::WaitForInterrupt))
    }

    fn are_one(&self, inner: &Loop, outer: &Loop) -> bool {
        let rows = [inner, outer].map(|it| self.row(it.head));
        match rows {
            [Some(inner), Some(outer)] => inner.in_all && std::ptr::eq(inner, outer),
            _ => false,
        }
    }

    fn is_passed_over(&self, entry: u64) -> bool {
        !self.may_leave.get() && self.leaves == Some(entry)
    }

    fn is_apart(&self, entry: u64) -> bool {
        let name = self.code.text.name_at(entry);
        has(name, &Listed::Apart)
    }

    fn copies(&self, entry: u64) -> bool {
        let name = self.code.text.name_at(entry);
        let is_one = |part: &&str| {
            [format!("{part}cpy"), format!("{part}set")]
                .iter()
                .any(|it| it == name)
        };
        COPIES.iter().any(is_one)
    }

    fn bytes_at(&self, _: &Function, block: &Block) -> Option<u64> {
        let before = (block.start..block.last())
            .rev()
            .filter(|at| at % INSTRUCTION_BYTES == 0);
        let is_it = |operand: &Operand| {
            matches!(
                operand,
                Operand::Register(_, 2) | Operand::RegisterOrSP(_, 2)
            )
        };
        let writes = |it: &&Instruction| {
            it.disassembled.is_none_or(|what| {
                let loads_pair = what.opcode == Opcode::LDP && is_it(&what.operands[1]);
                !it.word.is_store && (is_it(&what.operands[0]) || loads_pair)
            })
        };
        let mut definitions = before.filter_map(|at| self.code.text.at(at)).filter(writes);
        let it = definitions.next()?.disassembled?;
        match (it.opcode, &it.operands) {
            (Opcode::MOVZ, [operand, Operand::ImmShift(value, shift), ..]) if is_it(operand) => {
                u64::from(*value).checked_shl(u32::from(*shift))
            }
            _ => None,
        }
    }
}
