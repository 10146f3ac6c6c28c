//! Draws one frame where callgrind can count it: restoring, drawing and copying to the front.
//!
//! Without arguments it drives the whole UDDS at 50 frames a second and lists the frames that
//! change most pixels. With one, it draws a single frame after its predecessor in the function
//! `measured` (a picture depends on its reading alone, so nothing else need be drawn before):
//! a frame's number, `fault` (from full scale to dashes), `recovery` (back), or `background`.
//!
//! ```text
//! cargo build --release -p paratia-instruments --example frame_cost
//! for frame in $(frame_cost); do
//!     valgrind --tool=callgrind --toggle-collect='*measured*' frame_cost $frame
//! done
//! ```

use std::{env, hint::black_box, time::Duration};

use paratia_instruments::{
    dashboard::{Dashboard, Fault, PIXELS, PixelOrder, Reading, WIDTH},
    drive_cycle::DriveCycle,
    message::{SpeedMessage, Telltales},
    units::{Millimetres, MillimetresPerSecond, Milliseconds},
};

fn main() {
    let fast = Reading::Valid(SpeedMessage {
        speed: MillimetresPerSecond::from_kilometres_per_hour(160),
        telltales: Telltales::all(),
        ..SpeedMessage::default()
    });
    let fault = Reading::Invalid(Fault::Stale);
    match env::args().nth(1).as_deref() {
        None => list_expensive_frames(),
        Some("background") => measured_background(&mut Bench::new()),
        Some("fault") => measured(&mut Bench::showing(&fast), &fault),
        Some("recovery") => measured(&mut Bench::showing(&fault), &fast),
        Some(frame) => {
            let frame: u64 = frame.parse().expect("a frame's number");
            measured(
                &mut Bench::showing(&moment(frame.saturating_sub(1))),
                &moment(frame),
            );
        }
    }
}

fn list_expensive_frames() {
    let mut bench = Bench::showing(&moment(0));
    let mut costs: Vec<(usize, u64)> = (1..frame_count())
        .map(|frame| (bench.frame(&moment(frame)), frame))
        .collect();
    costs.sort_unstable();
    eprintln!(
        "pixels: median {}, most {}",
        costs[costs.len() / 2].0,
        costs[costs.len() - 1].0
    );
    // The most expensive ones, and the one in the middle.
    for (_, frame) in costs.iter().rev().take(40).chain([&costs[costs.len() / 2]]) {
        println!("{frame}");
    }
}

#[inline(never)]
fn measured(bench: &mut Bench, reading: &Reading) {
    black_box(bench.frame(reading));
}

#[inline(never)]
fn measured_background(bench: &mut Bench) {
    bench.dashboard.paint_background(&mut bench.background);
}

fn frame_count() -> u64 {
    DriveCycle::UDDS.period().as_secs() * 50
}

/// What the vehicle tells in this frame; its turn signals blink now and then.
fn moment(frame: u64) -> Reading {
    let time = Duration::from_millis(frame * 20);
    let trip_distance = DriveCycle::UDDS.distance_at(time);
    Reading::Valid(SpeedMessage {
        speed: DriveCycle::UDDS.speed_at(time),
        odometer: Millimetres::from_kilometres(24_680).plus(trip_distance),
        trip_distance,
        trip_time: Milliseconds::from_duration(time),
        cycle_time: Milliseconds::from_duration(time),
        telltales: match (frame / 500 % 4, frame / 25 % 2) {
            (0, 0) => Telltales::TURN_LEFT,
            (2, 0) => Telltales::TURN_RIGHT,
            _ => Telltales::empty(),
        },
    })
}

struct Bench {
    dashboard: Dashboard,
    background: Vec<u32>,
    back: Vec<u32>,
    front: Vec<u32>,
}

impl Bench {
    fn new() -> Self {
        let dashboard = Dashboard::new(PixelOrder::Xrgb, DriveCycle::UDDS.name());
        let mut background = vec![0; PIXELS];
        dashboard.paint_background(&mut background);
        Self {
            dashboard,
            background,
            back: vec![0; PIXELS],
            front: vec![0; PIXELS],
        }
    }

    fn showing(reading: &Reading) -> Self {
        let mut bench = Self::new();
        bench.frame(reading);
        bench
    }

    /// Draws a frame, copies it to the front, and tells how many pixels that took.
    fn frame(&mut self, reading: &Reading) -> usize {
        let dirty = self
            .dashboard
            .draw(&self.background, &mut self.back, reading);
        dirty.copy(&self.back, |x, y, pixels| {
            let start = y * WIDTH + x;
            self.front[start..start + pixels.len()].copy_from_slice(pixels);
        });
        dirty.pixel_count()
    }
}
