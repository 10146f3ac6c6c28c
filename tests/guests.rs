//! What guests are promised: timers, interrupts, ports, a clean start.

use std::time::Duration;

use paratia::catalog;
use paratia_tests::{assert_says, board, essentials, finish, report, run, verdicts};

#[test]
fn the_virtual_timer_in_and_out_of_the_window() {
    essentials::virtual_timer(&board());
}

/// Whether the board has the clock that the guest drives. What holds of a device's interrupt on every
/// board is among `interrupts.rs`.
fn has_the_clock() -> bool {
    let board = board();
    let clock = catalog::board(&board).unwrap().facts.device("rtc");
    let has = clock.is_some_and(|clock| clock.model == "pl031");
    if !has {
        println!("nothing to do: {board} has no PL031");
    }
    has
}

#[test]
fn a_devices_interrupt_comes_to_its_owner_in_its_window() {
    if !has_the_clock() {
        return;
    }
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

/// What a guest has configured at the board's own controller is gone when it starts anew, as at its
/// emulated one: an interrupt that was an edge is a level again.
#[test]
fn a_devices_interrupt_is_a_level_after_a_restart() {
    if !has_the_clock() {
        return;
    }
    let run = run("test-clock").argument("clock", 1);
    let report = finish(&run.stop_after(Duration::from_secs(5)));
    assert_says(&report, "clock", "rtc interrupt is an edge");
    assert_says(&report, "clock", "rtc done");
    assert_eq!(report.statistics("clock").unwrap().restarts, 1);
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
