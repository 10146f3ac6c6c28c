//! Smooth shapes: quadrangles and rings with soft edges.
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

impl Edge {
    /// The distance, and half a pixel: above 0 where a pixel is touched. Within a canvas it is
    /// far from overflow, so nothing is checked.
    #[inline(always)]
    const fn at(&self, x: i32, y: i32) -> i32 {
        let distance = self.a.wrapping_mul(x).wrapping_add(self.b.wrapping_mul(y));
        distance.wrapping_add(self.c).wrapping_add(1 << 15)
    }
}

/// A convex quadrangle, ready to be filled row by row. All that the dashboard needs are bars.
#[derive(Clone, Copy, Debug)]
pub(super) struct Quadrangle {
    edges: [Edge; 4],
    columns: (i32, i32),
    rows: (i32, i32),
}

impl Quadrangle {
    /// The quadrangle with these corners, in either direction of rotation. Corners must differ
    /// and lie within a few thousand pixels.
    pub fn new(corners: [Position; 4]) -> Self {
        let next = |index: usize| corners[(index + 1) % 4];
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

    /// The columns of row `y` that the quadrangle touches.
    fn span(&self, y: i32) -> Range<i32> {
        let (mut left, mut right) = self.columns;
        for edge in &self.edges {
            // Wanted: a * x > -k.
            let k = edge.at(0, y);
            match edge.a {
                0 if k <= 0 => return 0..0,
                0 => {}
                a if a > 0 => left = left.max((-k).div_euclid(a) + 1),
                a => right = right.min((k - 1).div_euclid(-a) + 1),
            }
        }
        left..right.max(left)
    }

    /// Replaces all pixels that the quadrangle touches by those of `under` (a picture of the same
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
                *pixel = blend(*pixel, word, ramp.next().wrapping_mul(opacity) >> 8);
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
fn under_row(under: &[u32], stride: usize, first: i32, y: i32, length: usize) -> &[u32] {
    let start = y as usize * stride + first as usize;
    &under[start..start + length]
}

/// The coverage of one pixel after the other along a row.
struct Ramp {
    distances: [i32; 4],
    steps: [i32; 4],
}

impl Ramp {
    fn new(edges: &[Edge; 4], x: i32, y: i32) -> Self {
        Self {
            distances: [
                edges[0].at(x, y),
                edges[1].at(x, y),
                edges[2].at(x, y),
                edges[3].at(x, y),
            ],
            steps: [edges[0].a, edges[1].a, edges[2].a, edges[3].a],
        }
    }

    /// The coverage of the next pixel, 0 to 256. Written out, and without checks for overflow
    /// (distances stay within a canvas), since it runs for each pixel.
    #[inline(always)]
    fn next(&mut self) -> u32 {
        let [a, b, c, d] = self.distances;
        let least = a.min(b).min(c.min(d)).clamp(0, 1 << 16);
        let [da, db, dc, dd] = self.steps;
        self.distances = [
            a.wrapping_add(da),
            b.wrapping_add(db),
            c.wrapping_add(dc),
            d.wrapping_add(dd),
        ];
        least as u32 >> 8
    }
}

/// The pixels that the quadrangle with these corners may touch, its soft edge included.
pub(super) fn bounds(corners: [Position; 4]) -> Rectangle {
    let (left, right) = reach(corners.map(|corner| corner.x));
    let (top, bottom) = reach(corners.map(|corner| corner.y));
    Rectangle::new(
        Point::new(left, top),
        Size::new((right - left) as u32, (bottom - top) as u32),
    )
}

/// The pixels that a range of places touches, with one to spare for the soft edge.
fn reach(places: [i32; 4]) -> (i32, i32) {
    let least = places
        .iter()
        .fold(i32::MAX, |least, place| least.min(*place));
    let most = places.iter().fold(i32::MIN, |most, place| most.max(*place));
    ((least >> 8) - 1, (most >> 8) + 2)
}

/// Paints the ring around `centre` (a corner of pixels) from radius `inner` to `outer`, both in
/// 1/256 of a pixel. `shade` gives the colour and opacity (to 256) of a pixel by its row and its
/// distance from the centre in 1/256 of a pixel.
///
/// For backgrounds: it takes a square root for each pixel of the ring.
pub(super) fn ring(
    canvas: &mut Canvas,
    centre: (i32, i32),
    inner: i32,
    outer: i32,
    mut shade: impl FnMut(i32, i32) -> (Colour, u32),
) {
    let order = canvas.order();
    let reach = (outer >> 8) + 2;
    let hole = ((inner >> 8) - 1).max(0);
    for dy in -reach..reach {
        // Twice the offset of the pixels' middle, to stay in whole numbers.
        let y = 2 * dy + 1;
        let half_width = |radius: i32| (4 * radius * radius - y * y).max(0).isqrt() / 2;
        let (wide, narrow) = (half_width(reach), half_width(hole));
        for (left, right) in [(-wide, -narrow), (narrow, wide)] {
            let (first, row) = canvas.row(centre.1 + dy, centre.0 + left, centre.0 + right);
            for (dx, pixel) in (first - centre.0..).zip(row) {
                let x = 2 * dx + 1;
                let distance = (((x * x + y * y) as u32) << 14).isqrt() as i32;
                let coverage = (distance - inner + 128).min(outer - distance + 128);
                if coverage > 0 {
                    let (colour, opacity) = shade(centre.1 + dy, distance);
                    let alpha = (coverage.min(256) as u32 * opacity) >> 8;
                    *pixel = blend(*pixel, order.word(colour), alpha);
                }
            }
        }
    }
}
