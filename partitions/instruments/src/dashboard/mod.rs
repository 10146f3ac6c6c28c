//! The instrument cluster: a dial, digits and lamps on a picture of 800 by 480 pixels.
//!
//! Painting is split by how often it happens. The background (`face`) is painted once and takes
//! as long as it needs. A frame compares what it must show with what is shown (`picture`) and
//! touches only the difference: it restores pixels from the background and lays coverage from
//! tables (`masks`) or straight-edged shapes (`shapes`) over them. What has changed is reported
//! as [`DirtyRectangles`], so that only that travels from the back buffer to the display, and no
//! viewer ever sees a half-drawn needle.
//!
//! The same reading always gives the same picture, whatever was shown before. That is what makes
//! a screenshot checkable, and it is tested.
//!
//! ```
//! use paratia_instruments::dashboard::{Dashboard, Fault, PIXELS, PixelOrder, Reading};
//!
//! let mut background = vec![0; PIXELS];
//! let mut back = vec![0; PIXELS];
//! let mut front = vec![0; PIXELS];
//!
//! let mut dashboard = Dashboard::new(PixelOrder::Xrgb, "UDDS");
//! dashboard.paint_background(&mut background);
//! let dirty = dashboard.draw(&background, &mut back, &Reading::Invalid(Fault::NoSignal));
//! dirty.copy(&back, |x, y, pixels| {
//!     let start = y * 800 + x;
//!     front[start..start + pixels.len()].copy_from_slice(pixels);
//! });
//! assert_eq!(front, back);
//! ```

#![allow(
    clippy::cast_possible_truncation,
    reason = "these are places in a picture of 800 x 480 pixels, at most in 1/65 536 of a pixel, \
              and digits of a text: far from every limit, and overflow checks are on"
)]

mod canvas;
mod digits;
mod dirty;
mod face;
mod faults;
mod ink;
mod lamps;
mod layout;
mod masks;
mod needle;
mod picture;
mod read_back;
mod segments;
mod shapes;
mod texts;
mod trigonometry;
mod typeface;

use embedded_graphics::{
    geometry::{Point, Size},
    primitives::Rectangle,
};

pub use canvas::{Canvas, PixelOrder};
pub use dirty::{DirtyRectangles, MAX_DIRTY_RECTANGLES};
pub use layout::{
    DIAL_CENTRE, HEIGHT, NEEDLE_REACH, PIXELS, SCALE_END, SCALE_END_ANGLE, SCALE_START_ANGLE,
    WIDTH, needle_angle,
};
pub use picture::{Fault, Reading};
pub use read_back::{
    DisplayedSpeed, NEEDLE_TOLERANCE, communication_lamp_is_lit, lit_telltales, needle_matches,
    read_needle_back, read_speed_back,
};
pub use trigonometry::Angle;

use canvas::{alpha, blend};
use layout::{DIGITS, HUB};
use picture::Picture;

/// The instrument cluster's state: what it shows now.
#[derive(Debug)]
pub struct Dashboard {
    order: PixelOrder,
    cycle_name: &'static str,
    /// The colour of a digit's pixel for each coverage, on the hub's even ground.
    ramp: [u32; 256],
    /// `None` until the first frame.
    shown: Option<Picture>,
}

impl Dashboard {
    /// A cluster for a display with this order of colours, on which nothing is shown yet.
    /// `cycle_name` stands in the left panel: up to eight capitals and digits.
    #[must_use]
    pub const fn new(order: PixelOrder, cycle_name: &'static str) -> Self {
        let (ground, digits) = (order.word(HUB), order.word(DIGITS));
        let mut ramp = [0; 256];
        let mut coverage = 0;
        while coverage < 256 {
            ramp[coverage] = blend(ground, digits, alpha(coverage as u8));
            coverage += 1;
        }
        Self {
            order,
            cycle_name,
            ramp,
            shown: None,
        }
    }

    /// Paints all that never changes. Once, before the first frame.
    ///
    /// # Panics
    /// If `background` has fewer than [`PIXELS`] words.
    pub fn paint_background(&self, background: &mut [u32]) {
        face::paint(&mut self.canvas(background), self.cycle_name);
    }

    /// Draws a frame into `back` and tells what differs from the frame before.
    ///
    /// `background` is what [`paint_background`](Self::paint_background) painted, and `back` the
    /// same slice each time, which nobody else changes. The first frame copies the whole
    /// background and reports the whole picture.
    ///
    /// # Panics
    /// If a slice has fewer than [`PIXELS`] words.
    #[must_use = "what isn't copied to the display isn't seen"]
    pub fn draw(
        &mut self,
        background: &[u32],
        back: &mut [u32],
        reading: &Reading,
    ) -> DirtyRectangles {
        let background = &background[..PIXELS];
        let after = Picture::of(reading);
        let shown = self.shown.replace(after);
        let before = shown.unwrap_or(Picture::BLANK);
        let mut dirty = DirtyRectangles::default();
        if shown.is_none() {
            back[..PIXELS].copy_from_slice(background);
        }
        let canvas = &mut self.canvas(back);

        digits::draw(canvas, &self.ramp, &mut dirty, before.digits, after.digits);
        faults::draw(canvas, background, &mut dirty, before.fault, after.fault);
        if before.needle != after.needle {
            if let Some(angle) = before.needle {
                needle::erase(canvas, background, angle);
            }
            if let Some(angle) = after.needle {
                needle::draw(canvas, angle);
            }
            needle::bounds(&mut dirty, before.needle, after.needle);
        }
        segments::draw(
            canvas,
            background,
            &mut dirty,
            before.segments,
            after.segments,
        );
        lamps::draw(canvas, background, &mut dirty, before.lamps, after.lamps);
        for ((corner, before), after) in texts::CORNERS.iter().zip(&before.texts).zip(&after.texts)
        {
            texts::draw(canvas, background, &mut dirty, *corner, before, after);
        }

        if shown.is_none() {
            dirty = DirtyRectangles::whole_picture();
        }
        dirty
    }

    fn canvas<'a>(&self, pixels: &'a mut [u32]) -> Canvas<'a> {
        Canvas::new(pixels, WIDTH, HEIGHT, WIDTH, self.order)
            .expect("a picture takes 384 000 words; the slice has fewer")
    }
}

/// A rectangle from its top left corner and its size.
fn rectangle((x, y): (i32, i32), width: usize, height: usize) -> Rectangle {
    Rectangle::new(Point::new(x, y), Size::new(width as u32, height as u32))
}

#[cfg(test)]
mod tests;
