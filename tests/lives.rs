//! Lives: how they end, that a halt is for good, and what is left of one in the next.

use std::io::Write as _;
use std::time::Duration;

use paratia::run::RunReport;
use paratia_tests::{DEFAULT_BOARD, count, finish, is_about, run, verdicts, with_finest_ticks};

/// Ways in which the partition of `test-restart` restarts: its guest's run arguments.
const IDLE: u64 = 0;
const FIRST_ALONE: u64 = 1;
const SIBLING_WHILE_FIRST_IS_OUT: u64 = 2;
const SIBLING_WHILE_FIRST_RUNS: u64 = 3;
const FIRST_WHILE_SIBLING_RUNS: u64 = 4;
const FIRST_AS_SIBLINGS_WINDOW_OPENS: u64 = 5;
const SIBLING_WHILE_FIRST_IS_SUSPENDED: u64 = 6;
const ALL_OFF: u64 = 7;

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

/// A vCPU that was to begin somewhere in the life that is over begins at its partition's entry point in the
/// next: where it was to begin is forgotten.
#[test]
fn a_vcpu_that_was_suspended_begins_anew_after_its_sibling_restarts_the_partition() {
    let report = restarted(SIBLING_WHILE_FIRST_IS_SUSPENDED);
    assert_three_clean_restarts(&report);
    let lines = report.console_of("restarted");
    let suspended = lines.filter(|line| *line == "s").count();
    assert!(suspended > 0, "it was suspended, and went on from there");
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
    // Of each of its three last windows it lost 920 of 1,420 µs.
    let lost = whole - used;
    assert!((2_700..2_800).contains(&lost), "{lost} µs of {whole}");
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

/// A partition none of whose vCPUs is on has no window in which it could be late, and misses its heartbeats
/// all the same.
#[test]
fn a_partition_that_turns_itself_off_is_missed() {
    let run = run("test-halt").argument("halted", 1);
    let report = finish(&run.stop_after(Duration::from_millis(400)));
    assert_eq!(
        verdicts(&report, "halted"),
        [("missed_heartbeat".to_owned(), "restart".to_owned())]
    );
    assert_eq!(report.about("started", "halted").count(), 1);
}

/// The same of a partition with several, whose windows are passed over while there is nothing to do in them:
/// in its first vCPU's is.
#[test]
fn a_partition_of_several_that_turns_itself_off_is_missed() {
    let report = restarted(ALL_OFF);
    assert_eq!(
        verdicts(&report, "restarted"),
        [("missed_heartbeat".to_owned(), "restart".to_owned())]
    );
    assert_eq!(report.about("started", "restarted").count(), 1);
}

/// Asserts that each life of a partition of `test-again` found nothing of the one before.
fn assert_found_nothing(report: &RunReport, partition: &str) {
    let lines: Vec<_> = report.console_of(partition).collect();
    let expected: Vec<_> = (0..=4)
        .map(|life| format!("life {life}: 0 findings"))
        .collect();
    let mut lives = lines.clone();
    lives.retain(|line| line.starts_with("life"));
    assert_eq!(lives, expected, "'{partition}': {lines:#?}");
}

/// Registers, timers, the interrupt controller and what is in hand there, devices, doorbells, monitors:
/// with what was planted there a partition dies, and looks in its next life.
#[test]
fn nothing_is_left_in_the_next_life() {
    let report = finish(&run("test-again").stop_after(Duration::from_secs(2)));
    for partition in ["all", "old"] {
        assert_found_nothing(&report, partition);
    }
}

/// A word that nothing holds by itself.
const HELD_BEFORE: u64 = 0x6E07_B1A5_C0DE_F00D;

/// All RAM holds a pattern when the board starts; each partition looks for it in every page that it can
/// read, found by trying them.
#[test]
fn no_page_shows_what_ram_held_before() {
    if !is_about(DEFAULT_BOARD) {
        return;
    }
    let size_mib = 1024;
    let mut file = tempfile::NamedTempFile::new().expect("a file can be made");
    let mebibyte = HELD_BEFORE.to_le_bytes().repeat(1 << 17);
    for _ in 0..size_mib {
        file.write_all(&mebibyte).expect("there is room");
    }
    let path = file.path().display();
    // What the board writes stays with it; the file is only where its RAM comes from.
    let memory = format!("memory-backend-file,id=held,size={size_mib}M,share=off,mem-path={path}");
    let run = ["-object", &memory, "-machine", "memory-backend=held"]
        .iter()
        .fold(run("test-again"), |run, argument| {
            run.qemu_argument(argument)
        })
        .memory_mib(size_mib)
        .argument("all", !HELD_BEFORE)
        .argument("old", !HELD_BEFORE);
    let report = finish(&run.stop_after(Duration::from_secs(3)));
    for partition in ["all", "old"] {
        assert_found_nothing(&report, partition);
    }
}
