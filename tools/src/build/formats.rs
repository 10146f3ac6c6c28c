//! The log's formats, put where readers of logs look for them.
//!
//! A frame names its format by the low 16 bits of a symbol's address. The hypervisor is linked with
//! these symbols within reach of its instructions; in the image's file they belong at 0, as
//! everybody who uses `defmt` has them.

use anyhow::{Context as _, ensure};
use object::elf::{FileHeader64, SHF_ALLOC, SHT_SYMTAB, SectionHeader64, Sym64};
use object::read::elf::{FileHeader as _, SectionHeader as _};
use object::{Endianness, U64, pod};

/// The section with the formats' symbols.
const SECTION: &[u8] = b".defmt";

/// Moves the formats of a linked image to address 0; they are in no segment.
///
/// # Errors
/// If it is no 64-bit ELF file, or has no formats, or has them where their numbers can't be told.
pub(super) fn move_to_zero(image: &mut [u8]) -> anyhow::Result<()> {
    let (header, endian) = header(image)?;
    let sections = header.sections(endian, &*image)?;
    let (index, section) = sections
        .section_by_name(endian, SECTION)
        .context("the image has no .defmt section, so that its log can't be read")?;
    let base = section.sh_addr(endian);
    ensure!(
        base.trailing_zeros() >= 16,
        ".defmt lies at {base:#x}, but must at a multiple of 64 KiB; mind hypervisor/build.rs"
    );
    let symbols = sections
        .iter()
        .find(|section| section.sh_type(endian) == SHT_SYMTAB)
        .context("the image has no symbols, so that its log can't be read")?;
    let symbols = symbols.sh_offset(endian)..symbols.sh_offset(endian) + symbols.sh_size(endian);
    let place =
        header.e_shoff(endian) + (index.0 * size_of::<SectionHeader64<Endianness>>()) as u64;

    for at in symbols.step_by(size_of::<Sym64<Endianness>>()) {
        let symbol: &mut Sym64<Endianness> = part(image, at)?;
        if usize::from(symbol.st_shndx.get(endian)) == index.0 {
            let address = symbol.st_value.get(endian).wrapping_sub(base);
            symbol.st_value = U64::new(endian, address);
        }
    }
    let section: &mut SectionHeader64<Endianness> = part(image, place)?;
    section.sh_addr = U64::new(endian, 0);
    let flags = section.sh_flags.get(endian) & !u64::from(SHF_ALLOC);
    section.sh_flags = U64::new(endian, flags);
    Ok(())
}

fn header(image: &[u8]) -> anyhow::Result<(FileHeader64<Endianness>, Endianness)> {
    let header = FileHeader64::<Endianness>::parse(image).context("no 64-bit ELF file")?;
    Ok((*header, header.endian()?))
}

/// The structure at `offset` of the file.
fn part<T: pod::Pod>(image: &mut [u8], offset: u64) -> anyhow::Result<&mut T> {
    let rest = usize::try_from(offset)
        .ok()
        .and_then(|at| image.get_mut(at..));
    let part = rest.and_then(|rest| pod::from_bytes_mut(rest).ok());
    let (part, _) =
        part.with_context(|| format!("nothing lies at {offset:#x} of the image's file"))?;
    Ok(part)
}
