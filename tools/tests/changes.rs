//! `diff` compares every value that is declared: each is changed once, in every system that is listed.

use paratia::report::{exchange, faults, machines};
use paratia::{catalog, changes};
use serde_json::{Value, json};

/// What two boards, runs or folders may have otherwise.
const ELSEWHERE: [&str; 4] = ["window_pa", "told", "file", "bytes"];

fn declared(system: &str) -> Value {
    let choice = catalog::choose("qemu-virt", system).expect("it is listed");
    let (system, board) = (choice.system, choice.board);
    json!({
        "major_frame_ns": 10, "guard_ns": 1,
        "partitions": machines::machines(system, board),
        "channels": exchange::channels(system, board),
        "faults": faults::declared(system),
        "digests": [{ "what": "the program", "file": "a/b", "bytes": 3, "sha256": "00" }],
    })
}

/// A value unlike another.
fn other_than(value: &Value) -> Value {
    match value {
        Value::Bool(is) => json!(!is),
        Value::Number(number) => json!(number.as_u64().map_or(0, |it| it + 1)),
        Value::String(text) => json!(format!("{text}x")),
        _ => json!(7),
    }
}

/// The place of every value in a document (RFC 6901), and of every element of a list.
fn places(value: &Value, at: &str, values: &mut Vec<String>, elements: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (field, value) in fields
                .iter()
                .filter(|(it, _)| !ELSEWHERE.contains(&it.as_str()))
            {
                places(value, &format!("{at}/{field}"), values, elements);
            }
        }
        Value::Array(all) => {
            for (number, value) in all.iter().enumerate() {
                let at = format!("{at}/{number}");
                places(value, &at, values, elements);
                elements.push(at);
            }
        }
        _ => values.push(at.to_owned()),
    }
}

#[test]
fn a_change_of_any_value_is_told() {
    let mut count = 0;
    for system in [
        "cluster",
        "gateway",
        "linux",
        "test-direct",
        "test-events",
        "test-queues",
    ] {
        let before = declared(system);
        assert_eq!(changes::between(&before, &before), [], "{system}");
        let (mut values, mut elements) = (Vec::new(), Vec::new());
        places(&before, "", &mut values, &mut elements);
        for place in &values {
            let mut after = before.clone();
            let value = after.pointer_mut(place).expect("it is there");
            *value = other_than(value);
            let told = changes::between(&before, &after);
            assert!(!told.is_empty(), "{system}: {place}");
            let back = changes::between(&after, &before);
            let is_gain = |changes: &[changes::Change]| changes.iter().any(|it| it.is_gain);
            let is_own = told
                .iter()
                .all(|it| changes::OWN.iter().any(|own| it.sentence.contains(own)));
            assert!(
                is_gain(&told) || is_gain(&back) || is_own,
                "{system}: {place}: {told:?}"
            );
        }
        for place in &elements {
            let (list, number) = place.rsplit_once('/').expect("a list and a number");
            let mut after = before.clone();
            let list = after.pointer_mut(list).and_then(Value::as_array_mut);
            list.expect("a list")
                .remove(number.parse().expect("a number"));
            for (one, other) in [(&before, &after), (&after, &before)] {
                assert!(
                    !changes::between(one, other).is_empty(),
                    "{system}: {place}"
                );
            }
        }
        count += values.len() + elements.len();
    }
    assert!(count > 1_000, "{count}");
}

fn said(before: &Value, after: &Value) -> Vec<(bool, String)> {
    let told = changes::between(before, after).into_iter();
    told.map(|it| (it.is_gain, it.sentence)).collect()
}

#[test]
fn more_is_a_gain_and_less_is_none() {
    let channel = |bytes: u32, depth: Option<u32>, reader: &str| {
        json!({ "channels": [{
            "name": "speed", "message_bytes": bytes, "depth": depth,
            "source": { "partition": "a", "port": "out" },
            "destinations": [{ "partition": reader, "port": "in", "interrupt": null }],
        }] })
    };
    let before = channel(64, Some(4), "b");
    assert_eq!(
        said(&before, &channel(128, Some(2), "b")),
        [
            (
                true,
                "channel 'speed': message_bytes is 128, not 64".to_owned()
            ),
            (false, "channel 'speed': depth is 2, not 4".to_owned()),
        ]
    );
    assert_eq!(
        said(&before, &channel(64, Some(4), "c")),
        [
            (
                true,
                "destination 'c.in' of channel 'speed' is new".to_owned()
            ),
            (
                false,
                "destination 'b.in' of channel 'speed' is no more".to_owned()
            ),
        ]
    );
}

#[test]
fn a_verdict_or_a_sign_of_life_that_is_gone_is_a_gain() {
    let partition = |action: &str, heartbeat: Value| {
        json!({ "faults": [{
            "partition": "a", "restarts": 3, "heartbeat": heartbeat,
            "rows": [{ "event": "stray_access", "action": action, "told": 4 }],
        }] })
    };
    let heartbeat = json!({ "period_ns": 5 });
    let before = partition("halt", heartbeat.clone());
    assert_eq!(
        said(&before, &partition("ignore", Value::Null)),
        [
            (
                true,
                "heartbeat of partition 'a' is no more: period_ns 5".to_owned()
            ),
            (
                true,
                "row 'stray_access' of partition 'a': action is 'ignore', not 'halt'".to_owned()
            ),
        ]
    );
}

#[test]
fn a_partition_that_comes_or_goes_is_told_once() {
    let none = json!({ "partitions": [] });
    let one =
        json!({ "partitions": [{ "partition": "a", "vcpus": 1, "picture": { "width": 4 } }] });
    let new = "partition 'a' is new: vcpus 1".to_owned();
    assert_eq!(said(&none, &one), [(true, new)]);
    let gone = "partition 'a' is no more: vcpus 1".to_owned();
    assert_eq!(said(&one, &none), [(false, gone)]);
}

#[test]
fn a_channel_comes_with_its_ends() {
    let channel = json!({ "channels": [{
        "name": "speed", "depth": 4, "source": { "partition": "a", "port": "out" },
        "destinations": [{ "partition": "b", "port": "in", "interrupt": 40 }],
    }] });
    assert_eq!(
        said(&json!({ "channels": [] }), &channel),
        [(
            true,
            "channel 'speed' is new: depth 4; destination 'b.in': interrupt 40; \
             source: partition 'a', port 'out'"
                .to_owned()
        )]
    );
}

#[test]
fn a_way_that_grew_is_told() {
    let bound = |path: Option<u64>| path.map_or(Value::Null, |path| json!({ "path": path }));
    let told = |before, after| changes::of_paths(&bound(before), &bound(after));
    assert_eq!(told(Some(5), Some(5)), []);
    assert_eq!(
        told(Some(5), Some(7))[0].sentence,
        "what a guard is for takes at most 7 instructions, not 5"
    );
    assert_eq!(
        told(Some(5), None)[0].sentence,
        "what a guard is for has no bound any more; it was 5"
    );
    assert!(
        told(None, Some(5))[0]
            .sentence
            .ends_with("has a bound now: 5 instructions")
    );
}
