//! Which parts of the picture a frame has changed, and their way to the display.

use embedded_graphics::primitives::Rectangle;

use super::layout::{HEIGHT, SEGMENTS, WIDTH};
use super::needle;

/// The most rectangles that one frame changes: the needle's, one for each segment of the ring,
/// and one each for the three digits, the fault, the four texts and the six lamps.
pub const MAX_DIRTY_RECTANGLES: usize = needle::RECTANGLES + SEGMENTS + 3 + 1 + 4 + 6;

/// The rectangles, in pixels, that differ from the frame before. They lie within the picture and
/// may overlap.
#[derive(Clone, Debug, Default)]
pub struct DirtyRectangles(heapless::Vec<Rectangle, MAX_DIRTY_RECTANGLES>);

impl DirtyRectangles {
    pub(super) fn whole_picture() -> Self {
        let mut dirty = Self::default();
        dirty.add(super::rectangle((0, 0), WIDTH, HEIGHT));
        dirty
    }

    /// Adds a rectangle that lies within the picture.
    pub(super) fn add(&mut self, rectangle: Rectangle) {
        self.0
            .push(rectangle)
            .expect("the capacity covers the worst frame");
    }

    /// The rectangles.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Rectangle> {
        self.0.iter()
    }

    /// Whether nothing has changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many pixels [`copy`](Self::copy) hands over; overlaps count twice.
    #[must_use]
    pub fn pixel_count(&self) -> usize {
        self.iter()
            .map(|dirty| dirty.size.width as usize * dirty.size.height as usize)
            .sum()
    }

    /// Hands each changed run of pixels to `write(x, y, pixels)`, which puts it on the display
    /// at column x of row y. `back` is the picture that `Dashboard::draw` has drawn into.
    pub fn copy(&self, back: &[u32], mut write: impl FnMut(usize, usize, &[u32])) {
        for rectangle in &self.0 {
            let (x, top) = (rectangle.top_left.x as usize, rectangle.top_left.y as usize);
            let (width, height) = (
                rectangle.size.width as usize,
                rectangle.size.height as usize,
            );
            for y in top..top + height {
                let start = y * WIDTH + x;
                write(x, y, &back[start..start + width]);
            }
        }
    }
}
