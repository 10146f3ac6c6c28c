use object::write::elf::{FileHeader, ProgramHeader, Writer};
use proptest::prelude::*;

use super::*;

/// An ELF file with these loadable segments: physical address, contents, zeroed bytes after them.
fn file(segments: &[(u64, &[u8], u64)]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut writer = Writer::new(Endianness::Little, true, &mut bytes);
    writer.reserve_file_header();
    writer.reserve_program_headers(u32::try_from(segments.len()).unwrap());
    let offsets: Vec<usize> = segments
        .iter()
        .map(|(_, contents, _)| writer.reserve(contents.len(), 1))
        .collect();
    writer
        .write_file_header(&FileHeader {
            os_abi: 0,
            abi_version: 0,
            e_type: elf::ET_EXEC,
            e_machine: elf::EM_AARCH64,
            e_entry: 0x4000_0008,
            e_flags: 0,
        })
        .unwrap();
    writer.write_align_program_headers();
    for ((base, contents, zeroed), offset) in segments.iter().zip(&offsets) {
        let size = contents.len() as u64;
        writer.write_program_header(&ProgramHeader {
            p_type: PT_LOAD,
            p_flags: 0,
            p_offset: *offset as u64,
            p_vaddr: 0xFFFF_0000_0000_0000 + base,
            p_paddr: *base,
            p_filesz: size,
            p_memsz: size + zeroed,
            p_align: 1,
        });
    }
    for ((_, contents, _), offset) in segments.iter().zip(&offsets) {
        writer.pad_until(*offset);
        writer.write(contents);
    }
    bytes
}

#[test]
fn a_gap_is_zero_and_bss_is_left_out() {
    let elf = file(&[
        (0x4000_0000, &[1, 2, 3], 0),
        (0x4000_0008, &[4], 100),
        (0x4000_1000, &[], 64),
    ]);
    assert_eq!(image(&elf).unwrap(), [1, 2, 3, 0, 0, 0, 0, 0, 4]);
}

#[test]
fn an_elf_file_needs_room_for_its_bss() {
    let elf = elf(
        &file(&[(0x4000_0010, &[1], 0), (0x4000_1000, &[4], 100)]),
        0x1000,
    )
    .unwrap();
    let facts = (elf.base, elf.entry, elf.bytes.len(), elf.room_bytes);
    assert_eq!(facts, (0x4000_0000, 0x4000_0008, 0x1001, 0x1065));
    assert_eq!(
        (elf.bytes[0xF], elf.bytes[0x10], elf.bytes[0x1000]),
        (0, 1, 4)
    );
}

#[test]
fn the_lowest_physical_address_comes_first_whatever_the_order() {
    let elf = file(&[(0x102, &[3], 0), (0x100, &[1, 2], 0)]);
    assert_eq!(image(&elf).unwrap(), [1, 2, 3]);
}

#[test]
fn segments_far_apart_are_a_mistake() {
    let elf = file(&[(0x100, &[1], 0), (0x4000_0000, &[2], 0)]);
    let message = image(&elf).unwrap_err().to_string();
    assert!(message.contains("spread over"), "{message}");
}

#[test]
fn nothing_to_load_is_an_error() {
    assert_eq!(
        image(&file(&[])).unwrap_err().to_string(),
        "nothing to load"
    );
}

proptest! {
    #[test]
    fn a_damaged_file_never_panics(at in 0_usize..200, value: u8, length in 0_usize..300) {
        let mut elf = file(&[(0x100, &[1, 2, 3], 5), (0x200, &[4], 0)]);
        let at = at % elf.len();
        elf[at] = value;
        elf.truncate(length);
        let _ = image(&elf);
    }
}
