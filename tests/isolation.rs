//! What one partition leaves behind, no other finds.

use paratia_tests::{assert_says, report};

/// Every register that a guest can write is planted in one partition and looked for in the other,
/// at every window's start; and each finds its own values again.
#[test]
fn registers_do_not_leak() {
    let report = report("test-registers", 2);
    for partition in ["plant", "look"] {
        let of = report.statistics(partition).unwrap();
        assert_eq!((of.faults, of.restarts), (0, 0), "{partition}: {of:?}");
        let lines: Vec<_> = report.console_of(partition).collect();
        let bad = |line: &&&str| line.contains("LEAK") || line.contains("LOST");
        assert_eq!(lines.iter().find(bad), None);
    }
    assert_says(&report, "look", "looked at the entry, 0 leaked");
    assert_says(&report, "look", "none leaked");
    assert_says(&report, "plant", "none lost");
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
