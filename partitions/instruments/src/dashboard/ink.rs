//! Drawings made of strokes, and how they become coverage: the source of all letters, digits and
//! lamp symbols.
//!
//! A drawing is a list of strokes with round ends, as by a felt pen, on a grid of its own. It is
//! turned into one byte of coverage a pixel (0 nothing, 255 full): while compiling for whatever
//! changes while driving, so that a frame only copies; at start-up for what is painted once.

use super::trigonometry::Angle;

/// One stroke of a drawing. Coordinates in the drawing's own units, y downwards; angles in
/// degrees, 0 to the right and clockwise.
#[derive(Clone, Copy, Debug)]
pub(super) enum Ink {
    /// A straight stroke: x, y of its start, x, y of its end.
    Line(i16, i16, i16, i16),
    /// A part of an ellipse: x, y of its centre, its two radii, its first and last angle.
    Arc(i16, i16, i16, i16, i16, i16),
    /// A filled circle: x, y, radius.
    Disc(i16, i16, i16),
    /// A filled triangle with corners rounded by the pen: x, y of its corners, clockwise.
    Triangle([i16; 6]),
}

/// How a drawing lies on a picture. All in 1/256 of a pixel.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pen {
    /// Where the drawing's origin comes to lie.
    pub x: i32,
    pub y: i32,
    /// The size of 100 of the drawing's units.
    pub scale: i32,
    /// Half the width of a stroke.
    pub radius: i32,
}

impl Pen {
    const fn place_x(&self, x: i16) -> i32 {
        self.x + x as i32 * self.scale / 100
    }

    const fn place_y(&self, y: i16) -> i32 {
        self.y + y as i32 * self.scale / 100
    }
}

/// Adds a drawing to a picture of coverage whose rows are `width` long. What lies outside is cut.
pub(super) const fn trace(coverage: &mut [u8], width: usize, drawing: &[Ink], pen: Pen) {
    let mut index = 0;
    while index < drawing.len() {
        match drawing[index] {
            Ink::Line(x0, y0, x1, y1) => {
                let from = (pen.place_x(x0), pen.place_y(y0));
                let to = (pen.place_x(x1), pen.place_y(y1));
                stroke(coverage, width, from, to, pen.radius);
            }
            Ink::Arc(x, y, rx, ry, first, last) => {
                arc(coverage, width, pen, (x, y, rx, ry), (first, last));
            }
            Ink::Disc(x, y, radius) => {
                let centre = (pen.place_x(x), pen.place_y(y));
                stroke(
                    coverage,
                    width,
                    centre,
                    centre,
                    radius as i32 * pen.scale / 100,
                );
            }
            Ink::Triangle([x0, y0, x1, y1, x2, y2]) => {
                let corners = [
                    (pen.place_x(x0), pen.place_y(y0)),
                    (pen.place_x(x1), pen.place_y(y1)),
                    (pen.place_x(x2), pen.place_y(y2)),
                ];
                triangle(coverage, width, corners, pen.radius);
            }
        }
        index += 1;
    }
}

/// An arc as straight strokes of 10 degrees each; nobody sees the corners at these sizes.
const fn arc(
    coverage: &mut [u8],
    width: usize,
    pen: Pen,
    (x, y, rx, ry): (i16, i16, i16, i16),
    (first, last): (i16, i16),
) {
    let (rx, ry) = (rx as i64 * pen.scale as i64, ry as i64 * pen.scale as i64);
    let steps = (last - first + 9) as i32 / 10;
    let mut from = (0, 0);
    let mut step = 0;
    while step <= steps {
        let angle = Angle(first as i32 * 100 + (last - first) as i32 * 100 * step / steps);
        let to = (
            pen.place_x(x) + (rx * angle.cosine() / 6_553_600) as i32,
            pen.place_y(y) + (ry * angle.sine() / 6_553_600) as i32,
        );
        if step > 0 {
            stroke(coverage, width, from, to, pen.radius);
        }
        from = to;
        step += 1;
    }
}

/// A straight stroke with round ends: every pixel whose middle is nearer than `radius`.
const fn stroke(coverage: &mut [u8], width: usize, from: (i32, i32), to: (i32, i32), radius: i32) {
    let (dx, dy) = ((to.0 - from.0) as i64, (to.1 - from.1) as i64);
    let square = dx * dx + dy * dy;
    let length = (square as u64).isqrt() as i64;
    let columns = reach(from.0, to.0, radius, width);
    let rows = reach(from.1, to.1, radius, coverage.len() / width);
    let mut y = rows.0;
    while y < rows.1 {
        let mut x = columns.0;
        while x < columns.1 {
            let (px, py) = (middle(x) - from.0 as i64, middle(y) - from.1 as i64);
            let along = px * dx + py * dy;
            let distance = if along <= 0 {
                ((px * px + py * py) as u64).isqrt() as i64
            } else if along >= square {
                let (qx, qy) = (px - dx, py - dy);
                ((qx * qx + qy * qy) as u64).isqrt() as i64
            } else {
                (px * dy - py * dx).abs() / length
            };
            add(coverage, y * width + x, radius as i64 - distance);
            x += 1;
        }
        y += 1;
    }
}

/// A filled triangle, clockwise, grown by `radius`.
const fn triangle(coverage: &mut [u8], width: usize, corners: [(i32, i32); 3], radius: i32) {
    let [a, b, c] = corners;
    stroke(coverage, width, a, b, radius);
    stroke(coverage, width, b, c, radius);
    stroke(coverage, width, c, a, radius);
    let mut at = 0;
    while at < coverage.len() {
        let (x, y) = (middle(at % width), middle(at / width));
        if is_right_of(a, b, x, y) && is_right_of(b, c, x, y) && is_right_of(c, a, x, y) {
            coverage[at] = 255;
        }
        at += 1;
    }
}

/// Whether a place is to the right of the way from `from` to `to`, seen with y downwards.
const fn is_right_of(from: (i32, i32), to: (i32, i32), x: i64, y: i64) -> bool {
    let (dx, dy) = ((to.0 - from.0) as i64, (to.1 - from.1) as i64);
    dx * (y - from.1 as i64) - dy * (x - from.0 as i64) >= 0
}

/// Raises one pixel's coverage to that of a place `depth` inside a stroke, in 1/256 of a pixel.
const fn add(coverage: &mut [u8], index: usize, depth: i64) {
    let covered = if depth >= 127 {
        255
    } else if depth > -128 {
        (depth + 128) as u8
    } else {
        0
    };
    if covered > coverage[index] {
        coverage[index] = covered;
    }
}

/// The middle of a pixel in 1/256 of a pixel.
const fn middle(pixel: usize) -> i64 {
    pixel as i64 * 256 + 128
}

/// The pixels, from the first up to but without the last, that a stroke may touch.
const fn reach(from: i32, to: i32, radius: i32, limit: usize) -> (usize, usize) {
    let (least, most) = if from < to { (from, to) } else { (to, from) };
    (
        clamp((least - radius - 128) >> 8, limit),
        clamp(((most + radius + 128) >> 8) + 1, limit),
    )
}

const fn clamp(value: i32, limit: usize) -> usize {
    if value < 0 {
        0
    } else if value as usize > limit {
        limit
    } else {
        value as usize
    }
}
