//! What a run promises, and which promises were broken.

use paratia_config::Partition;
use paratia_config::system::Criticality;

use super::{Outcome, RunReport};

/// Every promise that a run broke, in words; none if it kept them all.
///
/// A run promises to reach its end, and that every critical partition misses no heartbeat, has no
/// fault, is never restarted and never halted.
#[must_use]
pub fn broken(report: &RunReport) -> Vec<String> {
    let Outcome::Stopped { .. } = report.outcome else {
        return vec![report.outcome.to_string()];
    };
    let partitions = report.system.partitions.iter();
    let critical = partitions.filter(|it| it.criticality == Criticality::Critical);
    let mut all: Vec<String> = critical
        .flat_map(|partition| broken_by(report, partition))
        .collect();
    if report.damaged_frames > 0 {
        all.push(format!("{} log frames were damaged", report.damaged_frames));
    }
    all
}

fn broken_by(report: &RunReport, partition: &Partition) -> Vec<String> {
    let name = partition.name;
    let Some(counters) = report.statistics(name) else {
        return vec![format!("critical partition '{name}' has no statistics")];
    };
    let mut all = Vec::new();
    let mut add = |broken: bool, what: String| {
        if broken {
            all.push(format!("critical partition '{name}' {what}"));
        }
    };
    let (missed, expected) = (counters.heartbeats_missed, counters.heartbeats_expected);
    let owes = partition.heartbeat.is_some();
    add(
        owes && expected == 0,
        "never came to normal mode, so it owed no heartbeat".to_owned(),
    );
    add(
        missed > 0,
        format!("missed {missed} of {expected} heartbeats"),
    );
    add(
        counters.faults > 0,
        format!("had {}", count(counters.faults, "fault")),
    );
    add(
        counters.restarts > 0,
        format!("had {}", count(counters.restarts, "restart")),
    );
    add(
        report.about("halted", name).next().is_some(),
        "was halted".to_owned(),
    );
    all
}

/// `1 fault`, `2 faults`.
fn count(number: u64, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::log::Event;

    const GOOD: [&str; 3] = [
        "statistics partition=0 windows=100 heartbeats_expected=100 heartbeats_missed=0",
        "statistics partition=1 windows=100 heartbeats_expected=100 heartbeats_missed=0",
        "statistics partition=2 windows=100 heartbeats_expected=9 heartbeats_missed=3 faults=7",
    ];

    fn report(outcome: Outcome, messages: &[&str]) -> RunReport {
        let choice = crate::catalog::choose("qemu-virt", "cluster").unwrap();
        RunReport {
            board: choice.board,
            system: choice.system,
            image: choice.image(),
            events: messages
                .iter()
                .map(|message| Event::parse(0, message))
                .collect(),
            console: Vec::new(),
            hypervisor: Vec::new(),
            last_lines: Vec::new(),
            damaged_frames: 0,
            outcome,
            screenshot: None,
            words: Vec::new(),
            memory: Vec::new(),
            frequency_hz: None,
            wall_clock: Duration::ZERO,
        }
    }

    fn broken_after(message: &str) -> Vec<String> {
        let messages = [GOOD[0], GOOD[1], GOOD[2], message];
        broken(&report(Outcome::Stopped { time_ticks: 1 }, &messages))
    }

    #[test]
    fn a_linux_that_never_writes_is_said() {
        let mut report = report(Outcome::Stopped { time_ticks: 1 }, &GOOD);
        assert_eq!(report.silent(), [""; 0], "none runs a Linux");
        report.system = crate::catalog::choose("qemu-virt", "test-linux")
            .unwrap()
            .system;
        report.console = vec![("again".to_owned(), "a line".to_owned())];
        let said = report.silent();
        assert_eq!(said.len(), 1, "{said:?}");
        assert!(
            said[0].starts_with("'linux': its Linux never wrote a byte; "),
            "{said:?}"
        );
    }

    #[test]
    fn best_effort_partitions_promise_nothing() {
        assert_eq!(
            broken(&report(Outcome::Stopped { time_ticks: 1 }, &GOOD)),
            [""; 0]
        );
    }

    #[test]
    fn each_promise_can_break() {
        for (message, words) in [
            (
                "statistics partition=0 heartbeats_expected=9 heartbeats_missed=2",
                "missed 2 of 9 heartbeats",
            ),
            (
                "statistics partition=0 heartbeats_expected=9 faults=1",
                "had 1 fault",
            ),
            (
                "statistics partition=0 heartbeats_expected=9 restarts=2",
                "had 2 restarts",
            ),
            (
                "statistics partition=0",
                "never came to normal mode, so it owed no heartbeat",
            ),
            ("halted partition=0", "was halted"),
        ] {
            assert_eq!(
                broken_after(message),
                [format!("critical partition 'vehicle' {words}")]
            );
        }
    }

    #[test]
    fn a_halt_is_at_the_time_of_its_first_word() {
        let stopped = Outcome::Stopped { time_ticks: 1 };
        let mut report = report(stopped, &["boot cpus=1"]);
        report.frequency_hz = Some(1_000);
        assert_eq!(report.halted_at("vehicle"), None);
        for (ticks, message) in [
            (
                3,
                "verdict partition=0 event=stray_access action=restart restarts=0",
            ),
            (
                5,
                "verdict partition=0 event=stray_access action=halt restarts=1",
            ),
            (7, "halted partition=0"),
            (6, "halted partition=1"),
        ] {
            report.events.push(Event::parse(ticks, message));
        }
        assert_eq!(report.halted_at("vehicle"), Some(Duration::from_millis(5)));
        assert_eq!(
            report.halted_at("speedometer"),
            Some(Duration::from_millis(6))
        );
    }

    #[test]
    fn a_partition_without_statistics_proves_nothing() {
        let stopped = Outcome::Stopped { time_ticks: 1 };
        assert_eq!(
            broken(&report(stopped, &GOOD[1..])),
            ["critical partition 'vehicle' has no statistics"]
        );
    }

    #[test]
    fn a_run_without_an_end_keeps_nothing() {
        let refused = Outcome::Refused("128 MiB of RAM, not 256".to_owned());
        assert_eq!(
            broken(&report(refused, &GOOD)),
            ["the hypervisor refused to start: 128 MiB of RAM, not 256"]
        );
        assert_eq!(
            broken(&report(Outcome::Interrupted, &GOOD)),
            ["interrupted"]
        );
    }
}
