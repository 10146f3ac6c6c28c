//! The loops of a function: natural ones, each with one head that every way in passes.

use std::collections::{BTreeMap, BTreeSet};

use super::flow::Function;

/// A loop.
#[derive(Clone, Debug)]
pub struct Loop {
    /// The block by which it is entered, and to which it comes back.
    pub head: u64,
    /// Its blocks, by address, those of loops inside of it included.
    pub blocks: BTreeSet<u64>,
    /// The blocks from which it comes back.
    pub latches: BTreeSet<u64>,
}

impl Loop {
    /// The edges by which it is left.
    pub fn exits<'a>(&'a self, function: &'a Function) -> impl Iterator<Item = (u64, u64)> + 'a {
        let blocks = self.blocks.iter().filter_map(|at| function.blocks.get(at));
        let edges = blocks.flat_map(|block| block.next.iter().map(|to| (block.start, *to)));
        edges.filter(|(_, to)| !self.blocks.contains(to))
    }
}

/// The loops of a function, inner ones first.
///
/// # Errors
/// The block to which control comes back without passing it on every way in: such a loop has no head.
pub fn loops(function: &Function) -> Result<Vec<Loop>, u64> {
    let dominators = dominators(function);
    let mut found: BTreeMap<u64, Loop> = BTreeMap::new();
    for (from, to) in back_edges(function) {
        if !dominators.get(&from).is_some_and(|all| all.contains(&to)) {
            return Err(to);
        }
        let it = found.entry(to).or_insert_with(|| Loop {
            head: to,
            blocks: [to].into(),
            latches: BTreeSet::new(),
        });
        it.latches.insert(from);
        let mut open = vec![from];
        while let Some(block) = open.pop() {
            if it.blocks.insert(block) {
                open.extend(before(function, block));
            }
        }
    }
    let mut all: Vec<_> = found.into_values().collect();
    all.sort_by_key(|it| it.blocks.len());
    Ok(all)
}

/// The blocks that may come right before one.
pub fn before(function: &Function, block: u64) -> impl Iterator<Item = u64> + '_ {
    let blocks = function.blocks.values();
    blocks
        .filter(move |it| it.next.contains(&block))
        .map(|it| it.start)
}

/// Edges to a block that is still being looked at, in an order in which each block is looked at once.
fn back_edges(function: &Function) -> Vec<(u64, u64)> {
    let mut found = Vec::new();
    let (mut on_path, mut done) = (BTreeSet::new(), BTreeSet::new());
    let mut path = vec![(function.entry, 0)];
    on_path.insert(function.entry);
    while let Some((at, index)) = path.last_mut() {
        let next = function.blocks.get(at).and_then(|it| it.next.get(*index));
        let (from, to) = (*at, next.copied());
        *index += 1;
        match to {
            None => {
                on_path.remove(&from);
                done.insert(from);
                path.pop();
            }
            Some(to) if on_path.contains(&to) => found.push((from, to)),
            Some(to) if done.contains(&to) => {}
            Some(to) => {
                on_path.insert(to);
                path.push((to, 0));
            }
        }
    }
    found
}

/// For each block those that every way from the entry to it passes, itself included.
fn dominators(function: &Function) -> BTreeMap<u64, BTreeSet<u64>> {
    let all: BTreeSet<u64> = function.blocks.keys().copied().collect();
    let mut found: BTreeMap<u64, BTreeSet<u64>> = all.iter().map(|at| (*at, all.clone())).collect();
    found.insert(function.entry, [function.entry].into());
    let preceding: BTreeMap<u64, Vec<u64>> = all
        .iter()
        .map(|at| (*at, before(function, *at).collect()))
        .collect();
    let mut changed = true;
    while changed {
        changed = false;
        for (at, preceding) in preceding.iter().filter(|(at, _)| **at != function.entry) {
            let mut sets = preceding.iter().map(|it| &found[it]);
            let Some(first) = sets.next().cloned() else {
                continue;
            };
            let mut shared = sets.fold(first, |shared, it| {
                shared.intersection(it).copied().collect()
            });
            shared.insert(*at);
            if shared != found[at] {
                found.insert(*at, shared);
                changed = true;
            }
        }
    }
    found
}
