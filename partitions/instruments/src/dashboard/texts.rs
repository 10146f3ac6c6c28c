//! The small texts: where each one stands, and how one changes character by character.

use super::canvas::Canvas;
use super::dirty::DirtyRectangles;
use super::layout::{SMALL_HEIGHT, VALUES};
use super::masks;
use super::picture::Text;
use super::rectangle;

/// The top left corner of each text's nine characters, in the order of `Picture::texts`.
/// Clocks are 118 pixels wide and begin with two blanks of 28, numbers 120.
pub(super) const CORNERS: [(i32, i32); 4] = [(658, 288), (0, 288), (616, 206), (314, 390)];

/// Paints the characters that differ.
pub(super) fn draw(
    canvas: &mut Canvas,
    background: &[u32],
    dirty: &mut DirtyRectangles,
    corner: (i32, i32),
    before: &Text,
    after: &Text,
) {
    let (mut x, y) = corner;
    let mut changed: Option<(i32, i32)> = None;
    for (index, character) in after.iter().enumerate() {
        let mask = masks::small(*character);
        let right = x + mask.width() as i32;
        if before[index] != *character {
            mask.stamp_over(canvas, background, (x, y), VALUES);
            changed = Some((changed.map_or(x, |(left, _)| left), right));
        }
        x = right;
    }
    if let Some((left, right)) = changed {
        dirty.add(rectangle((left, y), (right - left) as usize, SMALL_HEIGHT));
    }
}
