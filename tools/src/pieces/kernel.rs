//! The header of an arm64 kernel's `Image` (`Documentation/arm64/booting.rst`, 4).

use anyhow::{bail, ensure};

/// What the header says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    /// Memory that the kernel needs from its base on before it knows where memory is: its own bytes
    /// and its variables behind them.
    pub(super) room_bytes: u64,
}

/// Reads the header of a kernel.
///
/// # Errors
/// If it is none for arm64, is compressed, or can't be started at a multiple of 2 MiB.
pub(super) fn header(image: &[u8]) -> anyhow::Result<Header> {
    let word = |at: usize| {
        let bytes = image[at..at + 8].iter().rev();
        bytes.fold(0, |word, byte| word << 8 | u64::from(*byte))
    };
    if image.starts_with(&[0x1F, 0x8B]) {
        bail!("it is compressed; unpack it: zcat FILE > Image");
    }
    ensure!(
        image.get(56..60) == Some(b"ARM\x64"),
        "it isn't an arm64 kernel's Image; name one"
    );
    let (offset, size, flags) = (word(8), word(16), word(24));
    ensure!(
        offset == 0 && size > 0,
        "it wants to lie {offset:#x} behind a multiple of 2 MiB, as kernels before 5.8 do; use a \
         newer one"
    );
    ensure!(flags & 1 == 0, "it is big-endian; use a little-endian one");
    Ok(Header {
        room_bytes: size.max(image.len() as u64),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image(offset: u64, size: u64, flags: u64) -> Vec<u8> {
        let mut image = vec![0; 64];
        image[8..16].copy_from_slice(&offset.to_le_bytes());
        image[16..24].copy_from_slice(&size.to_le_bytes());
        image[24..32].copy_from_slice(&flags.to_le_bytes());
        image[56..60].copy_from_slice(b"ARMd");
        image
    }

    #[test]
    fn debians_header() {
        let room_bytes = 27_983_872;
        let found = header(&image(0, room_bytes, 0xA)).unwrap();
        assert_eq!(found, Header { room_bytes });
    }

    #[test]
    fn what_is_no_kernel_is_refused() {
        let refusal = |image: &[u8]| header(image).unwrap_err().to_string();
        assert!(refusal(&[]).contains("isn't an arm64 kernel"));
        assert!(refusal(&[0; 64]).contains("isn't an arm64 kernel"));
        assert!(refusal(&[0x1F, 0x8B, 8]).contains("compressed"));
        assert!(refusal(&image(0x8_0000, 1, 0)).contains("before 5.8"));
        assert!(refusal(&image(0, 1, 1)).contains("big-endian"));
    }
}
