//! Smooth shapes: convex polygons and rings with soft edges.
//!
//! `embedded-graphics` has hard edges only. Here a pixel's coverage is how far its middle lies
//! inside the shape, cut to the range of one pixel: as good as exact for straight edges, and
//! cheap, because along a row the distance to a line grows by the same amount at each pixel.

use core::ops::Range;

use embedded_graphics::{
    geometry::{Point, Size},
    primitives::Rectangle,
};

use super::canvas::{Canvas, Colour, blend};
use super::trigonometry::Position;

/// The distance of a line from a pixel's middle in 1/65 536 of a pixel, inside positive:
/// `a * x + b * y + c`.
#[derive(Clone, Copy, Debug)]
struct Edge {
    a: i32,
    b: i32,
    c: i32,
}

const HALF_PIXEL: i32 = 1 << 15;

/// A convex polygon, ready to be filled row by row.
#[derive(Clone, Copy, Debug)]
pub(super) struct Convex<const CORNERS: usize> {
    edges: [Edge; CORNERS],
    columns: (i32, i32),
    rows: (i32, i32),
}

impl<const CORNERS: usize> Convex<CORNERS> {
    /// The polygon with these corners, in either direction of rotation. Corners must differ
    /// and lie within a few thousand pixels.
    #[allow(
        clippy::cast_possible_truncation,
        reason = "corners lie within 2^13 pixels"
    )]
    pub fn new(corners: [Position; CORNERS]) -> Self {
        let next = |index: usize| corners[if index + 1 < CORNERS { index + 1 } else { 0 }];
        let mut area = 0;
        for (index, from) in corners.iter().enumerate() {
            let to = next(index);
            area += i64::from(from.x) * i64::from(to.y) - i64::from(to.x) * i64::from(from.y);
        }
        let turn = if area < 0 { -1 } else { 1 };
        let edges = core::array::from_fn(|index| {
            let (from, to) = (corners[index], next(index));
            let (dx, dy) = (
                i64::from(to.x - from.x) * turn,
                i64::from(to.y - from.y) * turn,
            );
            let length = ((dx * dx + dy * dy).unsigned_abs().isqrt()).max(1) as i64;
            let (a, b) = ((-dy << 16) / length, (dx << 16) / length);
            // At the middle of pixel (0, 0).
            let c = (a * i64::from(128 - from.x) + b * i64::from(128 - from.y)) >> 8;
            Edge {
                a: a as i32,
                b: b as i32,
                c: c as i32,
            }
        });
        Self {
            edges,
            columns: reach(corners.map(|corner| corner.x)),
            rows: reach(corners.map(|corner| corner.y)),
        }
    }

    /// The columns of row `y` that the polygon touches.
    fn span(&self, y: i32) -> Range<i32> {
        let (mut left, mut right) = self.columns;
        for edge in &self.edges {
            // Wanted: a * x > -k.
            let k = edge.b * y + edge.c + HALF_PIXEL;
            match edge.a {
                0 if k <= 0 => return 0..0,
                0 => {}
                a if a > 0 => left = left.max((-k).div_euclid(a) + 1),
                a => right = right.min((k - 1).div_euclid(-a) + 1),
            }
        }
        left..right.max(left)
    }

    /// Replaces all pixels that the polygon touches by those of `under` (a picture of the same
    /// shape, rows `stride` apart).
    pub fn restore(&self, canvas: &mut Canvas, under: &[u32], stride: usize) {
        for y in self.rows.0..self.rows.1 {
            let span = self.span(y);
            let (first, pixels) = canvas.row(y, span.start, span.end);
            if !pixels.is_empty() {
                pixels.copy_from_slice(under_row(under, stride, first, y, pixels.len()));
            }
        }
    }

    /// Blends `colour` over what is there; `opacity` is at most 256.
    pub fn fill(&self, canvas: &mut Canvas, colour: Colour, opacity: u32) {
        let word = canvas.order().word(colour);
        for y in self.rows.0..self.rows.1 {
            let span = self.span(y);
            let (first, pixels) = canvas.row(y, span.start, span.end);
            let mut ramp = Ramp::new(&self.edges, first, y);
            for pixel in pixels {
                *pixel = blend(*pixel, word, ramp.next() * opacity >> 8);
            }
        }
    }

    /// Blends `colour` over `under` (a picture of the same shape, rows `stride` apart) and
    /// writes that to the canvas: however often it is done, the result is the same.
    pub fn fill_over(&self, canvas: &mut Canvas, under: &[u32], stride: usize, colour: Colour) {
        let word = canvas.order().word(colour);
        for y in self.rows.0..self.rows.1 {
            let span = self.span(y);
            let (first, pixels) = canvas.row(y, span.start, span.end);
            if pixels.is_empty() {
                continue;
            }
            let mut ramp = Ramp::new(&self.edges, first, y);
            let under = under_row(under, stride, first, y, pixels.len());
            for (pixel, under) in pixels.iter_mut().zip(under) {
                *pixel = blend(*under, word, ramp.next());
            }
        }
    }
}

