//! Is a board as a unit for co-simulation what the standard says, exact in time, the same in each run, and gone when
//! its importer is? FMPy, which nobody here wrote, asks (`readers/co_simulate.py`).

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};

use paratia::build;
use paratia::catalog;
use paratia::progress::Silent;
use paratia::run::Lines;
use paratia::unit::Package;
use paratia::workspace;
use paratia_tests::{is_about, readers};
use serde_json::Value;

const BOARD: &str = "qemu-virt";
/// Board time of the drives here in s; 10 ms are a step.
const DRIVE: &str = "4";
/// How long a process may take to be gone.
const END_LIMIT: Duration = Duration::from_secs(30);

/// The unit of a system, made once.
fn unit(system: &str) -> PathBuf {
    let choice = catalog::choose(BOARD, system).expect("it exists");
    let image = build::image(BOARD, system).expect("it is built");
    let file = workspace::products().join(format!("{system}.fmu"));
    let package = Package::build(choice, &mut Silent).expect("its parts are built");
    package.write(&image, &file).expect("it is written");
    file
}

/// The unit with inputs.
fn bench() -> &'static Path {
    static UNIT: OnceLock<PathBuf> = OnceLock::new();
    UNIT.get_or_init(|| unit("cluster-bench"))
}

/// What an importer says that does something with a unit; and its folder.
fn importer(what: &str, unit: &Path, arguments: &[&str]) -> (Vec<Value>, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let said = readers::co_simulation(what, unit, folder.path(), arguments);
    let line = |line| serde_json::from_str(line).expect("a line of JSON");
    (said.lines().map(line).collect(), folder)
}

fn number(line: &Value, name: &str) -> f64 {
    let value = &line[name];
    value.as_f64().unwrap_or_else(|| panic!("{name}: {value}"))
}

#[test]
fn the_description_is_valid() {
    if !is_about(BOARD) {
        return;
    }
    let (said, _) = importer("validate", bench(), &[]);
    assert_eq!(said, [Value::Array(Vec::new())]);
}

/// Three drives side by side, so that each is a load for the others.
#[test]
fn a_car_drives_the_cluster_and_each_run_is_the_same_to_the_byte() {
    if !is_about(BOARD) {
        return;
    }
    bench();
    let runs: Vec<_> = thread::scope(|scope| {
        let drive = || importer("drive", bench(), &[DRIVE]);
        let drives = [(); 3].map(|()| scope.spawn(drive));
        // Now and then QEMU is an instruction or two late on a busy host (as `interference.rs` allows for). A unit
        // that isn't held at its moment says so and is refused; what it had shown till then counts for nothing.
        drives
            .map(|it| it.join().unwrap_or_else(|_| drive()))
            .into()
    });
    let events = |index: usize| {
        let (_, folder): &(Vec<Value>, tempfile::TempDir) = &runs[index];
        fs::read(folder.path().join("events.jsonl")).expect("a log")
    };
    for other in [1, 2] {
        assert!(runs[0].0 == runs[other].0, "outputs differ");
        assert!(events(0) == events(other), "events differ");
    }

    let (said, _) = &runs[0];
    let (left, steps) = said.split_last().expect("steps");
    assert_eq!(left["left"], Value::Array(Vec::new()), "a QEMU is left");
    assert_eq!(steps.len(), 400);
    for (index, line) in steps.iter().enumerate() {
        let wanted = (index as u64 + 1) * 10_000_000;
        assert_eq!(line["board_time_ns"].as_u64(), Some(wanted));
        for what in ["faults", "restarts", "heartbeats_missed"] {
            for who in ["vehicle", "speedometer"] {
                assert_eq!(line[format!("{who}.{what}")], 0, "{line}");
            }
        }
        // The digits are whole km/h, and a speed takes two frames to be seen.
        if index >= 50 {
            assert_eq!(line["dashboard.speed_valid"], true, "{line}");
            let driven = steps[index - 3..=index]
                .iter()
                .map(|it| number(it, "speed"));
            let (least, most) = driven.fold((f64::MAX, 0.0), |(least, most), it| {
                (it.min(least), it.max(most))
            });
            let shown = number(line, "dashboard.speed");
            let half = 0.5 / 3.6 + 0.001;
            assert!(shown > least - half && shown < most + half, "{line}");
        }
    }
    let last = steps.last().expect("a step");
    assert_eq!(last["dashboard.turn_left"], true);
    assert_eq!(last["dashboard.turn_right"], false);
    assert_eq!(last["infotainment.faults"], 1, "one attack was asked for");
    assert_eq!(last["infotainment.restarts"], 1);
    assert!(number(last, "speedometer.heartbeats") > 190.0, "{last}");
    let before = steps.iter().take_while(|it| it["infotainment.faults"] == 0);
    let attacked = before.count();
    assert!((250..260).contains(&attacked), "at {attacked}0 ms");
}

