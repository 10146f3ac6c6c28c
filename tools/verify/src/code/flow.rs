//! Functions as graphs of blocks, and who calls whom.

use std::collections::{BTreeMap, BTreeSet};

use super::targets::{Targets, targets};
use super::text::{INSTRUCTION_BYTES, Text};
use super::word::Flow;

/// A straight run of instructions, which ends where control may go elsewhere, calls included.
#[derive(Clone, Debug, Default)]
pub struct Block {
    /// Its first instruction.
    pub start: u64,
    /// The address after its last one.
    pub end: u64,
    /// Blocks of the same function that may follow.
    pub next: Vec<u64>,
    /// Functions one of which is called at its end, to come back.
    pub calls: Vec<u64>,
    /// Functions one of which goes on in place of this one.
    pub tails: Vec<u64>,
    /// Whether it comes back to the caller: `RET`.
    pub returns: bool,
    /// Whether it leaves EL2: `ERET`.
    pub leaves: bool,
}

impl Block {
    /// How many instructions it has.
    #[must_use]
    pub fn instructions(&self) -> u64 {
        (self.end - self.start) / INSTRUCTION_BYTES
    }

    /// The address of its last instruction.
    #[must_use]
    pub fn last(&self) -> u64 {
        self.end - INSTRUCTION_BYTES
    }
}

/// A function: what begins at a symbol.
#[derive(Clone, Debug)]
pub struct Function {
    /// Its first instruction.
    pub entry: u64,
    /// Its name.
    pub name: String,
    /// The blocks that are reached from its entry, by address.
    pub blocks: BTreeMap<u64, Block>,
}

impl Function {
    /// Every function that it calls or goes on with.
    pub fn callees(&self) -> impl Iterator<Item = u64> + '_ {
        let blocks = self.blocks.values();
        blocks.flat_map(|block| block.calls.iter().chain(&block.tails).copied())
    }
}

/// What can't be followed, at its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unclear {
    /// The instruction.
    pub address: u64,
    /// What isn't known of it.
    pub text: String,
}

/// All functions of an image.
#[derive(Debug, Default)]
pub struct Program {
    /// By first address.
    pub functions: BTreeMap<u64, Function>,
    /// Those that come back to whoever called them.
    pub returning: BTreeSet<u64>,
    /// What couldn't be followed.
    pub unclear: Vec<Unclear>,
}

impl Program {
    /// The functions of an image. `listed` says which functions the indirect branch at an address may go to,
    /// if that is known.
    #[must_use]
    pub fn of(text: &Text, listed: &BTreeMap<u64, Vec<u64>>) -> Self {
        let mut program = Self::default();
        // What follows a call depends on whether it returns, and whether it returns on what follows.
        loop {
            let known = program.returning.len();
            program.unclear.clear();
            let entries: Vec<_> = text.functions().collect();
            let ends = entries.iter().skip(1).map(|(entry, _)| *entry);
            for ((entry, name), end) in entries.iter().zip(ends.chain([u64::MAX])) {
                let mut tracer = Tracer {
                    text,
                    listed,
                    returning: &program.returning,
                    bounds: *entry..end,
                    unclear: Vec::new(),
                };
                let blocks = tracer.blocks();
                program.unclear.append(&mut tracer.unclear);
                let function = Function {
                    entry: *entry,
                    name: (*name).to_owned(),
                    blocks,
                };
                program.functions.insert(*entry, function);
            }
            let returns = |function: &&Function| {
                let mut blocks = function.blocks.values();
                blocks.any(|it| {
                    it.returns || it.tails.iter().any(|to| program.returning.contains(to))
                })
            };
            let found = program.functions.values().filter(returns);
            let found: BTreeSet<_> = found.map(|function| function.entry).collect();
            program.returning.extend(found);
            if program.returning.len() == known {
                return program;
            }
        }
    }

    /// Whether a function comes back or leaves EL2, by itself or by another that goes on in its place.
    #[must_use]
    pub fn comes_out(&self, entry: u64) -> bool {
        let (mut seen, mut open) = (BTreeSet::new(), vec![entry]);
        while let Some(entry) = open.pop() {
            if !seen.insert(entry) {
                continue;
            }
            let blocks = self.functions.get(&entry).map(|it| it.blocks.values());
            for block in blocks.into_iter().flatten() {
                if block.returns || block.leaves {
                    return true;
                }
                open.extend(&block.tails);
            }
        }
        false
    }

    /// The function whose blocks contain an instruction.
    #[must_use]
    pub fn containing(&self, address: u64) -> Option<&Function> {
        let (_, function) = self.functions.range(..=address).next_back()?;
        Some(function)
    }

    /// Functions that are reached from these, themselves included.
    #[must_use]
    pub fn reached(&self, from: &[u64]) -> BTreeSet<u64> {
        let mut found = BTreeSet::new();
        let mut open = from.to_vec();
        while let Some(entry) = open.pop() {
            if found.insert(entry)
                && let Some(function) = self.functions.get(&entry)
            {
                open.extend(function.callees());
            }
        }
        found
    }
}

