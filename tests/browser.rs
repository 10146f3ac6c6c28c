//! Do the pages that the tool writes open, work and tell the truth in a real browser, on a phone and on paper?

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use paratia::setup::Toolchain;
use paratia::workspace;
use paratia_tests::browser::Browser;
use paratia_tests::readers::said;
use serde_json::Value;
use tempfile::TempDir;

/// The width and height of a phone and of a desk's screen, in points.
const PHONE: (u32, u32) = (390, 844);
const DESK: (u32, u32) = (1400, 900);

/// Files that the command writes; the folder goes when it is dropped.
struct Files(TempDir);

impl Files {
    /// What `cargo paratia` writes with these arguments, in which `@` stands for the folder.
    fn of(arguments: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut cargo: Command = Toolchain::Current.cargo();
        cargo.current_dir(workspace::root());
        cargo.args(["run", "--quiet", "--package", "paratia", "--"]);
        let place = format!("{}/", folder.path().display());
        cargo.args(arguments.split(' ').map(|it| it.replace('@', &place)));
        let _ = said(&mut cargo);
        Self(folder)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn page(&self, name: &str, (width, height): (u32, u32)) -> Browser {
        Browser::open(&self.file(name), width, height)
    }
}

/// A run with a fault and a restart: its page, and the log beside it.
fn a_run() -> Files {
    Files::of("run cluster --for 1200ms --timeline @run.html --events @run.jsonl")
}

/// From when to when the drawing shows, in nanoseconds.
fn view(page: &mut Browser) -> (f64, f64) {
    let value = page.value("[view.from, view.to]");
    let number = |at: usize| value[at].as_f64().expect("a number");
    (number(0), number(1))
}

fn events(file: &Path) -> Vec<Value> {
    let text = fs::read_to_string(file).expect("the events");
    let line = |line| serde_json::from_str(line).expect("a line of JSON");
    text.lines().map(line).collect()
}

/// How often an event of this name is about a partition.
fn count(events: &[Value], name: &str, partition: &str) -> usize {
    let is = |it: &&Value| it["name"] == name && it["partition_name"] == partition;
    events.iter().filter(is).count()
}

#[test]
fn the_timelines_numbers_are_the_logs() {
    let files = a_run();
    let mut page = files.page("run.html", DESK);
    let events = events(&files.file("run.jsonl"));
    let rows = page.table("#numbers");
    assert_eq!(rows.len(), 3, "{rows:?}");
    for row in &rows {
        let partition = row[0].trim_end_matches(" *");
        let names = [
            "window",
            "heartbeat",
            "heartbeat-missed",
            "fault",
            "verdict",
            "started",
        ];
        for (cell, name) in row[1..].iter().zip(names) {
            let told = count(&events, name, partition);
            assert_eq!(*cell, told.to_string(), "{name} of '{partition}'");
        }
    }
    let of_infotainment = &rows[2][4..];
    assert_eq!(of_infotainment, ["1", "1", "1"], "it was restarted once");

    // What happened is listed, with its time, and each line of each console stands there.
    let happened = page.table("#happened");
    let fault = events
        .iter()
        .find(|it| it["name"] == "fault")
        .expect("a fault");
    let ns = fault["time_ticks"].as_u64().expect("a time") * 16;
    let milliseconds = format!("{}.{:06}", ns / 1_000_000, ns % 1_000_000);
    let milliseconds = milliseconds.trim_end_matches('0').trim_end_matches('.');
    assert_eq!(happened[0][0], format!("{milliseconds} ms"));
    assert!(
        happened[0][2].contains("event=stray_access"),
        "{happened:?}"
    );
    let lines = page.value("document.querySelectorAll('#consoles li').length");
    let is_line = |it: &&Value| {
        ["console", "hypervisor"]
            .iter()
            .any(|name| it["name"] == *name)
    };
    assert_eq!(lines, events.iter().filter(is_line).count());

    // All windows are in the drawing's data, and in sight when all of the run is.
    page.key("0");
    let windows = events.iter().filter(|it| it["name"] == "window").count();
    let view = page.text("#view");
    assert!(view.contains(&format!("· {windows} windows ·")), "{view}");
    assert_eq!(page.complaints(), Vec::<Value>::new());
}

#[test]
fn the_timeline_is_worked_by_wheel_and_keys() {
    let files = a_run();
    let mut page = files.page("run.html", DESK);
    let before = view(&mut page);
    assert!(
        before.1 - before.0 <= 4.0 * 20e6,
        "a few frames at first: {before:?}"
    );
    page.wheel("#drawing", -3);
    let closer = view(&mut page);
    assert!(
        closer.1 - closer.0 < 0.6 * (before.1 - before.0),
        "{closer:?}"
    );
    let middle = |(from, to): (f64, f64)| f64::midpoint(from, to);
    let moved = (middle(closer) - middle(before)).abs();
    assert!(
        moved < 0.01 * before.1,
        "what is under the pointer stays: {closer:?}"
    );
    page.wheel("#drawing", 3);
    let again = view(&mut page);
    assert!(
        (again.1 - again.0 - (before.1 - before.0)).abs() < 1e3,
        "{again:?}"
    );

    page.key("+");
    let closer = view(&mut page);
    assert!(
        (closer.1 - closer.0 - (again.1 - again.0) / 2.0).abs() < 1.0,
        "{closer:?}"
    );
    page.key("ArrowRight");
    let later = view(&mut page);
    assert!(
        (later.0 - closer.0 - (closer.1 - closer.0) / 2.0).abs() < 1.0,
        "{later:?}"
    );
    page.key("1");
    assert_eq!(view(&mut page).1 - view(&mut page).0, 20e6, "a frame");
    page.key("0");
    let all = view(&mut page);
    assert!(all.0 == 0.0 && all.1 > 1.19e9, "{all:?}");

    // The next event is the fault; its console lines come into sight with it.
    page.key("f");
    let (from, to) = view(&mut page);
    let fault = page.value("notable[0][0]").as_f64().expect("a time");
    assert!(
        (from..to).contains(&fault) && to - from <= 40e6,
        "{from} to {to}"
    );
    assert!(page.text("#detail").contains("fault"), "the fault is told");
    let marks = page.value("document.querySelectorAll('#drawing path.mark').length");
    assert!(marks.as_u64() > Some(0), "it is marked");
    assert_eq!(page.complaints(), Vec::<Value>::new());
}

#[test]
fn the_timeline_fits_a_phone_and_paper() {
    let files = a_run();
    let mut page = files.page("run.html", PHONE);
    assert_eq!(page.overhang(), 0, "it isn't wider than a phone");
    let below = "document.querySelector('aside').getBoundingClientRect().top >= \
                 document.querySelector('#drawing').getBoundingClientRect().bottom";
    assert_eq!(page.value(below), true, "consoles are below the drawing");
    let drawn = page.value("document.querySelectorAll('#drawing rect').length");
    assert!(drawn.as_u64() > Some(10), "{drawn}");
    assert_printed(&files, &mut page);
}

/// The page is a document of a few sheets.
fn assert_printed(files: &Files, page: &mut Browser) {
    let file = files.file("page.pdf");
    page.print(&file);
    let bytes = fs::read(file).expect("it was printed");
    assert!(bytes.starts_with(b"%PDF-"), "it is a PDF");
    let text = String::from_utf8_lossy(&bytes);
    let sheets = text.matches("/Type /Page\n").count();
    assert!((1..=12).contains(&sheets), "{sheets} sheets");
    assert_eq!(page.complaints(), Vec::<Value>::new());
}

/// A traced run has exits, measured ends, and says which vCPU runs where.
#[test]
fn a_traced_timeline_has_exits_and_measured_ends() {
    let files = Files::of("trace test-cpus-4 --for 100ms --timeline @run.html --out @run.btf");
    let mut page = files.page("run.html", DESK);
    page.key("0");
    let btf = fs::read_to_string(files.file("run.btf")).expect("the same run");
    let exits = btf.lines().filter(|it| it.contains(",tag,exit ")).count();
    assert_eq!(page.value("run.exits.length"), exits);
    let view = page.text("#view");
    assert!(view.contains(&format!("· {exits} exits ·")), "{view}");
    let measured = page.value("run.windows.every(it => it[7] && it[8])");
    assert_eq!(measured, true, "each window's end was seen");
    let lanes =
        page.value("[...document.querySelectorAll('#drawing .name')].map(it => it.textContent)");
    for lane in ["CPU 3, planned", "CPU 3, ran", "CPU 3, EL2", "fourth"] {
        assert!(
            lanes
                .as_array()
                .is_some_and(|it| it.iter().any(|it| it == lane)),
            "{lanes}"
        );
    }
    assert_eq!(page.complaints(), Vec::<Value>::new());
}

#[test]
fn a_frame_of_128_windows_stays_readable() {
    let files = Files::of("run bench-partitions-128 --for 100ms --timeline @run.html");
    let mut page = files.page("run.html", DESK);
    // One has most of the frame, and the others share a fifth of it.
    let _ = page.value("show(80e6, 100e6)");
    let _ = page.complaints();
    let planned = page.value(
        "[...document.querySelectorAll('#drawing g[data-detail^=\"planned:\"] rect')]\
         .map(it => it.getBoundingClientRect().width)",
    );
    let widths: Vec<f64> = serde_json::from_value(planned).expect("widths");
    assert_eq!(widths.len(), 127, "each is a bar of its own");
    assert!(widths.iter().all(|it| *it >= 5.0), "{widths:?}");
    let height = page.value("document.querySelector('#drawing').clientHeight");
    assert!(
        height.as_u64() < Some(3_000),
        "{height} points for 128 partitions"
    );
    // Seen from afar they are one bar and not thousands.
    page.key("0");
    let bars = page.value("document.querySelectorAll('#drawing rect').length");
    assert!(bars.as_u64() < Some(10_000), "{bars}");
    assert_eq!(page.complaints(), Vec::<Value>::new());
}

#[test]
fn plans_open_fit_a_phone_and_paper() {
    for system in ["cluster", "bench-partitions-128"] {
        let files = Files::of(&format!("plan {system} --html @plan.html"));
        let mut page = files.page("plan.html", PHONE);
        assert_eq!(page.overhang(), 0, "{system} isn't wider than a phone");
        let listed = paratia::catalog::board("qemu-virt").expect("it exists");
        let choice = paratia::catalog::choose(listed.facts.name, system).expect("it exists");
        let windows = choice.system.schedule.plans.iter().map(|it| it.len());
        let drawn = page.value("document.querySelectorAll('svg rect').length");
        assert_eq!(drawn, windows.sum::<usize>(), "{system}");
        if system == "cluster" {
            assert_printed(&files, &mut page);
        }
        assert_eq!(page.complaints(), Vec::<Value>::new());
    }
}

/// The evidence for an image, with a run that has no fault yet.
fn a_report(system: &str) -> Files {
    Files::of(&format!("report {system} --out @ --for 200ms"))
}

fn document(files: &Files) -> Value {
    let text = fs::read_to_string(files.file("report.json")).expect("the document");
    serde_json::from_str(&text).expect("it is JSON")
}

/// Where each value of a document stands, as JSON Pointers. What isn't there isn't shown.
fn places(value: &Value, at: &str, all: &mut BTreeSet<String>) {
    match value {
        Value::Null => {}
        Value::Array(values) => {
            for (index, value) in values.iter().enumerate() {
                places(value, &format!("{at}/{index}"), all);
            }
        }
        Value::Object(values) => {
            for (name, value) in values {
                places(value, &format!("{at}/{name}"), all);
            }
        }
        _ => drop(all.insert(at.to_owned())),
    }
}

/// The number that a person reads in a text: nanoseconds of times, bytes of sizes.
fn read(text: &str) -> Option<i128> {
    if let Some(digits) = text.strip_prefix("0x") {
        return i128::from_str_radix(&digits.replace('_', ""), 16).ok();
    }
    let (number, unit) = text.split_once(' ').unwrap_or((text, ""));
    let scale = match unit {
        "" | "ns" | "B" => 1,
        "ms" => 1_000_000,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        _ => return None,
    };
    let (whole, rest) = number.split_once('.').unwrap_or((number, ""));
    let rest: i128 = if rest.is_empty() {
        0
    } else {
        format!("{rest:0<6}").parse().ok()?
    };
    Some(whole.parse::<i128>().ok()? * scale + rest)
}

/// Of each value on the page: where it stands in the document, its machine-readable form if it has one, its text.
fn assert_shown(page: &mut Browser, document: &Value) {
    let shown = page.value(
        "[...document.querySelectorAll('[data-at]')].map(it => [it.dataset.at, it.value ?? '', it.textContent])",
    );
    let shown: Vec<[String; 3]> = serde_json::from_value(shown).expect("texts");
    let mut seen = BTreeSet::new();
    for [at, value, text] in shown {
        let there = document
            .pointer(&at)
            .unwrap_or_else(|| panic!("{at} is nowhere"));
        match there {
            Value::String(words) => assert_eq!(text, *words, "{at}"),
            Value::Bool(_) => assert_eq!(value, there.to_string(), "{at}"),
            _ => {
                assert_eq!(value, there.to_string(), "{at}");
                assert_eq!(
                    read(&text).map(|it| it.to_string()),
                    Some(value),
                    "{at}: '{text}'"
                );
            }
        }
        seen.insert(at);
    }
    let mut all = BTreeSet::new();
    places(document, "", &mut all);
    let missing: Vec<&String> = all.difference(&seen).collect();
    assert!(missing.is_empty(), "not on the page: {missing:?}");
    assert!(all.len() > 1_000, "{} values", all.len());
}

/// The picture of memory has each byte of the ranges once, and its owner.
fn assert_drawn(page: &mut Browser, document: &Value) {
    let drawn = page.value(
        "[...document.querySelectorAll('#physical .part')].map(it => [it.dataset.owner, +it.dataset.base, \
         +it.dataset.bytes])",
    );
    let drawn: Vec<(String, u64, u64)> = serde_json::from_value(drawn).expect("parts");
    let mut parts = drawn.into_iter();
    let mut part = parts.next().expect("a first part");
    for range in document["memory"]["ranges"].as_array().expect("ranges") {
        let [base, bytes] = ["base", "bytes"].map(|key| range[key].as_u64().expect("a number"));
        if part.2 == 0 {
            part = parts.next().expect("a part for each owner");
        }
        assert_eq!(
            (part.0.as_str(), part.1),
            (range["owner"].as_str().expect("a name"), base)
        );
        part = (
            part.0,
            part.1 + bytes,
            part.2.checked_sub(bytes).expect("no more than there is"),
        );
    }
    assert_eq!((part.2, parts.next()), (0, None), "nothing more is drawn");
    let windows = page.value("[...document.querySelectorAll('#gantt .window title')].length");
    assert_eq!(
        windows,
        document["timing"]["windows"]
            .as_array()
            .expect("windows")
            .len()
    );
}

#[test]
fn the_reports_values_are_the_documents() {
    // Of one CPU and of four; with a queue; with registers that each CPU has for itself.
    let systems = ["cluster", "test-cpus-4", "queue", "cluster --board raspi4b"];
    for system in systems {
        let files = a_report(system);
        let document = document(&files);
        let mut page = files.page("report.html", DESK);
        assert_shown(&mut page, &document);
        assert_drawn(&mut page, &document);
        assert!(
            document["checks"]["findings"]
                .as_array()
                .is_some_and(Vec::is_empty)
        );

        // Whoever reaches what isn't its own does so for a reason.
        for range in document["memory"]["ranges"].as_array().expect("ranges") {
            let [accesses, reasons] =
                ["accesses", "reasons"].map(|key| range[key].as_array().expect("a list").len());
            assert!(accesses < 2 || reasons > 0, "{system}: {range}");
        }

        // Where there is no bound the page says so, and nothing else.
        let without = page
            .text("#paths ~ p strong")
            .starts_with("There is no bound");
        assert_eq!(without, document["timing"]["paths"]["bound"].is_null());

        // Each link leads to its place, and every id is there once.
        let astray = "[...document.querySelectorAll('a')].filter(it => !it.hash || \
                      !document.getElementById(it.hash.slice(1))).map(it => it.outerHTML)";
        assert_eq!(page.value(astray), Value::Array(Vec::new()));
        let twice = "(ids => ids.filter((it, at) => ids.indexOf(it) != at))\
                     ([...document.querySelectorAll('[id]')].map(it => it.id))";
        assert_eq!(page.value(twice), Value::Array(Vec::new()));
        let top = page.value(
            "(document.querySelector('nav a[href=\"#timing\"]').click(), \
             Math.abs(document.querySelector('#timing').getBoundingClientRect().top))",
        );
        assert!(top.as_f64().is_some_and(|top| top < 2.0), "{top}");
        assert_eq!(page.complaints(), Vec::<Value>::new());
    }
}

#[test]
fn the_report_fits_a_phone_and_paper() {
    let files = a_report("cluster");
    let mut page = files.page("report.html", PHONE);
    assert_eq!(page.overhang(), 0, "it isn't wider than a phone");
    // Who isn't told by colour has the number beside it.
    let marks =
        page.value("[...document.querySelectorAll('#owners svg.mark')].map(it => it.textContent)");
    assert_eq!(marks, serde_json::json!(["0", "1", "2"]));
    let labels = page.value("[...document.querySelectorAll('#physical .part, #gantt .window')]\
                             .filter(it => !it.querySelector('title') || !it.querySelector('rect')).length");
    assert_eq!(labels, 0, "each part of a drawing says what it is");

    // On paper of 182 mm between its margins no table is wider.
    let media = serde_json::json!({ "media": "print" });
    let _ = page.ask("Emulation.setEmulatedMedia", &media);
    let paper = serde_json::json!({ "width": 688, "height": 1000, "deviceScaleFactor": 1, "mobile": false });
    let _ = page.ask("Emulation.setDeviceMetricsOverride", &paper);
    let wide = page.value(
        "[...document.querySelectorAll('table, svg')].filter(it => it.getBoundingClientRect().right > 689)\
         .map(it => it.id + ' ' + it.getBoundingClientRect().right)",
    );
    assert_eq!(wide, Value::Array(Vec::new()));
    let file = files.file("report.pdf");
    page.print(&file);
    let bytes = fs::read(file).expect("it was printed");
    assert!(bytes.starts_with(b"%PDF-"), "it is a PDF");
    let sheets = String::from_utf8_lossy(&bytes)
        .matches("/Type /Page\n")
        .count();
    assert!((3..=40).contains(&sheets), "{sheets} sheets");
    assert_eq!(page.complaints(), Vec::<Value>::new());
}

#[test]
fn two_reports_are_equal() {
    let [one, other] = [(), ()].map(|()| a_report("cluster"));
    for name in ["report.json", "report.html"] {
        let [one, other] =
            [&one, &other].map(|it| fs::read(it.file(name)).expect("it was written"));
        assert!(one == other, "{name}");
    }
}
