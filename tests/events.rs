//! Events: every answer of their calls, the declared rate, and that a flood costs nobody but who takes them.

use std::collections::BTreeMap;
use std::time::Duration;

use paratia::run::RunReport;
use paratia_tests::{assert_says, finish, moments, run};

/// What the source of `test-events` does.
const CALM: u64 = 0;
const ANSWERS: u64 = 1;
const FLOODING: u64 = 2;
/// As the system declares and its program does: signals in a window, and windows of the source in the flood.
const PER_WINDOW: u64 = 5_000;
const WINDOWS: u64 = 20;

fn events(source: u64) -> RunReport {
    let report = finish(
        &run("test-events")
            .argument("source", source)
            .stop_after(Duration::from_millis(400)),
    );
    for partition in ["source", "near", "far"] {
        let mut lines = report.console_of(partition);
        let wrong = lines.find(|line| line.contains("WRONG"));
        assert_eq!(wrong, None, "{partition}");
    }
    report
}

/// The numbers of the line that begins with `first`, by their names.
fn said(report: &RunReport, partition: &str, first: &str) -> BTreeMap<String, u64> {
    let mut lines = report.console_of(partition);
    let line = lines.find(|line| line.starts_with(first));
    let line = line.unwrap_or_else(|| panic!("{partition} says no '{first}'"));
    println!("{partition}: {line}");
    let words = line.split(' ').filter_map(|word| word.split_once('='));
    words
        .map(|(name, number)| (name.to_owned(), number.parse().expect("a number")))
        .collect()
}

#[test]
fn every_call_of_an_event_at_its_bounds_has_its_answer_and_signals_wait_for_the_window() {
    let report = events(ANSWERS);
    assert_says(&report, "source", "done, 0 with a wrong answer");
    // It was out while all of these came: one interrupt, at its window's start, and their count.
    let near: Vec<_> = report.console_of("near").collect();
    assert_eq!(near[..2], ["count=5000 refused=1", "count=1 refused=1"]);
    for partition in ["near", "far"] {
        let total = said(&report, partition, "total=");
        assert_eq!(total["total"], PER_WINDOW + 1, "{partition}");
        assert_eq!(total["refused"], 1, "{partition}");
    }
    assert_eq!(said(&report, "near", "total=")["interrupts"], 2);
}

#[test]
fn a_source_signals_as_often_as_declared_and_a_flood_costs_nobody_but_who_takes_it() {
    let calm = events(CALM);
    let flood = events(FLOODING);
    let source = said(&flood, "source", "signalled=");
    assert_eq!(source["signalled"], WINDOWS * PER_WINDOW);
    assert!(source["refused"] > 20_000, "{}", source["refused"]);
    for partition in ["near", "far"] {
        let taken = said(&flood, partition, "total=");
        assert_eq!(taken["total"], source["signalled"], "{partition}");
        // One interrupt for each taking, and not for each signal.
        assert!(taken["interrupts"] <= taken["takings"] + 1, "{partition}");
    }
    // The source and the near one share a CPU; the far one runs while it is signalled.
    assert!(said(&flood, "near", "total=")["takings"] <= WINDOWS);
    assert!(said(&flood, "far", "total=")["takings"] > WINDOWS);

    let undisturbed = moments(&calm, "bystander");
    assert!(undisturbed.len() > 40, "{}", undisturbed.len());
    assert_eq!(undisturbed, moments(&flood, "bystander"));
    let interrupts = |report: &RunReport, partition: &str| {
        report.statistics(partition).expect("its totals").interrupts
    };
    for partition in ["bystander", "passer-by"] {
        let (expected, seen) = (interrupts(&calm, partition), interrupts(&flood, partition));
        assert_eq!(expected, seen, "{partition}");
        assert_eq!(flood.statistics(partition).unwrap().heartbeats_missed, 0);
    }
}

/// What both vCPUs of the source in `test-event-lives` may signal together in a frame: as often as declared in each of
/// their windows, of which one begins while the other lasts.
const BY_BOTH: u64 = 2 * 300;
/// Windows in which they do, and those of them whose signals the destination takes before it restarts.
const FRAMES: u64 = 6;
const TAKEN: u64 = 3;
/// Depth of the queue beside the event, which the destination empties in each of these windows.
const DEPTH: u64 = 64;

/// Two vCPUs signal one event and send to one queue at the same time, each as fast as it can: none gets more than is
/// declared, and none is lost. What is pending when the destination restarts is its next life's: one interrupt, and
/// the count of all that wasn't taken; queued messages aren't, and what was refused before isn't told.
#[test]
fn a_source_of_several_vcpus_loses_nothing_and_a_restarted_destination_is_told_what_is_pending() {
    let report = finish(&run("test-event-lives").stop_after(Duration::from_millis(700)));
    let source = said(&report, "pair", "signalled=");
    assert_eq!(source["signalled"], FRAMES * BY_BOTH);
    assert_eq!(source["wrong"], 0);
    assert!(source["refused"] > source["signalled"]);
    // What was taken made room; then it was full again.
    assert_eq!(source["sent"], (TAKEN + 1) * DEPTH);

    let first: Vec<_> = report.console_of("taker").collect();
    let taken = "rung=1 count=600";
    for line in &first[..3] {
        assert!(line.starts_with("life=0") && line.contains(taken), "{line}");
    }
    let before = said(&report, "taker", "life=0 received=");
    assert_eq!((before["received"], before["torn"]), (TAKEN * DEPTH, 0));
    assert!(before["told"] > 0);
    let pending = said(&report, "taker", "life=1 rung=");
    assert_eq!(pending["rung"], 1);
    assert_eq!(pending["count"], (FRAMES - TAKEN) * BY_BOTH);
    assert_eq!(pending["refused"], source["refused"]);
    let after = said(&report, "taker", "life=1 received=");
    assert_eq!((after["received"], after["told"]), (0, 0));
    assert_eq!(report.statistics("taker").unwrap().restarts, 1);
    let queue = report.named("queue").next().expect("a queue's statistics");
    assert_eq!(queue.integer("dropped"), Some(DEPTH));
}
