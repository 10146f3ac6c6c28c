//! Reading the dashboard from a screenshot: what a test sees that has nothing but pixels.
//!
//! All functions take a picture of exactly [`WIDTH`] by [`HEIGHT`] pixels as words 0x00RRGGBB
//! (the fourth byte is ignored), and say `None` or `false` for any other size.

use super::canvas::{alpha, blend};
use super::digits;
use super::lamps;
use super::layout::{
    CENTRE, DIGIT_HEIGHT, DIGIT_WIDTH, DIGITS, DIGITS_TOP, HEIGHT, HUB, PIXELS, SCALE_END,
    SCALE_END_ANGLE, SCALE_START_ANGLE, WIDTH,
};
use super::masks::{self, DASH_INDEX};
use super::picture::COMMUNICATION;
use super::trigonometry::Angle;
use crate::message::Telltales;
use crate::units::MillimetresPerSecond;

/// What the big digits say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DisplayedSpeed {
    /// A speed in whole km/h, rounded by
    /// [`to_whole_kilometres_per_hour`](MillimetresPerSecond::to_whole_kilometres_per_hour).
    KilometresPerHour(u32),
    /// Dashes: the dashboard says that it doesn't know.
    Dashes,
}

/// Reads the big digits. `None` if they are not exactly as the dashboard draws them: something
/// else is on the display, or half a frame.
#[must_use]
pub fn read_speed_back(pixels: &[u32], width: usize, height: usize) -> Option<DisplayedSpeed> {
    let pixels = picture(pixels, width, height)?;
    (1..=3).find_map(|count| read_digits(pixels, count))
}

/// Reads `count` digits, with nothing to their left and right.
fn read_digits(pixels: &[u32], count: usize) -> Option<DisplayedSpeed> {
    let mut found = [0; 3];
    for (index, digit) in found.iter_mut().enumerate().take(count) {
        let corner = digits::corner(index, count);
        *digit = (0..=DASH_INDEX).find(|digit| shows_digit(pixels, corner, *digit))?;
    }
    let (left, right) = (digits::corner(0, 3).0, digits::corner(3, 3).0);
    let (first, last) = (digits::corner(0, count).0, digits::corner(count, count).0);
    if !is_empty(pixels, left, first) || !is_empty(pixels, last, right) {
        return None;
    }
    match &found[..count] {
        [DASH_INDEX, DASH_INDEX] => Some(DisplayedSpeed::Dashes),
        [0, _, ..] => None,
        digits if digits.contains(&DASH_INDEX) => None,
        digits => Some(DisplayedSpeed::KilometresPerHour(
            digits
                .iter()
                .fold(0, |speed, digit| speed * 10 + u32::from(*digit)),
        )),
    }
}

/// Whether a cell shows exactly this digit.
fn shows_digit(pixels: &[u32], (x, y): (i32, i32), digit: u8) -> bool {
    let (x, y) = (x as usize, y as usize);
    (y..).zip(masks::digit(digit).rows()).all(|(y, row)| {
        let pixels = &pixels[y * WIDTH + x..][..DIGIT_WIDTH];
        pixels
            .iter()
            .zip(row)
            .all(|(pixel, coverage)| colour(*pixel) == blend(HUB, DIGITS, alpha(*coverage)))
    })
}

/// Whether there is nothing in the digits' rows from column `left` up to `right`.
fn is_empty(pixels: &[u32], left: i32, right: i32) -> bool {
    let (left, right, top) = (left as usize, right as usize, DIGITS_TOP as usize);
    (top..top + DIGIT_HEIGHT).all(|y| {
        pixels[y * WIDTH + left..y * WIDTH + right]
            .iter()
            .all(|pixel| colour(*pixel) == HUB)
    })
}

/// How far the needle may be from a speed to match it: 0.5 km/h, which moves its tip by less
/// than its width.
pub const NEEDLE_TOLERANCE: MillimetresPerSecond = MillimetresPerSecond(139);

/// Whether the needle points at `speed` (or at the scale's end for a faster one), give or take
/// [`NEEDLE_TOLERANCE`].
#[must_use]
pub fn needle_matches(
    pixels: &[u32],
    width: usize,
    height: usize,
    speed: MillimetresPerSecond,
) -> bool {
    read_needle_back(pixels, width, height)
        .is_some_and(|found| found.0.abs_diff(speed.min(SCALE_END).0) <= NEEDLE_TOLERANCE.0)
}

/// Where on the scale the needle points; `None` if there is none, or more than one.
///
/// It looks for the needle's red along three circles. On each one all the red must lie within a
/// few degrees; its middle is the needle's axis, and the three axes must agree.
#[must_use]
pub fn read_needle_back(
    pixels: &[u32],
    width: usize,
    height: usize,
) -> Option<MillimetresPerSecond> {
    let pixels = picture(pixels, width, height)?;
    let mut angles = [0; 3];
    for (angle, radius) in angles.iter_mut().zip([112, 130, 165]) {
        *angle = red_on_circle(pixels, radius)?;
    }
    let [a, b, c] = angles;
    let agreed = a.abs_diff(b) <= 75 && b.abs_diff(c) <= 75;
    let angle = (a + b + c) / 3 - SCALE_START_ANGLE.0;
    let sweep = (SCALE_END_ANGLE.0 - SCALE_START_ANGLE.0) as u32;
    agreed.then(|| MillimetresPerSecond(angle.max(0) as u32 * SCALE_END.0 / sweep))
}

/// The middle of the red on a circle around the dial's centre, as an angle in 1/100 degree.
fn red_on_circle(pixels: &[u32], radius: i32) -> Option<i32> {
    const STEP: usize = 20;
    let margin = 400;
    let (mut sum, mut weight) = (0, 0);
    let (mut first, mut last) = (None, 0);
    for angle in (SCALE_START_ANGLE.0 - margin..=SCALE_END_ANGLE.0 + margin).step_by(STEP) {
        let at = CENTRE.towards(Angle(angle).direction(), radius << 8, 0);
        let redness = redness(pixels[(at.y >> 8) as usize * WIDTH + (at.x >> 8) as usize]);
        if redness > 100 {
            first = first.or(Some(angle));
            last = angle;
            sum += i64::from(angle) * redness;
            weight += redness;
        }
    }
    (last - first? <= 1000).then(|| (sum / weight) as i32)
}

/// How much more red than green a pixel has.
fn redness(pixel: u32) -> i64 {
    i64::from(pixel >> 16 & 0xFF) - i64::from(pixel >> 8 & 0xFF)
}

/// Whether the red lamp for a communication fault is lit.
#[must_use]
pub fn communication_lamp_is_lit(pixels: &[u32], width: usize, height: usize) -> bool {
    picture(pixels, width, height).is_some_and(|pixels| lamps::is_lit(pixels, COMMUNICATION))
}

/// Which of the vehicle's lamps are lit.
#[must_use]
pub fn lit_telltales(pixels: &[u32], width: usize, height: usize) -> Telltales {
    let lit = |lamp: &Telltales| {
        picture(pixels, width, height).is_some_and(|pixels| lamps::is_lit(pixels, lamp.bits()))
    };
    Telltales::all().iter().filter(lit).collect()
}

/// The pixels, if they are a picture of the right size.
fn picture(pixels: &[u32], width: usize, height: usize) -> Option<&[u32]> {
    (width == WIDTH && height == HEIGHT && pixels.len() >= PIXELS).then(|| &pixels[..PIXELS])
}

const fn colour(pixel: u32) -> u32 {
    pixel & 0xFF_FFFF
}
