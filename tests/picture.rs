//! The picture: what the display shows is what the car drives, or that it isn't known.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::time::Duration;

use paratia::run::RunReport;
use paratia_instruments::dashboard::{
    DisplayedSpeed, communication_lamp_is_lit, needle_matches, read_speed_back,
};
use paratia_instruments::drive_cycle::DriveCycle;
use paratia_tests::{assert_critical_unharmed, assert_says, finish, run};

/// A screenshot's pixels as 0x00RRGGBB.
struct Picture {
    pixels: Vec<u32>,
    width: usize,
    height: usize,
}

impl Picture {
    fn read(file: &Path) -> Self {
        let file = BufReader::new(File::open(file).expect("the screenshot was taken"));
        let mut reader = png::Decoder::new(file).read_info().expect("a PNG");
        let mut bytes = vec![0; reader.output_buffer_size().expect("a size")];
        let info = reader.next_frame(&mut bytes).expect("a picture");
        let samples = info.color_type.samples();
        let pixels = bytes[..info.buffer_size()]
            .chunks_exact(samples)
            .map(|pixel| u32::from_be_bytes([0, pixel[0], pixel[1], pixel[2]]))
            .collect();
        Self {
            pixels,
            width: info.width as usize,
            height: info.height as usize,
        }
    }

    fn speed(&self) -> Option<DisplayedSpeed> {
        read_speed_back(&self.pixels, self.width, self.height)
    }

    fn warns(&self) -> bool {
        communication_lamp_is_lit(&self.pixels, self.width, self.height)
    }
}

fn photograph(
    system: &str,
    source: &str,
    argument: u64,
    milliseconds: u64,
) -> (Picture, RunReport) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("picture.png");
    let report = finish(
        &run(system)
            .argument(source, argument)
            .stop_after(Duration::from_millis(milliseconds))
            .screenshot(&file),
    );
    (Picture::read(&file), report)
}

/// The picture after `milliseconds` shows the speed that UDDS has at that time: the last frame
/// began 20 ms before the stop, and the cycle starts at its 20th second.
fn assert_shows_udds(milliseconds: u64) {
    let (picture, report) = photograph("cluster", "infotainment", 0, milliseconds);
    assert_critical_unharmed(&report);
    let time = Duration::from_millis(20_000 + milliseconds - 20);
    let speed = DriveCycle::UDDS.speed_at(time);
    let shown = DisplayedSpeed::KilometresPerHour(speed.to_whole_kilometres_per_hour());
    assert_eq!(
        picture.speed(),
        Some(shown),
        "at {time:?} UDDS drives {speed:?}"
    );
    assert!(needle_matches(
        &picture.pixels,
        picture.width,
        picture.height,
        speed
    ));
    assert!(!picture.warns());
}

#[test]
fn speed_after_3_seconds() {
    assert_shows_udds(3_000);
}

#[test]
fn speed_after_8_seconds() {
    assert_shows_udds(8_000);
}

#[test]
fn speed_after_17_seconds() {
    assert_shows_udds(17_000);
}

#[test]
fn a_source_in_order_is_shown() {
    let (picture, _) = photograph("test-stale", "vehicle", 0, 900);
    assert_eq!(picture.speed(), Some(DisplayedSpeed::KilometresPerHour(88)));
    assert!(!picture.warns());
}

/// Each way in which the source can fail after its first second: dashes, never the old speed.
fn assert_dashes(argument: u64, reason: &str) {
    let (picture, report) = photograph("test-stale", "vehicle", argument, 1_500);
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
