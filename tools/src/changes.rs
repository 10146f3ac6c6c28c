//! What changed between two declarations, in words: channels, machines, verdicts, times, pieces of images, and
//! the bounds of the hypervisor's ways.
//!
//! Both come as JSON, so that what was written by another version can be compared, too. Every value in it is
//! compared, by the name of its field: a field that is added to the declaration is compared without a word here.

use std::collections::BTreeMap;

pub use paratia_verify::reach::changes::Change;
use serde_json::{Map, Value};

/// Fields by which a list's element is called, the first that it has.
const NAMES: [&str; 5] = ["name", "partition", "event", "device", "what"];
/// Fields that two boards, runs or folders may have otherwise without anything having changed.
const ELSEWHERE: [&str; 4] = ["window_pa", "told", "file", "bytes"];
/// Fields of which less is less than before for sure.
const LIMITS: [&str; 8] = [
    "message_bytes",
    "depth",
    "signals_per_window",
    "vcpus",
    "shared_blocks",
    "refused_calls_per_window",
    "restarts",
    "writes",
];
/// Fields that change nothing of what somebody can do to others: addresses in a partition's own view, and what
/// runs there.
pub const OWN: [&str; 10] = [
    "sha256",
    "image",
    "command_line",
    "arguments",
    "entry_ipa",
    "passport_ipa",
    "window_ipa",
    "width",
    "height",
    "port",
];

/// Values by what they are of, and each by its field.
type Facts = BTreeMap<String, BTreeMap<String, Value>>;

/// What is different in the declaration `after`, gains first. A change counts as a gain if somebody can do more,
/// or if nothing here knows that it can't be so.
#[must_use]
pub fn between(before: &Value, after: &Value) -> Vec<Change> {
    let (before, after) = (facts(before), facts(after));
    let mut changes = Vec::new();
    for (subject, values) in &after {
        match before.get(subject) {
            Some(old) => changes.extend(within(subject, old, values)),
            None if is_of_one_only(subject, &after, &before) => {}
            None => changes.push(Change {
                is_gain: !is_own(values),
                sentence: format!(
                    "{subject} is new{}{}",
                    listed(values),
                    ends(subject, &after)
                ),
            }),
        }
    }
    for (subject, values) in &before {
        if !after.contains_key(subject) && !is_of_one_only(subject, &before, &after) {
            changes.push(Change {
                // A verdict or a sign of life that is gone lets its partition do more.
                is_gain: subject.starts_with("heartbeat ") || subject.starts_with("row "),
                sentence: format!("{subject} is no more{}", listed(values)),
            });
        }
    }
    changes.sort_by(|one, other| {
        (!one.is_gain, &one.sentence).cmp(&(!other.is_gain, &other.sentence))
    });
    changes
}

/// The bounds of two images' ways, where both have them: `exit`, `end`, `path`, in instructions.
#[must_use]
pub fn of_paths(before: &Value, after: &Value) -> Vec<Change> {
    let ways = [
        ("exit", "an exit that goes back to its guest"),
        ("end", "an exit by which a window ends, with the switch,"),
        ("path", "what a guard is for"),
    ];
    let changed = ways.iter().filter_map(|(field, what)| {
        let [old, new] = [before, after].map(|bound| bound.get(field).and_then(Value::as_u64));
        match (old, new) {
            (Some(old), Some(new)) if old != new => Some(format!(
                "{what} takes at most {new} instructions, not {old}"
            )),
            (Some(old), None) => Some(format!("{what} has no bound any more; it was {old}")),
            (None, Some(new)) => Some(format!("{what} has a bound now: {new} instructions")),
            _ => None,
        }
    });
    let change = |sentence| Change {
        // The rules hold a guard against it; others lose no time by it.
        is_gain: false,
        sentence,
    };
    changed.map(change).collect()
}

/// Whether what `subject` is part of is in `these` but not in `those`, so that all of it is told by one sentence.
fn is_of_one_only(subject: &str, these: &Facts, those: &Facts) -> bool {
    let wholes = subject
        .match_indices(" of ")
        .map(|(at, of)| &subject[at + of.len()..]);
    let mut wholes = wholes.filter(|whole| these.contains_key(*whole));
    wholes.any(|whole| !those.contains_key(whole))
}

