//! Lives: how they end, that a halt is for good, and what is left of one in the next.

use std::time::Duration;

use paratia::run::RunReport;
use paratia_tests::{count, finish, run, verdicts, with_finest_ticks};

/// Ways in which the partition of `test-restart` restarts: its guest's run arguments.
const IDLE: u64 = 0;
const FIRST_ALONE: u64 = 1;
const SIBLING_WHILE_FIRST_IS_OUT: u64 = 2;
const SIBLING_WHILE_FIRST_RUNS: u64 = 3;
const FIRST_WHILE_SIBLING_RUNS: u64 = 4;
const FIRST_AS_SIBLINGS_WINDOW_OPENS: u64 = 5;

/// The two vCPUs of `test-restart` restart in this way; the critical partition beside them keeps every
/// promise.
fn restarted(way: u64) -> RunReport {
    let run = run("test-restart")
        .stop_after(Duration::from_millis(1_000))
        .argument("restarted", way);
    let report = finish(&with_finest_ticks(run));
    let of = report.statistics("victim").unwrap();
    assert_eq!((of.heartbeats_missed, of.faults), (0, 0), "{of:?}");
    report
}

/// Asserts that each life began with the first instruction, with nothing of the one before.
fn assert_three_clean_restarts(report: &RunReport) {
    let lines: Vec<_> = report.console_of("restarted").collect();
    for restarts in 0..=3 {
        let line = format!("start, restarts {restarts}");
        assert_eq!(count(report, "restarted", &line), 1, "{line}: {lines:#?}");
    }
    let first_of_life = |at: usize| lines[at].contains("start, restarts");
    let ends = verdicts(report, "restarted").len();
    assert_eq!(ends, 3, "{:?}", verdicts(report, "restarted"));
    assert!(first_of_life(0));
    assert!(
        lines.last().unwrap().contains("start, restarts 3"),
        "{lines:#?}"
    );
}

#[test]
fn a_vcpu_that_is_out_begins_anew_after_its_sibling_restarts_the_partition() {
    assert_three_clean_restarts(&restarted(SIBLING_WHILE_FIRST_IS_OUT));
}

#[test]
fn a_vcpu_that_runs_begins_anew_after_its_sibling_restarts_the_partition() {
    assert_three_clean_restarts(&restarted(SIBLING_WHILE_FIRST_RUNS));
}

/// The first vCPU restarts the partition half a millisecond into a window of its sibling, which never
/// leaves by itself.
#[test]
fn a_sibling_that_runs_is_stopped_at_once() {
    let report = restarted(FIRST_WHILE_SIBLING_RUNS);
    assert_three_clean_restarts(&report);
    let microseconds = |ticks: u64| ticks * 1_000_000 / report.frequency_hz.unwrap();
    // The sibling's windows are those on CPU 0; each is as long as the plan says, but for the guard.
    let plan = report.system.schedule.plans[0];
    let windows = report.about("window", "restarted");
    let siblings = windows.filter(|window| window.integer("cpu") == Some(0));
    let whole: u64 = siblings
        .map(|window| {
            let within = microseconds(window.integer("scheduled").unwrap()) % 20_000;
            let planned = plan
                .iter()
                .find(|it| it.start == Duration::from_micros(within));
            let length = planned.expect("it is planned").length - report.system.schedule.guard;
            u64::try_from(length.as_micros()).unwrap()
        })
        .sum();
    let sibling = |event: &&paratia::log::Event| event.integer("vcpu") == Some(1);
    let used = report.about("vcpu-statistics", "restarted").find(sibling);
    let used = microseconds(used.unwrap().integer("used_ticks").unwrap());
    // Of each of its three last windows it lost 950 of 1,450 µs.
    let lost = whole - used;
    assert!((2_800..2_900).contains(&lost), "{lost} µs of {whole}");
}

/// A sibling whose window has begun, or is about to, may still write: the partition's next window goes by
/// unused.
#[test]
fn nothing_is_scrubbed_while_a_sibling_is_on_its_way_in() {
    let report = restarted(FIRST_AS_SIBLINGS_WINDOW_OPENS);
    assert_three_clean_restarts(&report);
    let frame = report.frequency_hz.unwrap() / 50;
    let verdicts = report.about("verdict", "restarted");
    for (verdict, started) in verdicts.zip(report.about("started", "restarted")) {
        // One frame's windows are just not enough to scrub, those of one frame and the window that
        // goes by unused would be.
        let frames = started.time_ticks / frame - verdict.time_ticks / frame;
        assert_eq!(frames, 2, "{verdict:?} {started:?}");
    }
}

/// Scrubbing takes whole windows of the partition's own, and nothing of anybody else's: every window of the
/// critical partition begins at the same tick. (What it does in them isn't compared: in QEMU's
/// deterministic time, instructions of all CPUs follow each other.)
#[test]
fn a_restart_takes_no_time_on_another_cpu() {
    let (idle, restarting) = (restarted(IDLE), restarted(FIRST_ALONE));
    assert_three_clean_restarts(&restarting);
    let starts = |report: &RunReport| -> Vec<_> {
        let windows = report.about("window", "victim");
        windows
            .map(|window| window.integer("start").unwrap())
            .collect()
    };
    assert_eq!(starts(&idle).len(), 50);
    assert_eq!(starts(&idle), starts(&restarting));
}

#[test]
fn a_halt_is_for_good_and_counts_once() {
    let report = finish(&run("test-halt").stop_after(Duration::from_millis(400)));
    assert_eq!(
        verdicts(&report, "halted"),
        [("stray_access".to_owned(), "halt".to_owned())]
    );
    assert_eq!(report.about("started", "halted").count(), 0);
    let of = report.statistics("halted").unwrap();
    assert_eq!((of.faults, of.restarts), (1, 0), "{of:?}");
}
