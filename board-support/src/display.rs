//! Displays: how the hypervisor has a picture shown that a partition draws.
//!
//! What shows it reads memory by itself, and takes its address from whoever talks to it; so a
//! display is set up by the hypervisor at boot, and the partition gets the pixels only.

use paratia_config::address::Pa;
use paratia_config::board::BoardFacts;

use crate::refusal::Refusal;

/// Bytes of a pixel, whatever their order.
pub const PIXEL_BYTES: u32 = 4;

/// A frame buffer, as a display is told of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameBuffer {
    /// The first pixel of the first line, top left.
    pub address: Pa,
    /// Pixels in a line.
    pub width: u32,
    /// Lines.
    pub height: u32,
    /// Bytes from the start of a line to the start of the next.
    pub stride_bytes: u32,
}

impl FrameBuffer {
    /// A frame buffer whose lines follow each other without a gap, or nothing if a line has more
    /// than 4 GiB.
    #[must_use]
    pub const fn packed(address: Pa, width: u32, height: u32) -> Option<Self> {
        match width.checked_mul(PIXEL_BYTES) {
            Some(stride_bytes) => Some(Self {
                address,
                width,
                height,
                stride_bytes,
            }),
            None => None,
        }
    }
}

/// A picture, and the memory that it lies in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Picture {
    /// The picture, at the start of that memory.
    pub frame: FrameBuffer,
    /// All of what the partition can write there, in bytes.
    pub size_bytes: u64,
}

/// A kind of display.
pub trait Display {
    /// Memory for talking to the display.
    type Buffer: 'static;

    /// Such memory before its first use.
    const BUFFER: Self::Buffer;

    /// Has the picture shown from now on.
    ///
    /// # Errors
    ///
    /// The display isn't there, isn't as `board` says, or refuses.
    ///
    /// # Safety
    ///
    /// `board` must be the facts of the board at hand, the registers in it mapped as device memory at
    /// their physical addresses and used by nothing else meanwhile, and `buffer` mapped at its
    /// physical address.
    unsafe fn start(
        board: &BoardFacts,
        buffer: &mut Self::Buffer,
        picture: &Picture,
    ) -> Result<(), Refusal>;
}

/// No display: the picture stays in memory.
#[derive(Debug)]
pub struct NoDisplay;

impl Display for NoDisplay {
    type Buffer = ();

    const BUFFER: () = ();

    unsafe fn start(_: &BoardFacts, (): &mut (), _: &Picture) -> Result<(), Refusal> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_lines_have_no_gap() {
        let frame = FrameBuffer::packed(Pa(0x4220_0000), 800, 480).unwrap();
        assert_eq!(frame.stride_bytes, 3200);
        assert_eq!(FrameBuffer::packed(Pa(0), 1 << 30, 1), None);
    }
}
