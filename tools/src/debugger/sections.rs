//! Where a program's code lies, and a copy of its file that claims nothing of another's.
//!
//! To gdb a section with an address is a claim: of two that overlap it believes one. A partition's variables
//! may well have addresses at which the hypervisor has code, as these are other addresses of memory.

use std::fmt;

use object::elf::{SHF_ALLOC, SHF_EXECINSTR, SHT_NULL, SectionHeader64};
use object::read::elf::{FileHeader as _, SectionHeader as _};
use object::{Endianness, U32Bytes, U64Bytes, elf, pod};

/// Addresses from `start` up to, not including, `end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Range {
    pub(super) start: u64,
    pub(super) end: u64,
}

impl Range {
    pub(super) fn overlaps(&self, other: &Self) -> bool {
        self.start < other.end && other.start < self.end
    }
}

impl fmt::Display for Range {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:#x}..{:#x}", self.start, self.end)
    }
}

fn headers(file: &[u8]) -> anyhow::Result<(Endianness, &[SectionHeader64<Endianness>])> {
    let header = elf::FileHeader64::<Endianness>::parse(file)?;
    let endian = header.endian()?;
    Ok((endian, header.section_headers(endian, file)?))
}

fn range(endian: Endianness, section: &SectionHeader64<Endianness>) -> Range {
    let start = section.sh_addr(endian);
    let end = start.saturating_add(section.sh_size(endian));
    Range { start, end }
}

/// From the first instruction to the last; nothing if there is none.
pub(super) fn code(file: &[u8]) -> anyhow::Result<Range> {
    let (endian, headers) = headers(file)?;
    let holds_code = u64::from(SHF_ALLOC | SHF_EXECINSTR);
    let all = headers.iter();
    let all = all.filter(|it| it.sh_flags(endian) & holds_code == holds_code);
    let all = all.map(|it| range(endian, it)).reduce(|all, it| Range {
        start: all.start.min(it.start),
        end: all.end.max(it.end),
    });
    Ok(all.unwrap_or(Range { start: 0, end: 0 }))
}

/// The file with no claim on `taken`: sections that reach there are described, but have no place. Variables
/// are still found, since their descriptions hold addresses of their own. The table of address ranges is
/// gone, too: it counts assembly as a part of Rust's sources, of which gdb complains at each look.
pub(super) fn without(file: &[u8], taken: &Range) -> anyhow::Result<Vec<u8>> {
    let header = elf::FileHeader64::<Endianness>::parse(file)?;
    let endian = header.endian()?;
    let table = header.sections(endian, file)?;
    let mut copy = file.to_vec();
    for section in table.iter() {
        let mut moved = *section;
        let flags = section.sh_flags(endian);
        if table.section_name(endian, section)? == b".debug_aranges" {
            moved.sh_type = U32Bytes::new(endian, SHT_NULL);
        } else if flags & u64::from(SHF_ALLOC) != 0 && range(endian, section).overlaps(taken) {
            moved.sh_flags = U64Bytes::new(endian, flags & !u64::from(SHF_ALLOC));
        } else {
            continue;
        }
        let bytes = pod::bytes_of(section);
        // A header is a part of the file, so the distance is its place there.
        let place = bytes.as_ptr().addr() - file.as_ptr().addr();
        copy[place..place + bytes.len()].copy_from_slice(pod::bytes_of(&moved));
    }
    Ok(copy)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The test's own program stands for any.
    fn own() -> Vec<u8> {
        std::fs::read(std::env::current_exe().unwrap()).unwrap()
    }

    #[test]
    fn what_claims_another_s_place_loses_its_own_alone() {
        let file = own();
        let (endian, before) = headers(&file).unwrap();
        let claims = |headers: &[SectionHeader64<Endianness>], taken: &Range| {
            let has_place = |it: &&SectionHeader64<Endianness>| {
                it.sh_flags(endian) & u64::from(SHF_ALLOC) != 0 && range(endian, it).overlaps(taken)
            };
            headers.iter().filter(has_place).count()
        };
        let all = Range {
            start: 0,
            end: u64::MAX,
        };
        let taken = code(&file).unwrap();
        assert!(claims(before, &taken) > 0 && claims(before, &all) > claims(before, &taken));
        let copy = without(&file, &taken).unwrap();
        let (_, after) = headers(&copy).unwrap();
        assert_eq!(claims(after, &taken), 0);
        assert_eq!(
            claims(after, &all),
            claims(before, &all) - claims(before, &taken)
        );
        assert_eq!(copy.len(), file.len());
    }

    #[test]
    fn code_is_where_instructions_are() {
        let (file, here) = (own(), code_is_where_instructions_are as *const () as usize);
        let range = code(&file).unwrap();
        assert!(range.start < range.end);
        // Loaded elsewhere, but as far from the start of its page.
        assert!(here != 0);
        assert!(code(b"no ELF file").is_err());
    }
}
