//! What one partition leaves behind, no other finds.

use std::time::Duration;

use paratia::run::RunReport;
use paratia_tests::{DEFAULT_BOARD, board, essentials, finish, is_about, report, run};

#[test]
fn registers_do_not_leak() {
    essentials::registers_do_not_leak(&board());
}

/// The same where both were granted performance monitors and debug registers, with a third that has
/// them at work.
#[test]
fn granted_registers_do_not_leak() {
    let report = report("test-monitors", 2);
    essentials::assert_nothing_leaks(&report);
    let plain = registers_in(&self::report("test-registers", 1));
    assert_eq!(registers_in(&report), plain + 33, "all of them keep values");
}

/// The same on a CPU that has nearly everything.
#[test]
fn registers_do_not_leak_on_the_newest_cpu() {
    if !is_about(DEFAULT_BOARD) {
        return;
    }
    for system in ["test-registers", "test-monitors"] {
        let run = run(system).cpu("max").stop_after(Duration::from_secs(2));
        essentials::assert_nothing_leaks(&finish(&run));
    }
}

/// How many registers were looked at.
fn registers_in(report: &RunReport) -> u32 {
    let mut counts = report.console_of("look").filter_map(|line| {
        let (count, _) = line.strip_prefix("looked ")?.split_once(" registers")?;
        count.parse().ok()
    });
    counts.next().expect("it says how many")
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
