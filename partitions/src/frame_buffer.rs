//! The frame buffer: the pixels that the display shows.

use core::ptr::NonNull;

use paratia_instruments::dashboard::{DirtyRectangles, HEIGHT, WIDTH};
use paratia_runtime::abi::passport::DisplayRecord;

/// The frame buffer. Holding one proves that it is as large as the dashboard's picture.
#[derive(Debug)]
pub struct FrameBuffer {
    pixels: NonNull<u32>,
    stride_pixels: usize,
}

impl FrameBuffer {
    /// The frame buffer of a passport; `None` if there is none of the dashboard's size.
    #[allow(
        clippy::cast_possible_truncation,
        reason = "addresses and usize are 64 bits"
    )]
    #[must_use]
    pub fn of(display: &DisplayRecord) -> Option<Self> {
        let stride_pixels = display.stride_bytes as usize / size_of::<u32>();
        let fits = display.width as usize == WIDTH
            && display.height as usize == HEIGHT
            && stride_pixels >= WIDTH;
        let pixels = NonNull::new(core::ptr::with_exposed_provenance_mut(
            display.base as usize,
        ));
        pixels.filter(|_| fits).map(|pixels| Self {
            pixels,
            stride_pixels,
        })
    }

    /// Copies what has changed in `back` to the display.
    ///
    /// # Panics
    /// If what has changed isn't within the picture.
    pub fn show(&mut self, dirty: &DirtyRectangles, back: &[u32]) {
        dirty.copy(back, |x, y, pixels| {
            assert!(y < HEIGHT && x + pixels.len() <= WIDTH);
            // SAFETY: the run lies within the picture (asserted), the frame buffer has at least
            // the picture's size (checked in `of`), and ABI 1 promises that the passport's frame
            // buffer is this partition's. It is no Rust object, so `pixels` doesn't overlap it.
            unsafe {
                let row = self.pixels.add(y * self.stride_pixels + x);
                row.copy_from_nonoverlapping(NonNull::from(pixels).cast(), pixels.len());
            }
        });
    }
}
