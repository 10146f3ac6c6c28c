use object::write::{Object, StandardSegment};
use object::{Architecture, BinaryFormat, Endianness, SectionKind};

use super::*;

/// An ELF file with a section of run parameters as the hypervisor's build leaves it, and one of
/// eight bytes.
fn elf() -> Vec<u8> {
    let mut file = Object::new(BinaryFormat::Elf, Architecture::Aarch64, Endianness::Little);
    let segment = file.segment_name(StandardSegment::Data).to_vec();
    let mut parameters = MAGIC.to_le_bytes().to_vec();
    parameters.resize(8 * WORDS, 0);
    for (name, bytes) in [(SECTION, parameters.as_slice()), (".images", &[0xAA; 8])] {
        let section = file.add_section(
            segment.clone(),
            name.as_bytes().to_vec(),
            SectionKind::ReadOnlyData,
        );
        file.append_section_data(section, bytes, 8);
    }
    file.write().unwrap()
}

fn section(elf: &[u8], name: &str) -> Vec<u8> {
    elf[file_range(elf, name).unwrap()].to_vec()
}

#[test]
fn parameters_are_written_in_their_order() {
    let system = crate::catalog::choose("qemu-virt", "cluster")
        .unwrap()
        .system;
    let arguments = [("infotainment".to_owned(), 3)];
    let rest = RunParameters {
        stop_after_us: 20_000_000,
        seed: 7,
        is_seeded: 1,
        clock: 9,
        ..RunParameters::DEFAULT
    };
    let given = parameters(system, rest, &arguments, Some("speedometer")).unwrap();
    let mut elf = elf();
    set_parameters(&mut elf, &given).unwrap();
    let words: Vec<u64> = section(&elf, SECTION)
        .chunks(8)
        .map(|chunk| u64::from_le_bytes(chunk.try_into().unwrap()))
        .collect();
    let (start, end) = words.split_at(5);
    assert_eq!(start, [MAGIC, 20_000_000, 0, 0, 3]);
    let (other_arguments, last) = end.split_at(end.len() - 4);
    assert!(other_arguments.iter().all(|word| *word == 0));
    assert_eq!((words.len(), last), (WORDS, &[2, 7, 1, 9][..]));
}

#[test]
fn an_argument_for_nobody_is_an_error() {
    let system = crate::catalog::choose("qemu-virt", "cluster")
        .unwrap()
        .system;
    let error = parameters(
        system,
        RunParameters::DEFAULT,
        &[("radio".to_owned(), 3)],
        None,
    )
    .unwrap_err();
    assert_eq!(
        error.to_string(),
        "system 'cluster' has no partition 'radio' to give an argument to"
    );
}

#[test]
fn bytes_and_bits_change_where_they_should() {
    let mut elf = elf();
    let patch = Patch::Write {
        section: ".images".to_owned(),
        offset: 2,
        bytes: vec![1, 2],
    };
    apply(&mut elf, &patch).unwrap();
    apply(
        &mut elf,
        &Patch::Flip {
            section: ".images".to_owned(),
            offset: 7,
            bit: 0,
        },
    )
    .unwrap();
    assert_eq!(
        section(&elf, ".images"),
        [0xAA, 0xAA, 1, 2, 0xAA, 0xAA, 0xAA, 0xAB]
    );
}

#[test]
fn a_patch_beyond_its_section_is_an_error() {
    let patch = Patch::Write {
        section: ".images".to_owned(),
        offset: 7,
        bytes: vec![1, 2],
    };
    let error = apply(&mut elf(), &patch).unwrap_err();
    assert_eq!(
        error.to_string(),
        "section .images has 8 bytes, not 2 from 7"
    );
}

#[test]
fn a_missing_section_and_a_wrong_file_are_errors() {
    let patch = Patch::Flip {
        section: ".nowhere".to_owned(),
        offset: 0,
        bit: 0,
    };
    let error = apply(&mut elf(), &patch).unwrap_err();
    assert_eq!(error.to_string(), "the image has no section .nowhere");
    assert!(apply(&mut [0; 100], &patch).is_err());
}
