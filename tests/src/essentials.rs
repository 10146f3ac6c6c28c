//! What must hold on every board: [`paratia::catalog::ESSENTIALS`] are the systems.
//!
//! The tests by subject ask it of the board that is asked for, `matrix.rs` of every other one.

use std::time::Duration;

use paratia::catalog;
use paratia::run::RunReport;
use paratia_config::board::InterruptController;

use crate::{assert_says, finish, picture, report_on, run_on};

/// The answers of the interrupt controller test, as QEMU's own controllers give them.
pub const GIC_V3: &str = include_str!("../interrupts/gic-v3.txt");
/// Those of a GICv2.
pub const GIC_V2: &str = include_str!("../interrupts/gic-v2.txt");

/// A first partition runs, prints and loses no time.
///
/// # Panics
/// If not; here and below.
pub fn first_partition(board: &str) {
    let report = report_on(board, "hello", 2);
    assert_says(&report, "hello", "hello from 'hello', start 1");
    let of = report.statistics("hello").expect("statistics");
    assert_eq!((of.windows, of.heartbeats_missed, of.faults), (100, 0, 0));
}

/// Every attack is made and answered, every window starts on its tick, and the picture shows the
/// speed.
pub fn cluster_under_attack(board: &str) {
    let report = picture::shows_udds(board, 17_000);
    for attack in 1..=15 {
        assert_says(&report, "infotainment", &format!("attack {attack} of 15:"));
    }
    let restarts = report.statistics("infotainment").unwrap().restarts;
    assert!(restarts >= 14, "{restarts} restarts");
    for partition in ["vehicle", "speedometer", "infotainment"] {
        let of = report.statistics(partition).unwrap();
        assert_eq!(of.jitter_worst, 0, "{partition}: at 62.5 MHz");
    }
}

/// Four CPUs, each with its own plan, start their windows in step to one tick.
pub fn cpus_in_step(board: &str) {
    let run = run_on(board, "test-cpus-4").stop_after(Duration::from_millis(400));
    let report = finish(&run);
    assert_eq!(report.named("cpu-started").count(), 4);
    let ticks = |us: u64| us * report.frequency_hz.unwrap() / 1_000_000;
    for (name, start_us) in [
        ("first", 0),
        ("second", 4_000),
        ("third", 8_000),
        ("fourth", 16_000),
    ] {
        let windows = report.about("window", name);
        let seen: Vec<_> = windows
            .map(|event| {
                let tick = |key| event.integer(key).unwrap();
                (tick("scheduled"), tick("start") - tick("scheduled"))
            })
            .collect();
        let expected: Vec<_> = (0..20).map(|n| (ticks(n * 20_000 + start_us), 0)).collect();
        assert_eq!(seen, expected, "{name}: scheduled, and how late");
    }
}

/// The virtual timer interrupts on time, in its partition's window and over its end.
pub fn virtual_timer(board: &str) {
    // 62.5 ticks are a microsecond: an interrupt is there within some hundred instructions; where the
    // hypervisor plays the CPU interface, each of the guest's accesses to it costs such a time.
    let facts = catalog::board(board).unwrap().facts;
    let most = match facts.interrupt_controller {
        // Counted: 252.
        InterruptController::Bcm2836 { .. } => 260,
        InterruptController::GicV2 { .. } | InterruptController::GicV3 { .. } => 125,
    };
    let report = report_on(board, "test-timer", 2);
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
            assert!(
                late.iter().all(|ticks| *ticks < most),
                "{partition}, {case}: {late:?}"
            );
        }
    }
}

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

/// A partition's interrupt controller gives the stored answers, those of the board's version.
pub fn interrupts(board: &str) {
    let report = finish(&run_on(board, "test-interrupts").stop_after(Duration::from_secs(5)));
    let said: Vec<_> = report.console_of("interrupts").map(str::to_owned).collect();
    let facts = catalog::board(board).unwrap().facts;
    let answers = match facts.gic_version() {
        3 => GIC_V3,
        _ => GIC_V2,
    };
    // All that this controller shows of a device is its level (BCM2835 ARM Peripherals, 7.5), so it comes
    // as long as that is high, whatever the guest configures.
    let has_edges = !matches!(
        facts.interrupt_controller,
        InterruptController::Bcm2836 { .. }
    );
    let expected = answers.lines().map(|line| match line {
        "interrupts case=device-edge result=device pending:0" if !has_edges => {
            "interrupts case=device-edge result=device,device pending:0"
        }
        _ => line,
    });
    assert_eq!(cases(&said), expected.collect::<Vec<_>>());
    let neighbour = report.statistics("neighbour").expect("it ran");
    assert_eq!((neighbour.heartbeats_missed, neighbour.faults), (0, 0));
    assert_eq!(report.statistics("interrupts").expect("it ran").faults, 0);
}

/// The cases among the lines that the interrupt controller test said, which must be whole.
#[must_use]
pub fn cases(said: &[String]) -> Vec<&str> {
    // The lines before and after say where it ran.
    let [first, cases @ .., last] = said else {
        panic!("it said {said:#?}");
    };
    let whole = first.starts_with("interrupts place=") && last == "interrupts end";
    assert!(whole, "{said:#?}");
    cases.iter().map(String::as_str).collect()
}

/// Every register that a guest can write is planted in one partition and looked for in the other,
/// at every window's start; and each finds its own values again.
pub fn registers_do_not_leak(board: &str) {
    assert_nothing_leaks(&report_on(board, "test-registers", 2));
}

/// What `plant` and `look` have looked at is each one's own, and of the interrupt controller that is
/// everything.
pub fn assert_nothing_leaks(report: &RunReport) {
    for partition in ["plant", "look"] {
        let of = report.statistics(partition).unwrap();
        assert_eq!((of.faults, of.restarts), (0, 0), "{partition}: {of:?}");
        let lines: Vec<_> = report.console_of(partition).collect();
        let bad = |line: &&&str| line.contains("LEAK") || line.contains("LOST");
        assert_eq!(lines.iter().find(bad), None);
        let unwatched = |line: &&&str| line.starts_with("ICC_") || line.starts_with("GICC_");
        assert_eq!(lines.iter().find(unwatched), None);
    }
    assert_says(report, "look", "looked at the entry, 0 leaked");
    assert_says(report, "look", "none leaked");
    assert_says(report, "plant", "none lost");
}
