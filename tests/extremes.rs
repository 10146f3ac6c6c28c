//! Timers at their extremes, and exceptions without end: nothing of another's time, and no run that never
//! ends.

use std::time::Duration;

use paratia::qemu::Time;
use paratia::run::{Outcome, Run, RunReport};
use paratia_tests::{assert_says, finish, moments, run, with_finest_ticks};

/// The guest's manners, by its run argument.
const TIMERS: u64 = 0;
const EXCEPTIONS: u64 = 1;
const CALM: u64 = 2;

fn extremes(manner: u64) -> Run {
    run("test-extremes").argument("extremes", manner)
}

/// Compare values and countdowns from 0 over both sides of every sign bit to all ones, on, off and masked,
/// of both timers, with a window's end in each state: each shows and does what the architecture says,
/// and works as ever afterwards. The neighbour's time is that beside a partition that does nothing.
#[test]
fn timers_at_their_extremes_are_right_and_take_nothing_from_others() {
    let experiment = |manner| {
        let run = extremes(manner).stop_after(Duration::from_secs(8));
        finish(&with_finest_ticks(run))
    };
    let report = experiment(TIMERS);
    assert_says(&report, "extremes", "304 settings, 0 wrong");
    let calm = experiment(CALM);
    let victim = |report: &RunReport| {
        let of = report.statistics("victim").expect("statistics");
        assert_eq!((of.heartbeats_missed, of.faults), (0, 0));
        moments(report, "victim")
    };
    let (expected, seen) = (victim(&calm), victim(&report));
    assert!(expected.len() > 1_500, "{}", expected.len());
    assert_eq!(expected, seen);
}

/// Exceptions that never complete an instruction: time that passes by instructions stands still, so the
/// tool ends the run and says whose fault it is.
#[test]
fn exceptions_without_end_end_the_run_with_a_sentence() {
    let report = extremes(EXCEPTIONS)
        .stop_after(Duration::from_secs(2))
        .execute()
        .expect("QEMU starts");
    let Outcome::StandsStill(why) = &report.outcome else {
        panic!("{}\n{:#?}", report.outcome, report.last_lines);
    };
    for words in [
        "partition 'extremes' takes exception after exception on CPU 0",
        "its vector at 0x100000200 can't be fetched (ESR_EL1 0x86000005)",
        "--realtime",
    ] {
        assert!(why.contains(words), "'{words}' is missing in: {why}");
    }
}

/// With the clock on the wall the same guest's windows end as any, and the others have theirs.
#[test]
fn exceptions_without_end_last_a_window_in_real_time() {
    let report = extremes(EXCEPTIONS)
        .time(Time::Real)
        .stop_after(Duration::from_secs(2))
        .execute()
        .expect("QEMU starts");
    assert!(report.reached_end(), "{}", report.outcome);
    assert_says(&report, "extremes", "exceptions without end");
    for partition in ["extremes", "victim"] {
        let of = report.statistics(partition).expect("statistics");
        // Most are lost where the host is very busy; a window that never ends leaves none.
        assert!(of.windows > 2, "{partition}: {of:?}");
    }
}
