//! What guests are promised: timers, interrupts, ports, a clean start.

use std::time::Duration;

use paratia::run::RunReport;
use paratia_tests::{assert_says, finish, report, run, verdicts};

/// The numbers `key=value` in the lines of a partition's console that contain `word`.
fn numbers(report: &RunReport, partition: &str, word: &str, key: &str) -> Vec<u64> {
    let key = format!("{key}=");
    let lines = report
        .console_of(partition)
        .filter(|line| line.contains(word));
    lines
        .filter_map(|line| line.split_once(&key)?.1.split(' ').next()?.parse().ok())
        .collect()
}

#[test]
fn the_virtual_timer_in_and_out_of_the_window() {
    let report = report("test-timer", 2);
    for partition in ["timer", "neighbour"] {
        assert_says(&report, partition, "timer done");
        assert_eq!(numbers(&report, partition, "round=3", "interrupts"), [15]);
        for case in [
            "spin",
            "sleep",
            "spin-outside",
            "sleep-outside",
            "wait-outside",
        ] {
            let late = numbers(&report, partition, &format!("case={case} "), "late");
            assert_eq!(late.len(), 3, "{partition}, {case}");
            // 62.5 ticks are a microsecond: an interrupt is there within some hundred
            // instructions.
            assert!(
                late.iter().all(|ticks| *ticks < 125),
                "{partition}, {case}: {late:?}"
            );
        }
    }
}

#[test]
fn a_devices_interrupt_comes_to_its_owner_in_its_window() {
    let report = report("test-clock", 5);
    assert_says(&report, "clock", "rtc done");
    let seen = report
        .console_of("clock")
        .filter(|line| line.contains("seen at"))
        .count();
    assert_eq!(seen, 3);
    assert_eq!(report.statistics("clock").unwrap().faults, 0);
    assert_eq!(report.statistics("neighbour").unwrap().heartbeats_missed, 0);
}

#[test]
fn memory_is_clean_after_every_restart() {
    let report = report("test-memory", 5);
    for restarts in 0..=3 {
        assert_says(
            &report,
            "memory",
            &format!("clean after restart {restarts}"),
        );
    }
    assert!(
        report
            .console_of("memory")
            .all(|line| !line.contains("dirty"))
    );
    assert!(
        report
            .console_of("memory")
            .any(|line| line.starts_with("filled"))
    );
    let verdicts = verdicts(&report, "memory");
    assert!(
        verdicts.iter().all(|(event, _)| event == "stray_access"),
        "{verdicts:?}"
    );
}

#[test]
fn normal_start_and_restart_are_told_apart() {
    let report = finish(
        &run("cluster")
            .stop_after(Duration::from_secs(1))
            .argument("infotainment", 15),
    );
    assert_says(&report, "infotainment", "start 1 (NormalStart)");
    assert_says(&report, "infotainment", "start 2 (PartitionRestart)");
}
