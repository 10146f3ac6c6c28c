//! Every attack of the infotainment, each with its verdict, and the critical partitions unharmed.

use std::time::Duration;

use paratia::run::RunReport;
use paratia_tests::{assert_critical_unharmed, assert_says, finish, run, verdicts};

/// Runs attack `number`, which must be the one called `name`.
fn attack(number: u64, name: &str) -> RunReport {
    let report = finish(
        &run("cluster")
            .stop_after(Duration::from_secs(2))
            .argument("infotainment", number),
    );
    assert_says(
        &report,
        "infotainment",
        &format!("attack {number} of 15: {name}"),
    );
    assert_critical_unharmed(&report);
    report
}

/// Asserts that each attack ended in a restart for `event`, until the limit of four within two
/// seconds turned the last into a halt or the run was over.
fn assert_restarted_for(report: &RunReport, event: &str) {
    let verdicts = verdicts(report, "infotainment");
    assert!(!verdicts.is_empty(), "there is a verdict");
    for (index, (on, action)) in verdicts.iter().enumerate() {
        assert_eq!(on, event);
        assert_eq!(
            action,
            if index < 4 { "restart" } else { "halt" },
            "verdict {index}"
        );
    }
    assert!(
        verdicts.len() <= 5,
        "nothing comes after a halt: {verdicts:?}"
    );
    let started = report.about("started", "infotainment").count();
    let restarts = verdicts
        .iter()
        .filter(|(_, action)| action == "restart")
        .count();
    assert!(
        started == restarts || started + 1 == restarts,
        "{started} of {restarts} restarts"
    );
}

/// The addresses that faults name.
fn fault_addresses(report: &RunReport) -> Vec<u64> {
    report
        .about("fault", "infotainment")
        .map(|fault| fault.integer("ipa").unwrap())
        .collect()
}

#[test]
fn write_beyond_memory() {
    let report = attack(1, "write through all memory and beyond");
    assert_restarted_for(&report, "stray_access");
    assert!(
        fault_addresses(&report)
            .iter()
            .all(|address| *address == 0x4040_0000)
    );
}

#[test]
fn jump_to_nowhere() {
    assert_restarted_for(&attack(2, "jump to nowhere"), "stray_fetch");
}

#[test]
fn undefined_instruction() {
    assert_restarted_for(&attack(3, "undefined instruction"), "unhandled_exception");
}

#[test]
fn hypervisors_registers() {
    assert_restarted_for(&attack(4, "hypervisor's registers"), "unhandled_exception");
}

#[test]
fn trapped_system_register() {
    assert_restarted_for(
        &attack(5, "trapped system register"),
        "forbidden_instruction",
    );
}

#[test]
fn smc_storm() {
    assert_restarted_for(&attack(6, "SMC storm"), "refused_calls");
}

#[test]
fn hvc_storm() {
    let report = attack(7, "HVC storm");
    assert_restarted_for(&report, "refused_calls");
    let of = report.statistics("infotainment").unwrap();
    assert!(of.refused_calls >= 17, "each is counted: {of:?}");
}

#[test]
fn endless_loop() {
    let report = attack(8, "endless loop with interrupts masked");
    assert_restarted_for(&report, "missed_heartbeat");
}

#[test]
fn sleep_for_ever() {
    let report = attack(9, "sleep for ever");
    assert_restarted_for(&report, "missed_heartbeat");
    let of = report.statistics("infotainment").unwrap();
    assert!(
        of.idle_ticks > of.used_ticks,
        "its sleep is counted as idle: {of:?}"
    );
}

#[test]
fn stack_overflow() {
    assert_restarted_for(&attack(10, "stack overflow"), "unhandled_exception");
}

#[test]
fn cache_maintenance_by_set_and_way() {
    let name = "cache maintenance by set and way";
    let report = attack(11, name);
    assert_says(
        &report,
        "infotainment",
        &format!("attack 11 of 15 changed nothing: {name}"),
    );
    assert_restarted_for(&report, "reset");
}

#[test]
fn write_at_the_frame_buffer() {
    let report = attack(12, "write at the frame buffer");
    assert_restarted_for(&report, "stray_access");
    assert!(
        fault_addresses(&report)
            .iter()
            .all(|address| *address == 0x8000_0000)
    );
}

#[test]
fn write_at_critical_memory() {
    let report = attack(13, "write at the critical partitions' memory");
    assert_restarted_for(&report, "stray_access");
}

#[test]
fn write_at_the_interrupt_controller() {
    let report = attack(14, "write at the interrupt controller");
    assert_restarted_for(&report, "stray_access");
    // What it finds before is its own emulated controller; then comes another CPU's redistributor,
    // or with GICv2 the first one at all.
    let foreign = match report.board.gic_version() {
        3 => 0x080C_0014,
        _ => 0x080A_0014,
    };
    assert!(
        fault_addresses(&report)
            .iter()
            .all(|address| *address == foreign)
    );
}

#[test]
fn console_flood_is_dropped_and_counted() {
    let report = attack(15, "console flood");
    assert_says(&report, "infotainment", "asking for a restart");
    let verdicts = verdicts(&report, "infotainment");
    assert!(
        verdicts.contains(&("console_overflow".into(), "ignore".into())),
        "{verdicts:?}"
    );
    let dropped: u64 = report
        .about("console-overflow", "infotainment")
        .map(|event| event.integer("dropped").unwrap())
        .sum();
    assert!(dropped > 10_000, "{dropped} bytes dropped");
}

#[test]
fn the_third_restart_in_ten_seconds_is_a_halt() {
    let report = finish(
        &run("test-limits")
            .stop_after(Duration::from_secs(2))
            .argument("infotainment", 1),
    );
    let actions: Vec<_> = verdicts(&report, "infotainment")
        .into_iter()
        .map(|(_, action)| action)
        .collect();
    assert_eq!(actions, ["restart", "restart", "halt"]);
    let halted = report
        .about("verdict", "infotainment")
        .last()
        .unwrap()
        .time_ticks;
    assert!(
        report
            .about("window", "infotainment")
            .all(|window| window.time_ticks <= halted),
        "no window of it runs after the halt"
    );
    let neighbour = report.statistics("neighbour").unwrap();
    assert_eq!((neighbour.heartbeats_missed, neighbour.faults), (0, 0));
}
