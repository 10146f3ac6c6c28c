//! QEMU's `ramfb` display: a frame buffer in RAM, of which QEMU is told once, by writing a record
//! to a file of its firmware configuration (QEMU's `hw/display/ramfb.c`).
//!
//! The hypervisor does this at boot and gives the partition the frame buffer's pages only: the
//! port that takes the record can write all of memory.

#[cfg(target_os = "none")]
use crate::display::{Display, Picture};
#[cfg(target_os = "none")]
use crate::fw_cfg::{DmaBuffer, FwCfg};
#[cfg(target_os = "none")]
use crate::refusal::{Reason, Refusal};
#[cfg(target_os = "none")]
use paratia_config::board::{BoardFacts, DisplayKind};

pub use crate::display::{FrameBuffer, PIXEL_BYTES};

/// QEMU's `ramfb` as a display; the board's first device of the hypervisor's is the firmware
/// configuration.
#[derive(Debug)]
pub struct Ramfb;

#[cfg(target_os = "none")]
impl Display for Ramfb {
    type Buffer = DmaBuffer;

    const BUFFER: DmaBuffer = DmaBuffer::new();

    unsafe fn start(
        board: &BoardFacts,
        buffer: &mut DmaBuffer,
        picture: &Picture,
    ) -> Result<(), Refusal> {
        let (Some(DisplayKind::Ramfb), Some(fw_cfg)) =
            (board.display, board.hypervisor_devices.first())
        else {
            return Err(Reason::DisplayKind.into());
        };
        // SAFETY: the caller's promise, passed on.
        let mut port = unsafe { FwCfg::open(*fw_cfg, buffer) }?;
        let file = port.find(FILE).ok_or(Reason::NoRamfb)?;
        port.write(file, &picture.frame.encode())
    }
}

/// Bytes of the record that QEMU takes (`struct RAMFBCfg`).
pub const RECORD_BYTES: usize = 28;

/// The file that takes the record.
pub const FILE: &str = "etc/ramfb";

/// The pixel format by its DRM code: `XR24`, 32 bits `x:R:G:B`, little-endian.
const FOURCC_XR24: u32 = 0x3432_5258;

impl FrameBuffer {
    /// The record as QEMU reads it: address, format, flags, width, height, stride, big-endian.
    #[must_use]
    pub fn encode(&self) -> [u8; RECORD_BYTES] {
        let words = [
            (self.address.0 >> 32) as u32,
            (self.address.0 & 0xFFFF_FFFF) as u32,
            FOURCC_XR24,
            0,
            self.width,
            self.height,
            self.stride_bytes,
        ];
        let mut record = [0; RECORD_BYTES];
        for (bytes, word) in record.chunks_exact_mut(4).zip(words) {
            bytes.copy_from_slice(&word.to_be_bytes());
        }
        record
    }
}

#[cfg(test)]
mod tests {
    use paratia_config::address::Pa;

    use super::*;

    #[test]
    fn the_record_is_big_endian_in_qemus_order() {
        let frame = FrameBuffer {
            address: Pa(0x0000_0001_4220_0000),
            width: 800,
            height: 480,
            stride_bytes: 3328,
        };
        assert_eq!(
            frame.encode(),
            [
                0, 0, 0, 1, 0x42, 0x20, 0, 0, // address
                b'4', b'2', b'R', b'X', // format, its least significant letter last
                0, 0, 0, 0, // flags
                0, 0, 0x03, 0x20, // width
                0, 0, 0x01, 0xE0, // height
                0, 0, 0x0D, 0x00, // stride
            ]
        );
    }
}
