//! The list of what was reviewed: which registers are written, and where.

use std::collections::{BTreeMap, BTreeSet};

use paratia_tests::code::Encoding;

/// Every register that is written, and where: as it was reviewed.
const REVIEWED: &str = include_str!("../instructions.txt");

/// `register: functions` of the list that was reviewed, by encoding.
pub fn reviewed() -> BTreeMap<Encoding, (&'static str, BTreeSet<String>)> {
    let lines = REVIEWED
        .lines()
        .map(|line| line.split('#').next().unwrap_or_default().trim());
    let row = |line: &'static str| {
        let (register, functions) = line.split_once("]: ").expect("a register and functions");
        let (name, encoding) = register.split_once(" [").expect("a name and an encoding");
        let numbers = encoding
            .split(", ")
            .map(|number| number.parse().expect("a number"));
        let encoding: Vec<u32> = numbers.collect();
        let functions = functions.split_whitespace().map(str::to_owned).collect();
        (
            encoding.try_into().expect("five numbers"),
            (name, functions),
        )
    };
    lines.filter(|line| !line.is_empty()).map(row).collect()
}

/// Of the breakpoint's and watchpoint's registers the first stands for all.
pub fn first_of_its_kind(register: Encoding) -> Encoding {
    match register {
        [2, 0, 0, _, kind @ 4..=7] => [2, 0, 0, 0, kind],
        other => other,
    }
}

/// `f` of `a: f` and `a::b::f`; one name for all closures.
pub fn function_name(whole: &str) -> String {
    let name = whole.rsplit([':', ' ']).next().unwrap_or(whole);
    if name.starts_with("{closure") {
        "{closure}".to_owned()
    } else {
        name.to_owned()
    }
}
