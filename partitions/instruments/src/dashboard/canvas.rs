//! A picture in memory: words of 32 bits, and the blending of a colour into one of them.

use core::convert::Infallible;

use embedded_graphics::{
    Pixel,
    draw_target::DrawTarget,
    geometry::{OriginDimensions, Point, Size},
    pixelcolor::{IntoStorage, Rgb888},
    primitives::Rectangle,
};

/// A colour as 0x00RRGGBB, whatever order the display wants.
pub(super) type Colour = u32;

/// Where a pixel's 32-bit word holds red and blue. Boards differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PixelOrder {
    /// 0x00RRGGBB: little-endian bytes blue, green, red.
    Xrgb,
    /// 0x00BBGGRR: little-endian bytes red, green, blue.
    Xbgr,
}

impl PixelOrder {
    /// The word for a colour given as 0x00RRGGBB. The fourth byte is always zero.
    #[must_use]
    pub const fn word(self, colour: u32) -> u32 {
        match self {
            Self::Xrgb => colour & 0xFF_FFFF,
            Self::Xbgr => (colour & 0xFF) << 16 | colour & 0xFF00 | (colour >> 16) & 0xFF,
        }
    }
}

/// A picture in a slice of words that `embedded-graphics` can draw on.
///
/// Drawing outside it has no effect.
#[derive(Debug)]
pub struct Canvas<'a> {
    pixels: &'a mut [u32],
    width: usize,
    height: usize,
    stride: usize,
    order: PixelOrder,
}

impl<'a> Canvas<'a> {
    /// A canvas of `width` times `height` pixels whose rows start `stride` words apart.
    /// `None` if the slice is too short for that, or rows would overlap.
    #[must_use]
    pub fn new(
        pixels: &'a mut [u32],
        width: usize,
        height: usize,
        stride: usize,
        order: PixelOrder,
    ) -> Option<Self> {
        let fits = width <= stride
            && i32::try_from(stride).is_ok()
            && i32::try_from(height).is_ok()
            && stride
                .checked_mul(height)
                .is_some_and(|words| words <= pixels.len());
        fits.then_some(Self {
            pixels,
            width,
            height,
            stride,
            order,
        })
    }

    /// Which order its words have.
    #[must_use]
    pub const fn order(&self) -> PixelOrder {
        self.order
    }

    /// Blends a colour into a pixel: `alpha` 0 leaves it, 256 replaces it.
    pub(super) fn blend(&mut self, x: i32, y: i32, colour: Colour, alpha: u32) {
        let word = self.order.word(colour);
        if let Some(pixel) = self.pixel(x, y) {
            *pixel = blend(*pixel, word, alpha);
        }
    }

    /// The pixels of row `y` from `left` up to but without `right`, as far as they exist, and
    /// the column of the first.
    pub(super) fn row(&mut self, y: i32, left: i32, right: i32) -> (i32, &mut [u32]) {
        let limit = self.width as i32;
        let (first, last) = (left.clamp(0, limit), right.clamp(0, limit));
        if y < 0 || y >= self.height as i32 || first >= last {
            return (first, &mut []);
        }
        let start = y as usize * self.stride;
        (
            first,
            &mut self.pixels[start + first as usize..start + last as usize],
        )
    }

    fn pixel(&mut self, x: i32, y: i32) -> Option<&mut u32> {
        let (x, y) = (usize::try_from(x).ok()?, usize::try_from(y).ok()?);
        (x < self.width && y < self.height).then(|| &mut self.pixels[y * self.stride + x])
    }
}

impl OriginDimensions for Canvas<'_> {
    fn size(&self) -> Size {
        Size::new(self.width as u32, self.height as u32)
    }
}

impl DrawTarget for Canvas<'_> {
    type Color = Rgb888;
    type Error = Infallible;

    fn draw_iter<I: IntoIterator<Item = Pixel<Rgb888>>>(
        &mut self,
        pixels: I,
    ) -> Result<(), Infallible> {
        for Pixel(Point { x, y }, colour) in pixels {
            self.blend(x, y, colour.into_storage(), 256);
        }
        Ok(())
    }

    fn fill_solid(&mut self, area: &Rectangle, colour: Rgb888) -> Result<(), Infallible> {
        let word = self.order.word(colour.into_storage());
        let Some(corner) = area.bottom_right() else {
            return Ok(());
        };
        for y in area.top_left.y..=corner.y {
            self.row(y, area.top_left.x, corner.x + 1).1.fill(word);
        }
        Ok(())
    }
}

