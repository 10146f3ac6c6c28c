//! From an ELF file to a flat image: the bytes as they lie in memory.

use anyhow::{Context as _, ensure};
use object::elf::{FileHeader64, PT_LOAD};
use object::read::elf::{FileHeader as _, ProgramHeader as _};
use object::{Endianness, elf};

/// Largest flat image; more means that two segments lie far apart by mistake.
const MAX_BYTES: u64 = 64 << 20;

/// A loadable segment: where its bytes go, the bytes, and how many it has with zeros
/// behind them.
#[derive(Clone, Copy, Debug)]
struct Segment<'a> {
    base: u64,
    bytes: &'a [u8],
    room_bytes: u64,
}

/// An ELF file as it lies in memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Flat {
    /// Physical address of the first byte.
    pub(crate) base: u64,
    /// Address of the first instruction.
    pub(crate) entry: u64,
    /// The contents of its loadable segments from the base on, gaps filled with zero. What has no
    /// contents in the file (`.bss`) isn't included.
    pub(crate) bytes: Vec<u8>,
    /// Bytes that it needs from the base on, `.bss` included.
    pub(crate) room_bytes: u64,
}

/// The flat image of an ELF file: its bytes from the lowest physical address on.
///
/// # Errors
/// If the file is no 64-bit ELF file or has nothing to load.
pub fn image(file: &[u8]) -> anyhow::Result<Vec<u8>> {
    Ok(elf(file, 1)?.bytes)
}

/// An ELF file as it lies in memory, from a multiple of `alignment` on.
///
/// # Errors
/// If the file is no 64-bit ELF file or has nothing to load.
pub(crate) fn elf(file: &[u8], alignment: u64) -> anyhow::Result<Flat> {
    let (entry, segments) = loadable(file)?;
    let lowest = segments.iter().map(|segment| segment.base).min();
    let base = lowest.context("nothing to load")? / alignment * alignment;
    let end = |segment: &Segment| segment.base.saturating_add(segment.bytes.len() as u64);
    let size = segments.iter().map(end).max().unwrap_or(base) - base;
    ensure!(
        size <= MAX_BYTES,
        "segments from {base:#x} spread over {size} bytes; mind the linker script"
    );
    let mut bytes = vec![0; usize::try_from(size)?];
    for segment in &segments {
        let start = usize::try_from(segment.base - base)?;
        bytes[start..start + segment.bytes.len()].copy_from_slice(segment.bytes);
    }
    let end = |segment: &Segment| segment.base.saturating_add(segment.room_bytes);
    Ok(Flat {
        base,
        entry,
        bytes,
        room_bytes: segments.iter().map(end).max().unwrap_or(base) - base,
    })
}

/// The address of the first instruction, and the segments that have contents.
fn loadable(file: &[u8]) -> anyhow::Result<(u64, Vec<Segment<'_>>)> {
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
            room_bytes: program.p_memsz(endian),
        });
    }
    Ok((header.e_entry(endian), segments))
}

#[cfg(test)]
mod tests;
