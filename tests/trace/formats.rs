//! Each format, read back by a reader that isn't ours where there is one, has the log's events and nothing else.

use std::collections::BTreeMap;

use paratia::trace::{Format, Timeline};
use paratia_tests::readers;
use serde_json::Value;

use super::{btf, eventful, timeline};

/// An event of the log as everybody is to read it: time in nanoseconds, name, fields.
type Read = (u64, String, BTreeMap<String, Value>);

/// What is to be read: all events and lines of consoles, in the order of time.
fn expected(timeline: &Timeline) -> Vec<Read> {
    let json = |it: &paratia::log::Value| serde_json::to_value(it).expect("a value is JSON");
    let moment = |moment: &paratia::trace::Moment| {
        let fields = moment
            .fields
            .iter()
            .map(|(key, it)| (key.clone(), json(it)));
        let mut fields: BTreeMap<_, _> = fields.collect();
        fields.insert("time_ticks".to_owned(), moment.time_ticks.into());
        (timeline.ns(moment.time_ticks), moment.name.clone(), fields)
    };
    let mut all: Vec<Read> = timeline.moments.iter().map(moment).collect();
    all.sort_by_key(key);
    all
}

/// An order for comparing: formats may have what has one time in orders of their own.
fn key((time, name, fields): &Read) -> (u64, String, String) {
    let text = serde_json::to_string(fields).expect("a map is JSON");
    (*time, name.clone(), text)
}

fn assert_same(mut read: Vec<Read>, expected: &[Read]) {
    read.sort_by_key(key);
    assert_eq!(read.len(), expected.len(), "as many events");
    for (read, expected) in read.iter().zip(expected) {
        assert_eq!(read, expected);
    }
    let count = |name: &str| expected.iter().filter(|it| it.1 == name).count();
    for name in [
        "window",
        "heartbeat",
        "console",
        "fault",
        "verdict",
        "started",
    ] {
        assert!(count(name) > 0, "the run has each kind: {name}");
    }
}

/// The fields of an object without those that the planned window has beside its event.
fn fields(value: &Value) -> BTreeMap<String, Value> {
    let fields = value.as_object().expect("fields").clone().into_iter();
    let own = ["planned_start_ns", "planned_end_ns", "start_is", "end_is"];
    fields
        .filter(|(name, _)| !own.contains(&name.as_str()))
        .collect()
}

fn written(timeline: &Timeline, name: &str) -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(name);
    let format = Format::of(&path).expect("a format");
    format.write(timeline, &path).expect("it can be written");
    (folder, path)
}

#[test]
fn perfetto_reads_every_event() {
    let (_, timeline) = timeline(eventful(), "cluster", true);
    let (_folder, path) = written(&timeline, "run.pftrace");
    let lines = readers::perfetto(&path);
    let track = |it: &Value| Some((it["track"].as_u64()?, it["parent"].as_u64()?));
    let tracks: BTreeMap<u64, u64> = lines
        .iter()
        .filter(|it| it.get("rank").is_some())
        .filter_map(track)
        .collect();
    // The board, a CPU and its EL2, three partitions with a vCPU each; all below the board.
    assert_eq!(tracks.len(), 1 + 2 + 3 * 2, "{tracks:?}");
    let roots = tracks.values().filter(|parent| **parent == 0).count();
    assert_eq!(roots, 1, "{tracks:?}");
    let events = || lines.iter().filter(|it| it.get("type").is_some());
    let is = |it: &Value, category: &str| it["category"][0] == category;
    let log = events()
        .filter(|it| is(it, "log") || is(it, "window") && it["fields"].get("scheduled").is_some());
    let read = log.map(|it| {
        let name = if is(it, "log") {
            it["name"].as_str().expect("a name")
        } else {
            "window"
        };
        let time = it["time"].as_u64().expect("a time");
        (time, name.to_owned(), fields(&it["fields"]))
    });
    assert_same(read.collect(), &expected(&timeline));

    // Slices nest: what begins on a track ends there, in turn, and time doesn't go back.
    let mut open: BTreeMap<u64, u64> = BTreeMap::new();
    let mut slices = BTreeMap::new();
    let mut before = 0;
    for event in events() {
        let (time, track) = (
            event["time"].as_u64().unwrap(),
            event["track"].as_u64().unwrap(),
        );
        assert!(time >= before && tracks.contains_key(&track), "{event}");
        before = time;
        match event["type"].as_str() {
            Some("TYPE_SLICE_BEGIN") => {
                assert_eq!(open.insert(track, time), None, "{event}");
                *slices.entry(event["category"][0].to_string()).or_insert(0) += 1;
            }
            Some("TYPE_SLICE_END") => assert!(open.remove(&track).is_some(), "{event}"),
            _ => {}
        }
    }
    assert!(open.is_empty());
    assert_eq!(slices["\"window\""], 2 * timeline.windows.len());
    assert_eq!(slices["\"exit\""], timeline.exits.len());
}

