//! The dashboard from the outside: what is drawn can be read, and depends on the reading alone.

use proptest::prelude::*;

use super::*;
use crate::message::{SpeedMessage, Telltales};
use crate::units::{Millimetres, MillimetresPerSecond, Milliseconds};

/// A dashboard with its buffers and its display.
struct Bench {
    dashboard: Dashboard,
    background: Vec<u32>,
    back: Vec<u32>,
    front: Vec<u32>,
}

impl Bench {
    fn new(order: PixelOrder) -> Self {
        let dashboard = Dashboard::new(order, "UDDS");
        let mut background = vec![0; PIXELS];
        dashboard.paint_background(&mut background);
        Self {
            dashboard,
            background,
            back: vec![0; PIXELS],
            front: vec![0xDEAD; PIXELS],
        }
    }

    fn show(&mut self, reading: &Reading) -> DirtyRectangles {
        let dirty = self
            .dashboard
            .draw(&self.background, &mut self.back, reading);
        dirty.copy(&self.back, |x, y, pixels| {
            assert!(x + pixels.len() <= WIDTH && y < HEIGHT);
            self.front[y * WIDTH + x..][..pixels.len()].copy_from_slice(pixels);
        });
        dirty
    }

    fn speed(&self) -> Option<DisplayedSpeed> {
        read_speed_back(&self.front, WIDTH, HEIGHT)
    }
}

fn driving(speed: MillimetresPerSecond) -> Reading {
    Reading::Valid(SpeedMessage {
        speed,
        ..SpeedMessage::default()
    })
}

#[test]
fn every_speed_of_the_scale_reads_back() {
    let mut bench = Bench::new(PixelOrder::Xrgb);
    for kilometres in (0..=160).chain((0..160).rev()) {
        let speed = MillimetresPerSecond::from_kilometres_per_hour(kilometres);
        bench.show(&driving(speed));
        assert_eq!(
            bench.speed(),
            Some(DisplayedSpeed::KilometresPerHour(kilometres))
        );
        assert!(
            needle_matches(&bench.front, WIDTH, HEIGHT, speed),
            "{kilometres} km/h"
        );
        for other in [kilometres.saturating_sub(1), kilometres + 1] {
            let other = MillimetresPerSecond::from_kilometres_per_hour(other.min(160));
            assert_eq!(
                needle_matches(&bench.front, WIDTH, HEIGHT, other),
                other == speed
            );
        }
        assert!(!communication_lamp_is_lit(&bench.front, WIDTH, HEIGHT));
    }
}

#[test]
fn beyond_the_scale_the_digits_go_on_and_the_needle_rests() {
    let mut bench = Bench::new(PixelOrder::Xrgb);
    bench.show(&driving(MillimetresPerSecond::from_kilometres_per_hour(
        234,
    )));
    assert_eq!(bench.speed(), Some(DisplayedSpeed::KilometresPerHour(234)));
    assert!(needle_matches(&bench.front, WIDTH, HEIGHT, SCALE_END));
}

#[test]
fn without_a_valid_message_no_speed_remains() {
    for fault in [Fault::NoSignal, Fault::Stale, Fault::Corrupt] {
        let mut bench = Bench::new(PixelOrder::Xrgb);
        bench.show(&driving(MillimetresPerSecond(31_415)));
        bench.show(&Reading::Invalid(fault));
        assert_eq!(bench.speed(), Some(DisplayedSpeed::Dashes));
        assert_eq!(read_needle_back(&bench.front, WIDTH, HEIGHT), None);
        assert!(communication_lamp_is_lit(&bench.front, WIDTH, HEIGHT));
        bench.show(&driving(MillimetresPerSecond(31_415)));
        assert_eq!(bench.speed(), Some(DisplayedSpeed::KilometresPerHour(113)));
        assert!(!communication_lamp_is_lit(&bench.front, WIDTH, HEIGHT));
    }
}

