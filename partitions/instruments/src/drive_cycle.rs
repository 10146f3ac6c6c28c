//! Drive cycles: how fast a car drives at each moment of a standard test drive.
//!
//! The figures are the EPA's (see `data/README.md`), one speed a second. They are parsed while
//! the crate compiles, so that neither guest nor tool carries a parser or can read a bad row.
//!
//! A cycle repeats for ever: its last sample is its first one's moment again. Both are standstill
//! (checked at compile time), so speed is continuous across the seam, and distance goes on
//! growing.

use core::time::Duration;

use crate::units::{Millimetres, MillimetresPerSecond};

/// A standard drive: speeds one second apart, straight lines between them.
///
/// Holding one proves that it has at least two samples, starts and ends at standstill, and that
/// its distance table belongs to its speeds: the only ones are the constants below.
#[derive(Debug)]
pub struct DriveCycle {
    name: &'static str,
    speeds: &'static [u32],
    /// For each sample, the distance from the cycle's start in half millimetres: the trapezoidal
    /// rule adds up `(a + b) / 2`, and halves keep that exact.
    half_millimetres: &'static [u32],
}

impl DriveCycle {
    /// The Urban Dynamometer Driving Schedule: 1369 s of city traffic, 11.99 km, at most
    /// 91.25 km/h (40 CFR Part 86, Appendix I).
    pub const UDDS: &'static Self = &Self {
        name: "UDDS",
        speeds: &UDDS_SPEEDS,
        half_millimetres: &distances(&UDDS_SPEEDS),
    };

    /// The Highway Fuel Economy Test: 765 s of country road, 16.51 km, at most 96.40 km/h
    /// (40 CFR Part 600, Appendix I).
    pub const HWFET: &'static Self = &Self {
        name: "HWFET",
        speeds: &HWFET_SPEEDS,
        half_millimetres: &distances(&HWFET_SPEEDS),
    };

    /// Every cycle there is.
    pub const ALL: [&'static Self; 2] = [Self::UDDS, Self::HWFET];

    /// The cycle called `name`, in whatever case; `None` if there is none.
    #[must_use]
    pub fn by_name(name: &str) -> Option<&'static Self> {
        Self::ALL
            .into_iter()
            .find(|cycle| cycle.name.eq_ignore_ascii_case(name))
    }

    /// Its usual short name, in capitals.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// How long one round takes: a second for each step between samples.
    #[must_use]
    pub const fn period(&self) -> Duration {
        Duration::from_secs(self.seconds())
    }

    /// The distance of one round, rounded down to the millimetre.
    #[must_use]
    pub fn length(&self) -> Millimetres {
        self.distance_at(self.period())
    }

    /// The highest speed of a round.
    #[must_use]
    pub fn top_speed(&self) -> MillimetresPerSecond {
        MillimetresPerSecond(self.speeds.iter().copied().max().unwrap_or(0))
    }

    /// The speeds at each whole second of a round, first and last included.
    pub fn samples(&self) -> impl ExactSizeIterator<Item = MillimetresPerSecond> + '_ {
        self.speeds.iter().copied().map(MillimetresPerSecond)
    }

    /// The speed `time` after the cycle's first start, rounded to the nearest mm/s.
    ///
    /// `time` counts in whole milliseconds (the rest is dropped). Past the end the cycle
    /// repeats. A test computes with this which speed a picture must show: `time` is then the
    /// picture's board time less the board time at which the vehicle began its cycle.
    #[must_use]
    #[allow(clippy::cast_possible_truncation, reason = "between two u32 speeds")]
    pub fn speed_at(&self, time: Duration) -> MillimetresPerSecond {
        let Place {
            second,
            millisecond,
            ..
        } = self.place(time);
        let (from, to) = (
            u64::from(self.speeds[second]),
            u64::from(self.speeds[second + 1]),
        );
        MillimetresPerSecond(((from * (1000 - millisecond) + to * millisecond + 500) / 1000) as u32)
    }

    /// The distance driven from the cycle's first start until `time` after it, rounded down to
    /// the millimetre; every round adds to it.
    ///
    /// Exact but for that last rounding: the area below the straight lines between samples, in
    /// integers. `time` counts in whole milliseconds.
    #[must_use]
    pub fn distance_at(&self, time: Duration) -> Millimetres {
        let Place {
            round,
            second,
            millisecond,
        } = self.place(time);
        let (from, to) = (
            u64::from(self.speeds[second]),
            u64::from(self.speeds[second + 1]),
        );
        // v0*t + (v1-v0)*t*t/2 with t in seconds is (v0*(2000-ms) + v1*ms)*ms / 2 000 000.
        let since_sample = (from * (2000 - millisecond) + to * millisecond) * millisecond;
        let until_sample = round * u64::from(self.half_millimetres[self.speeds.len() - 1])
            + u64::from(self.half_millimetres[second]);
        Millimetres(until_sample / 2 + (until_sample % 2 * 1_000_000 + since_sample) / 2_000_000)
    }

    /// The distance driven from `start` until `end`, both counted from the cycle's first start.
    /// Zero if `end` is not after `start`. Distances of adjoining spans add up exactly.
    #[must_use]
    pub fn distance_between(&self, start: Duration, end: Duration) -> Millimetres {
        self.distance_at(end).minus(self.distance_at(start))
    }

    const fn seconds(&self) -> u64 {
        self.speeds.len() as u64 - 1
    }

    #[allow(
        clippy::cast_possible_truncation,
        reason = "remainders of small numbers"
    )]
    fn place(&self, time: Duration) -> Place {
        let seconds = time.as_secs();
        Place {
            round: seconds / self.seconds(),
            second: (seconds % self.seconds()) as usize,
            millisecond: u64::from(time.subsec_millis()),
        }
    }
}

