//! What changed between two images, in words: who gained or lost access to what, whose window moved, who has
//! another interrupt.
//!
//! Memory is compared by what it is called, not by where it lies: between two boards everything lies
//! elsewhere.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Reach, matrix, owners, windows};

/// What is compared of an image. It is read back from the JSON that `cargo paratia verify` writes, too.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Picture {
    /// Who reaches which byte.
    pub matrix: Vec<matrix::Shown>,
    /// When who runs.
    pub windows: Vec<windows::Shown>,
    /// Who has which interrupt.
    pub interrupts: Vec<owners::Interrupt>,
}

impl From<Reach> for Picture {
    fn from(reach: Reach) -> Self {
        Self {
            matrix: reach.matrix,
            windows: reach.windows,
            interrupts: reach.interrupts,
        }
    }
}

/// A change.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    /// Whether somebody can do more than before, or at another time.
    pub is_gain: bool,
    /// It, as a sentence.
    pub sentence: String,
}

impl Change {
    fn gain(sentence: String) -> Self {
        Self {
            is_gain: true,
            sentence,
        }
    }

    fn loss(sentence: String) -> Self {
        Self {
            is_gain: false,
            sentence,
        }
    }
}

/// Who, and what it is called.
type Key = (String, String);
/// How many bytes by how they are reached: rights and type of memory.
type Ways = BTreeMap<(String, String), u64>;

/// What is different in `after`, gains first.
#[must_use]
pub fn between(before: &Picture, after: &Picture) -> Vec<Change> {
    let mut changes = of_memory(before, after);
    changes.extend(of_windows(before, after));
    changes.extend(of_interrupts(before, after));
    changes.sort_by(|one, other| {
        (!one.is_gain, &one.sentence).cmp(&(!other.is_gain, &other.sentence))
    });
    changes
}

fn ways(reach: &Picture) -> BTreeMap<Key, Ways> {
    let mut all: BTreeMap<Key, Ways> = BTreeMap::new();
    for row in &reach.matrix {
        for access in &row.accesses {
            let ways = all
                .entry((access.who.clone(), row.what.clone()))
                .or_default();
            *ways
                .entry((access.rights.clone(), access.memory.clone()))
                .or_default() += row.bytes;
        }
    }
    all
}

fn of_memory(before: &Picture, after: &Picture) -> Vec<Change> {
    let (before, after) = (ways(before), ways(after));
    let mut changes = Vec::new();
    for ((who, what), ways) in &after {
        let old = before.get(&(who.clone(), what.clone()));
        match old {
            None => changes.push(Change::gain(format!(
                "{who} reaches {what}: {}",
                shown(ways)
            ))),
            Some(old) if old != ways => {
                let sentence = format!(
                    "{who} reaches {what} otherwise: {}, not {}",
                    shown(ways),
                    shown(old)
                );
                changes.push(Change {
                    is_gain: is_more(old, ways),
                    sentence,
                });
            }
            Some(_) => {}
        }
    }
    for ((who, what), ways) in &before {
        if !after.contains_key(&(who.clone(), what.clone())) {
            changes.push(Change::loss(format!(
                "{who} doesn't reach {what} any more: {}",
                shown(ways)
            )));
        }
    }
    changes
}

fn shown(ways: &Ways) -> String {
    let all = ways
        .iter()
        .map(|((rights, memory), bytes)| format!("{bytes} bytes {rights} as {memory}"));
    all.collect::<Vec<_>>().join(" and ")
}

/// Whether of any right there are more bytes than before, or of any type of memory.
fn is_more(before: &Ways, after: &Ways) -> bool {
    let bytes = |ways: &Ways, right: char| -> u64 {
        ways.iter()
            .filter(|((rights, _), _)| rights.contains(right))
            .map(|(_, bytes)| bytes)
            .sum()
    };
    let types = |ways: &Ways| {
        ways.keys()
            .map(|(_, memory)| memory.clone())
            .collect::<Vec<_>>()
    };
    "rwx"
        .chars()
        .any(|right| bytes(after, right) > bytes(before, right))
        || types(before) != types(after)
}

fn of_windows(before: &Picture, after: &Picture) -> Vec<Change> {
    let of = |reach: &Picture| {
        let mut all: BTreeMap<(String, usize), Vec<(u64, u64)>> = BTreeMap::new();
        for window in &reach.windows {
            let times = all.entry((window.who.clone(), window.cpu)).or_default();
            times.push((window.start_ns, window.length_ns));
        }
        all
    };
    let (before, after) = (of(before), of(after));
    let mut changes = Vec::new();
    for ((who, cpu), times) in &after {
        match before.get(&(who.clone(), *cpu)) {
            None => changes.push(Change::gain(format!(
                "{who} has windows on CPU {cpu}: {}",
                spans(times)
            ))),
            Some(old) if old != times => changes.push(Change {
                is_gain: !are_within(times, old),
                sentence: format!(
                    "{who}'s windows on CPU {cpu} are {}, not {}",
                    spans(times),
                    spans(old)
                ),
            }),
            Some(_) => {}
        }
    }
    for ((who, cpu), times) in &before {
        if !after.contains_key(&(who.clone(), *cpu)) {
            changes.push(Change::loss(format!(
                "{who} has no window on CPU {cpu} any more: {}",
                spans(times)
            )));
        }
    }
    changes
}