/// Follows one function.
struct Tracer<'a> {
    text: &'a Text<'a>,
    listed: &'a BTreeMap<u64, Vec<u64>>,
    returning: &'a BTreeSet<u64>,
    bounds: std::ops::Range<u64>,
    unclear: Vec<Unclear>,
}

impl Tracer<'_> {
    /// Its blocks: instructions are followed first, each a block; runs of them are joined then.
    fn blocks(&mut self) -> BTreeMap<u64, Block> {
        let mut single = BTreeMap::new();
        let mut open = vec![self.bounds.start];
        while let Some(address) = open.pop() {
            if single.contains_key(&address) {
                continue;
            }
            let block = self.instruction(address);
            open.extend(&block.next);
            single.insert(address, block);
        }
        joined(single, self.bounds.start)
    }

    fn instruction(&mut self, address: u64) -> Block {
        let after = address + INSTRUCTION_BYTES;
        let mut block = Block {
            start: address,
            end: after,
            ..Block::default()
        };
        let Some(instruction) = self.text.at(address) else {
            self.unclear(address, "control gets to where no instruction is".into());
            return block;
        };
        let to = |far: i64| address.wrapping_add_signed(far);
        match instruction.word.flow {
            Flow::Next => self.goes(&mut block, after),
            Flow::Branch(far) => self.goes(&mut block, to(far)),
            Flow::Maybe(far) => {
                self.goes(&mut block, to(far));
                self.goes(&mut block, after);
            }
            Flow::Call(far) => self.calls(&mut block, vec![to(far)]),
            Flow::Return(30) => block.returns = true,
            Flow::ExceptionReturn => block.leaves = true,
            Flow::CallRegister(_) | Flow::Jump(_) | Flow::Return(_) => {
                self.indirect(&mut block, instruction.word.flow);
            }
            Flow::Nowhere => {}
        }
        block
    }

    /// Control goes to an address without coming back.
    fn goes(&mut self, block: &mut Block, to: u64) {
        if self.bounds.contains(&to) {
            block.next.push(to);
        } else if self.text.function(to).is_some() {
            block.tails.push(to);
        } else {
            let into = self.text.name_at(to);
            let text =
                format!("control gets to {to:#x} inside of {into}, where no function begins");
            self.unclear(block.start, text);
        }
    }

    fn calls(&mut self, block: &mut Block, to: Vec<u64>) {
        for callee in &to {
            if self.text.function(*callee).is_none() {
                let text = format!("a call goes to {callee:#x}, where no function begins");
                self.unclear(block.start, text);
            }
        }
        if to.iter().any(|callee| self.returning.contains(callee)) {
            self.goes(block, block.end);
        }
        block.calls = to;
    }

    fn indirect(&mut self, block: &mut Block, flow: Flow) {
        let listed = self.listed.get(&block.start).cloned();
        match targets(self.text, block.start, &self.bounds, flow).or(listed.map(Targets::Functions))
        {
            Some(Targets::Inside(all)) => block.next = all,
            Some(Targets::Functions(all)) if matches!(flow, Flow::CallRegister(_)) => {
                self.calls(block, all);
            }
            Some(Targets::Functions(all)) => block.tails = all,
            None => {
                let text = "an indirect branch whose targets aren't listed";
                self.unclear(block.start, text.into());
                if matches!(flow, Flow::CallRegister(_)) {
                    self.goes(block, block.end);
                }
            }
        }
    }

    fn unclear(&mut self, address: u64, text: String) {
        self.unclear.push(Unclear { address, text });
    }
}

/// Runs of instructions that are entered at the first and left at the last alone become one block.
fn joined(single: BTreeMap<u64, Block>, entry: u64) -> BTreeMap<u64, Block> {
    let mut entered: BTreeSet<u64> = [entry].into();
    for block in single.values() {
        let goes_on = block.next == [block.end] && block.calls.is_empty() && block.tails.is_empty();
        if !goes_on {
            entered.extend(&block.next);
        }
    }
    // Whoever is reached by a branch begins a block; so does what isn't reached by the one before.
    let mut blocks: BTreeMap<u64, Block> = BTreeMap::new();
    let mut open: Option<Block> = None;
    for (address, block) in single {
        let continues = open.as_ref().is_some_and(|it| {
            it.end == address && it.next == [address] && it.calls.is_empty() && it.tails.is_empty()
        });
        match &mut open {
            Some(run) if continues && !entered.contains(&address) => {
                let start = run.start;
                *run = Block { start, ..block };
            }
            _ => {
                blocks.extend(open.take().map(|run| (run.start, run)));
                open = Some(block);
            }
        }
    }
    blocks.extend(open.map(|run| (run.start, run)));
    blocks
}
