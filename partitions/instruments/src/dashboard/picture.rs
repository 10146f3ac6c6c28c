//! What a reading looks like, before it is painted: texts, angles and lamps.
//!
//! A picture depends on its reading alone, so nothing old can stay on the display; comparing two
//! pictures tells what a frame must paint anew.

use super::layout::{SCALE_END, SEGMENTS, needle_angle};
use super::masks::DASH_INDEX;
use super::trigonometry::Angle;
use crate::message::{SpeedMessage, Telltales};

/// What the dashboard is to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// A message that passed all checks and is fresh.
    Valid(SpeedMessage),
    /// There is none: no number is shown, and the communication lamp is lit.
    Invalid(Fault),
}

/// Why there is no valid speed. The dashboard names it below the dashes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// No message has come since the start.
    NoSignal,
    /// The last good message is older than a speed may be.
    Stale,
    /// Messages come, and fail their checks.
    Corrupt,
}

/// A text of a fixed number of characters, blank-filled on the left.
pub(super) type Text = [u8; 9];

/// The lamp that only this side can light, besides those of [`Telltales`].
pub(super) const COMMUNICATION: u16 = 1 << 15;

/// All that the display shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Picture {
    /// The big digits from the left, and how many there are.
    pub digits: ([u8; 3], usize),
    /// Where the needle points; without a speed there is none.
    pub needle: Option<Angle>,
    /// How many segments of the ring are lit.
    pub segments: usize,
    /// Trip time, cycle time, trip distance, odometer.
    pub texts: [Text; 4],
    /// Bits of [`Telltales`], and [`COMMUNICATION`].
    pub lamps: u16,
    pub fault: Option<Fault>,
}

impl Picture {
    /// The background alone, as before the first frame.
    pub const BLANK: Self = Self {
        digits: ([0; 3], 0),
        needle: None,
        segments: 0,
        texts: [[b' '; 9]; 4],
        lamps: 0,
        fault: None,
    };

    pub fn of(reading: &Reading) -> Self {
        match reading {
            Reading::Valid(message) => Self::of_message(message),
            Reading::Invalid(fault) => Self {
                digits: ([DASH_INDEX; 3], 2),
                needle: None,
                segments: 0,
                texts: [*b"  -:--:--", *b"  -:--:--", *b"    --.--", *b" ------.-"],
                lamps: COMMUNICATION,
                fault: Some(*fault),
            },
        }
    }

    fn of_message(message: &SpeedMessage) -> Self {
        let speed = message.speed;
        let lit = u64::from(speed.0) * SEGMENTS as u64 / u64::from(SCALE_END.0);
        Self {
            digits: digits(speed.to_whole_kilometres_per_hour()),
            needle: Some(needle_angle(speed)),
            segments: usize::try_from(lit).map_or(SEGMENTS, |lit| lit.min(SEGMENTS)),
            texts: [
                clock(message.trip_time.0 / 1000),
                clock(message.cycle_time.0 / 1000),
                decimal(message.trip_distance.0 / 10_000, 2),
                decimal(message.odometer.0 / 100_000, 1),
            ],
            lamps: (message.telltales & Telltales::all()).bits(),
            fault: None,
        }
    }
}

/// The decimal digits of a speed up to 999, and how many there are; beyond, it stays there.
pub(super) fn digits(speed: u32) -> ([u8; 3], usize) {
    let speed = speed.min(999);
    let all = [
        (speed / 100) as u8,
        (speed / 10 % 10) as u8,
        (speed % 10) as u8,
    ];
    match speed {
        0..10 => ([all[2], 0, 0], 1),
        10..100 => ([all[1], all[2], 0], 2),
        _ => (all, 3),
    }
}

/// Seconds as hours:minutes:seconds; hours beyond 999 start again.
fn clock(seconds: u32) -> Text {
    let mut text = [b' '; 9];
    write_number(&mut text[7..9], seconds % 60, 2);
    text[6] = b':';
    write_number(&mut text[4..6], seconds / 60 % 60, 2);
    text[3] = b':';
    write_number(&mut text[0..3], seconds / 3600 % 1000, 1);
    text
}

/// A number with so many places after the point; what doesn't fit on the left is cut, as on
/// every odometer.
fn decimal(number: u64, places: usize) -> Text {
    let mut text = [b' '; 9];
    let point = 8 - places;
    let (whole, fraction) = (
        number / 10_u64.pow(places as u32),
        number % 10_u64.pow(places as u32),
    );
    write_number(&mut text[point + 1..], fraction as u32, places);
    text[point] = b'.';
    write_number(&mut text[..point], (whole % 1_000_000) as u32, 1);
    text
}

/// Writes a number to the right end of `text`, with at least `least` digits.
fn write_number(text: &mut [u8], mut number: u32, least: usize) {
    for (index, place) in text.iter_mut().rev().enumerate() {
        if number == 0 && index >= least {
            break;
        }
        *place = b'0' + (number % 10) as u8;
        number /= 10;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::{Millimetres, MillimetresPerSecond, Milliseconds};

    #[test]
    fn texts_are_what_a_driver_expects() {
        assert_eq!(&clock(0), b"  0:00:00");
        assert_eq!(&clock(3600 * 12 + 59 * 60 + 7), b" 12:59:07");
        assert_eq!(&decimal(0, 2), b"     0.00");
        assert_eq!(&decimal(1_234_567, 1), b" 123456.7");
        assert_eq!(&decimal(9_999_999, 1), b" 999999.9");
        assert_eq!(&decimal(10_000_001, 1), b"      0.1");
        assert_eq!(digits(0), ([0, 0, 0], 1));
        assert_eq!(digits(42), ([4, 2, 0], 2));
        assert_eq!(digits(100), ([1, 0, 0], 3));
        assert_eq!(digits(4000), ([9, 9, 9], 3));
    }

    #[test]
    fn a_message_fills_the_whole_picture() {
        let picture = Picture::of(&Reading::Valid(SpeedMessage {
            speed: MillimetresPerSecond::from_kilometres_per_hour(81),
            odometer: Millimetres(24_680_570_000),
            trip_distance: Millimetres(11_999_999),
            trip_time: Milliseconds(3_661_999),
            cycle_time: Milliseconds(59_999),
            telltales: Telltales::BATTERY,
        }));
        assert_eq!(picture.digits, ([8, 1, 0], 2));
        assert_eq!(picture.segments, 40);
        assert_eq!(picture.texts[0], *b"  1:01:01");
        assert_eq!(picture.texts[1], *b"  0:00:59");
        assert_eq!(picture.texts[2], *b"    11.99");
        assert_eq!(picture.texts[3], *b"  24680.5");
        assert_eq!(picture.lamps, Telltales::BATTERY.bits());
    }

    #[test]
    fn without_a_message_there_is_no_number_at_all() {
        for fault in [Fault::NoSignal, Fault::Stale, Fault::Corrupt] {
            let picture = Picture::of(&Reading::Invalid(fault));
            assert!(
                picture
                    .texts
                    .as_flattened()
                    .iter()
                    .all(|byte| !byte.is_ascii_digit())
            );
            assert_eq!(picture.digits, ([DASH_INDEX; 3], 2));
            assert_eq!((picture.needle, picture.segments), (None, 0));
            assert_eq!(picture.lamps, COMMUNICATION);
        }
    }
}
