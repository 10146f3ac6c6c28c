//! The list of what was reviewed: which instructions that touch the system stand in which function, and why.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde::Serialize;

use super::list;
use super::word::{Effect, Encoding, Word};

/// The list: `instruction | functions | reason`, a line each; `#` begins a comment.
const LIST: &str = include_str!("reviewed.txt");

/// Registers whose reading changes something: interrupts are acknowledged, random numbers drawn, words of
/// a debugger taken (Arm ARM, D24). Reading any other changes nothing.
const READ_WITH_EFFECT: [Encoding; 7] = [
    [3, 0, 12, 8, 0],
    [3, 0, 12, 9, 5],
    [3, 0, 12, 12, 0],
    [3, 3, 2, 4, 0],
    [3, 3, 2, 4, 1],
    [2, 3, 0, 4, 0],
    [2, 3, 0, 5, 0],
];

/// What is to be reviewed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// An instruction that touches the system.
    Effect(Effect),
    /// One that names a register of FP or vectors.
    Vector,
    /// A store while EL2's own MMU is off, which no map confines.
    UnmappedStore,
    /// One that gives `SP` a value that isn't a constant away from the one it had.
    Stack,
}

impl Kind {
    /// What of an instruction is to be reviewed, wherever it stands.
    #[must_use]
    pub fn of(word: Word) -> Option<Self> {
        match word.effect {
            Some(Effect::Order) => None,
            Some(Effect::Read(register)) if !READ_WITH_EFFECT.contains(&register) => None,
            Some(effect) => Some(Self::Effect(first_of_its_kind(effect))),
            None => word.is_vector.then_some(Self::Vector),
        }
    }

    /// How a row of the list begins; the name of a register that the list hasn't is generic.
    #[must_use]
    pub fn spelled(self) -> String {
        if let Some(row) = rows().iter().find(|row| row.kind == self) {
            return row.instruction.clone();
        }
        match self {
            Self::Effect(effect) => match effect.operand() {
                Some(operand) => format!("{} {operand}", effect.mnemonic()),
                None => effect.mnemonic().to_owned(),
            },
            Self::Vector => "FP".into(),
            Self::UnmappedStore => "STORE".into(),
            Self::Stack => "SP".into(),
        }
    }
}

/// Of the breakpoints' and watchpoints' registers the first stands for all.
const fn first_of_its_kind(effect: Effect) -> Effect {
    match effect {
        Effect::Write([2, 0, 0, _, kind @ 4..=7]) => Effect::Write([2, 0, 0, 0, kind]),
        other => other,
    }
}

/// A row of the list.
#[derive(Clone, Debug)]
pub struct Row {
    /// The instruction as the list spells it: mnemonic, name and numbers.
    pub instruction: String,
    /// What it is.
    pub kind: Kind,
    /// The functions in which it may stand.
    pub functions: BTreeSet<String>,
    /// Whether no exit of a guest may come to it.
    pub is_boot: bool,
    /// Why.
    pub reason: String,
}

/// An instruction of the reviewed list in an image.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Reviewed {
    /// As the list spells it.
    pub instruction: String,
    /// The function in which it stands.
    pub function: String,
    /// Why it may.
    pub reason: &'static str,
}

/// The rows of the list.
///
/// # Panics
/// If a line is garbled, which a test of this crate finds.
#[must_use]
pub fn rows() -> &'static [Row] {
    static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| list::rows(LIST, row));
    &ROWS
}

/// The row that allows an instruction in a function.
#[must_use]
pub fn allowing(kind: Kind, function: &str) -> Option<&'static Row> {
    let mut rows = rows().iter();
    rows.find(|row| row.kind == kind && row.functions.contains(function))
}

/// Rows, each with one function, of which no image that was examined has any: they are to be taken out.
#[must_use]
pub fn unused(seen: &BTreeSet<(&str, &str)>) -> Vec<String> {
    let of_row = |row: &'static Row| row.functions.iter().map(move |it| (row, it));
    let all = rows().iter().flat_map(of_row);
    let left = all.filter(|(row, function)| !seen.contains(&(&*row.instruction, &**function)));
    left.map(|(row, function)| format!("{} | {function}", row.instruction))
        .collect()
}