/// `under` with `over` laid over it: `alpha` of 256 parts of it. The same for both pixel orders,
/// as long as both words have the same.
///
/// This is the frame's innermost step, hence without checks for overflow: red and blue are worked
/// on at once, 16 bits apart, and what wraps around is cut off by the masks.
#[inline(always)]
pub(super) const fn blend(under: u32, over: u32, alpha: u32) -> u32 {
    let (red_blue, green) = (under & 0xFF_00FF, under & 0xFF00);
    let to_red_blue = (over & 0xFF_00FF)
        .wrapping_sub(red_blue)
        .wrapping_mul(alpha)
        >> 8;
    let to_green = (over & 0xFF00).wrapping_sub(green).wrapping_mul(alpha) >> 8;
    red_blue.wrapping_add(to_red_blue) & 0xFF_00FF | green.wrapping_add(to_green) & 0xFF00
}

/// Coverage 0 to 255 as `blend`'s 0 to 256, with both ends exact.
#[inline(always)]
pub(super) const fn alpha(coverage: u8) -> u32 {
    coverage as u32 + (coverage >> 7) as u32
}

#[cfg(test)]
mod tests {
    use embedded_graphics::prelude::*;
    use embedded_graphics::primitives::{Circle, PrimitiveStyle};

    use super::*;

    #[test]
    fn blending_has_exact_ends() {
        assert_eq!(blend(0x12_3456, 0xFE_DCBA, alpha(0)), 0x12_3456);
        assert_eq!(blend(0x12_3456, 0xFE_DCBA, alpha(255)), 0xFE_DCBA);
        assert_eq!(blend(0x00_0000, 0xFF_FFFF, alpha(128)), 0x80_8080);
        assert_eq!(blend(0xFF_FFFF, 0xFF_FFFF, 77), 0xFF_FFFF);
        // Each channel on its own, whatever the others do, rounded down by at most one.
        for (under, over) in [(0x00_FF80, 0xFF_0040), (0xFE_01C0, 0x03_FE00)] {
            for alpha in 0..=256 {
                let blended = blend(under, over, alpha);
                for shift in [0, 8, 16] {
                    let [from, to, found] = [under, over, blended].map(|word| word >> shift & 0xFF);
                    let exact = (from * (256 - alpha) + to * alpha) / 256;
                    assert!(exact.abs_diff(found) <= 1);
                }
            }
        }
    }

    #[test]
    fn orders_swap_red_and_blue() {
        assert_eq!(PixelOrder::Xrgb.word(0x11_2233), 0x11_2233);
        assert_eq!(PixelOrder::Xbgr.word(0x11_2233), 0x33_2211);
    }

    #[test]
    fn a_short_slice_is_no_canvas() {
        assert!(Canvas::new(&mut [0; 11], 3, 3, 4, PixelOrder::Xrgb).is_none());
        assert!(Canvas::new(&mut [0; 12], 5, 3, 4, PixelOrder::Xrgb).is_none());
        assert!(Canvas::new(&mut [0; 12], 3, 3, 4, PixelOrder::Xrgb).is_some());
    }

    #[test]
    fn drawing_outside_leaves_the_padding_alone() {
        let mut pixels = [9; 24];
        let mut canvas = Canvas::new(&mut pixels, 4, 4, 6, PixelOrder::Xbgr).unwrap();
        let style = PrimitiveStyle::with_fill(Rgb888::new(1, 2, 3));
        canvas
            .bounding_box()
            .offset(7)
            .into_styled(style)
            .draw(&mut canvas)
            .unwrap();
        Circle::new(Point::new(-5, -5), 20)
            .into_styled(style)
            .draw(&mut canvas)
            .unwrap();
        for row in pixels.chunks(6) {
            assert_eq!(row, [0x03_0201, 0x03_0201, 0x03_0201, 0x03_0201, 9, 9]);
        }
    }
}
