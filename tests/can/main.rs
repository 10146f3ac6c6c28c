//! The cluster with its speed over a CAN bus, on the board that has two controllers; and a vehicle that does with
//! its own whatever it likes.

mod signals;

use std::time::Duration;

use paratia::run::{Run, RunReport};
use paratia_instruments::dashboard::DisplayedSpeed;
use paratia_instruments::drive_cycle::DriveCycle;
use paratia_tests::picture::{self, Picture};
use paratia_tests::{
    all_boards, assert_critical_unharmed, assert_says, count, finish, is_about, moments, run_on,
};

const BOARD: &str = "zcu102";
/// While the vehicle does a deed, and when it has left off: it begins after a second, and ends after two.
const MEANWHILE: u64 = 1_800;
const AFTERWARDS: u64 = 2_500;
/// Its deeds, by run argument (`can-vehicle/deed.rs`).
const STORMS: u64 = 5;
const STORMS_FOR_EVER: u64 = 6;

/// A run of a system with a calm infotainment, unless another board was asked for.
fn run(system: &str, milliseconds: u64) -> Option<Run> {
    (all_boards() || is_about(BOARD)).then(|| {
        let run = run_on(BOARD, system);
        run.stop_after(Duration::from_millis(milliseconds))
    })
}

/// A run with a deed of the vehicle.
fn misled(deed: u64, milliseconds: u64) -> Option<Run> {
    Some(run("cluster-can", milliseconds)?.argument("vehicle", deed))
}

/// Each critical window starts on its tick, whatever is on the bus.
fn assert_on_their_tick(report: &RunReport) {
    assert_critical_unharmed(report);
    for partition in ["vehicle", "speedometer"] {
        let of = report.statistics(partition).expect("it ran");
        assert_eq!(of.jitter_worst, 0, "{partition}: {of:?}");
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

#[test]
fn the_picture_is_that_of_the_cluster_without_a_bus() {
    let [Some(with), Some(without)] = ["cluster-can", "cluster"].map(|it| run(it, 3_000)) else {
        return;
    };
    let (with, report) = picture::photograph(&with);
    assert_on_their_tick(&report);
    assert_says(&report, "speedometer", "speed valid from frame 1");
    assert_shows_the_speed(&with, 3_000);
    let (without, _) = picture::photograph(&without);
    assert!(with == without, "not a pixel differs");
}

/// What the vehicle does is found as one of `findings`, and dashes are shown; the speed when it has left off.
fn assert_found(deed: u64, name: &str, findings: &[&str]) {
    let Some(run) = misled(deed, MEANWHILE) else {
        return;
    };
    let (picture, report) = picture::photograph(&run);
    assert_on_their_tick(&report);
    assert_says(&report, "vehicle", name);
    let found: Vec<_> = report
        .console_of("speedometer")
        .filter_map(|line| line.strip_prefix("E2E at "))
        .filter_map(|line| line.split_once(" ms: "))
        .filter(|(time, _)| time.parse::<u64>().is_ok_and(|time| time >= 1_000))
        .filter_map(|(_, line)| line.split_once(", "))
        .map(|(finding, _)| finding)
        .filter(|finding| !["Protection(Ok)", "Protection(OkSomeLost)"].contains(finding))
        .collect();
    let mut kinds = found.clone();
    kinds.dedup();
    assert_eq!(kinds, findings, "{found:?}");
    assert_says(&report, "speedometer", "Valid -> Invalid");
    assert_eq!(picture.speed(), Some(DisplayedSpeed::Dashes));
    assert!(picture.warns(), "the telltale is lit");

    let Some(run) = misled(deed, AFTERWARDS) else {
        return;
    };
    let (picture, report) = picture::photograph(&run);
    assert_on_their_tick(&report);
    assert_says(&report, "speedometer", "Invalid -> Valid");
    assert_shows_the_speed(&picture, AFTERWARDS);
}

#[test]
fn a_lost_speed_is_found() {
    // That nothing is new had been told at the start; now it is the reason for dashes.
    assert_found(1, "Drops", &["Protection(NoNewData)"]);
}

#[test]
fn a_repeated_speed_is_found() {
    assert_found(2, "Repeats", &["Protection(Repeated)"]);
}

#[test]
fn a_late_speed_is_found() {
    assert_found(3, "Delays", &["Delayed"]);
}

#[test]
fn a_corrupt_speed_is_found() {
    assert_found(4, "Corrupts", &["Protection(Error)"]);
}

/// What others do in a run, to the tick: each window's start and each frame's end.
fn others(report: &RunReport) -> [Vec<u64>; 2] {
    ["speedometer", "infotainment"].map(|name| {
        let starts = report.about("window", name);
        let starts = starts.map(|event| event.integer("start").expect("a window has a start"));
        starts.collect()
    })
}

/// 100,000 accesses to the registers at random, with frames of any content among them.
#[test]
fn a_storm_on_the_bus_moves_no_window() {
    let runs = [0, STORMS, STORMS | 0xC0FFEE << 8].map(|deed| misled(deed, AFTERWARDS));
    let [Some(calm), Some(storm), Some(other)] = runs else {
        return;
    };
    let calm = finish(&calm);
    for storm in [storm, other] {
        let (picture, report) = picture::photograph(&storm);
        assert_on_their_tick(&report);
        assert_says(&report, "vehicle", "Storms");
        assert_says(&report, "speedometer", "Valid -> Invalid");
        assert_says(&report, "speedometer", "Protection(Error)");
        assert_says(&report, "speedometer", "frames had been lost");
        assert_eq!(others(&report), others(&calm));
        assert_eq!(
            moments(&report, "infotainment"),
            moments(&calm, "infotainment"),
            "who has no part in it notices nothing"
        );
        assert_shows_the_speed(&picture, AFTERWARDS);
    }
}

/// A million accesses, in all of the vehicle's windows.
#[test]
fn a_storm_of_a_million_accesses_moves_no_window() {
    let Some(run) = misled(STORMS_FOR_EVER, 10_000) else {
        return;
    };
    let report = finish(&run);
    assert_on_their_tick(&report);
}

/// It hangs, and misses some 50 frames of its life, of which the controller keeps 64 of the bus's: the next life
/// is told of none.
#[test]
fn a_speedometer_that_is_back_finds_no_frame_of_its_life_before() {
    let Some(run) = run("cluster-can", 2_500) else {
        return;
    };
    let (picture, report) = picture::photograph(&run.argument("speedometer", 50));
    let of = report.statistics("speedometer").expect("it ran");
    assert_eq!(of.restarts, 1, "{of:?}");
    for old in ["Delayed", "frames had been lost"] {
        assert_eq!(count(&report, "speedometer", old), 0, "{old}");
    }
    assert_shows_the_speed(&picture, 2_500);
}
