//! Circles among functions: what calls itself, however far around.

use std::collections::BTreeSet;

use super::flow::{Function, Program};

/// Every circle that a search in the order of addresses meets, as the functions on it, each once.
#[must_use]
pub fn circles(program: &Program) -> Vec<Vec<u64>> {
    let mut found = Vec::new();
    let mut done = BTreeSet::new();
    for entry in program.functions.keys() {
        let mut path = vec![(*entry, callees(program, *entry))];
        while let Some((at, open)) = path.last_mut() {
            let at = *at;
            let Some(next) = open.pop() else {
                done.insert(at);
                path.pop();
                continue;
            };
            if let Some(start) = path.iter().position(|(it, _)| *it == next) {
                found.push(path[start..].iter().map(|(it, _)| *it).collect());
            } else if !done.contains(&next) {
                path.push((next, callees(program, next)));
            }
        }
    }
    found
}

fn callees(program: &Program, entry: u64) -> Vec<u64> {
    let function = program.functions.get(&entry);
    let all: BTreeSet<u64> = function.into_iter().flat_map(Function::callees).collect();
    all.into_iter().collect()
}
