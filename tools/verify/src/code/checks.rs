//! The checks of what code can do, each a function from a program to its findings.

use std::collections::{BTreeMap, BTreeSet};

use super::finding::Finding;
use super::flow::Program;
use super::indirect;
use super::places::Places;
use super::recursion::circles;
use super::reviewed::{Kind, Reviewed, allowing};
use super::stack::{Frame, Moved, moved};
use super::text::{INSTRUCTION_BYTES, Text};
use super::word::Effect;

/// `SCTLR_EL2`, by whose bit M EL2's own map begins to confine.
const SCTLR_EL2: [u8; 5] = [3, 4, 1, 0, 0];
/// Where the image and CPUs that it starts are entered, beside the ELF file's own entry.
const STARTS: [&str; 2] = ["_start", "_start_secondary"];

/// What every check looks at.
pub struct Code<'a> {
    /// Its instructions.
    pub text: &'a Text<'a>,
    /// Where they come from.
    pub places: &'a Places<'a>,
    /// Its functions.
    pub program: &'a Program,
}

impl Code<'_> {
    fn finding(&self, address: u64, what: String) -> Finding {
        Finding::at(self.text, self.places, address, what)
    }

    /// First addresses of the vectors by which guests come in.
    #[must_use]
    pub fn guest_vectors(&self) -> Vec<u64> {
        let all = self.text.functions();
        let guests = all.filter(|(_, name)| name.starts_with("vectors: guest"));
        guests.map(|(address, _)| address).collect()
    }

    /// Where CPUs start.
    #[must_use]
    pub fn starts(&self) -> Vec<u64> {
        STARTS
            .iter()
            .filter_map(|name| self.text.named(name))
            .collect()
    }
}

/// Every word is an instruction with a meaning, and control is followed everywhere.
pub fn followed(code: &Code, findings: &mut Vec<Finding>) {
    for it in code
        .text
        .instructions()
        .filter(|it| it.disassembled.is_none())
    {
        let what = format!(
            "the word {:#010x} at {:#x} is no instruction that the disassembler knows; declare data as such",
            it.bits, it.address
        );
        findings.push(code.finding(it.address, what));
    }
    for unclear in &code.program.unclear {
        findings.push(code.finding(unclear.address, unclear.text.clone()));
    }
    for target in indirect::unlisted(code.text) {
        let name = code.text.name_at(target);
        let what = format!(
            "the address of {name} is taken, and no call through a register is listed that may go there; \
             find who calls it, and list it in tools/verify/src/code/indirect.rs"
        );
        findings.push(code.finding(target, what));
    }
}

/// Each instruction that touches the system or an FP register stands in the reviewed list with its function.
/// Those that do.
pub fn are_reviewed(code: &Code, findings: &mut Vec<Finding>) -> BTreeSet<Reviewed> {
    let mut reviewed = BTreeSet::new();
    let of_guests = code.program.reached(&code.guest_vectors());
    for it in code.text.instructions() {
        let kinds = [
            Kind::of(it.word),
            (moved(it.bits) == Moved::Anywhere).then_some(Kind::Stack),
        ];
        for kind in kinds.into_iter().flatten() {
            reviewed.extend(is_reviewed(code, it.address, kind, &of_guests, findings));
        }
    }
    for address in unmapped_stores(code) {
        let kind = Kind::UnmappedStore;
        reviewed.extend(is_reviewed(code, address, kind, &of_guests, findings));
    }
    reviewed
}

fn is_reviewed(
    code: &Code,
    address: u64,
    kind: Kind,
    of_guests: &BTreeSet<u64>,
    findings: &mut Vec<Finding>,
) -> Option<Reviewed> {
    let function = code.places.of_instruction(code.text, address).function;
    let instruction = code
        .text
        .at(address)
        .map(super::text::Instruction::spelled)
        .unwrap_or_default();
    let Some(row) = allowing(kind, &function) else {
        let what = format!(
            "`{instruction}` at {address:#x} isn't in the list of what was reviewed; look at what it does there, \
             and add to tools/verify/src/code/reviewed.txt: {} | {function} | why",
            kind.spelled()
        );
        findings.push(code.finding(address, what));
        return None;
    };
    let linked = code.program.containing(address);
    if row.is_boot && linked.is_some_and(|it| of_guests.contains(&it.entry)) {
        let what = format!(
            "`{instruction}` at {address:#x} ({}) is for boot alone, and an exit of a guest can come to it",
            row.instruction
        );
        findings.push(code.finding(address, what));
    }
    Some(Reviewed {
        instruction: row.instruction.clone(),
        function,
        reason: &row.reason,
    })
}

/// The stores that a CPU may carry out before its own map is on.
fn unmapped_stores(code: &Code) -> BTreeSet<u64> {
    let (mut stores, mut seen) = (BTreeSet::new(), BTreeSet::new());
    let mut open = code.starts();
    while let Some(start) = open.pop() {
        let function = code.program.containing(start);
        let Some(block) = function.and_then(|it| it.blocks.get(&start)) else {
            continue;
        };
        if !seen.insert(start) {
            continue;
        }
        let mut is_on = false;
        for address in (block.start..block.end).step_by(4) {
            let Some(it) = code.text.at(address) else {
                continue;
            };
            is_on |= it.word.effect == Some(Effect::Write(SCTLR_EL2));
            if it.word.is_store && !is_on {
                stores.insert(address);
            }
        }
        if !is_on {
            open.extend(block.next.iter().chain(&block.calls).chain(&block.tails));
        }
    }
    stores
}

/// No function calls itself, however far around.
pub fn have_no_circles(code: &Code, findings: &mut Vec<Finding>) {
    for circle in circles(code.program) {
        let names: Vec<_> = circle.iter().map(|it| code.text.name_at(*it)).collect();
        let first = circle.first().copied().unwrap_or_default();
        // Where it is closed: the call of the first by the last.
        let last = circle.last().and_then(|it| code.program.functions.get(it));
        let blocks = last
            .into_iter()
            .flat_map(|function| function.blocks.values());
        let mut closing =
            blocks.filter(|block| block.calls.contains(&first) || block.tails.contains(&first));
        let address = closing
            .next()
            .map_or(first, |block| block.end - INSTRUCTION_BYTES);
        let what = format!(
            "functions call each other in a circle, so that no stack is deep enough: {} and again the first; \
             make it a loop",
            names.join(", ")
        );
        findings.push(code.finding(address, what));
    }
}

/// `SP` moves by constants, the same whatever the way.
pub fn frames_are_even(code: &Code, frames: &BTreeMap<u64, Frame>, findings: &mut Vec<Finding>) {
    for frame in frames.values() {
        for address in &frame.uneven_at {
            let what = format!(
                "the depth of the stack at {address:#x} depends on the way there or isn't given back; no frame may grow with data, and each goes before its function does"
            );
            findings.push(code.finding(*address, what));
        }
    }
}
