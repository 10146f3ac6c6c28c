//! The seal: digests of what was linked, in the image's file.
//!
//! `cargo paratia verify` derives what it can from the bytes themselves, but a wrong byte in an instruction
//! may mean anything. So the file says what its pages and its symbols were when it was linked: whoever changes
//! one later, by accident, is found. It proves nothing about what was linked, and nothing against someone who
//! changes the seal, too.

use anyhow::{Context as _, ensure};
use object::elf::{FileHeader64, PT_LOAD, SHT_SYMTAB};
use object::read::elf::{FileHeader as _, ProgramHeader as _, SectionHeader as _};
use object::{Endianness, SectionIndex};
use paratia_config::address::PAGE_BYTES;
use paratia_config::run;
use sha2::{Digest, Sha256};

/// The section that the linker script keeps free for it, after a word that marks it.
const SECTION: &[u8] = b".seal";
const MARK: &[u8; 8] = b"PARASEAL";
/// What the first page begins with.
const FIRST: &[u8] = b".text";
const DIGEST_BYTES: usize = 32;

type Header = FileHeader64<Endianness>;

/// Notes the digests of a linked image's pages and symbols in its seal.
///
/// # Errors
/// If it is no 64-bit ELF file, or has no room for a seal.
pub(super) fn set(image: &mut [u8]) -> anyhow::Result<()> {
    let header = Header::parse(&*image).context("no 64-bit ELF file")?;
    let endian = header.endian()?;
    let sections = header.sections(endian, &*image)?;
    let (_, seal) = sections
        .section_by_name(endian, SECTION)
        .context("the image has no .seal section; mind hypervisor/build.rs")?;
    let place = in_file(seal.file_range(endian))?;
    let room = image
        .get(place.clone())
        .context("the seal lies outside of the file")?;
    ensure!(
        room.starts_with(MARK),
        "the .seal section doesn't begin with its mark"
    );
    let count = (room.len() - MARK.len()) / DIGEST_BYTES;
    let pages = count
        .checked_sub(1)
        .context("the .seal section has no room for digests")?;
    let (_, first) = sections
        .section_by_name(endian, FIRST)
        .context("the image has no .text section")?;
    let base = first.sh_addr(endian);

    let mut memory = vec![0; pages * usize::try_from(PAGE_BYTES)?];
    for segment in header.program_headers(endian, &*image)? {
        if segment.p_type(endian) == PT_LOAD {
            let bytes = &image[in_file(Some(segment.file_range(endian)))?];
            lay(&mut memory, base, segment.p_paddr(endian), bytes);
        }
    }
    // The tool fills these in when it starts a board.
    if let Some((_, section)) = sections.section_by_name(endian, run::SECTION.as_bytes()) {
        let zeros = vec![0; usize::try_from(section.sh_size(endian))?];
        lay(&mut memory, base, section.sh_addr(endian), &zeros);
    }
    let mut digests: Vec<u8> = memory
        .chunks(usize::try_from(PAGE_BYTES)?)
        .flat_map(Sha256::digest)
        .collect();
    let symbols = sections
        .iter()
        .find(|section| section.sh_type(endian) == SHT_SYMTAB)
        .context("the image has no symbols")?;
    let names = sections.section(SectionIndex(usize::try_from(symbols.sh_link(endian))?))?;
    let mut digest = Sha256::new();
    for section in [symbols, names] {
        digest.update(&image[in_file(section.file_range(endian))?]);
    }
    digests.extend(digest.finalize());
    image[place][MARK.len()..][..digests.len()].copy_from_slice(&digests);
    Ok(())
}

/// Puts bytes of an address into memory from `base` on, as far as they lie in it.
fn lay(memory: &mut [u8], base: u64, address: u64, bytes: &[u8]) {
    let Some(at) = address
        .checked_sub(base)
        .and_then(|at| usize::try_from(at).ok())
    else {
        return;
    };
    if let Some(room) = memory.get_mut(at..) {
        let length = room.len().min(bytes.len());
        room[..length].copy_from_slice(&bytes[..length]);
    }
}

fn in_file(range: Option<(u64, u64)>) -> anyhow::Result<std::ops::Range<usize>> {
    let (offset, size) = range.context("a section has no bytes in the file")?;
    let start = usize::try_from(offset)?;
    Ok(start..start + usize::try_from(size)?)
}
