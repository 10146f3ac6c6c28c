//! The header of an arm64 kernel's `Image` (`Documentation/arm64/booting.rst`, 4).

use anyhow::{bail, ensure};

/// How compressed files begin, and what unpacks them.
const COMPRESSED: [(&[u8], &str); 4] = [
    (&[0x1F, 0x8B], "zcat"),
    (&[0x28, 0xB5, 0x2F, 0xFD], "zstdcat"),
    (&[0xFD, 0x37, 0x7A, 0x58], "xzcat"),
    (b"BZh", "bzcat"),
];

/// What the header says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    /// Memory that the kernel needs from its base on before it knows where memory is: its own bytes
    /// and its variables behind them.
    pub(crate) room_bytes: u64,
}

/// Reads the header of a kernel.
///
/// # Errors
/// If it is none for arm64, is compressed, or can't be started at a multiple of 2 MiB.
pub(crate) fn header(image: &[u8]) -> anyhow::Result<Header> {
    let word = |at: usize| {
        let bytes = image[at..at + 8].iter().rev();
        bytes.fold(0, |word, byte| word << 8 | u64::from(*byte))
    };
    let unpacked_by = COMPRESSED
        .iter()
        .find(|(magic, _)| image.starts_with(magic));
    if let Some((_, program)) = unpacked_by {
        bail!("it is compressed; unpack it: {program} FILE > Image");
    }
    ensure!(
        image.get(4..8) != Some(b"zimg"),
        "it is an EFI program that unpacks a kernel; name the Image from which it was made"
    );
    ensure!(
        !image.starts_with(b"\x7fELF"),
        "it is an ELF file; name the kernel's Image, which its build leaves in arch/arm64/boot"
    );
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
        assert!(refusal(&[0x1F, 0x8B, 8]).contains("compressed; unpack it: zcat FILE"));
        assert!(refusal(&[0x28, 0xB5, 0x2F, 0xFD]).contains("zstdcat FILE"));
        assert!(refusal(b"MZ\0\0zimg").contains("EFI program"));
        assert!(refusal(b"\x7fELF\x02").contains("ELF file"));
        assert!(refusal(&image(0x8_0000, 1, 0)).contains("before 5.8"));
        assert!(refusal(&image(0, 1, 1)).contains("big-endian"));
    }
}
