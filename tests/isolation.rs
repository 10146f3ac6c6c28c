//! What one partition leaves behind, no other finds.

use std::time::Duration;

use paratia::run::RunReport;
use paratia_tests::{assert_says, finish, report, run};

/// Every register that a guest can write is planted in one partition and looked for in the other,
/// at every window's start; and each finds its own values again.
#[test]
fn registers_do_not_leak() {
    assert_nothing_leaks(&report("test-registers", 2));
}

/// The same where both were granted performance monitors and debug registers, with a third that has
/// them at work.
#[test]
fn granted_registers_do_not_leak() {
    let report = report("test-monitors", 2);
    assert_nothing_leaks(&report);
    let plain = registers_in(&self::report("test-registers", 1));
    assert_eq!(registers_in(&report), plain + 33, "all of them keep values");
}

/// The same on a CPU that has nearly everything.
#[test]
fn registers_do_not_leak_on_the_newest_cpu() {
    for system in ["test-registers", "test-monitors"] {
        let run = run(system).cpu("max").stop_after(Duration::from_secs(2));
        assert_nothing_leaks(&finish(&run));
    }
}

fn assert_nothing_leaks(report: &RunReport) {
    for partition in ["plant", "look"] {
        let of = report.statistics(partition).unwrap();
        assert_eq!((of.faults, of.restarts), (0, 0), "{partition}: {of:?}");
        let lines: Vec<_> = report.console_of(partition).collect();
        let bad = |line: &&&str| line.contains("LEAK") || line.contains("LOST");
        assert_eq!(lines.iter().find(bad), None);
    }
    assert_says(report, "look", "looked at the entry, 0 leaked");
    assert_says(report, "look", "none leaked");
    assert_says(report, "plant", "none lost");
}

/// How many registers were looked at.
fn registers_in(report: &RunReport) -> u32 {
    let mut lines = report.console_of("look");
    let count = lines.find_map(|line| {
        line.strip_prefix("looked ")?
            .split(' ')
            .next()?
            .parse()
            .ok()
    });
    count.expect("it says how many")
}

/// What a partition prints can't pass for another's, nor for the hypervisor's log.
#[test]
fn nobody_speaks_for_another() {
    let report = report("cluster", 2);
    for (speaker, line) in &report.console {
        assert!(
            ["vehicle", "speedometer", "infotainment"].contains(&speaker.as_str()),
            "{line}"
        );
    }
    assert_eq!(report.damaged_frames, 0);
}
