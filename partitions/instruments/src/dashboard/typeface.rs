//! The letters, digits and lamp symbols, as strokes.
//!
//! A plain technical hand in the manner of the lettering on instruments (DIN 1451): capitals are
//! 140 units high, y runs from 0 at their top to 140 at the base line, x from 0. Strokes are
//! given by their middle, so that a pen's width comes on top on all sides.

use super::ink::{
    Ink::{self, Arc, Disc, Line, Triangle},
    Pen, trace,
};

/// The height of capitals and digits.
pub(super) const CAPITAL: i32 = 140;
/// The width of every digit.
pub(super) const DIGIT: i32 = 80;
/// What comes between two letters, pen included.
const GAP: i32 = 44;

/// One character.
#[derive(Clone, Copy, Debug)]
pub(super) struct Glyph {
    width: i16,
    pub drawing: &'static [Ink],
}

const fn glyph_of(width: i16, drawing: &'static [Ink]) -> Glyph {
    Glyph { width, drawing }
}

/// The drawing of a character: capitals, digits, and of the rest only what the dashboard writes.
/// Others are blank.
#[rustfmt::skip]
pub(super) const fn glyph(character: u8) -> Glyph {
    match character {
        b'0' | b'O' => glyph_of(80, &[Arc(40, 42, 40, 42, 180, 360), Line(80, 42, 80, 98), Arc(40, 98, 40, 42, 0, 180), Line(0, 98, 0, 42)]),
        b'1' => glyph_of(80, &[Line(14, 32, 50, 0), Line(50, 0, 50, 140)]),
        b'2' => glyph_of(80, &[Arc(40, 40, 39, 40, 190, 402), Line(69, 67, 2, 140), Line(2, 140, 80, 140)]),
        b'3' => glyph_of(80, &[Arc(39, 34, 36, 34, 200, 450), Line(39, 68, 28, 68), Arc(39, 104, 40, 36, -90, 160)]),
        b'4' => glyph_of(80, &[Line(52, 0, 0, 104), Line(0, 104, 82, 104), Line(60, 64, 60, 140)]),
        b'5' => glyph_of(80, &[Line(72, 0, 12, 0), Line(12, 0, 6, 70), Arc(38, 96, 40, 44, 216, 505)]),
        b'6' => glyph_of(80, &[Arc(40, 98, 40, 42, 0, 360), Line(5, 78, 44, 0)]),
        b'7' => glyph_of(80, &[Line(0, 0, 80, 0), Line(80, 0, 30, 140)]),
        b'8' => glyph_of(80, &[Arc(40, 34, 35, 34, 0, 360), Arc(40, 104, 40, 36, 0, 360)]),
        b'9' => glyph_of(80, &[Arc(40, 42, 40, 42, 0, 360), Line(75, 62, 36, 140)]),
        b'A' => glyph_of(84, &[Line(0, 140, 42, 0), Line(42, 0, 84, 140), Line(14, 94, 70, 94)]),
        b'B' => glyph_of(78, &[Line(0, 0, 0, 140), Line(0, 0, 40, 0), Arc(40, 34, 34, 34, -90, 90), Line(0, 68, 42, 68), Arc(42, 104, 36, 36, -90, 90), Line(42, 140, 0, 140)]),
        b'C' => glyph_of(78, &[Arc(40, 42, 40, 42, 180, 330), Line(0, 42, 0, 98), Arc(40, 98, 40, 42, 30, 180)]),
        b'D' => glyph_of(80, &[Line(0, 0, 0, 140), Line(0, 0, 36, 0), Arc(36, 44, 44, 44, -90, 0), Line(80, 44, 80, 96), Arc(36, 96, 44, 44, 0, 90), Line(36, 140, 0, 140)]),
        b'E' => glyph_of(66, &[Line(0, 0, 0, 140), Line(0, 0, 66, 0), Line(0, 68, 56, 68), Line(0, 140, 66, 140)]),
        b'F' => glyph_of(64, &[Line(0, 0, 0, 140), Line(0, 0, 64, 0), Line(0, 70, 54, 70)]),
        b'G' => glyph_of(80, &[Arc(40, 42, 40, 42, 180, 330), Line(0, 42, 0, 98), Arc(40, 98, 40, 42, 0, 180), Line(80, 98, 80, 76), Line(80, 76, 48, 76)]),
        b'H' => glyph_of(80, &[Line(0, 0, 0, 140), Line(80, 0, 80, 140), Line(0, 68, 80, 68)]),
        b'I' => glyph_of(0, &[Line(0, 0, 0, 140)]),
        b'J' => glyph_of(60, &[Line(60, 0, 60, 100), Arc(30, 100, 30, 40, 0, 170)]),
        b'K' => glyph_of(74, &[Line(0, 0, 0, 140), Line(70, 0, 0, 86), Line(28, 56, 74, 140)]),
        b'L' => glyph_of(64, &[Line(0, 0, 0, 140), Line(0, 140, 64, 140)]),
        b'M' => glyph_of(96, &[Line(0, 140, 0, 0), Line(0, 0, 48, 84), Line(48, 84, 96, 0), Line(96, 0, 96, 140)]),
        b'N' => glyph_of(80, &[Line(0, 140, 0, 0), Line(0, 0, 80, 140), Line(80, 140, 80, 0)]),
        b'P' => glyph_of(78, &[Line(0, 0, 0, 140), Line(0, 0, 40, 0), Arc(40, 38, 38, 38, -90, 90), Line(40, 76, 0, 76)]),
        b'Q' => glyph_of(80, &[Arc(40, 42, 40, 42, 180, 360), Line(80, 42, 80, 98), Arc(40, 98, 40, 42, 0, 180), Line(0, 98, 0, 42), Line(52, 108, 84, 146)]),
        b'R' => glyph_of(78, &[Line(0, 0, 0, 140), Line(0, 0, 40, 0), Arc(40, 38, 38, 38, -90, 90), Line(40, 76, 0, 76), Line(38, 76, 78, 140)]),
        b'S' => glyph_of(78, &[Arc(40, 35, 36, 35, 90, 328), Arc(40, 105, 38, 35, -90, 148)]),
        b'T' => glyph_of(80, &[Line(0, 0, 80, 0), Line(40, 0, 40, 140)]),
        b'U' => glyph_of(80, &[Line(0, 0, 0, 98), Arc(40, 98, 40, 42, 0, 180), Line(80, 98, 80, 0)]),
        b'V' => glyph_of(80, &[Line(0, 0, 40, 140), Line(40, 140, 80, 0)]),
        b'W' => glyph_of(112, &[Line(0, 0, 28, 140), Line(28, 140, 56, 16), Line(56, 16, 84, 140), Line(84, 140, 112, 0)]),
        b'X' => glyph_of(80, &[Line(0, 0, 80, 140), Line(80, 0, 0, 140)]),
        b'Y' => glyph_of(80, &[Line(0, 0, 40, 72), Line(80, 0, 40, 72), Line(40, 72, 40, 140)]),
        b'Z' => glyph_of(76, &[Line(0, 0, 76, 0), Line(76, 0, 0, 140), Line(0, 140, 76, 140)]),
        b'h' => glyph_of(60, &[Line(0, 0, 0, 140), Arc(30, 76, 30, 32, 180, 360), Line(60, 76, 60, 140)]),
        b'k' => glyph_of(58, &[Line(0, 0, 0, 140), Line(54, 46, 0, 104), Line(20, 84, 58, 140)]),
        b'm' => glyph_of(104, &[Line(0, 46, 0, 140), Arc(26, 72, 26, 28, 180, 360), Line(52, 72, 52, 140), Arc(78, 72, 26, 28, 180, 360), Line(104, 72, 104, 140)]),
        b'/' => glyph_of(54, &[Line(0, 148, 54, -6)]),
        b'-' => glyph_of(60, &[Line(4, 72, 56, 72)]),
        b'.' => glyph_of(0, &[Disc(0, 138, 13)]),
        b':' => glyph_of(0, &[Disc(0, 46, 13), Disc(0, 116, 13)]),
        _ => glyph_of(30, &[]),
    }
}

