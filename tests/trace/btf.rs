//! The Best Trace Format as its specification (2.1.5) has it, read by a reader of our own, which shares nothing
//! with the writer: no kept package reads it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// A line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub time: u64,
    pub source: String,
    pub source_instance: i64,
    pub kind: String,
    pub target: String,
    pub target_instance: i64,
    pub event: String,
    pub note: Option<String>,
}

/// The types of targets (table 3, and SYS by table 24).
const TYPES: [&str; 15] = [
    "STI",
    "T",
    "I",
    "R",
    "IB",
    "ECU",
    "Processor",
    "C",
    "M",
    "SCHED",
    "SIG",
    "SEM",
    "EVENT",
    "SIM",
    "SYS",
];

/// The lines of a file whose header is as it is to be.
pub fn read(text: &str) -> Vec<Line> {
    let mut parameters = BTreeMap::new();
    let mut lines = Vec::new();
    for line in text.lines() {
        match line.strip_prefix('#') {
            Some(comment) if comment.starts_with(char::is_whitespace) => {}
            Some(parameter) => {
                let (name, value) = parameter.split_once(' ').expect("a parameter has a value");
                assert!(lines.is_empty(), "the header comes first: {line}");
                parameters.insert(name, value);
            }
            None => lines.push(columns(line)),
        }
    }
    for name in ["version", "creator", "creationDate"] {
        assert!(parameters.contains_key(name), "#{name} is missing");
    }
    assert_eq!(parameters.get("timeScale"), Some(&"ns"));
    lines
}

fn columns(line: &str) -> Line {
    let columns: Vec<&str> = line.split(',').collect();
    assert!((7..=8).contains(&columns.len()), "7 or 8 columns: {line}");
    let number = |at: usize| {
        columns[at]
            .parse()
            .unwrap_or_else(|_| panic!("{at}: {line}"))
    };
    assert!(TYPES.contains(&columns[3]), "{line}");
    Line {
        time: columns[0].parse().expect("a time"),
        source: columns[1].to_owned(),
        source_instance: number(2),
        kind: columns[3].to_owned(),
        target: columns[4].to_owned(),
        target_instance: number(5),
        event: columns[6].to_owned(),
        note: columns.get(7).map(ToString::to_string),
    }
}

/// Asserts that everybody's life is one that the specification's state charts allow: times don't go back; a task
/// is activated by its stimulus, once triggered, started by a core, and preempted and resumed in turn; a core runs
/// one at a time; who accesses a signal runs.
pub fn assert_lives(lines: &[Line]) {
    let mut states: BTreeMap<(&str, i64), &str> = BTreeMap::new();
    let mut running: BTreeMap<&str, (&str, i64)> = BTreeMap::new();
    let mut triggered = BTreeSet::new();
    let mut time = 0;
    for line in lines {
        assert!(line.time >= time, "time goes back: {line:?}");
        time = line.time;
        let source = (line.source.as_str(), line.source_instance);
        let target = (line.target.as_str(), line.target_instance);
        match (line.kind.as_str(), line.event.as_str()) {
            ("STI", "trigger") => assert!(triggered.insert(target), "triggered once: {line:?}"),
            ("T", "activate") => {
                assert!(triggered.contains(&source), "{line:?}");
                let before = states.insert(target, "ACTIVE");
                assert_eq!(before, None, "an instance lives once: {line:?}");
            }
            ("T", "start" | "resume") => {
                let expected = if line.event == "start" {
                    "ACTIVE"
                } else {
                    "READY"
                };
                assert_eq!(states.insert(target, "RUNNING"), Some(expected), "{line:?}");
                assert_eq!(running.insert(source.0, target), None, "{line:?}");
            }
            ("T", event @ ("preempt" | "terminate")) => {
                let after = if event == "preempt" {
                    "READY"
                } else {
                    "TERMINATED"
                };
                assert_eq!(states.insert(target, after), Some("RUNNING"), "{line:?}");
                assert_eq!(running.remove(source.0), Some(target), "{line:?}");
            }
            ("SIG", "read" | "write") => {
                assert_eq!(states.get(&source), Some(&"RUNNING"), "{line:?}");
            }
            ("SIM", "tag") | ("SYS", "start" | "stop") => {}
            other => panic!("{other:?} isn't expected: {line:?}"),
        }
    }
}

/// The name and the fields in a note.
pub fn note(note: &str) -> (String, BTreeMap<String, Value>) {
    let (name, mut rest) = note.split_once(' ').unwrap_or((note, ""));
    let mut fields = BTreeMap::new();
    while let Some((key, after)) = rest.split_once('=') {
        let mut values = serde_json::Deserializer::from_str(after).into_iter();
        let value = values.next().expect("a value").expect("a value in JSON");
        fields.insert(key.to_owned(), value);
        rest = after[values.byte_offset()..].trim_start();
    }
    (name.to_owned(), fields)
}