#[test]
fn what_an_importer_does_wrong_is_refused_in_words() {
    if !is_about(BOARD) {
        return;
    }
    let (said, _) = importer("refusals", bench(), &[]);
    let answer = |what: &str| {
        let line = said.iter().find(|it| it[0] == what);
        line.unwrap_or_else(|| panic!("nothing is said about '{what}'"))
    };
    // What is out of range is discarded (2), what can't be is an error (3).
    for (what, status, words) in [
        (
            "step too early",
            3,
            "fmi3DoStep isn't allowed in state Instantiated",
        ),
        (
            "too fast",
            2,
            "'vehicle.speed' is 100.5, not within 0 and 100; it stays 0",
        ),
        ("not a number", 2, "'vehicle.speed' is NaN"),
        (
            "no such attack",
            2,
            "'infotainment.attack' is 16, not within 0 and 15",
        ),
        (
            "another type",
            3,
            "'vehicle.speed' is of type Float64, not Int32",
        ),
        (
            "no such variable",
            3,
            "there is no variable with value reference 4000; there are",
        ),
        (
            "an output",
            3,
            "'dashboard.speed_valid' isn't the importer's to set",
        ),
        (
            "a log too late",
            3,
            "setting the parameter 'event_log' isn't allowed in state Stepping",
        ),
        ("no step", 3, "the step size is 0 s"),
        (
            "from elsewhere",
            3,
            "the step begins at 0.5 s, and the one before has ended at 0 s",
        ),
        (
            "beyond the stop",
            3,
            "the step ends at 1.5 s, beyond the stop time 1 s",
        ),
        ("state", 3, "fmi3GetFMUState isn't for this unit"),
        ("gone", 3, "QEMU ended after 0 ns of board time"),
        ("still gone", 3, "fmi3DoStep isn't allowed in state Failed"),
    ] {
        let line = answer(what);
        let text = line[1][1].as_str().unwrap_or_default();
        assert!(text.contains(words), "{line}");
        assert_eq!(line[1][0], status, "{line}");
    }
    let on = answer("goes on");
    assert_eq!(on[1]["time"], 0.01);
    assert_eq!(on[1]["board_time_ns"], 10_000_000);
    let reset = answer("reset");
    assert_eq!(reset[1]["board_time_ns"], 0);
    assert_eq!(reset[1]["vehicle.ignition"], true);
    assert_eq!(
        reset[2],
        Value::Array(Vec::new()),
        "the board ends by a reset"
    );
    let later = answer("later start");
    assert_eq!(later[1]["time"], 100.25);
    assert_eq!(later[1]["board_time_ns"], 250_000_000);
    assert_eq!(answer("left")[1], Value::Array(Vec::new()));
}

/// A run's events, without those of its end.
fn until(file: &Path, ticks: u64) -> Vec<String> {
    let text = fs::read_to_string(file).expect("a log");
    let time = |line: &str| {
        let line: Value = serde_json::from_str(line).expect("a line of JSON");
        line["time_ticks"].as_u64().expect("a time")
    };
    let lines = text.lines().filter(|line| time(line) < ticks);
    lines.map(str::to_owned).collect()
}

/// Steps of 13.7 ms, whose ends are anywhere in windows of 2 to 10 ms.
#[test]
fn a_stepped_board_does_what_it_does_by_itself() {
    if !is_about(BOARD) {
        return;
    }
    let (said, folder) = importer("alone", &unit("cluster"), &["1.5"]);
    assert_eq!(said[0]["board_time_ns"], 109 * 13_700_000_u64);
    let choice = catalog::choose(BOARD, "cluster").expect("it exists");
    let file = folder.path().join("by itself.jsonl");
    let mut lines = Lines::create(&file, &choice).expect("it can be written");
    let run = paratia_tests::run("cluster").stop_after(Duration::from_millis(1500));
    let report = run.execute_watched(&mut |sight| lines.take(sight));
    assert!(report.expect("QEMU starts").reached_end());
    lines.finish().expect("it can be written");
    // What happens last isn't told by the last communication point.
    let ticks = 62_500_000 * 13 / 10;
    let [stepped, by_itself] =
        [&folder.path().join("events.jsonl"), &file].map(|it| until(it, ticks));
    assert!(by_itself.len() > 300 && by_itself.iter().any(|it| it.contains("stray_access")));
    assert_eq!(stepped, by_itself);
}

#[test]
fn two_at_once_are_as_each_alone() {
    if !is_about(BOARD) {
        return;
    }
    let (said, _) = importer("several", bench(), &[]);
    let [together, alone, left] = [0, 1, 2].map(|at| &said[0][at]);
    assert_eq!(together, alone);
    assert_eq!(together[0]["board_time_ns"], 1_000_000_000);
    assert_ne!(together[0]["display.hash"], together[1]["display.hash"]);
    assert_eq!(left, &Value::Array(Vec::new()));
}

/// In the midst of a step, by a signal that it can't catch.
#[test]
fn an_importer_that_is_killed_leaves_no_board_behind() {
    if !is_about(BOARD) {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let mut command = readers::co_simulator("wait", bench(), folder.path());
    let mut importer = command.stdout(Stdio::piped()).spawn().expect("it starts");
    let mut line = String::new();
    let output = importer.stdout.take().expect("its output");
    std::io::BufRead::read_line(&mut std::io::BufReader::new(output), &mut line).expect("a line");
    let boards: Vec<u32> = serde_json::from_str(&line).expect("its boards");
    assert_eq!(boards.len(), 1);
    // It is QEMU's until it is gone.
    let is_there = || {
        let stat = fs::read_to_string(format!("/proc/{}/stat", boards[0]));
        stat.is_ok_and(|it| it.contains("qemu") && !it.contains(") Z "))
    };
    assert!(is_there());
    importer.kill().expect("it is there");
    importer.wait().expect("it has ended");
    let until = Instant::now() + END_LIMIT;
    while is_there() {
        assert!(Instant::now() < until, "QEMU {} is still there", boards[0]);
        thread::sleep(Duration::from_millis(10));
    }
}
