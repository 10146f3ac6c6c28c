//! Where everything is and what colour it has: the one place that the painter, the frame and the
//! reader of screenshots share.
//!
//! Lengths are in pixels unless a name says otherwise.

use super::canvas::Colour;
use super::trigonometry::{Angle, Position};
use crate::units::MillimetresPerSecond;

/// The width of the picture in pixels.
pub const WIDTH: usize = 800;
/// The height of the picture in pixels.
pub const HEIGHT: usize = 480;
/// The number of words a picture needs; its rows follow each other without a gap.
pub const PIXELS: usize = WIDTH * HEIGHT;

/// The end of the dial's scale; a faster car's needle rests there.
pub const SCALE_END: MillimetresPerSecond = MillimetresPerSecond::from_kilometres_per_hour(160);
/// The angle of standstill. The scale runs clockwise from here to [`SCALE_END_ANGLE`].
pub const SCALE_START_ANGLE: Angle = Angle::from_degrees(-120);
/// The angle of [`SCALE_END`].
pub const SCALE_END_ANGLE: Angle = Angle::from_degrees(120);
/// The dial's middle: x and y of the corner between four pixels.
pub const DIAL_CENTRE: (i32, i32) = (400, 246);
/// From which to which distance from the middle the needle reaches.
pub const NEEDLE_REACH: (i32, i32) = (103, 186);

pub(super) const CENTRE: Position = Position::pixel(DIAL_CENTRE.0, DIAL_CENTRE.1);

/// The lit segments around the scale: how many, and from which to which radius.
pub(super) const SEGMENTS: usize = 80;
pub(super) const SEGMENT_REACH: (i32, i32) = (199, 211);

pub(super) const DIAL_RADIUS: i32 = 224;
pub(super) const HUB_RADIUS: i32 = 97;

/// The cells of the big digits, and where they begin.
pub(super) const DIGIT_WIDTH: usize = 54;
pub(super) const DIGIT_HEIGHT: usize = 82;
pub(super) const DIGITS_TOP: i32 = DIAL_CENTRE.1 - 45;

/// The cells of the small digits. One follows on the other.
pub(super) const SMALL_WIDTH: usize = 14;
pub(super) const SMALL_HEIGHT: usize = 22;
/// The narrower room of a full stop or colon.
pub(super) const POINT_WIDTH: usize = 8;

/// The words below the dashes.
pub(super) const FAULT_WIDTH: usize = 120;
pub(super) const FAULT_HEIGHT: usize = 18;
pub(super) const FAULT_CORNER: (i32, i32) = (DIAL_CENTRE.0 - 60, DIAL_CENTRE.1 - 72);

/// The cells of the lamps' symbols.
pub(super) const LAMP_WIDTH: usize = 40;
pub(super) const LAMP_HEIGHT: usize = 32;

pub(super) const GROUND_TOP: Colour = 0x0A_0D14;
pub(super) const GROUND_BOTTOM: Colour = 0x04_0508;
pub(super) const GLOW: Colour = 0x1C_2A3E;
pub(super) const PLATE_EDGE: Colour = 0x08_0B10;
pub(super) const PLATE_LIGHT: Colour = 0x13_1E2E;
pub(super) const HUB: Colour = 0x07_090D;
pub(super) const DIGITS: Colour = 0xF7_FAFF;
pub(super) const NUMBERS: Colour = 0xDF_E7F1;
pub(super) const LABELS: Colour = 0x71_8096;
pub(super) const VALUES: Colour = 0xE4_EBF5;
pub(super) const ACCENT: Colour = 0x36_C2FF;
pub(super) const MINOR_TICKS: Colour = 0x66_7488;
pub(super) const UNLIT: Colour = 0x16_1C26;
pub(super) const UNLIT_LAMP: Colour = 0x1E_2530;
pub(super) const NEEDLE: Colour = 0xFF_4A1C;
pub(super) const NEEDLE_LIGHT: Colour = 0xFF_8A5A;
pub(super) const WARNING: Colour = 0xFF_2D2D;
pub(super) const CONTROL: Colour = 0x2E_DD6E;
pub(super) const BEAM: Colour = 0x3F_8CFF;

/// The needle's angle for a speed: evenly from standstill to [`SCALE_END`], and there it ends.
/// Rounded down to a hundredth of a degree (1.5 degrees are 1 km/h).
#[must_use]
pub const fn needle_angle(speed: MillimetresPerSecond) -> Angle {
    let speed = if speed.0 > SCALE_END.0 {
        SCALE_END.0
    } else {
        speed.0
    };
    let sweep = (SCALE_END_ANGLE.0 - SCALE_START_ANGLE.0) as u64;
    Angle(SCALE_START_ANGLE.0 + (sweep * speed as u64 / SCALE_END.0 as u64) as i32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_needle_sweeps_evenly_and_stops_at_the_ends() {
        let angle = |speed| needle_angle(MillimetresPerSecond::from_kilometres_per_hour(speed));
        assert_eq!(angle(0), SCALE_START_ANGLE);
        assert_eq!(angle(80), Angle(0));
        assert_eq!(angle(160), SCALE_END_ANGLE);
        assert_eq!(angle(300), SCALE_END_ANGLE);
        assert_eq!(
            needle_angle(MillimetresPerSecond(u32::MAX)),
            SCALE_END_ANGLE
        );
        for speed in 0..160 {
            assert!((angle(speed + 1).0 - angle(speed).0).abs_diff(150) <= 1);
        }
    }
}
