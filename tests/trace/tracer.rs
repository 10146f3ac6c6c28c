//! What the tracer sees, against what the hypervisor counts.

use std::time::Duration;

use paratia::trace::{Basis, Timeline};
use paratia_tests::run;

use super::{eventful, timeline};

/// The plugin runs no instruction of the board's: each event has the tick that it has without.
#[test]
fn a_run_that_is_looked_at_is_the_same_to_the_tick() {
    for (system, run) in [
        ("cluster", eventful()),
        (
            "test-cpus-4",
            run("test-cpus-4").stop_after(Duration::from_millis(200)),
        ),
    ] {
        let (report, _) = timeline(run.clone(), system, false);
        let (looked_at, _) = timeline(run, system, true);
        assert_eq!(report.events, looked_at.events, "{system}");
        assert_eq!(report.console, looked_at.console, "{system}");
        assert!(report.events.len() > 50, "{system}");
    }
}

/// A vCPU's totals in the log: of an event called `name`, with this cause if one is given.
fn told(timeline: &Timeline, name: &str, whose: (usize, usize), cause: &str, field: &str) -> u64 {
    let events = timeline.moments.iter().filter(|it| it.name == name);
    let number = |it: &paratia::trace::Moment, field| it.fields.get(field)?.as_u64();
    let mut own = events.filter(|it| {
        let is_cause = it
            .fields
            .get("cause")
            .is_none_or(|it| it.as_str() == Some(cause));
        it.partition == Some(whose.0) && number(it, "vcpu") == Some(whose.1 as u64) && is_cause
    });
    own.next().and_then(|it| number(it, field)).unwrap_or(0)
}

/// Each exit that the hypervisor counts is seen, each by its cause, and each window.
#[test]
fn every_exit_and_every_window_is_seen() {
    for system in ["cluster", "test-timer", "test-cpus-4"] {
        let run = run(system).stop_after(Duration::from_millis(400));
        let (_, timeline) = timeline(run, system, true);
        for (partition, declared) in timeline.system().partitions.iter().enumerate() {
            for vcpu in 0..declared.machine.vcpus as usize {
                let whose = (partition, vcpu);
                let of = |name, cause, field| told(&timeline, name, whose, cause, field);
                let seen = |cause: &str| {
                    let exits = timeline.exits.iter();
                    let own = exits.filter(|it| (it.partition, it.vcpu) == whose);
                    own.filter(|it| it.cause.name == cause).count() as u64
                };
                let windows = timeline.windows.iter();
                let windows = windows.filter(|it| (it.partition, it.vcpu) == whose);
                let told = of("vcpu-statistics", "", "windows");
                assert_eq!(
                    windows.count() as u64,
                    told,
                    "{system}: windows of {whose:?}"
                );
                // Of calls the log counts those that end a window apart from others.
                let told = of("vcpu-statistics", "", "calls");
                assert_eq!(seen("call"), told, "{system}: calls of {whose:?}");
                let told = of("vcpu-statistics", "", "interrupts");
                assert_eq!(seen("interrupt"), told, "{system}: interrupts of {whose:?}");
                let told = of("exits", "device", "count");
                let accesses = seen("device") + seen("fetch");
                assert_eq!(accesses, told, "{system}: accesses of {whose:?}");
                // A wait that an interrupt ends at once has a way too short to count on.
                let told = of("exits", "wait", "count");
                assert!(seen("wait") >= told, "{system}: waits of {whose:?}");
            }
        }
    }
}

/// Without a word of the log's about windows the tracer has the same ones, and their starts a few
/// instructions behind the log's.
#[test]
fn windows_are_the_logs_own() {
    let (_, heard) = timeline(eventful(), "cluster", false);
    let (_, mut seen) = timeline(eventful(), "cluster", true);
    for (heard, seen) in heard.windows.iter().zip(&seen.windows) {
        assert_eq!((heard.cpu, heard.planned), (seen.cpu, seen.planned));
        assert_eq!(heard.ran.0, seen.ran.0);
        assert_eq!(heard.basis, (Basis::Measured, Basis::Planned));
        if seen.basis.1 == Basis::Measured {
            assert!(
                (seen.ran.0..seen.planned.1).contains(&seen.ran.1),
                "{seen:?}"
            );
        }
    }
    assert_eq!(heard.windows.len(), seen.windows.len());
    let measured = seen
        .windows
        .iter()
        .filter(|it| it.basis.1 == Basis::Measured);
    assert!(measured.count() > 60, "the ends of nearly all are seen");
    // A window's exits lie in it.
    for exit in seen.exits.drain(..) {
        let of = (exit.partition, exit.vcpu);
        let window = seen.windows.iter().find(|it| {
            (it.partition, it.vcpu) == of && (it.ran.0..=it.ran.1).contains(&exit.ran.0)
        });
        assert!(window.is_some(), "{exit:?}");
    }
}

/// What happens at an exit has a time within it: of a heartbeat the log's own.
#[test]
fn times_fit_the_logs_to_the_tick() {
    let (_, timeline) = timeline(eventful(), "cluster", true);
    let mut count = 0;
    for moment in timeline.moments.iter().filter(|it| it.name == "heartbeat") {
        let time = timeline.ns(moment.time_ticks);
        let tick = timeline.ns(1);
        let found = timeline.exits.iter().find(|it| {
            Some(it.partition) == moment.partition && it.ran.0 < time + tick && time <= it.ran.1
        });
        let call = found.and_then(|it| it.cause.fields.get("call")?.as_str());
        assert_eq!(call, Some("heartbeat"), "at {time} ns: {found:?}");
        count += 1;
    }
    assert!(count > 30, "{count} heartbeats");
}

/// On boards with a GIC interrupts have their numbers.
#[test]
fn interrupts_are_told_by_their_numbers() {
    if paratia_tests::board() == "raspi3b" {
        println!("nothing to do: this is about boards with a GIC");
        return;
    }
    let run = run("test-timer").stop_after(Duration::from_millis(400));
    let (_, timeline) = timeline(run, "test-timer", true);
    let timer = timeline.interrupts.iter().filter(|it| it.number == 27);
    assert!(timer.count() > 0, "{:?}", timeline.interrupts);
}
