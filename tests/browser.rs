//! Do the pages that the tool writes open, work and tell the truth in a real browser, on a phone and on paper?

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
    assert_eq!(
        happened[0][0],
        format!("{}.{:06} ms", ns / 1_000_000, ns % 1_000_000)
    );
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
