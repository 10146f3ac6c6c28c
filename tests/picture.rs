//! The picture: what the display shows is what the car drives, or that it isn't known.

use std::time::Duration;

use paratia::run::RunReport;
use paratia_instruments::dashboard::DisplayedSpeed;
use paratia_tests::picture::{self, Picture};
use paratia_tests::{assert_says, board, essentials, run};

fn photograph(argument: u64, milliseconds: u64) -> (Picture, RunReport) {
    let run = run("test-stale").argument("vehicle", argument);
    picture::photograph(&run.stop_after(Duration::from_millis(milliseconds)))
}

#[test]
fn speed_after_3_seconds() {
    let _ = picture::shows_udds(&board(), 3_000);
}

#[test]
fn speed_after_8_seconds() {
    let _ = picture::shows_udds(&board(), 8_000);
}

#[test]
fn speed_after_17_seconds() {
    essentials::cluster_under_attack(&board());
}

#[test]
fn a_source_in_order_is_shown() {
    let (picture, _) = photograph(0, 900);
    assert_eq!(picture.speed(), Some(DisplayedSpeed::KilometresPerHour(88)));
    assert!(!picture.warns());
}

/// Each way in which the source can fail after its first second: dashes, never the old speed.
fn assert_dashes(argument: u64, reason: &str) {
    let (picture, report) = photograph(argument, 1_500);
    assert_eq!(picture.speed(), Some(DisplayedSpeed::Dashes));
    assert!(picture.warns(), "the telltale is lit");
    assert_says(&report, "speedometer", reason);
    assert_critical_unharmed_but_source(&report);
}

fn assert_critical_unharmed_but_source(report: &RunReport) {
    let of = report.statistics("speedometer").unwrap();
    assert_eq!((of.heartbeats_missed, of.faults), (0, 0), "{of:?}");
}

#[test]
fn a_silent_source_is_noticed() {
    assert_dashes(0, "no speed: stale");
}

#[test]
fn a_corrupt_message_is_noticed() {
    assert_dashes(1, "no speed: corrupt");
}

#[test]
fn a_repeated_message_is_noticed() {
    assert_dashes(2, "no speed: stale");
}
