use object::write::elf::{FileHeader, ProgramHeader, SectionHeader, Sym, Writer};
use object::{Endianness, elf};

use super::*;

/// A file with one segment of `bytes` at `address` and a symbol in its middle.
fn file(machine: u16, address: u64, bytes: &[u8]) -> Vec<u8> {
    let mut file = Vec::new();
    let mut writer = Writer::new(Endianness::Little, true, &mut file);
    writer.reserve_file_header();
    writer.reserve_program_headers(1);
    let at = writer.reserve(bytes.len(), 8);
    let name = writer.add_section_name(b".text");
    let section = writer.reserve_section_index();
    writer.reserve_symtab_section_index();
    writer.reserve_strtab_section_index();
    writer.reserve_shstrtab_section_index();
    let middle = writer.add_string(b"_RNvNtCs1234_7example5place6middle");
    writer.reserve_symbol_index(Some(section));
    writer.reserve_symtab();
    writer.reserve_strtab();
    writer.reserve_shstrtab();
    writer.reserve_section_headers();
    let header = FileHeader {
        os_abi: 0,
        abi_version: 0,
        e_type: elf::ET_EXEC,
        e_machine: machine,
        e_entry: address,
        e_flags: 0,
    };
    writer.write_file_header(&header).expect("all is reserved");
    writer.write_align_program_headers();
    writer.write_program_header(&ProgramHeader {
        p_type: elf::PT_LOAD,
        p_flags: elf::PF_R | elf::PF_X,
        p_offset: at as u64,
        p_vaddr: address,
        p_paddr: address,
        p_filesz: bytes.len() as u64,
        p_memsz: bytes.len() as u64 + 0x10,
        p_align: 8,
    });
    writer.write_align(8);
    writer.write(bytes);
    writer.write_null_symbol();
    writer.write_symbol(&Sym {
        name: Some(middle),
        section: Some(section),
        st_info: elf::STT_FUNC,
        st_other: 0,
        st_shndx: 0,
        st_value: address + 8,
        st_size: 8,
    });
    writer.write_strtab();
    writer.write_shstrtab();
    writer.write_null_section_header();
    writer.write_section_header(&SectionHeader {
        name: Some(name),
        sh_type: elf::SHT_PROGBITS,
        sh_flags: u64::from(elf::SHF_ALLOC | elf::SHF_EXECINSTR),
        sh_addr: address,
        sh_offset: at as u64,
        sh_size: bytes.len() as u64,
        sh_link: 0,
        sh_info: 0,
        sh_addralign: 8,
        sh_entsize: 0,
    });
    writer.write_symtab_section_header(1);
    writer.write_strtab_section_header();
    writer.write_shstrtab_section_header();
    file
}

#[test]
fn says_what_lies_where() {
    let bytes: Vec<u8> = (0..24).collect();
    let file = file(elf::EM_AARCH64, 0x4000_0000, &bytes);
    let image = Image::parse(&file).expect("a whole file");
    assert_eq!(image.entry, 0x4000_0000);
    assert_eq!(image.bytes(0x4000_0002..0x4000_0004), Some(&[2, 3][..]));
    assert_eq!(image.word(0x4000_0008), Some(0x0F0E_0D0C_0B0A_0908));
    let segment = &image.segments[0];
    assert_eq!(segment.range(), 0x4000_0000..0x4000_0028);
    assert!(segment.is_executable && !segment.is_writable);
    let text = image.section(".text").expect("it has one");
    assert_eq!(image.section_bytes(text), Some(&bytes[..]));
    let middle: Vec<&Symbol> = image.named("middle").collect();
    assert_eq!(middle.len(), 1);
    assert_eq!(middle[0].name, "example::place::middle");
    assert_eq!(middle[0].kind, SymbolKind::Function);
}

#[test]
fn what_the_file_lacks_is_nothing() {
    let file = file(elf::EM_AARCH64, 0x4000_0000, &[0; 24]);
    let image = Image::parse(&file).expect("a whole file");
    // Zeros that a loader adds, what reaches beyond, what lies before, what ends before it begins.
    for range in [0x18..0x20, 0x10..0x20, 0x1000..0x1008] {
        let range = 0x4000_0000 + range.start..0x4000_0000 + range.end;
        assert_eq!(image.bytes(range.clone()), None, "{range:x?}");
    }
    assert_eq!(image.bytes(0x3FFF_FFFF..0x4000_0001), None);
    #[expect(clippy::reversed_empty_ranges, reason = "that's the case")]
    let reversed = image.bytes(0x4000_0008..0x4000_0000);
    assert_eq!(reversed, None);
    assert_eq!(image.word(u64::MAX - 3), None);
}

#[test]
fn a_place_has_the_name_of_what_covers_it() {
    let file = file(elf::EM_AARCH64, 0x4000_0000, &[0; 24]);
    let image = Image::parse(&file).expect("a whole file");
    let middle = image.place(0x4000_000C);
    assert_eq!(middle, "0x4000000c (example::place::middle + 0x4)");
    assert_eq!(image.place(0x4000_0010), "0x40000010 (in .text)");
    assert_eq!(image.place(0x5000_0000), "0x50000000");
}

#[test]
fn what_is_no_image_is_refused_with_both_values() {
    let error = Image::parse(b"#!/bin/sh").expect_err("no ELF file");
    assert!(
        error
            .to_string()
            .starts_with("the file isn't a whole 64-bit ELF file")
    );
    let other = file(elf::EM_X86_64, 0x4000_0000, &[0; 24]);
    let error = Image::parse(&other).expect_err("for another machine");
    assert_eq!(
        error.to_string(),
        "the file is for machine 62, not for AArch64, which is 183; give an image that `cargo paratia \
         build` made"
    );
}

#[test]
fn a_file_that_ends_early_is_refused_wherever_it_ends() {
    let file = file(elf::EM_AARCH64, 0x4000_0000, &[0; 24]);
    for length in 0..file.len() {
        assert!(
            Image::parse(&file[..length]).is_err(),
            "{length} of {} bytes",
            file.len()
        );
    }
}

#[test]
fn words_are_little_endian_and_whole() {
    let bytes = [1, 0, 0, 0, 0, 0, 0, 0x80, 7, 7, 7];
    let words: Vec<(u64, u64)> = words(&bytes, 0x100).collect();
    assert_eq!(words, [(0x100, 0x8000_0000_0000_0001)]);
}
