//! From an ELF file to a flat image: the bytes as they lie in memory.

use anyhow::{Context as _, ensure};
use object::elf::{FileHeader64, PT_LOAD};
use object::read::elf::{FileHeader as _, ProgramHeader as _};
use object::{Endianness, elf};

/// Largest flat image; more means that two segments lie far apart by mistake.
const MAX_BYTES: u64 = 64 << 20;

/// A loadable segment: where its bytes go and the bytes.
#[derive(Clone, Copy, Debug)]
struct Segment<'a> {
    base: u64,
    bytes: &'a [u8],
}

/// The flat image of an ELF file: the contents of its loadable segments from the lowest physical
/// address on, gaps filled with zero. What has no contents in the file (`.bss`) isn't included.
///
/// # Errors
/// If the file is no 64-bit ELF file or has nothing to load.
pub(super) fn image(file: &[u8]) -> anyhow::Result<Vec<u8>> {
    let segments = loadable(file)?;
    let base = segments
        .iter()
        .map(|segment| segment.base)
        .min()
        .context("nothing to load")?;
    let end = |segment: &Segment| segment.base.saturating_add(segment.bytes.len() as u64);
    let size = segments.iter().map(end).max().unwrap_or(base) - base;
    ensure!(
        size <= MAX_BYTES,
        "segments from {base:#x} spread over {size} bytes; mind the linker script"
    );
    let mut image = vec![0; usize::try_from(size)?];
    for segment in &segments {
        let start = usize::try_from(segment.base - base)?;
        image[start..start + segment.bytes.len()].copy_from_slice(segment.bytes);
    }
    Ok(image)
}

fn loadable(file: &[u8]) -> anyhow::Result<Vec<Segment<'_>>> {
    let header: &FileHeader64<Endianness> =
        elf::FileHeader64::parse(file).context("no 64-bit ELF file")?;
    let endian = header.endian()?;
    let mut segments = Vec::new();
    for program in header.program_headers(endian, file)? {
        if program.p_type(endian) != PT_LOAD || program.p_filesz(endian) == 0 {
            continue;
        }
        let bytes = program
            .data(endian, file)
            .ok()
            .context("a segment lies outside the file")?;
        segments.push(Segment {
            base: program.p_paddr(endian),
            bytes,
        });
    }
    Ok(segments)
}

#[cfg(test)]
mod tests;
