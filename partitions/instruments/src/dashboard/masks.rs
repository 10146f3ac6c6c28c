//! Everything that changes while driving, as coverage made at compile time.
//!
//! A frame then takes one byte a pixel from a table instead of measuring distances to strokes,
//! and a reader of screenshots compares with the very same bytes.

use super::canvas::{Canvas, Colour, alpha, blend};
use super::ink::{Ink, Pen, trace};
use super::layout::{
    DIGIT_HEIGHT, DIGIT_WIDTH, FAULT_HEIGHT, FAULT_WIDTH, LAMP_HEIGHT, LAMP_WIDTH, POINT_WIDTH,
    SMALL_HEIGHT, SMALL_WIDTH, WIDTH,
};
use super::typeface::{self, CAPITAL, DASH, DIGIT, glyph, write};

/// Coverage of a rectangle of pixels, row by row. Its places on a canvas must lie within it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mask {
    coverage: &'static [u8],
    width: usize,
    /// The columns that count. Narrow characters leave the rest to their neighbours.
    columns: (usize, usize),
}

impl Mask {
    const fn new(coverage: &'static [u8], width: usize) -> Self {
        Self {
            coverage,
            width,
            columns: (0, width),
        }
    }

    /// How many columns of pixels it takes.
    pub const fn width(&self) -> usize {
        self.columns.1 - self.columns.0
    }

    /// Its coverage row by row.
    pub fn rows(&self) -> impl Iterator<Item = &'static [u8]> + use<> {
        let (first, last) = self.columns;
        self.coverage
            .chunks_exact(self.width)
            .map(move |row| &row[first..last])
    }

    /// Blends `colour` over what is on the canvas.
    pub fn stamp(&self, canvas: &mut Canvas, (x, y): (i32, i32), colour: Colour) {
        let word = canvas.order().word(colour);
        for (y, row) in (y..).zip(self.rows()) {
            let (_, pixels) = canvas.row(y, x, x + row.len() as i32);
            for (pixel, coverage) in pixels.iter_mut().zip(row) {
                *pixel = blend(*pixel, word, alpha(*coverage));
            }
        }
    }

    /// Blends `colour` over the background and writes that to the canvas, so that whatever was
    /// there is gone.
    pub fn stamp_over(
        &self,
        canvas: &mut Canvas,
        background: &[u32],
        (x, y): (i32, i32),
        colour: Colour,
    ) {
        let word = canvas.order().word(colour);
        for (y, row) in (y..).zip(self.rows()) {
            let (_, pixels) = canvas.row(y, x, x + row.len() as i32);
            let under = background_row(background, x, y, row.len());
            for ((pixel, under), coverage) in pixels.iter_mut().zip(under).zip(row) {
                *pixel = match *coverage {
                    0 => *under,
                    coverage => blend(*under, word, alpha(coverage)),
                };
            }
        }
    }

    /// Writes the colours of `ramp`, one for each coverage: for a background of one colour, and
    /// several times faster than blending. Works on six columns at once, written out because the
    /// release profile optimises for size; the mask's width must be a multiple of that.
    pub fn stamp_ramp(&self, canvas: &mut Canvas, (x, y): (i32, i32), ramp: &[u32; 256]) {
        let of = |coverage: u8| ramp[usize::from(coverage)];
        for (y, row) in (y..).zip(self.rows()) {
            let (_, pixels) = canvas.row(y, x, x + row.len() as i32);
            let (pixels, _) = pixels.as_chunks_mut::<6>();
            for (pixels, [a, b, c, d, e, f]) in pixels.iter_mut().zip(row.as_chunks::<6>().0) {
                *pixels = [of(*a), of(*b), of(*c), of(*d), of(*e), of(*f)];
            }
        }
    }

    /// Puts the background back.
    pub fn restore(&self, canvas: &mut Canvas, background: &[u32], (x, y): (i32, i32)) {
        for (y, row) in (y..).zip(self.rows()) {
            let (_, pixels) = canvas.row(y, x, x + row.len() as i32);
            pixels.copy_from_slice(background_row(background, x, y, row.len()));
        }
    }
}

fn background_row(background: &[u32], x: i32, y: i32, length: usize) -> &[u32] {
    let start = y as usize * WIDTH + x as usize;
    &background[start..start + length]
}

/// The index of the dash among the big digits.
pub(super) const DASH_INDEX: u8 = 10;

/// A big digit, or the dash.
pub(super) fn digit(index: u8) -> Mask {
    Mask::new(&DIGITS[usize::from(index)], DIGIT_WIDTH)
}