fn within(
    subject: &str,
    old: &BTreeMap<String, Value>,
    new: &BTreeMap<String, Value>,
) -> Vec<Change> {
    let mut fields: Vec<&String> = old.keys().chain(new.keys()).collect();
    fields.sort();
    fields.dedup();
    let of = |values: &BTreeMap<String, Value>, field: &String| {
        values.get(field).cloned().unwrap_or(Value::Null)
    };
    let changed = fields.into_iter().filter_map(|field| {
        let (old, new) = (of(old, field), of(new, field));
        (old != new).then(|| Change {
            is_gain: is_gain(field, &old, &new),
            sentence: format!("{subject}: {field} is {}, not {}", shown(&new), shown(&old)),
        })
    });
    changed.collect()
}

/// A channel's ends, where it comes as a whole.
fn ends(subject: &str, facts: &Facts) -> String {
    if !subject.starts_with("channel ") {
        return String::new();
    }
    let whole = format!(" of {subject}");
    let parts = facts
        .iter()
        .filter_map(|(part, values)| Some((part.strip_suffix(&whole)?, values)));
    parts
        .map(|(part, values)| format!("; {part}{}", listed(values)))
        .collect()
}

fn is_gain(field: &str, old: &Value, new: &Value) -> bool {
    if OWN.contains(&field) {
        return false;
    }
    if LIMITS.contains(&field) {
        let size = |value: &Value| match value {
            Value::Bool(is) => u64::from(*is),
            other => other.as_u64().unwrap_or(0),
        };
        return size(new) > size(old);
    }
    true
}

fn is_own(values: &BTreeMap<String, Value>) -> bool {
    !values.is_empty() && values.keys().all(|field| OWN.contains(&field.as_str()))
}

fn listed(values: &BTreeMap<String, Value>) -> String {
    let all = values.iter().filter(|(_, value)| !value.is_null());
    let all = all.map(|(field, value)| format!("{field} {}", shown(value)));
    let all = all.collect::<Vec<_>>().join(", ");
    if all.is_empty() {
        all
    } else {
        format!(": {all}")
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => "none".to_owned(),
        Value::String(text) => format!("'{text}'"),
        other => other.to_string(),
    }
}

/// Every value of a declaration, by what it is of.
fn facts(declared: &Value) -> Facts {
    let mut facts = Facts::new();
    if let Value::Object(fields) = declared {
        gather(fields, "the schedule", &[], &mut facts);
    }
    facts
}

/// Takes all fields of `subject` but those by which it is called.
fn gather(fields: &Map<String, Value>, subject: &str, called_by: &[&str], facts: &mut Facts) {
    facts.entry(subject.to_owned()).or_default();
    for (field, value) in fields {
        if ELSEWHERE.contains(&field.as_str()) || called_by.contains(&field.as_str()) {
            continue;
        }
        match value {
            Value::Object(inner) => gather(inner, &format!("{field} of {subject}"), &[], facts),
            Value::Array(all) => {
                for (number, one) in all.iter().enumerate() {
                    let Value::Object(inner) = one else { continue };
                    let called_by = names(field, inner);
                    let called = called(subject, field, number, &called_by, inner);
                    gather(inner, &called, &called_by, facts);
                }
            }
            plain => {
                let values = facts.entry(subject.to_owned()).or_default();
                values.insert(field.clone(), plain.clone());
            }
        }
    }
}

/// The fields by which an element of a list is called; none if it has a number only.
fn names<'a>(list: &str, fields: &Map<String, Value>) -> Vec<&'a str> {
    if list == "destinations" {
        return vec!["partition", "port"];
    }
    let name = NAMES.iter().find(|field| fields.contains_key(**field));
    name.copied().into_iter().collect()
}

fn called(
    subject: &str,
    list: &str,
    number: usize,
    by: &[&str],
    fields: &Map<String, Value>,
) -> String {
    let parts = by.iter().filter_map(|field| fields.get(*field)?.as_str());
    let name = match by {
        [] => number.to_string(),
        _ => format!("'{}'", parts.collect::<Vec<_>>().join(".")),
    };
    match list {
        "partitions" | "faults" => format!("partition {name}"),
        "channels" => format!("channel {name}"),
        "digests" => format!("loaded {name}"),
        other => format!("{} {name} of {subject}", other.trim_end_matches('s')),
    }
}
