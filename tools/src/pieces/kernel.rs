//! The header of an arm64 kernel's `Image` (`Documentation/arm64/booting.rst`, 4), and what else is taken for
//! one.

use anyhow::{bail, ensure};
use paratia_config::BoardFacts;

use crate::catalog;

/// Bytes of the header.
const HEADER_BYTES: usize = 64;

/// How compressed files begin, and what unpacks them.
const COMPRESSED: [(&[u8], &str); 8] = [
    (&[0x1F, 0x8B], "zcat"),
    (&[0x28, 0xB5, 0x2F, 0xFD], "zstdcat"),
    (&[0xFD, 0x37, 0x7A, 0x58], "xzcat"),
    (b"BZh", "bzcat"),
    (&[0x04, 0x22, 0x4D, 0x18], "lz4 -dc"),
    // As kernels compress themselves.
    (&[0x02, 0x21, 0x4C, 0x18], "lz4 -dc"),
    (&[0x5D, 0x00, 0x00], "lzma -dc"),
    (&[0x89, b'L', b'Z', b'O'], "lzop -dc"),
];

/// What unpacks what a kernel with `CONFIG_EFI_ZBOOT` names in its header.
const ZBOOT: [(&[u8], &str); 6] = [
    (b"gzip", "zcat"),
    (b"zstd", "zstdcat"),
    (b"xz", "xzcat"),
    (b"lz4", "lz4 -dc"),
    (b"lzma", "lzma -dc"),
    (b"lzo", "lzop -dc"),
];

/// What unpacks a boot loader's image, by its byte 31 (U-Boot, `include/image.h`, `IH_COMP`).
const UIMAGE: [&str; 7] = [
    "cat", "zcat", "bzcat", "lzma -dc", "lzop -dc", "lz4 -dc", "zstdcat",
];

/// The sizes of pages that the boards' CPUs have, in KiB: all have 4 and 64 (`ID_AA64MMFR0_EL1.TGran16` of
/// each is 0; Arm DDI 0500, DDI 0488, 100095).
const PAGES: [(&str, &[u32]); 3] = [
    ("cortex-a53", &[4, 64]),
    ("cortex-a57", &[4, 64]),
    ("cortex-a72", &[4, 64]),
];

/// What the header says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    /// Memory that the kernel needs from its base on before it knows where memory is: its own bytes
    /// and its variables behind them.
    pub(crate) room_bytes: u64,
    /// The size of its pages in KiB, if it says.
    page_kib: Option<u32>,
}

impl Header {
    /// The same if a board's CPUs have pages of its size. A kernel on others stops before it can say so.
    ///
    /// # Errors
    /// If they haven't.
    pub(crate) fn runs_on(self, board: &BoardFacts) -> anyhow::Result<Self> {
        let cpu = catalog::board(board.name).map_or("", |board| board.qemu.cpu);
        let known = PAGES.iter().find(|(name, _)| *name == cpu);
        if let (Some(page), Some((_, pages))) = (self.page_kib, known)
            && !pages.contains(&page)
        {
            let list: Vec<String> = pages.iter().map(|it| format!("{it} KiB")).collect();
            bail!(
                "its pages have {page} KiB, and the board's {cpu} has pages of {}; take a kernel that is \
                 built with CONFIG_ARM64_4K_PAGES",
                list.join(" and ")
            );
        }
        Ok(self)
    }
}