/// The part of a row of `under` that lies below a part of a canvas.
#[allow(clippy::cast_sign_loss, reason = "Canvas::row gives places inside it")]
fn under_row(under: &[u32], stride: usize, first: i32, y: i32, length: usize) -> &[u32] {
    let start = y as usize * stride + first as usize;
    &under[start..start + length]
}

/// The coverage of one pixel after the other along a row.
struct Ramp<const CORNERS: usize> {
    distances: [i32; CORNERS],
    steps: [i32; CORNERS],
}

impl<const CORNERS: usize> Ramp<CORNERS> {
    fn new(edges: &[Edge; CORNERS], x: i32, y: i32) -> Self {
        Self {
            distances: edges.map(|edge| edge.a * x + edge.b * y + edge.c + HALF_PIXEL),
            steps: edges.map(|edge| edge.a),
        }
    }

    /// The coverage of the next pixel, 0 to 256.
    #[inline]
    #[allow(clippy::cast_sign_loss, reason = "clamped")]
    fn next(&mut self) -> u32 {
        let mut least = 1 << 16;
        for (distance, step) in self.distances.iter_mut().zip(self.steps) {
            least = least.min(*distance);
            // Distances stay within a canvas, far from overflow.
            *distance = distance.wrapping_add(step);
        }
        (least.max(0) >> 8) as u32
    }
}

/// The pixels that the polygon with these corners may touch, its soft edge included.
#[allow(clippy::cast_sign_loss, reason = "widths")]
pub(super) fn bounds<const CORNERS: usize>(corners: [Position; CORNERS]) -> Rectangle {
    let (left, right) = reach(corners.map(|corner| corner.x));
    let (top, bottom) = reach(corners.map(|corner| corner.y));
    Rectangle::new(
        Point::new(left, top),
        Size::new((right - left) as u32, (bottom - top) as u32),
    )
}

/// The pixels that a range of places touches, with one to spare for the soft edge.
fn reach<const COUNT: usize>(places: [i32; COUNT]) -> (i32, i32) {
    let least = places
        .iter()
        .fold(i32::MAX, |least, place| least.min(*place));
    let most = places.iter().fold(i32::MIN, |most, place| most.max(*place));
    ((least >> 8) - 1, (most >> 8) + 2)
}

/// Paints the ring around `centre` (a corner of pixels) from radius `inner` to `outer`, both in
/// 1/256 of a pixel; an `inner` below 0 paints the whole disc. `shade` gives the colour and
/// opacity (to 256) of a pixel by its row and its distance from the centre in 1/256 of a pixel.
///
/// For backgrounds: it takes a square root for each pixel.
#[allow(
    clippy::cast_sign_loss,
    clippy::cast_possible_wrap,
    reason = "radii are below 2^8 pixels"
)]
pub(super) fn ring(
    canvas: &mut Canvas,
    centre: (i32, i32),
    inner: i32,
    outer: i32,
    mut shade: impl FnMut(i32, i32) -> (Colour, u32),
) {
    let reach = (outer >> 8) + 2;
    let hole = ((inner >> 8) - 1).max(0);
    for dy in -reach..reach {
        // Twice the offset of the pixel's middle, to stay in whole numbers.
        let y = 2 * dy + 1;
        for dx in -reach..reach {
            let x = 2 * dx + 1;
            let square = (x * x + y * y) as u32;
            if square < (4 * hole * hole) as u32 || square > (4 * reach * reach) as u32 {
                continue;
            }
            let distance = (square << 14).isqrt() as i32;
            let coverage = (distance - inner + 128)
                .min(outer - distance + 128)
                .clamp(0, 256);
            if coverage > 0 {
                let (colour, opacity) = shade(centre.1 + dy, distance);
                let alpha = coverage as u32 * opacity >> 8;
                canvas.blend(centre.0 + dx, centre.1 + dy, colour, alpha);
            }
        }
    }
}
