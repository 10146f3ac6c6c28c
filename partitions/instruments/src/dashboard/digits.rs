//! The big digits in the hub: one to three of them, in the middle, each in a cell of its own.

use super::canvas::Canvas;
use super::dirty::DirtyRectangles;
use super::layout::{DIAL_CENTRE, DIGIT_HEIGHT, DIGIT_WIDTH, DIGITS_TOP};
use super::masks;
use super::rectangle;

/// The digits from the left (10 is the dash), and how many count.
pub(super) type Digits = ([u8; 3], usize);

/// The top left corner of cell `index` when there are `count` of them.
pub(super) const fn corner(index: usize, count: usize) -> (i32, i32) {
    let left = DIAL_CENTRE.0 - (count * DIGIT_WIDTH / 2) as i32;
    (left + (index * DIGIT_WIDTH) as i32, DIGITS_TOP)
}

/// Paints the digits that differ. The `ramp` gives a pixel's colour for each coverage: the
/// hub is of one colour, so nothing has to be blended.
pub(super) fn draw(
    canvas: &mut Canvas,
    ramp: &[u32; 256],
    dirty: &mut DirtyRectangles,
    before: Digits,
    after: Digits,
) {
    if before.1 > after.1 {
        clear(canvas, ramp[0], before.1);
        dirty.add(rectangle(
            corner(0, before.1),
            before.1 * DIGIT_WIDTH,
            DIGIT_HEIGHT,
        ));
    }
    for index in 0..after.1 {
        if before.1 != after.1 || before.0[index] != after.0[index] {
            masks::digit(after.0[index]).stamp_ramp(canvas, corner(index, after.1), ramp);
            if before.1 <= after.1 {
                dirty.add(rectangle(corner(index, after.1), DIGIT_WIDTH, DIGIT_HEIGHT));
            }
        }
    }
}

/// Takes away what `count` digits cover.
fn clear(canvas: &mut Canvas, ground: u32, count: usize) {
    let (left, top) = corner(0, count);
    let right = corner(count, count).0;
    for y in top..top + DIGIT_HEIGHT as i32 {
        canvas.row(y, left, right).1.fill(ground);
    }
}