/// Reads the header of a kernel.
///
/// # Errors
/// If it is none for arm64, is packed or incomplete, or can't be started at a multiple of 2 MiB: with the
/// command that unpacks it.
pub(crate) fn header(image: &[u8]) -> anyhow::Result<Header> {
    let unpacked_by = COMPRESSED
        .iter()
        .find(|(magic, _)| image.starts_with(magic));
    if let Some((_, program)) = unpacked_by {
        bail!("it is compressed; unpack it: {program} FILE > Image");
    }
    if image.get(4..8) == Some(b"zimg") {
        bail!(
            "it is an EFI program that unpacks a kernel; unpack it: {}",
            from_zboot(image)
        );
    }
    if image.starts_with(&[0x27, 0x05, 0x19, 0x56]) {
        let kind = image.get(31).map_or(0, |it| usize::from(*it));
        let program = UIMAGE.get(kind).unwrap_or(&UIMAGE[0]);
        bail!(
            "it is U-Boot's uImage; take the kernel out of it: tail -c +{} FILE | {program} > Image",
            HEADER_BYTES + 1
        );
    }
    ensure!(
        !image.starts_with(&[0xD0, 0x0D, 0xFE, 0xED]),
        "it is a device tree, as U-Boot's FIT images are; take the kernel out of it: dumpimage -T flat_dt \
         -p 0 -o Image FILE"
    );
    ensure!(
        !image.starts_with(b"ANDROID!"),
        "it is Android's boot image; take the kernel out of it: unpack_bootimg --boot_img FILE --out FOLDER"
    );
    ensure!(
        !image.starts_with(b"\x7fELF"),
        "it is an ELF file; name the kernel's Image, which its build leaves in arch/arm64/boot"
    );
    ensure!(
        image.len() >= HEADER_BYTES,
        "it has {} bytes, and the header of an Image alone has {HEADER_BYTES}; name a whole one",
        image.len()
    );
    ensure!(
        image[56..60] == *b"ARM\x64",
        "it isn't an arm64 kernel's Image; name one"
    );
    let (offset, size, flags) = (word(image, 8), word(image, 16), word(image, 24));
    ensure!(
        offset == 0 && size > 0,
        "it wants to lie {offset:#x} behind a multiple of 2 MiB, as kernels before 5.8 do; use a \
         newer one"
    );
    ensure!(flags & 1 == 0, "it is big-endian; use a little-endian one");
    if let Some(whole) = bytes_by_sections(image)
        && whole > image.len() as u64
    {
        bail!(
            "it has {} bytes, and its own table of sections says {whole}; copy or build it again",
            image.len()
        );
    }
    let page_kib = match flags >> 1 & 0b11 {
        1 => Some(4),
        2 => Some(16),
        3 => Some(64),
        _ => None,
    };
    Ok(Header {
        room_bytes: size.max(image.len() as u64),
        page_kib,
    })
}

/// The command that unpacks a kernel with `CONFIG_EFI_ZBOOT`: where its payload lies, how long it is, and how
/// it is packed stand in its header (`drivers/firmware/efi/libstub/zboot-header.S`).
fn from_zboot(image: &[u8]) -> String {
    let (offset, size) = (half_word(image, 8), half_word(image, 12));
    let kind = image.get(24..).unwrap_or_default();
    let program = ZBOOT.iter().find(|(name, _)| kind.starts_with(name));
    let program = program.map_or("cat", |(_, program)| program);
    // Behind what is compressed, its size follows.
    format!(
        "tail -c +{} FILE | head -c {size} | {program} > Image",
        offset + 1
    )
}

/// How long an Image is by the sections that it shows to an EFI firmware (PE/COFF, 3.4 and 4), if it does;
/// the header's own size counts variables behind it, too, and tells nothing.
fn bytes_by_sections(image: &[u8]) -> Option<u64> {
    if !image.starts_with(b"MZ") {
        return None;
    }
    let pe = usize::try_from(half_word(image, 60)).ok()?;
    if image.get(pe..pe.checked_add(4)?)? != b"PE\0\0" {
        return None;
    }
    let count = usize::try_from(half_word(image, pe + 6) & 0xFFFF).ok()?;
    let optional = usize::try_from(half_word(image, pe + 20) & 0xFFFF).ok()?;
    let first = pe + 24 + optional;
    let ends = (0..count).map(|index| {
        let section = first + 40 * index;
        half_word(image, section + 16) + half_word(image, section + 20)
    });
    ends.max()
}

/// A little-endian 64-bit word; zeros where the file has ended.
fn word(image: &[u8], at: usize) -> u64 {
    half_word(image, at) | half_word(image, at + 4) << 32
}

