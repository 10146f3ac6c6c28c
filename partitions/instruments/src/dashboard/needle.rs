//! The needle: a slim pointer from the hub's rim to the scale, with a soft glow.
//!
//! All its layers lie within its halo, so restoring the halo's pixels takes the whole needle
//! away, and only the halo's neighbourhood travels to the display.

use embedded_graphics::primitives::Rectangle;

use super::canvas::{Canvas, Colour};
use super::dirty::DirtyRectangles;
use super::layout::{CENTRE, NEEDLE, NEEDLE_LIGHT, NEEDLE_REACH, WIDTH};
use super::shapes::{self, Quadrangle};
use super::trigonometry::{Angle, Direction, radial};

/// How many rectangles bound a needle: the more, the tighter on a slanting one, and the more
/// calls to copy them.
const PIECES: i32 = 8;

/// The most rectangles that [`bounds`] adds.
pub(super) const RECTANGLES: usize = 2 * PIECES as usize;

const BASE: i32 = NEEDLE_REACH.0 << 8;
const TIP: i32 = NEEDLE_REACH.1 << 8;

/// A layer's end (1/256 of a pixel from the dial's centre), half widths at base and end
/// (1/256 of a pixel), colour and opacity (of 256).
type Layer = (i32, (i32, i32), Colour, u32);

const HALO: Layer = (TIP + 512, (1960, 860), NEEDLE, 40);
const BODY: Layer = (TIP, (1180, 330), NEEDLE, 256);
const RIDGE: Layer = (TIP - 512, (330, 90), NEEDLE_LIGHT, 200);

/// Paints the needle.
pub(super) fn draw(canvas: &mut Canvas, angle: Angle) {
    let direction = angle.direction();
    for (end, halves, colour, opacity) in [HALO, BODY, RIDGE] {
        let corners = radial(CENTRE, direction, (BASE, end), halves);
        Quadrangle::new(corners).fill(canvas, colour, opacity);
    }
}

/// Takes the needle away.
pub(super) fn erase(canvas: &mut Canvas, background: &[u32], angle: Angle) {
    let corners = radial(CENTRE, angle.direction(), (BASE, HALO.0), HALO.1);
    Quadrangle::new(corners).restore(canvas, background, WIDTH);
}

/// Adds the rectangles that the needle's way from one place to another changes.
pub(super) fn bounds(dirty: &mut DirtyRectangles, before: Option<Angle>, after: Option<Angle>) {
    let (before, after) = (before.map(Angle::direction), after.map(Angle::direction));
    for piece in 0..PIECES {
        let old = before.map(|direction| piece_bounds(direction, piece));
        let new = after.map(|direction| piece_bounds(direction, piece));
        if let (Some(old), Some(new)) = (old, new) {
            let both = envelope(&old, &new);
            if area(&both) <= area(&old) + area(&new) {
                dirty.add(both);
                continue;
            }
        }
        old.into_iter()
            .chain(new)
            .for_each(|rectangle| dirty.add(rectangle));
    }
}

/// What one of the pieces of a needle's halo touches.
fn piece_bounds(direction: Direction, piece: i32) -> Rectangle {
    let (end, (near_half, far_half), ..) = HALO;
    let at = |near: i32, far: i32, piece: i32| near + (far - near) * piece / PIECES;
    let reach = (at(BASE, end, piece), at(BASE, end, piece + 1));
    let halves = (
        at(near_half, far_half, piece),
        at(near_half, far_half, piece + 1),
    );
    shapes::bounds(radial(CENTRE, direction, reach, halves))
}

fn area(rectangle: &Rectangle) -> u32 {
    rectangle.size.width * rectangle.size.height
}

/// The smallest rectangle around two.
fn envelope(one: &Rectangle, other: &Rectangle) -> Rectangle {
    let end = |rectangle: &Rectangle| rectangle.bottom_right().unwrap_or(rectangle.top_left);
    Rectangle::with_corners(
        one.top_left.component_min(other.top_left),
        end(one).component_max(end(other)),
    )
}