/// Whether each instant of some windows lies in one of others. Time that nobody had before may be what
/// somebody else relied on being idle, so a window that moves is a gain, however long it is.
fn are_within(times: &[(u64, u64)], others: &[(u64, u64)]) -> bool {
    times.iter().all(|&(start, length)| {
        let end = start.saturating_add(length);
        let mut at = start;
        while at < end {
            let around = others
                .iter()
                .filter(|(start, length)| (*start..start.saturating_add(*length)).contains(&at));
            match around
                .map(|(start, length)| start.saturating_add(*length))
                .max()
            {
                Some(until) => at = until,
                None => return false,
            }
        }
        true
    })
}

fn spans(times: &[(u64, u64)]) -> String {
    let all = times
        .iter()
        .map(|(start, length)| format!("{start}..{} ns", start.saturating_add(*length)));
    all.collect::<Vec<_>>().join(", ")
}

fn of_interrupts(before: &Picture, after: &Picture) -> Vec<Change> {
    let (old, new) = (&before.interrupts, &after.interrupts);
    let gained = new.iter().filter(|one| !old.contains(one)).map(|one| {
        Change::gain(format!(
            "{} has the board's interrupt {} as its {}",
            one.who, one.physical, one.guest
        ))
    });
    let lost = old.iter().filter(|one| !new.contains(one)).map(|one| {
        Change::loss(format!(
            "{} has the board's interrupt {} no more",
            one.who, one.physical
        ))
    });
    gained.chain(lost).collect()
}

#[cfg(test)]
mod tests {
    use super::super::matrix::{Shown, ShownAccess};
    use super::*;

    fn reach(rows: &[(&str, u64, &str, &str)]) -> Picture {
        let row = |(what, bytes, who, rights): &(&str, u64, &str, &str)| Shown {
            base: 0,
            bytes: *bytes,
            what: (*what).to_owned(),
            accesses: vec![ShownAccess {
                who: (*who).to_owned(),
                input: 0,
                rights: (*rights).to_owned(),
                memory: "write-back".to_owned(),
            }],
        };
        Picture {
            matrix: rows.iter().map(row).collect(),
            ..Picture::default()
        }
    }

    fn said(before: &Picture, after: &Picture) -> Vec<(bool, String)> {
        between(before, after)
            .into_iter()
            .map(|change| (change.is_gain, change.sentence))
            .collect()
    }

    #[test]
    fn access_is_gained_changed_and_lost_by_name() {
        let before = reach(&[
            ("ram of a", 8, "a", "rwx"),
            ("passport of a", 4, "a", "r--"),
            ("clock", 4, "a", "rw-"),
        ]);
        let after = reach(&[
            ("ram of a", 8, "a", "rwx"),
            ("passport of a", 4, "a", "rw-"),
            ("ram of a", 8, "b", "r--"),
        ]);
        assert_eq!(
            said(&before, &after),
            [
                (true, "a reaches passport of a otherwise: 4 bytes rw- as write-back, not 4 bytes r-- as write-back".to_owned()),
                (true, "b reaches ram of a: 8 bytes r-- as write-back".to_owned()),
                (false, "a doesn't reach clock any more: 4 bytes rw- as write-back".to_owned()),
            ]
        );
        assert_eq!(said(&before, &before), []);
        let less = reach(&[("ram of a", 4, "a", "rw-")]);
        assert!(said(&before, &less).iter().all(|(is_gain, _)| !is_gain));
    }

    #[test]
    fn a_window_that_moves_or_grows_is_told() {
        let of = |start_ns, length_ns| Picture {
            windows: vec![windows::Shown {
                cpu: 1,
                who: "a".to_owned(),
                vcpu: Some(0),
                start_ns,
                length_ns,
            }],
            ..Picture::default()
        };
        assert_eq!(
            said(&of(0, 5), &of(0, 7)),
            [(
                true,
                "a's windows on CPU 1 are 0..7 ns, not 0..5 ns".to_owned()
            )]
        );
        let moved = (
            true,
            "a's windows on CPU 1 are 2..7 ns, not 0..5 ns".to_owned(),
        );
        assert_eq!(said(&of(0, 5), &of(2, 5)), [moved]);
        let shorter = (
            false,
            "a's windows on CPU 1 are 1..4 ns, not 0..5 ns".to_owned(),
        );
        assert_eq!(said(&of(0, 5), &of(1, 3)), [shorter]);
        assert_eq!(
            said(&Picture::default(), &of(0, 5)),
            [(true, "a has windows on CPU 1: 0..5 ns".to_owned())]
        );
    }

    #[test]
    fn an_interrupt_goes_from_one_to_another() {
        let of = |who: &str| Picture {
            interrupts: vec![owners::Interrupt {
                physical: 34,
                who: who.to_owned(),
                guest: 34,
            }],
            ..Picture::default()
        };
        assert_eq!(
            said(&of("a"), &of("b")),
            [
                (true, "b has the board's interrupt 34 as its 34".to_owned()),
                (false, "a has the board's interrupt 34 no more".to_owned()),
            ]
        );
    }
}