fn row(line: &str) -> Option<Row> {
    let mut columns = line.split('|').map(str::trim);
    let (instruction, functions, reason) = (columns.next()?, columns.next()?, columns.next()?);
    let (functions, is_boot) = match functions.strip_prefix("boot ") {
        Some(functions) => (functions, true),
        None => (functions, false),
    };
    let functions = functions.split(',').map(|it| it.trim().to_owned());
    (!reason.is_empty()).then_some(Row {
        instruction: instruction.to_owned(),
        kind: kind(instruction)?,
        functions: functions.collect(),
        is_boot,
        reason: reason.to_owned(),
    })
}

/// What a row is about: `MSR VTTBR_EL2 (3 4 2 1 0)`, `ERET`, `FP`.
fn kind(instruction: &str) -> Option<Kind> {
    let (words, numbers) = match instruction.split_once('(') {
        Some((words, numbers)) => (words.trim(), numbers.strip_suffix(')')?),
        None => (instruction, ""),
    };
    let numbers: Option<Vec<u8>> = numbers
        .split_whitespace()
        .map(|it| it.parse().ok())
        .collect();
    let numbers = numbers?;
    let encoding = || Encoding::try_from(numbers.as_slice()).ok();
    let effect = match words.split_whitespace().next()? {
        "MSR" if numbers.len() == 2 => Effect::WriteField(numbers[0], numbers[1]),
        "MSR" => Effect::Write(encoding()?),
        "MRS" => Effect::Read(encoding()?),
        "TLBI" | "DC" | "IC" | "AT" | "SYS" => Effect::System(encoding()?),
        "SVC" => Effect::SupervisorCall,
        "HVC" => Effect::HypervisorCall,
        "SMC" => Effect::MonitorCall,
        "BRK" => Effect::Breakpoint,
        "HLT" => Effect::Halt,
        "ERET" => Effect::ExceptionReturn,
        "WFI" => Effect::WaitForInterrupt,
        "WFE" => Effect::WaitForEvent,
        "FP" => return Some(Kind::Vector),
        "STORE" => return Some(Kind::UnmappedStore),
        "SP" => return Some(Kind::Stack),
        _ => return None,
    };
    Some(Kind::Effect(effect))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_a_row_with_a_reason() {
        assert!(rows().len() > 100, "{}", rows().len());
    }

    #[test]
    fn no_function_is_listed_twice_for_an_instruction() {
        let mut seen = BTreeSet::new();
        for row in rows() {
            for function in &row.functions {
                assert!(
                    seen.insert((row.kind, function)),
                    "{} | {function}",
                    row.instruction
                );
            }
        }
    }

    #[test]
    fn what_no_image_has_is_unused() {
        let all = rows()
            .iter()
            .flat_map(|row| row.functions.iter().map(|it| (&*row.instruction, &**it)));
        let mut seen: BTreeSet<(&str, &str)> = all.collect();
        assert_eq!(unused(&seen), [""; 0]);
        seen.remove(&("MSR ACTLR_EL2 (3 4 1 0 1)", "take_back"));
        assert_eq!(unused(&seen), ["MSR ACTLR_EL2 (3 4 1 0 1) | take_back"]);
    }

    #[test]
    fn a_name_has_one_encoding() {
        for (index, row) in rows().iter().enumerate() {
            for other in &rows()[index + 1..] {
                let same = row.kind == other.kind;
                assert_eq!(
                    row.instruction == other.instruction,
                    same,
                    "{}",
                    row.instruction
                );
            }
        }
    }

    #[test]
    fn reading_is_listed_only_if_it_changes_something() {
        let iar1 = Word::of(0xD538_CC00);
        assert!(matches!(
            Kind::of(iar1),
            Some(Kind::Effect(Effect::Read(_)))
        ));
        assert_eq!(Kind::of(Word::of(0xD53C_1100)), None, "mrs x0, hcr_el2");
    }
}