/// A character of the small texts; all but points and colons are equally wide.
pub(super) fn small(character: u8) -> Mask {
    let known = SMALL_CHARACTERS
        .iter()
        .position(|known| *known == character);
    let mut mask = Mask::new(&SMALL[known.unwrap_or(BLANK)], SMALL_WIDTH);
    if matches!(character, b'.' | b':') {
        let margin = (SMALL_WIDTH - POINT_WIDTH) / 2;
        mask.columns = (margin, SMALL_WIDTH - margin);
    }
    mask
}

pub(super) static NO_SIGNAL: Mask = fault(&fault_text(b"NO SIGNAL"));
pub(super) static STALE: Mask = fault(&fault_text(b"STALE DATA"));
pub(super) static CORRUPT: Mask = fault(&fault_text(b"CORRUPT"));

pub(super) static TURN_LEFT: Mask = lamp(&lamp_symbol(typeface::TURN_LEFT));
pub(super) static TURN_RIGHT: Mask = lamp(&lamp_symbol(typeface::TURN_RIGHT));
pub(super) static SEAT_BELT: Mask = lamp(&lamp_symbol(typeface::SEAT_BELT));
pub(super) static BATTERY: Mask = lamp(&lamp_symbol(typeface::BATTERY));
pub(super) static HIGH_BEAM: Mask = lamp(&lamp_symbol(typeface::HIGH_BEAM));
pub(super) static NO_COMMUNICATION: Mask = lamp(&lamp_symbol(typeface::NO_COMMUNICATION));

static_assertions::const_assert!(DIGIT_WIDTH.is_multiple_of(6));

/// Digits 72 pixels high, drawn with a pen of 8 pixels.
#[allow(
    long_running_const_eval,
    reason = "eleven glyphs of 54 x 82 pixels take about a second; their size bounds it"
)]
static DIGITS: [[u8; DIGIT_WIDTH * DIGIT_HEIGHT]; 11] = {
    let mut masks = [[0; DIGIT_WIDTH * DIGIT_HEIGHT]; 11];
    let mut digit = 0;
    while digit < 11 {
        let drawing = if digit == DASH_INDEX {
            DASH
        } else {
            glyph(b'0' + digit).drawing
        };
        masks[digit as usize] = centred(DIGIT_WIDTH, drawing, (DIGIT, CAPITAL), 13_165, 1060);
        digit += 1;
    }
    masks
};

const SMALL_CHARACTERS: [u8; 14] = *b"0123456789-.: ";
const BLANK: usize = 13;

/// Digits 18 pixels high.
#[allow(long_running_const_eval, reason = "their size bounds it")]
static SMALL: [[u8; SMALL_WIDTH * SMALL_HEIGHT]; 14] = {
    let mut masks = [[0; SMALL_WIDTH * SMALL_HEIGHT]; 14];
    let mut index = 0;
    while index < 14 {
        let character = SMALL_CHARACTERS[index];
        let size = (typeface::width(&[character]), CAPITAL);
        masks[index] = centred(SMALL_WIDTH, glyph(character).drawing, size, 3291, 290);
        index += 1;
    }
    masks
};

/// A drawing of `size` units in the middle of a mask; `scale` and `radius` as in [`Pen`].
const fn centred<const BYTES: usize>(
    width: usize,
    drawing: &[Ink],
    size: (i32, i32),
    scale: i32,
    radius: i32,
) -> [u8; BYTES] {
    let mut coverage = [0; BYTES];
    trace(
        &mut coverage,
        width,
        drawing,
        middle(width, BYTES / width, size, scale, radius),
    );
    coverage
}

const fn middle(width: usize, height: usize, size: (i32, i32), scale: i32, radius: i32) -> Pen {
    Pen {
        x: ((width as i32) << 7) - size.0 * scale / 200,
        y: ((height as i32) << 7) - size.1 * scale / 200,
        scale,
        radius,
    }
}

const fn fault_text(text: &[u8]) -> [u8; FAULT_WIDTH * FAULT_HEIGHT] {
    let mut coverage = [0; FAULT_WIDTH * FAULT_HEIGHT];
    let size = (typeface::width(text), CAPITAL);
    write(
        &mut coverage,
        FAULT_WIDTH,
        text,
        middle(FAULT_WIDTH, FAULT_HEIGHT, size, 2194, 220),
    );
    coverage
}

const fn fault(coverage: &'static [u8; FAULT_WIDTH * FAULT_HEIGHT]) -> Mask {
    Mask::new(coverage, FAULT_WIDTH)
}

const fn lamp_symbol(drawing: &[Ink]) -> [u8; LAMP_WIDTH * LAMP_HEIGHT] {
    centred(LAMP_WIDTH, drawing, (160, 128), 6400, 300)
}

const fn lamp(coverage: &'static [u8; LAMP_WIDTH * LAMP_HEIGHT]) -> Mask {
    Mask::new(coverage, LAMP_WIDTH)
}
