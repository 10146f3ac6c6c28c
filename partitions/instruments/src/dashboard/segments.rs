//! The ring of lit segments around the scale: the speed at a glance, from cold to hot.

use super::canvas::{Canvas, Colour};
use super::dirty::DirtyRectangles;
use super::layout::{CENTRE, SCALE_END_ANGLE, SCALE_START_ANGLE, SEGMENT_REACH, SEGMENTS, WIDTH};
use super::shapes::{self, Quadrangle};
use super::trigonometry::{Angle, Position, radial};

/// Paints segment `index` as it is without light.
pub(super) fn paint_unlit(canvas: &mut Canvas, index: usize, colour: Colour) {
    Quadrangle::new(corners(index)).fill(canvas, colour, 256);
}

/// Lights and darkens what differs between `before` and `after` lit segments.
pub(super) fn draw(
    canvas: &mut Canvas,
    background: &[u32],
    dirty: &mut DirtyRectangles,
    before: usize,
    after: usize,
) {
    for index in before.min(after)..before.max(after) {
        let corners = corners(index);
        let shape = Quadrangle::new(corners);
        if index < after {
            shape.fill_over(canvas, background, WIDTH, colour(index));
        } else {
            shape.restore(canvas, background, WIDTH);
        }
        dirty.add(shapes::bounds(corners));
    }
}

/// The place of a segment. They are equally wide, with a gap of about two pixels, so that no
/// pixel belongs to two.
fn corners(index: usize) -> [Position; 4] {
    let sweep = SCALE_END_ANGLE.0 - SCALE_START_ANGLE.0;
    let middle = (2 * index as i32 + 1) * sweep / (2 * SEGMENTS as i32);
    let reach = (SEGMENT_REACH.0 << 8, SEGMENT_REACH.1 << 8);
    radial(
        CENTRE,
        Angle(SCALE_START_ANGLE.0 + middle).direction(),
        reach,
        (1040, 1110),
    )
}

/// Blue below 80 km/h, through white to amber, and red from 130 km/h.
fn colour(index: usize) -> Colour {
    match index {
        0..40 => fade(0x1E_6BFF, 0x38_D6FF, index, 40),
        40..50 => fade(0x38_D6FF, 0xFF_E08A, index - 40, 10),
        50..65 => fade(0xFF_E08A, 0xFF_7A1A, index - 50, 15),
        _ => fade(0xFF_5A1A, 0xFF_1E2D, index - 65, 15),
    }
}

fn fade(from: Colour, to: Colour, part: usize, whole: usize) -> Colour {
    super::canvas::blend(from, to, (part * 256 / whole) as u32)
}
