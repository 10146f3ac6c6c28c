//! `docs/log.md` describes what `--events` writes: every event that the hypervisor has, with every field.

use std::fs;
use std::path::Path;

/// The types whose values are events, or are in one, and where they are.
const TYPES: [(&str, &str); 8] = [
    ("hypervisor/src/state/event.rs", "pub enum Event"),
    ("hypervisor/src/state/event.rs", "pub enum LastEvent"),
    ("hypervisor/src/state/event.rs", "pub struct Details"),
    ("hypervisor/src/state/vcpu.rs", "pub struct Counts"),
    ("hypervisor/src/state/vcpu.rs", "pub struct Exits"),
    ("hypervisor/src/state/partition.rs", "pub struct Totals"),
    (
        "hypervisor/src/policy/heartbeat.rs",
        "pub struct Heartbeats",
    ),
    ("tools/src/run/lines.rs", "struct Head"),
];

/// Fields that hold another type's.
const NESTED: [&str; 5] = ["details", "counts", "exits", "heartbeats", "totals"];

#[test]
fn every_event_and_every_field_is_described() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let page = fs::read_to_string(root.join("docs/log.md")).expect("the page is there");
    let (_, page) = page
        .split_once("## Events as JSON lines")
        .expect("its section is there");
    let mut count = 0;
    for (file, start) in TYPES {
        let source = fs::read_to_string(root.join(file)).expect(file);
        let (_, body) = source.split_once(start).expect(start);
        let (body, _) = body.split_once("\n}").expect("it ends");
        for line in body.lines() {
            let Some(name) = described(line) else {
                continue;
            };
            assert!(
                page.contains(&format!("`{name}`")),
                "{file}: {start}: `{name}`"
            );
            count += 1;
        }
    }
    assert!(count > 50, "{count} are found");
    let version = format!("`version` is {}", paratia::run::lines::VERSION);
    assert!(page.contains(&version), "{version}");
}

/// The name that a line of a type's declaration gives to an event or a field.
fn described(line: &str) -> Option<String> {
    let line = line.trim();
    if line.starts_with("//") || line.starts_with('#') {
        return None;
    }
    if let Some(event) = line.strip_suffix(" {") {
        return event.starts_with(char::is_uppercase).then(|| kebab(event));
    }
    let (field, _) = line.trim_start_matches("pub ").split_once(':')?;
    let is_name = field
        .bytes()
        .all(|it| it.is_ascii_lowercase() || it == b'_');
    (is_name && !field.is_empty() && !NESTED.contains(&field)).then(|| field.to_owned())
}

/// `heartbeat-missed` of `HeartbeatMissed`.
fn kebab(name: &str) -> String {
    let mut words = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !words.is_empty() {
            words.push('-');
        }
        words.push(letter.to_ascii_lowercase());
    }
    words
}
