//! Two maps of the same input addresses, compared to the byte.

use super::walk::Mapping;

/// Input addresses at which what is expected and what was derived differ, alike throughout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The first input address.
    pub input: u64,
    /// How many bytes.
    pub bytes: u64,
    /// What should be there, from this address on.
    pub expected: Option<Mapping>,
    /// What is there, from this address on.
    pub derived: Option<Mapping>,
}

/// Where two maps differ within some input addresses. Both are in ascending order, and no two of their
/// mappings have an input address in common.
#[must_use]
pub fn differences(
    expected: &[Mapping],
    derived: &[Mapping],
    start: u64,
    end: u64,
) -> Vec<Difference> {
    let mut found: Vec<Difference> = Vec::new();
    let (mut left, mut right) = (from(expected, start), from(derived, start));
    let mut at = start;
    while at < end {
        left = skip(left, at);
        right = skip(right, at);
        let next = next_change(left, at).min(next_change(right, at)).min(end);
        let here = |map: &[Mapping]| map.first().and_then(|first| first.within(at, next));
        let (expected, derived) = (here(left), here(right));
        if expected != derived {
            note(
                &mut found,
                Difference {
                    input: at,
                    bytes: next - at,
                    expected,
                    derived,
                },
            );
        }
        at = next;
    }
    found
}

/// The mappings from the one on that an address lies in or before.
fn from(map: &[Mapping], address: u64) -> &[Mapping] {
    let first = map.partition_point(|mapping| mapping.end() <= address);
    &map[first..]
}

/// The same for an address further on, which is near.
fn skip(map: &[Mapping], address: u64) -> &[Mapping] {
    match map.first() {
        Some(first) if first.end() <= address => skip_one(map, address),
        _ => map,
    }
}

fn skip_one(map: &[Mapping], address: u64) -> &[Mapping] {
    let rest = map.iter().position(|mapping| mapping.end() > address);
    &map[rest.unwrap_or(map.len())..]
}

/// The next input address behind `at` at which a map begins or ends to map.
fn next_change(map: &[Mapping], at: u64) -> u64 {
    match map.first() {
        None => u64::MAX,
        Some(first) if first.input > at => first.input,
        Some(first) => first.end(),
    }
}

/// Adds a difference, to the last one if it goes on alike.
fn note(found: &mut Vec<Difference>, next: Difference) {
    if let Some(last) = found.last_mut()
        && last.input + last.bytes == next.input
        && goes_on(last.expected, next.expected)
        && goes_on(last.derived, next.derived)
    {
        last.bytes += next.bytes;
        for side in [&mut last.expected, &mut last.derived]
            .into_iter()
            .flatten()
        {
            side.bytes += next.bytes;
        }
        return;
    }
    found.push(next);
}

fn goes_on(one: Option<Mapping>, next: Option<Mapping>) -> bool {
    match (one, next) {
        (None, None) => true,
        (Some(one), Some(next)) => {
            one.output.wrapping_add(one.bytes) == next.output
                && (one.rights, one.memory) == (next.rights, next.memory)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests;