/// A little-endian 32-bit word; zeros where the file has ended.
fn half_word(image: &[u8], at: usize) -> u64 {
    let bytes = image.get(at..).unwrap_or_default().iter().take(4).rev();
    bytes.fold(0, |word, byte| word << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

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
        let page_kib = Some(4);
        assert_eq!(
            found,
            Header {
                room_bytes,
                page_kib
            }
        );
    }

    #[test]
    fn pages_are_those_that_the_cpu_has() {
        let board = catalog::board("qemu-virt").unwrap().facts;
        let on = |flags| header(&image(0, 1, flags)).unwrap().runs_on(board);
        for flags in [0, 0b010, 0b110] {
            assert!(on(flags).is_ok(), "{flags}");
        }
        assert_eq!(
            on(0b100).unwrap_err().to_string(),
            "its pages have 16 KiB, and the board's cortex-a57 has pages of 4 KiB and 64 KiB; take a \
             kernel that is built with CONFIG_ARM64_4K_PAGES"
        );
    }

    /// Every board's CPU is known, or a kernel that it can't run would be silent there.
    #[test]
    fn every_boards_pages_are_known() {
        for board in catalog::boards() {
            let is_it = |(name, _): &(&str, _)| *name == board.qemu.cpu;
            assert!(PAGES.iter().any(is_it), "{}", board.qemu.cpu);
        }
    }

    /// An Image with a section for an EFI firmware, as kernels are built today.
    fn for_firmware(bytes: u32) -> Vec<u8> {
        let mut image = image(0, 0x10_0000, 0xA);
        image[..2].copy_from_slice(b"MZ");
        image[60..64].copy_from_slice(&64u32.to_le_bytes());
        image.extend(b"PE\0\0");
        image.resize(64 + 24 + 2 * 40, 0);
        image[64 + 6] = 2;
        for (index, (size, at)) in [(0x40, 0x100), (bytes - 0x140, 0x140)]
            .into_iter()
            .enumerate()
        {
            let section = 64 + 24 + 40 * index;
            image[section + 16..section + 20].copy_from_slice(&u32::to_le_bytes(size));
            image[section + 20..section + 24].copy_from_slice(&u32::to_le_bytes(at));
        }
        image.resize(0x200, 0);
        image
    }

    #[test]
    fn a_truncated_image_is_refused() {
        assert!(header(&for_firmware(0x200)).is_ok());
        assert_eq!(
            header(&for_firmware(0x201)).unwrap_err().to_string(),
            "it has 512 bytes, and its own table of sections says 513; copy or build it again"
        );
        for bytes in 1..64 {
            let error = header(&for_firmware(0x200)[..bytes]).unwrap_err();
            assert!(
                error
                    .to_string()
                    .ends_with("alone has 64; name a whole one"),
                "{error}"
            );
        }
    }

    #[test]
    fn what_packs_a_kernel_is_named_with_what_unpacks_it() {
        let refusal = |image: &[u8]| header(image).unwrap_err().to_string();
        let mut zboot = b"MZ\0\0zimg".to_vec();
        zboot.extend([0x00, 0x20, 0, 0, 0x34, 0x12, 0, 0]);
        zboot.resize(24, 0);
        zboot.extend(b"zstd22\0");
        assert!(
            refusal(&zboot)
                .ends_with("unpack it: tail -c +8193 FILE | head -c 4660 | zstdcat > Image")
        );
        let mut uimage = vec![0x27, 0x05, 0x19, 0x56];
        uimage.resize(31, 0);
        uimage.push(1);
        assert!(
            refusal(&uimage)
                .ends_with("uImage; take the kernel out of it: tail -c +65 FILE | zcat > Image")
        );
        for (begin, words) in [
            (&[0x04, 0x22, 0x4D, 0x18][..], "lz4 -dc FILE > Image"),
            (&[0x02, 0x21, 0x4C, 0x18], "lz4 -dc FILE > Image"),
            (
                &[0xD0, 0x0D, 0xFE, 0xED],
                "dumpimage -T flat_dt -p 0 -o Image FILE",
            ),
            (b"ANDROID!", "unpack_bootimg --boot_img FILE --out FOLDER"),
        ] {
            assert!(refusal(begin).ends_with(words), "{}", refusal(begin));
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_kernel_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = header(&bytes);
        }
    }

    #[test]
    fn what_is_no_kernel_is_refused() {
        let refusal = |image: &[u8]| header(image).unwrap_err().to_string();
        assert!(refusal(&[]).contains("it has 0 bytes"));
        assert!(refusal(&[0; 64]).contains("isn't an arm64 kernel"));
        assert!(refusal(&[0x1F, 0x8B, 8]).contains("compressed; unpack it: zcat FILE"));
        assert!(refusal(&[0x28, 0xB5, 0x2F, 0xFD]).contains("zstdcat FILE"));
        assert!(refusal(b"MZ\0\0zimg").contains("EFI program"));
        assert!(refusal(b"\x7fELF\x02").contains("ELF file"));
        assert!(refusal(&image(0x8_0000, 1, 0)).contains("before 5.8"));
        assert!(refusal(&image(0, 1, 1)).contains("big-endian"));
    }
}