/// A moment as a place in the cycle: `second` is the index of the sample before it, and never
/// the last sample's.
struct Place {
    round: u64,
    second: usize,
    millisecond: u64,
}

static UDDS_SPEEDS: [u32; row_count(UDDS_CSV)] = parse(UDDS_CSV);
static HWFET_SPEEDS: [u32; row_count(HWFET_CSV)] = parse(HWFET_CSV);

const UDDS_CSV: &[u8] = include_bytes!("../data/udds.csv");
const HWFET_CSV: &[u8] = include_bytes!("../data/hwfet.csv");
const HEADING: &[u8] = b"time_seconds,speed_meters_per_second,grade\n";

/// The number of lines below the heading.
const fn row_count(csv: &[u8]) -> usize {
    let mut count = 0;
    let mut at = HEADING.len();
    while at < csv.len() {
        if csv[at] == b'\n' {
            count += 1;
        }
        at += 1;
    }
    count
}

/// Reads the speeds of all rows, in mm/s, rounded to the nearest.
///
/// Stops the build if the heading differs, a row is not `number,decimal,0`, the times are not
/// 0, 1, 2, ..., or the cycle does not start and end at standstill.
#[allow(clippy::cast_possible_truncation, reason = "no car drives 4000 km/s")]
const fn parse<const ROWS: usize>(csv: &[u8]) -> [u32; ROWS] {
    assert!(ROWS >= 2, "a drive cycle needs two samples");
    let mut at = 0;
    while at < HEADING.len() {
        assert!(
            csv[at] == HEADING[at],
            "the heading is not what drive_cycle.rs expects"
        );
        at += 1;
    }
    let mut speeds = [0; ROWS];
    let mut row = 0;
    while row < ROWS {
        let (time, next) = number(csv, at);
        assert!(time == row as u64, "rows must be one second apart, from 0");
        let (speed, next) = millionths(csv, expect(csv, next, b','));
        let (grade, next) = number(csv, expect(csv, next, b','));
        assert!(grade == 0, "slopes are not supported");
        speeds[row] = ((speed + 500) / 1000) as u32;
        at = expect(csv, next, b'\n');
        row += 1;
    }
    assert!(at == csv.len(), "text after the last row");
    assert!(
        speeds[0] == 0 && speeds[ROWS - 1] == 0,
        "a cycle starts and ends at standstill"
    );
    speeds
}

/// A decimal fraction from `at`, in millionths; further digits are dropped. Returns the value
/// and the place behind it.
const fn millionths(csv: &[u8], at: usize) -> (u64, usize) {
    let (mut value, mut at) = number(csv, at);
    let mut digits = 0;
    if csv[at] == b'.' {
        at += 1;
        while csv[at].is_ascii_digit() {
            if digits < 6 {
                value = value * 10 + (csv[at] - b'0') as u64;
                digits += 1;
            }
            at += 1;
        }
    }
    while digits < 6 {
        value *= 10;
        digits += 1;
    }
    (value, at)
}

/// A whole number from `at`. Returns the value and the place behind it.
const fn number(csv: &[u8], mut at: usize) -> (u64, usize) {
    assert!(csv[at].is_ascii_digit(), "expected a digit");
    let mut value = 0;
    while csv[at].is_ascii_digit() {
        value = value * 10 + (csv[at] - b'0') as u64;
        at += 1;
    }
    (value, at)
}

const fn expect(csv: &[u8], at: usize, byte: u8) -> usize {
    assert!(csv[at] == byte, "expected another separator");
    at + 1
}

