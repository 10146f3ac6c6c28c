//! What one partition leaves behind, no other finds.

use paratia_tests::{board, essentials, report};

#[test]
fn registers_do_not_leak() {
    essentials::registers_do_not_leak(&board());
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