#[test]
fn a_bare_background_or_another_picture_reads_as_nothing() {
    let mut bench = Bench::new(PixelOrder::Xrgb);
    assert_eq!(read_speed_back(&bench.background, WIDTH, HEIGHT), None);
    assert_eq!(read_needle_back(&bench.background, WIDTH, HEIGHT), None);
    assert_eq!(bench.speed(), None);
    bench.show(&driving(MillimetresPerSecond(10_000)));
    assert_eq!(read_speed_back(&bench.front, WIDTH, HEIGHT - 1), None);
    assert_eq!(read_speed_back(&bench.front[1..], WIDTH, HEIGHT), None);
}

#[test]
fn the_ground_below_three_digits_is_of_one_colour() {
    let bench = Bench::new(PixelOrder::Xrgb);
    let (left, top) = digits::corner(0, 3);
    let right = digits::corner(3, 3).0;
    for y in top..top + layout::DIGIT_HEIGHT as i32 {
        for x in left..right {
            assert_eq!(
                bench.background[y as usize * WIDTH + x as usize],
                HUB,
                "{x}, {y}"
            );
        }
    }
}

#[test]
fn half_a_frame_is_noticed() {
    let mut bench = Bench::new(PixelOrder::Xrgb);
    bench.show(&driving(MillimetresPerSecond::from_kilometres_per_hour(38)));
    let before = bench.front.clone();
    bench.show(&driving(MillimetresPerSecond::from_kilometres_per_hour(83)));
    let torn = DIAL_CENTRE.1 as usize * WIDTH;
    bench.front[..torn].copy_from_slice(&before[..torn]);
    assert_eq!(bench.speed(), None);
}

#[test]
fn the_other_pixel_order_swaps_red_and_blue_and_nothing_else() {
    let (mut one, mut other) = (Bench::new(PixelOrder::Xrgb), Bench::new(PixelOrder::Xbgr));
    for speed in [0, 12_345, 25_000, 44_000] {
        one.show(&driving(MillimetresPerSecond(speed)));
        other.show(&driving(MillimetresPerSecond(speed)));
        let swapped: Vec<_> = other
            .front
            .iter()
            .map(|word| PixelOrder::Xbgr.word(*word))
            .collect();
        assert!(one.front == swapped);
    }
}

#[test]
fn an_unchanged_reading_changes_nothing() {
    let mut bench = Bench::new(PixelOrder::Xrgb);
    assert_eq!(
        bench.show(&driving(MillimetresPerSecond(1))).pixel_count(),
        PIXELS
    );
    assert!(bench.show(&driving(MillimetresPerSecond(1))).is_empty());
}

fn readings() -> impl Strategy<Value = Reading> {
    let message = (
        0..50_000_u32,
        0..u64::MAX,
        0..20_000_000_000_u64,
        any::<[u32; 2]>(),
        0..32_u16,
    )
        .prop_map(
            |(speed, odometer, trip, [trip_time, cycle_time], telltales)| {
                Reading::Valid(SpeedMessage {
                    speed: MillimetresPerSecond(speed),
                    odometer: Millimetres(odometer),
                    trip_distance: Millimetres(trip),
                    trip_time: Milliseconds(trip_time),
                    cycle_time: Milliseconds(cycle_time),
                    telltales: Telltales::from_bits_truncate(telltales),
                })
            },
        );
    prop_oneof![
        4 => message,
        1 => prop::sample::select(vec![Fault::NoSignal, Fault::Stale, Fault::Corrupt])
            .prop_map(Reading::Invalid),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// What is on the display after any history is what a new dashboard would draw.
    #[test]
    fn a_picture_depends_on_its_reading_alone(
        history in prop::collection::vec(readings(), 1..12)
    ) {
        let mut bench = Bench::new(PixelOrder::Xrgb);
        for reading in &history {
            bench.show(reading);
        }
        prop_assert!(bench.front == bench.back, "a change was not reported");
        let mut fresh = Bench::new(PixelOrder::Xrgb);
        fresh.show(history.last().unwrap());
        prop_assert!(bench.front == fresh.front, "something old remained");
    }
}
