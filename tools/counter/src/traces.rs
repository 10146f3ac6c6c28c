//! Paths by their instructions: those that run the same ones in the same order are one.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::mem;

use crate::map::Map;

/// Most instructions of a path that is told apart from others. Longer ones do work that goes on and on,
/// such as scrubbing memory, and only their sums are kept.
const MOST_INSTRUCTIONS: usize = 8_192;
/// Most paths that are told apart.
const MOST_PATHS: usize = 4_096;
/// Paths that are written, those that all together take most.
const WRITTEN: usize = 64;

/// The instructions of a path that is under way.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    instructions: Vec<u32>,
    too_long: bool,
}

impl Trace {
    /// It runs an instruction.
    pub fn push(&mut self, instruction: u32) {
        if self.instructions.len() < MOST_INSTRUCTIONS {
            self.instructions.push(instruction);
        } else {
            self.too_long = true;
        }
    }

    /// It is followed by another one.
    pub fn extend(&mut self, other: &Self) {
        other.instructions.iter().for_each(|it| self.push(*it));
        self.too_long |= other.too_long;
    }
}

/// The paths that were told apart, of each kind.
#[derive(Debug, Default)]
pub struct Traces(HashMap<(&'static str, Vec<u32>), u64>);

impl Traces {
    /// A path of a kind has come to its end.
    pub fn add(&mut self, kind: &'static str, trace: &mut Trace) {
        let Trace {
            instructions,
            too_long,
        } = mem::take(trace);
        let key = (kind, instructions);
        if too_long {
            return;
        }
        if let Some(count) = self.0.get_mut(&key) {
            *count += 1;
        } else if self.0.len() < MOST_PATHS {
            self.0.insert(key, 1);
        }
    }

    /// As lines: `trace KIND COUNT ADDRESS ...`, addresses in hexadecimal.
    pub fn write(&self, map: &Map) -> String {
        let mut all: Vec<_> = self.0.iter().collect();
        all.sort_by_key(|((kind, trace), count)| {
            let all = trace.len() as u64 * **count;
            (u64::MAX - all, *kind, trace)
        });
        let mut text = String::new();
        for ((kind, trace), count) in all.into_iter().take(WRITTEN) {
            let _ = write!(text, "trace {kind} {count}");
            for instruction in trace {
                let _ = write!(text, " {:x}", map.address(*instruction));
            }
            text.push('\n');
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_paths_are_one_and_the_costliest_comes_first() {
        let map = Map::parse("100 0\n180\n").unwrap();
        let mut traces = Traces::default();
        for instructions in [&[0, 1][..], &[4; 5], &[0, 1]] {
            let mut trace = Trace::default();
            instructions.iter().for_each(|it| trace.push(*it));
            traces.add("exit", &mut trace);
            assert!(trace.instructions.is_empty(), "a new one begins");
        }
        assert_eq!(
            traces.write(&map),
            "trace exit 1 110 110 110 110 110\ntrace exit 2 100 104\n"
        );
    }

    #[test]
    fn what_is_too_long_is_left_out() {
        let mut traces = Traces::default();
        let mut trace = Trace::default();
        (0..=MOST_INSTRUCTIONS).for_each(|_| trace.push(0));
        traces.add("exit", &mut trace);
        assert!(traces.0.is_empty());
    }
}