/// For each sample, the distance up to it in half millimetres, by the trapezoidal rule.
const fn distances<const ROWS: usize>(speeds: &[u32; ROWS]) -> [u32; ROWS] {
    let mut distances = [0; ROWS];
    let mut row = 1;
    while row < ROWS {
        distances[row] = distances[row - 1] + speeds[row - 1] + speeds[row];
        row += 1;
    }
    distances
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const fn milliseconds(time: u64) -> Duration {
        Duration::from_millis(time)
    }

    #[test]
    fn known_samples_come_out_as_printed() {
        // Second 21 of the UDDS is 3.0 mph, second 240 is the top of the second hill.
        assert_eq!(DriveCycle::UDDS.speed_at(milliseconds(20_000)).0, 0);
        assert_eq!(DriveCycle::UDDS.speed_at(milliseconds(21_000)).0, 1341);
        assert_eq!(DriveCycle::UDDS.speed_at(milliseconds(240_000)).0, 25_348);
        // Second 3 of the HWFET is 2.0 mph = 0.894 m/s; half a second before it is half of that.
        assert_eq!(DriveCycle::HWFET.speed_at(milliseconds(3_000)).0, 894);
        assert_eq!(DriveCycle::HWFET.speed_at(milliseconds(2_500)).0, 447);
        // A millisecond later than second 2 it is 0.894 mm/s, which rounds to 1.
        assert_eq!(DriveCycle::HWFET.speed_at(milliseconds(2_001)).0, 1);
    }

    #[test]
    fn durations_distances_and_top_speeds_are_the_published_ones() {
        assert_eq!(DriveCycle::UDDS.period(), Duration::from_secs(1369));
        assert_eq!(DriveCycle::UDDS.top_speed().0, 25_348);
        assert_eq!(DriveCycle::UDDS.length().0 / 10_000, 1199);
        assert_eq!(DriveCycle::HWFET.period(), Duration::from_secs(765));
        assert_eq!(DriveCycle::HWFET.top_speed().0, 26_778);
        assert_eq!((DriveCycle::HWFET.length().0 + 5_000) / 10_000, 1651);
    }

    #[test]
    fn cycles_are_found_by_name() {
        assert_eq!(
            DriveCycle::by_name("udds").map(DriveCycle::name),
            Some("UDDS")
        );
        assert_eq!(
            DriveCycle::by_name("HWFET").map(DriveCycle::name),
            Some("HWFET")
        );
        assert!(DriveCycle::by_name("NEDC").is_none());
    }

    #[test]
    fn past_the_end_the_cycle_repeats() {
        for cycle in DriveCycle::ALL {
            assert_eq!(cycle.speed_at(cycle.period()).0, 0);
            let moment = milliseconds(50_250);
            assert_eq!(
                cycle.speed_at(moment + cycle.period() * 3),
                cycle.speed_at(moment)
            );
        }
    }

    fn cycles() -> impl Strategy<Value = &'static DriveCycle> {
        prop::sample::select(DriveCycle::ALL.to_vec())
    }

    proptest! {
        #[test]
        fn samples_are_exact(cycle in cycles(), second in 0_usize..765) {
            let sample = cycle.samples().nth(second).unwrap();
            prop_assert_eq!(cycle.speed_at(Duration::from_secs(second as u64)), sample);
        }

        #[test]
        fn speed_stays_between_its_neighbours(cycle in cycles(), time in 0_u64..4_000_000) {
            let second = time / 1000 * 1000;
            let before = cycle.speed_at(milliseconds(second));
            let after = cycle.speed_at(milliseconds(second + 1000));
            let speed = cycle.speed_at(milliseconds(time));
            prop_assert!(before.min(after) <= speed && speed <= before.max(after));
        }

        #[test]
        fn speed_is_continuous(cycle in cycles(), time in 0_u64..4_000_000) {
            // No car of these cycles changes by more than 4 m/s in a second: 4 mm/s in 1 ms.
            let speed = cycle.speed_at(milliseconds(time));
            let next = cycle.speed_at(milliseconds(time + 1));
            prop_assert!(speed.0.abs_diff(next.0) <= 4);
        }

        #[test]
        fn distance_is_the_area_below_the_speed(cycle in cycles(), time in 0_u64..4_000_000) {
            // Over 20 ms: within the rounding of speed (0.5 mm/s) and distance (1 mm).
            let driven = cycle.distance_between(milliseconds(time), milliseconds(time + 20)).0;
            let middle = u64::from(cycle.speed_at(milliseconds(time + 10)).0);
            prop_assert!(driven.abs_diff(middle * 20 / 1000) <= 2);
        }

        #[test]
        fn distances_of_adjoining_spans_add_up(
            cycle in cycles(), a in 0_u64..9_000_000, b in 0_u64..9_000_000, c in 0_u64..9_000_000,
        ) {
            let mut times = [a, b, c].map(milliseconds);
            times.sort();
            let [a, b, c] = times;
            let parts = cycle.distance_between(a, b).plus(cycle.distance_between(b, c));
            prop_assert_eq!(parts, cycle.distance_between(a, c));
        }
    }
}
