//! The picture that the display shows, and the speed that it has to show.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::time::Duration;

use paratia::run::{Run, RunReport};
use paratia_instruments::dashboard::{
    DisplayedSpeed, communication_lamp_is_lit, needle_matches, read_speed_back,
};
use paratia_instruments::drive_cycle::DriveCycle;

use crate::{assert_critical_unharmed, finish, run_on};

/// A screenshot's pixels as 0x00RRGGBB.
#[derive(PartialEq, Eq)]
pub struct Picture {
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

    /// The speed that is shown in digits.
    #[must_use]
    pub fn speed(&self) -> Option<DisplayedSpeed> {
        read_speed_back(&self.pixels, self.width, self.height)
    }

    /// Whether the lamp is lit that warns of a speed that isn't known.
    #[must_use]
    pub fn warns(&self) -> bool {
        communication_lamp_is_lit(&self.pixels, self.width, self.height)
    }
}

/// Makes a run to its end and takes the picture.
///
/// # Panics
/// If it doesn't reach its end, or there is no picture.
#[must_use]
pub fn photograph(run: &Run) -> (Picture, RunReport) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("picture.png");
    let report = finish(&run.clone().screenshot(&file));
    (Picture::read(&file), report)
}

/// The picture of `cluster` under every attack after `milliseconds` shows the speed that UDDS has at
/// that time: the last frame began 20 ms before the stop, and the cycle starts at its 20th second.
///
/// # Panics
/// If it doesn't, or a critical partition was harmed.
#[must_use]
pub fn shows_udds(board: &str, milliseconds: u64) -> RunReport {
    let run = run_on(board, "cluster")
        .argument("infotainment", 0)
        .stop_after(Duration::from_millis(milliseconds));
    let (picture, report) = photograph(&run);
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
    report
}