#[test]
fn babeltrace_reads_every_event() {
    let (_, timeline) = timeline(eventful(), "cluster", true);
    let (_folder, path) = written(&timeline, "run.ctf");
    let lines = readers::ctf(&path);
    let cycles = |it: &Value| it["cycles"].as_u64().expect("a stamp");
    let is = |it: &Value, name: &str| it["name"] == name;
    let read = lines.iter().filter(|it| it["stream"] == 0);
    let read = read.map(|it| {
        let name = it["name"].as_str().expect("a name").to_owned();
        (cycles(it), name, fields(&it["fields"]))
    });
    assert_same(read.collect(), &expected(&timeline));

    let count = |name: &str| lines.iter().filter(|it| is(it, name)).count();
    assert_eq!(count("window-begin"), timeline.windows.len());
    assert_eq!(count("window-end"), timeline.windows.len());
    assert_eq!(
        (count("exit"), count("exit-end")),
        (timeline.exits.len(), timeline.exits.len())
    );
    let begins: Vec<u64> = lines
        .iter()
        .filter(|it| is(it, "window-begin"))
        .map(cycles)
        .collect();
    let mut starts: Vec<u64> = timeline.windows.iter().map(|it| it.ran.0).collect();
    starts.sort_unstable();
    assert_eq!(begins, starts);

    // The program itself prints as many, with the same stamps, and none goes back.
    let printed = readers::babeltrace2(&path);
    let stamp = |line: &String| line[1..21].parse::<u64>().expect("a stamp");
    let stamps: Vec<u64> = printed.iter().map(stamp).collect();
    assert_eq!(stamps, lines.iter().map(cycles).collect::<Vec<_>>());
    assert!(stamps.is_sorted());
}

#[test]
fn a_reader_of_btf_reads_every_event() {
    for is_traced in [true, false] {
        let (_, timeline) = timeline(eventful(), "cluster", is_traced);
        let (_folder, path) = written(&timeline, "run.btf");
        let text = std::fs::read_to_string(path).expect("it is text");
        let lines = btf::read(&text);
        btf::assert_lives(&lines);
        let mut own = 0;
        let notes = lines
            .iter()
            .filter_map(|line| Some((line, btf::note(line.note.as_ref()?))));
        let read = notes
            .filter(|(_, (_, it))| it.contains_key("time_ticks"))
            .map(|(line, note)| {
                own += 1;
                let (name, all) = note;
                (
                    line.time,
                    name,
                    fields(&serde_json::to_value(all).expect("JSON")),
                )
            });
        assert_same(read.collect(), &expected(&timeline));
        let is = |it: &btf::Line, event: &str| it.event == event && it.kind != "SYS";
        let count = |event: &str| lines.iter().filter(|it| is(it, event)).count();
        let (left, entered) = (
            count("preempt") + count("terminate"),
            count("start") + count("resume"),
        );
        assert_eq!(
            (left, entered),
            (timeline.windows.len(), timeline.windows.len())
        );
        // One life for each start of each partition that ran.
        let starts = count("start");
        let restarts = timeline
            .moments
            .iter()
            .filter(|it| it.name == "started")
            .count();
        assert_eq!(
            starts,
            timeline.system().partitions.len() + restarts,
            "{own} events"
        );
        let messages = count("write");
        assert_eq!(messages > 0, is_traced, "only the tracer sees messages");
    }
}
