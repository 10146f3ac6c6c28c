//! Performance monitors and debug registers, for partitions that were granted them.

use std::collections::BTreeMap;

use paratia::run::RunReport;
use paratia_tests::{DEFAULT_BOARD, assert_says, finish, is_about, report, report_on, run};

/// Nanoseconds of `monitors` windows, guard included.
const WINDOW_NS: u64 = 1_400_000;
const FRAME_NS: u64 = 20_000_000;

/// The figures of a case.
fn figures(report: &RunReport, case: &str) -> BTreeMap<String, u64> {
    let start = format!("monitors case={case} ");
    let mut lines = report.console_of("monitors");
    let line = lines
        .find_map(|line| line.strip_prefix(&start))
        .unwrap_or_else(|| {
            panic!(
                "no case {case}: {:#?}",
                report.console_of("monitors").collect::<Vec<_>>()
            )
        });
    line.split_whitespace()
        .filter_map(|word| word.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.parse().expect("a number")))
        .collect()
}

/// Over the end of a window, by waiting and by spinning, with counters told to count at every level: what
/// they count is the partition's own. On QEMU a cycle has a nanosecond, and so has an instruction.
#[test]
fn counters_count_their_own_windows_alone() {
    let report = report("test-monitors", 1);
    let inside = figures(&report, "inside");
    assert!((99_000..120_000).contains(&inside["cycles"]), "{inside:?}");
    assert!(
        (99_000..120_000).contains(&inside["instructions"]),
        "{inside:?}"
    );
    for case in ["waiting", "spinning"] {
        let over = figures(&report, case);
        let ticks_of_frame = FRAME_NS * report.frequency_hz.unwrap() / 1_000_000_000;
        assert!(over["ticks"] > ticks_of_frame / 2, "{over:?}");
        for count in [over["cycles"], over["instructions"]] {
            assert!((100..2 * WINDOW_NS).contains(&count), "{case}: {over:?}");
        }
    }
    let waiting = figures(&report, "waiting");
    assert!(waiting["cycles"] < 10_000, "{waiting:?}");
}

/// On the newest CPU, whose counters can be told to stand still at EL2.
#[test]
fn counters_count_nothing_of_el2_where_that_can_be_forbidden() {
    if !is_about(DEFAULT_BOARD) {
        return;
    }
    let report = finish(
        &run("test-monitors")
            .cpu("max")
            .stop_after(std::time::Duration::from_secs(1)),
    );
    let waiting = figures(&report, "waiting");
    assert!(waiting["instructions"] < 200, "{waiting:?}");
}

/// A counter's overflow interrupts, stays in hand over the end of a window, comes again while it isn't
/// seen to, and goes away with its cause.
#[test]
fn an_overflow_interrupts_in_its_own_windows() {
    let report = report_on(DEFAULT_BOARD, "test-monitors", 1);
    for line in [
        "monitors case=overflow taken=[23, 23, 1023]",
        "monitors case=overflow-over-windows taken=[23, 1023, 1023]",
        "monitors case=overflow-gone taken=[1, 0, 1023]",
    ] {
        assert_says(&report, "monitors", line);
    }
}

/// Who runs right after one that was granted them has none of it: what is hidden is as on a CPU without
/// it (`hidden.rs`).
#[test]
fn a_neighbour_without_the_grant_has_nothing_of_it() {
    const EXPECTED: &str = include_str!("hidden.txt");
    let report = report("test-monitors", 2);
    let lines = report.console_of("without");
    let cases: Vec<_> = lines
        .filter(|line| line.starts_with("hidden case="))
        .collect();
    // Monitors and debug registers come first, and two seconds are enough for them.
    let expected: Vec<_> = EXPECTED.lines().take(cases.len()).collect();
    assert_eq!(cases, expected);
    assert!(cases.len() > 20, "{cases:?}");
}

/// A breakpoint and a watchpoint that are set in one window are hit in the next, and single steps
/// take one instruction each, a trapped one, too.
#[test]
fn breakpoints_watchpoints_and_steps_work_over_windows() {
    let report = report("test-monitors", 1);
    for line in [
        "monitors case=breakpoint count=1 class=0x31",
        "monitors case=watchpoint count=1 class=0x35",
        "monitors case=steps count=3 at=0x4080c",
        "monitors end",
    ] {
        assert_says(&report, "monitors", line);
    }
}
