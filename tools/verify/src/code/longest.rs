//! The longest way through functions, in instructions: loops by their bounds, calls by what they call.
//!
//! Loops are taken from the inside out. One with at most *n* returns to its head costs *n* times its longest
//! round and then the longest way from the head to where it is left; so it becomes one step of the loop
//! around it. What is left is a graph without circles, whose longest way is found by looking at each block
//! once. Every way counts, also one that no input takes; ways that never come back are none.

use std::collections::{BTreeMap, BTreeSet};

use super::flow::{Block, Function, Program};
use super::loops::{Loop, loops};
use super::span::{Span, Way};

/// What is known of loops and copies beside the graph.
pub trait Facts {
    /// How often a loop goes back to its head at most; in a function that copies, for so many bytes.
    fn rounds(&self, function: &Function, it: &Loop, bytes: Option<u64>) -> Option<Rounds>;
    /// Whether the instruction at an address waits for an interrupt.
    fn waits_at(&self, address: u64) -> bool;
    /// Whether a loop and one around it go round so often together.
    fn are_one(&self, inner: &Loop, outer: &Loop) -> bool;
    /// Whether ways through a function aren't asked about.
    fn is_passed_over(&self, entry: u64) -> bool;
    /// Whether a function is no part of any path.
    fn is_apart(&self, entry: u64) -> bool;
    /// Whether a function copies: what it costs depends on how many bytes it is told.
    fn copies(&self, entry: u64) -> bool;
    /// The number of bytes that a call at the end of a block gives to a function that copies.
    fn bytes_at(&self, function: &Function, block: &Block) -> Option<u64>;
}

/// How often a loop goes back to its head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounds {
    /// At most so often in a row without a wait.
    Number(u64),
    /// At most so often on a whole path.
    OnPath(u64),
    /// As often as it likes: time is counted anew in each round.
    Waits,
}

/// Where a way goes: to a block, back to the head of a loop, or out of the function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum To {
    Block(u64),
    Again,
    Out,
}

/// What keeps a function from having a bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unbounded {
    /// The loop with this head in the function has no bound.
    Loop(u64, u64),
    /// The loop at this address in the function has more than one way in.
    ManyHeads(u64, u64),
}

/// The longest ways of functions, as far as they were asked for.
pub struct Longest<'a> {
    program: &'a Program,
    facts: &'a dyn Facts,
    known: BTreeMap<(u64, Option<u64>), Span>,
    /// What loops cost that go round at most so often on a whole path, by their heads: to be added once.
    pub once: BTreeMap<u64, Way>,
    /// What was passed over: its bound is missing, and counted as none.
    pub unbounded: BTreeSet<Unbounded>,
}

impl<'a> Longest<'a> {
    /// Nothing is known yet.
    #[must_use]
    pub fn new(program: &'a Program, facts: &'a dyn Facts) -> Self {
        Self {
            program,
            facts,
            known: BTreeMap::new(),
            once: BTreeMap::new(),
            unbounded: BTreeSet::new(),
        }
    }

    /// The ways from a function's entry to where it comes back or leaves EL2, in it and all that it calls. The
    /// call graph has no circles.
    pub fn of(&mut self, entry: u64) -> Span {
        self.told(entry, None)
    }

    /// The same of a function that is told how many bytes it copies.
    fn told(&mut self, entry: u64, bytes: Option<u64>) -> Span {
        if self.facts.is_apart(entry) {
            return Span::nothing();
        }
        if self.facts.is_passed_over(entry) {
            return Span::default();
        }
        let bytes = bytes.filter(|_| self.facts.copies(entry));
        if let Some(known) = self.known.get(&(entry, bytes)) {
            return known.clone();
        }
        // What never comes out is the end of the run, and no path.
        let program = self.program;
        let function = program.functions.get(&entry);
        let Some(function) = function.filter(|_| program.comes_out(entry)) else {
            return Span::default();
        };
        let span = self.through(function, bytes);
        self.known.insert((entry, bytes), span.clone());
        span
    }

    fn through(&mut self, function: &Function, bytes: Option<u64>) -> Span {
        let loops = loops(function).unwrap_or_else(|head| {
            self.unbounded
                .insert(Unbounded::ManyHeads(function.entry, head));
            Vec::new()
        });
        let mut steps: Steps = BTreeMap::new();
        for block in function.blocks.values() {
            steps.insert(block.start, self.steps(function, block, bytes));
        }
        for (index, it) in loops.iter().enumerate() {
            let mut around = loops[index + 1..]
                .iter()
                .filter(|outer| outer.blocks.contains(&it.head));
            if around
                .next()
                .is_some_and(|outer| self.facts.are_one(it, outer))
            {
                // Taken with the one around it.
                continue;
            }
            let inside = loops[..index]
                .iter()
                .filter(|inner| it.blocks.contains(&inner.head));
            let inside = inside.filter(|inner| self.facts.are_one(inner, it));
            let heads: Vec<&Loop> = inside.chain([it]).collect();
            self.collapse(function, it, &heads, bytes, &mut steps);
        }
        let mut reached = reached(&steps, function.entry);
        reached.remove(&To::Out).unwrap_or_default()
    }