/// The bar that stands for an unknown digit; as wide as one.
pub(super) const DASH: &[Ink] = &[Line(10, 72, 70, 72)];

/// How far the next letter is from this one, in units.
pub(super) const fn advance(character: u8) -> i32 {
    glyph(character).width as i32 + GAP
}

/// The width of a line of text in units, pen not included.
pub(super) const fn width(text: &[u8]) -> i32 {
    let mut width = -GAP;
    let mut index = 0;
    while index < text.len() {
        width += advance(text[index]);
        index += 1;
    }
    if width < 0 { 0 } else { width }
}

/// Adds a line of text to a picture of coverage; the pen gives the first letter's corner.
pub(super) const fn write(coverage: &mut [u8], row: usize, text: &[u8], mut pen: Pen) {
    let mut index = 0;
    while index < text.len() {
        trace(coverage, row, glyph(text[index]).drawing, pen);
        pen.x += advance(text[index]) * pen.scale / 100;
        index += 1;
    }
}

/// The symbols of lamps lie on a grid of 160 by 128.
pub(super) const TURN_LEFT: &[Ink] = &[
    Triangle([22, 64, 74, 22, 74, 106]),
    Triangle([74, 46, 138, 46, 138, 82]),
    Triangle([74, 46, 138, 82, 74, 82]),
];

pub(super) const TURN_RIGHT: &[Ink] = &[
    Triangle([138, 64, 86, 106, 86, 22]),
    Triangle([22, 46, 86, 46, 86, 82]),
    Triangle([22, 46, 86, 82, 22, 82]),
];

pub(super) const SEAT_BELT: &[Ink] = &[
    Disc(80, 24, 17),
    Arc(80, 82, 34, 30, 180, 360),
    Line(46, 82, 46, 114),
    Line(114, 82, 114, 114),
    Line(46, 114, 114, 114),
    Line(57, 58, 112, 112),
];

pub(super) const BATTERY: &[Ink] = &[
    Line(26, 40, 134, 40),
    Line(134, 40, 134, 108),
    Line(134, 108, 26, 108),
    Line(26, 108, 26, 40),
    Line(44, 26, 60, 26),
    Line(100, 26, 116, 26),
    Line(44, 74, 62, 74),
    Line(98, 74, 116, 74),
    Line(107, 65, 107, 83),
];

pub(super) const HIGH_BEAM: &[Ink] = &[
    Line(84, 22, 84, 106),
    Arc(84, 64, 50, 42, -90, 90),
    Line(22, 30, 62, 30),
    Line(22, 53, 62, 53),
    Line(22, 75, 62, 75),
    Line(22, 98, 62, 98),
];

pub(super) const NO_COMMUNICATION: &[Ink] = &[
    Disc(80, 108, 10),
    Arc(80, 108, 34, 34, 225, 315),
    Arc(80, 108, 62, 62, 225, 315),
    Arc(80, 108, 90, 90, 225, 315),
    Line(32, 26, 122, 116),
];
