//! Time: windows on their tick, and the guard against the longest path that was measured.

use std::time::Duration;

use paratia::run::RunReport;
use paratia_config::rules::LONGEST_PATH;
use paratia_tests::{finish, run, with_finest_ticks};

/// Longest exit of any partition, longest switch and longest step of the log, in ns.
fn longest_paths(report: &RunReport) -> [u64; 3] {
    let frequency_hz = report.frequency_hz.unwrap();
    let worst = |event, key: &str| {
        let ticks = report
            .named(event)
            .map(|event| event.integer(key).unwrap())
            .max();
        ticks.unwrap() * 1_000_000_000 / frequency_hz
    };
    [
        worst("exits", "worst"),
        worst("cpu-statistics", "switch_worst"),
        worst("cpu-statistics", "log_step_worst"),
    ]
}

/// The rule `guard_covers_longest_path` relies on a constant; here it is measured, under every
/// attack: with one tick an instruction, which takes 1 ns, on QEMU's own machines, and by the tick of
/// their counter on the others.
#[test]
fn the_longest_path_is_within_what_the_guard_is_checked_against() {
    let run = run("cluster").stop_after(Duration::from_secs(15));
    let report = finish(&with_finest_ticks(run));
    let [exit, switch, log_step] = longest_paths(&report);
    println!("longest exit {exit}, switch {switch}, log step {log_step} ns");
    // An exit may have begun just before the window's end; then the switch follows.
    assert!(
        u128::from(exit + switch) <= LONGEST_PATH.as_nanos(),
        "{exit} + {switch}"
    );
    // A step of the log begins at least a quarter of the guard before the release.
    let guard = report.system.schedule.guard.as_nanos();
    assert!(u128::from(log_step) < guard / 4, "{log_step} of {guard}");
}

#[test]
fn every_window_starts_on_its_tick() {
    let report = finish(&run("cluster").stop_after(Duration::from_secs(15)));
    for partition in ["vehicle", "speedometer", "infotainment"] {
        let of = report.statistics(partition).unwrap();
        assert_eq!(of.jitter_worst, 0, "{partition}: at 62.5 MHz");
    }
}
