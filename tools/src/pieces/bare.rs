//! A partition's image on the bare machine: the same pieces at the same addresses, with nobody below.
//!
//! What goes wrong there is the guest's own affair; what goes wrong only in its partition isn't.

use std::ffi::OsString;
use std::fs;
use std::path::Path;

use object::write::elf::{FileHeader, ProgramHeader, Writer};
use object::{Endianness, elf};
use paratia_config::address::{PAGE_BYTES, mib};
use paratia_config::image::PieceKind;
use paratia_config::{BoardFacts, Partition};

use super::Piece;
use crate::whole;

/// `ldr x0, tree; ldr x4, entry; br x4; nop`, and the two words behind that.
const STUB: [u32; 4] = [0x5800_0080, 0x5800_00A4, 0xD61F_0080, 0xD503_201F];

/// QEMU's arguments for the machine of a partition, with `image` as what it starts.
#[must_use]
pub fn arguments(partition: &Partition, board: &BoardFacts, image: &Path) -> Vec<OsString> {
    let ram: u64 = partition.regions.iter().map(|it| it.size_bytes).sum();
    let machine = partition.machine;
    let version = machine.gic.version_on(board);
    let mut all: Vec<OsString> = [
        "-M",
        &format!("virt,gic-version={version}"),
        "-cpu",
        "cortex-a57",
        "-smp",
        &machine.vcpus.to_string(),
        "-m",
        &format!("{}M", ram.div_ceil(mib(1))),
        "-nodefaults",
        "-display",
        "none",
        "-monitor",
        "none",
        "-serial",
        "stdio",
        "-no-reboot",
        "-kernel",
    ]
    .map(OsString::from)
    .to_vec();
    all.push(image.into());
    all
}

/// Writes an ELF file that holds all pieces of a partition's image at their addresses, and behind
/// them the few instructions that start it as the hypervisor does.
///
/// One file rather than one for each piece, since QEMU adds a device tree of its own at the start of
/// RAM unless the image begins there.
///
/// # Errors
/// If a piece can't be read or the file can't be written.
pub fn write_image(partition: &Partition, pieces: &[Piece], file: &Path) -> anyhow::Result<()> {
    let own = pieces.iter().filter(|it| it.partition == partition.name);
    let mut segments = Vec::new();
    let (mut tree, mut end) = (0, 0);
    for piece in own {
        segments.push((piece.at.0, fs::read(&piece.file)?));
        end = end.max(piece.at.0 + piece.room_bytes);
        if piece.kind == PieceKind::DeviceTree {
            tree = piece.at.0;
        }
    }
    let start = end.next_multiple_of(PAGE_BYTES);
    let mut stub: Vec<u8> = STUB.iter().flat_map(|it| it.to_le_bytes()).collect();
    stub.extend(tree.to_le_bytes());
    stub.extend(partition.entry.0.to_le_bytes());
    segments.push((start, stub));
    whole::write(file, elf_file(start, &segments)?)?;
    Ok(())
}

/// An ELF file with these segments: addresses and contents.
pub(super) fn elf_file(entry: u64, segments: &[(u64, Vec<u8>)]) -> anyhow::Result<Vec<u8>> {
    let mut file = Vec::new();
    let mut writer = Writer::new(Endianness::Little, true, &mut file);
    writer.reserve_file_header();
    writer.reserve_program_headers(segments.len().try_into()?);
    let place = |(_, bytes): &(u64, Vec<u8>)| writer.reserve(bytes.len(), 8);
    let offsets: Vec<usize> = segments.iter().map(place).collect();
    writer.write_file_header(&FileHeader {
        os_abi: 0,
        abi_version: 0,
        e_type: elf::ET_EXEC,
        e_machine: elf::EM_AARCH64,
        e_entry: entry,
        e_flags: 0,
    })?;
    writer.write_align_program_headers();
    for ((base, bytes), offset) in segments.iter().zip(&offsets) {
        writer.write_program_header(&ProgramHeader {
            p_type: elf::PT_LOAD,
            p_flags: elf::PF_R | elf::PF_W | elf::PF_X,
            p_offset: *offset as u64,
            p_vaddr: *base,
            p_paddr: *base,
            p_filesz: bytes.len() as u64,
            p_memsz: bytes.len() as u64,
            p_align: 8,
        });
    }
    for ((_, bytes), offset) in segments.iter().zip(&offsets) {
        writer.pad_until(*offset);
        writer.write(bytes);
    }
    Ok(file)
}
