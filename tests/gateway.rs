//! A man in the middle: whatever he does to the speed's messages, its receiver finds it by itself, and the display
//! says that it isn't known.

use std::time::Duration;

use paratia::run::RunReport;
use paratia_instruments::dashboard::DisplayedSpeed;
use paratia_instruments::drive_cycle::DriveCycle;
use paratia_tests::picture::{self, Picture};
use paratia_tests::{assert_says, run};

/// While he does it, and when he has left off: he begins after a second, and ends after two.
const MEANWHILE: u64 = 1_800;
const AFTERWARDS: u64 = 2_500;

fn photograph(deed: u64, milliseconds: u64) -> (Picture, RunReport) {
    let run = run("gateway").argument("middle", deed);
    picture::photograph(&run.stop_after(Duration::from_millis(milliseconds)))
}

/// No critical partition is harmed, and each of its windows starts on its tick.
fn assert_on_their_tick(report: &RunReport) {
    for partition in ["vehicle", "gateway", "speedometer"] {
        let of = report.statistics(partition).expect("it ran");
        let seen = (
            of.heartbeats_missed,
            of.faults,
            of.restarts,
            of.jitter_worst,
        );
        assert_eq!(seen, (0, 0, 0, 0), "{partition}: {of:?}");
    }
}

/// The speed that UDDS has in the last frame before the end.
fn assert_shows_the_speed(picture: &Picture, milliseconds: u64) {
    let time = Duration::from_millis(20_000 + milliseconds - 20);
    let speed = DriveCycle::UDDS.speed_at(time);
    let shown = DisplayedSpeed::KilometresPerHour(speed.to_whole_kilometres_per_hour());
    assert_eq!(picture.speed(), Some(shown));
    assert!(!picture.warns());
}

/// What he does is found as `findings`, and nothing else is; dashes and the lamp while he does it, the speed when
/// he has left off.
fn assert_found(deed: u64, name: &str, findings: &[&str]) {
    let (picture, report) = photograph(deed, MEANWHILE);
    assert_on_their_tick(&report);
    assert_says(&report, "middle", name);
    let found: Vec<_> = report
        .console_of("speedometer")
        .filter_map(|line| line.strip_prefix("E2E at "))
        .filter_map(|line| line.split_once(" ms: ")?.1.split_once(", "))
        .map(|(finding, _)| finding)
        .filter(|finding| !["Protection(Ok)", "Protection(OkSomeLost)"].contains(finding))
        .collect();
    let mut kinds = found.clone();
    kinds.dedup();
    assert_eq!(kinds, findings, "{found:?}");
    assert_says(&report, "speedometer", "Valid -> Invalid");
    assert_eq!(picture.speed(), Some(DisplayedSpeed::Dashes));
    assert!(picture.warns(), "the telltale is lit");

    let (picture, report) = photograph(deed, AFTERWARDS);
    assert_on_their_tick(&report);
    assert_says(&report, "speedometer", "Invalid -> Valid");
    assert_shows_the_speed(&picture, AFTERWARDS);
}

#[test]
fn what_is_passed_on_is_shown() {
    let (picture, report) = photograph(0, MEANWHILE);
    assert_on_their_tick(&report);
    assert_shows_the_speed(&picture, MEANWHILE);
    // Each message came, through three queues, and none was refused.
    let queues: Vec<_> = report.named("queue").collect();
    assert_eq!(queues.len(), 3);
    for queue in queues {
        let count = |key| queue.integer(key);
        let seen = ["sent", "refused", "dropped", "waiting"].map(count);
        assert_eq!(seen, [Some(90), Some(0), Some(0), Some(0)], "{queue:?}");
    }
}

#[test]
fn dropped_messages_are_found() {
    let findings = ["Protection(NoNewData)", "Protection(WrongSequence)"];
    assert_found(1, "Drops", &findings);
}

#[test]
fn repeated_messages_are_found() {
    assert_found(2, "Repeats", &["Protection(Repeated)"]);
}

#[test]
fn delayed_messages_are_found() {
    assert_found(3, "Delays", &["Protection(NoNewData)", "Delayed"]);
}

#[test]
fn reordered_messages_are_found() {
    let findings = ["Protection(NoNewData)", "Protection(WrongSequence)"];
    assert_found(4, "Reorders", &findings);
}

#[test]
fn corrupt_messages_are_found() {
    assert_found(5, "Corrupts", &["Protection(Error)"]);
}