    /// Where a block goes, and what it costs to have gone through it.
    fn steps(&mut self, function: &Function, block: &Block, bytes: Option<u64>) -> Vec<(To, Span)> {
        let own = self.own(function, block);
        let given = self.facts.bytes_at(function, block);
        let called = block.calls.iter().map(|callee| self.told(*callee, given));
        // Where all that is called is passed over, nothing comes after.
        let after = match called.reduce(Span::or) {
            Some(called) => own.then(&called),
            None => own.clone(),
        };
        let mut steps: Vec<_> = block
            .next
            .iter()
            .map(|to| (To::Block(*to), after.clone()))
            .collect();
        for tail in block
            .tails
            .iter()
            .filter(|tail| self.program.comes_out(**tail))
        {
            // One that copies hands on what it was told.
            let way = self.told(*tail, given.or(bytes));
            steps.push((To::Out, own.then(&way)));
        }
        if block.returns || block.leaves {
            steps.push((To::Out, own));
        }
        steps
    }

    /// A block's own instructions, divided by the waits in it.
    fn own(&self, function: &Function, block: &Block) -> Span {
        let (mut span, mut run) = (Span::nothing(), 0);
        for address in (block.start..block.end).step_by(4) {
            run += 1;
            if self.facts.waits_at(address) {
                let before = Span::straight(Way::of(function.entry, run));
                span = span.then(&before).then(&Span::wait());
                run = 0;
            }
        }
        span.then(&Span::straight(Way::of(function.entry, run)))
    }

    /// Makes a loop one step: from its head to wherever it is left. Its heads are its own, and those of loops
    /// in it that go round so often together.
    fn collapse(
        &mut self,
        function: &Function,
        it: &Loop,
        heads: &[&Loop],
        bytes: Option<u64>,
        steps: &mut Steps,
    ) {
        // A round goes from a head back to one: by an edge to it from within its own loop. The last way goes
        // from a head out.
        let is_back = |from: u64, to: u64| {
            let mut all = heads.iter().filter(|head| head.head == to);
            all.any(|head| head.blocks.contains(&from))
        };
        let inside = steps.iter().filter(|(from, _)| it.blocks.contains(from));
        let once = |from: u64, (to, span): &(To, Span)| match to {
            To::Block(block) if is_back(from, *block) => (To::Again, span.clone()),
            _ => (*to, span.clone()),
        };
        let inside: Steps = inside
            .map(|(from, all)| (*from, all.iter().map(|step| once(*from, step)).collect()))
            .collect();
        let (mut round, mut left) = (Span::default(), BTreeMap::new());
        for head in heads {
            for (to, span) in reached(&inside, head.head) {
                match to {
                    To::Again => round = round.or(span),
                    To::Block(block) if it.blocks.contains(&block) => {}
                    _ => {
                        let known: &mut Span = left.entry(to).or_default();
                        *known = std::mem::take(known).or(span);
                    }
                }
            }
        }
        let rounds = match self.facts.rounds(function, it, bytes) {
            Some(Rounds::Number(number)) => number,
            Some(Rounds::OnPath(number)) => {
                self.once.insert(it.head, round.longest().times(number));
                0
            }
            Some(Rounds::Waits) => {
                round = round.then(&Span::wait());
                0
            }
            // Each round waits.
            None if round.through.is_none() => 0,
            None => {
                self.unbounded
                    .insert(Unbounded::Loop(function.entry, it.head));
                0
            }
        };
        let rounds = round.repeated(rounds);
        let left = left
            .into_iter()
            .map(|(to, span)| (to, rounds.then(&span)))
            .collect();
        for block in &it.blocks {
            steps.remove(block);
        }
        steps.insert(it.head, left);
    }
}

/// From each block or loop to where it goes.
type Steps = BTreeMap<u64, Vec<(To, Span)>>;

/// The longest ways from a block to all that is reached from it, in a graph without circles.
fn reached(steps: &Steps, from: u64) -> BTreeMap<To, Span> {
    // Those that are reached, each after all from which it is reached.
    let mut order = Vec::new();
    let mut seen: BTreeSet<u64> = [from].into();
    let mut path = vec![(from, 0)];
    while let Some((at, index)) = path.last_mut() {
        let next = steps.get(at).and_then(|all| all.get(*index));
        *index += 1;
        match next {
            None => order.extend(path.pop().map(|(at, _)| at)),
            Some((To::Block(to), _)) if seen.insert(*to) => path.push((*to, 0)),
            Some(_) => {}
        }
    }
    let mut reached: BTreeMap<To, Span> = BTreeMap::new();
    for block in order.into_iter().rev() {
        let before = match block == from {
            true => Span::nothing(),
            false => reached.get(&To::Block(block)).cloned().unwrap_or_default(),
        };
        for (to, span) in steps.get(&block).into_iter().flatten() {
            let known = reached.entry(*to).or_default();
            *known = std::mem::take(known).or(before.then(span));
        }
    }
    reached
}

#[cfg(test)]
mod tests;
