//! The words that say why there is no speed.

use super::canvas::Canvas;
use super::dirty::DirtyRectangles;
use super::layout::{FAULT_CORNER, FAULT_HEIGHT, FAULT_WIDTH, WARNING};
use super::masks::{self, Mask};
use super::picture::Fault;
use super::rectangle;

/// Writes, replaces or removes the words.
pub(super) fn draw(
    canvas: &mut Canvas,
    background: &[u32],
    dirty: &mut DirtyRectangles,
    before: Option<Fault>,
    after: Option<Fault>,
) {
    if before == after {
        return;
    }
    match (before, after) {
        (_, Some(fault)) => words(fault).stamp_over(canvas, background, FAULT_CORNER, WARNING),
        (Some(fault), None) => words(fault).restore(canvas, background, FAULT_CORNER),
        (None, None) => {}
    }
    dirty.add(rectangle(FAULT_CORNER, FAULT_WIDTH, FAULT_HEIGHT));
}

fn words(fault: Fault) -> &'static Mask {
    match fault {
        Fault::NoSignal => &masks::NO_SIGNAL,
        Fault::Stale => &masks::STALE,
        Fault::Corrupt => &masks::CORRUPT,
    }
}
