//! Where the pieces of an unmodified system's image go.

use anyhow::Context as _;
use paratia_config::address::{BLOCK_2_MIB, PAGE_BYTES};
use paratia_config::image::{Initrd, PieceKind};
use paratia_config::system::Image;
use paratia_config::{BoardFacts, Ipa, Partition, System};

use super::source::{Bytes, Sources};
use super::tree::Guest;
use super::{Piece, kernel};
use crate::{flat, unikernel};

/// The pieces of a partition's image.
pub(super) fn pieces(
    system: &System,
    partition: &Partition,
    board: &BoardFacts,
    sources: &mut Sources<'_, '_>,
) -> anyhow::Result<Vec<Piece>> {
    match partition.image {
        Image::Program(program) => {
            let at = partition
                .regions
                .first()
                .map_or(partition.entry, |it| it.ipa);
            let bytes = sources.program(program)?;
            Ok(vec![piece(partition, PieceKind::Program, at, bytes)])
        }
        Image::Linux {
            kernel,
            initrd,
            command_line,
        } => {
            let has_watchdog = partition.machine.watchdog.is_some();
            let initrd = match initrd {
                Initrd::None => None,
                Initrd::Busybox => Some(sources.busybox(kernel, has_watchdog)?),
                Initrd::File(file) => Some(sources.file(file)?),
            };
            let kernel = sources.file(kernel)?;
            linux(
                system,
                partition,
                board,
                sources,
                kernel,
                initrd,
                command_line,
            )
        }
        Image::Raw {
            file,
            load,
            device_tree,
        } => {
            let bytes = sources.file(file)?;
            let mut pieces = vec![piece(partition, PieceKind::Binary, load, bytes)];
            pieces.extend(tree(system, partition, board, sources, device_tree)?);
            Ok(pieces)
        }
        Image::Elf { file, device_tree } => {
            let bytes = sources.file(file)?;
            let elf = flat::elf(&bytes.read()?, PAGE_BYTES)
                .with_context(|| format!("the ELF file {}", bytes.name))?;
            anyhow::ensure!(
                elf.entry == partition.entry.0,
                "{} is entered at {:#x}, the partition at {:#x}; declare the file's entry",
                bytes.name,
                elf.entry,
                partition.entry.0
            );
            let flat = sources.made(&format!("{}.flat", partition.name), &elf.bytes)?;
            let mut loaded = piece(partition, PieceKind::Binary, Ipa(elf.base), flat);
            loaded.room_bytes = elf.room_bytes;
            let mut pieces = vec![loaded];
            pieces.extend(tree(system, partition, board, sources, device_tree)?);
            Ok(pieces)
        }
        Image::Unikernel {
            file,
            command_line,
            devices,
        } => {
            let tender = sources.program(unikernel::TENDER)?;
            let file = sources.file(file)?;
            let parts = unikernel::parts(partition, &file.read()?, command_line, devices)
                .with_context(|| format!("the unikernel {}", file.name))?;
            let mut pieces = vec![piece(
                partition,
                PieceKind::Program,
                partition.entry,
                tender,
            )];
            for part in parts {
                let made = format!("{}.{}", partition.name, part.name);
                let bytes = sources.made(&made, &part.bytes)?;
                let mut piece = piece(partition, PieceKind::Binary, part.at, bytes);
                piece.room_bytes = part.room_bytes;
                pieces.push(piece);
            }
            Ok(pieces)
        }
    }
}

/// The kernel at the partition's entry; behind what it needs, on the next 2 MiB, the initial RAM
/// disk; behind that, on the next page, the device tree.
fn linux(
    system: &System,
    partition: &Partition,
    board: &BoardFacts,
    sources: &mut Sources<'_, '_>,
    kernel: Bytes,
    initrd: Option<Bytes>,
    command_line: &str,
) -> anyhow::Result<Vec<Piece>> {
    let header = kernel::header(&kernel.read()?)
        .and_then(|header| header.runs_on(board))
        .with_context(|| format!("the kernel {}", kernel.name))?;
    let mut first = piece(partition, PieceKind::Kernel, partition.entry, kernel);
    first.room_bytes = header.room_bytes;
    let mut free = (first.at.0 + first.room_bytes).next_multiple_of(BLOCK_2_MIB);
    let mut pieces = vec![first];
    let mut guest = Guest {
        command_line,
        ..Guest::of(system, partition, board)
    };
    if let Some(initrd) = initrd {
        let disk = piece(partition, PieceKind::Initrd, Ipa(free), initrd);
        let end = free + disk.room_bytes;
        guest.initrd = Some((free, end));
        free = end.next_multiple_of(PAGE_BYTES);
        pieces.push(disk);
    }
    let tree = sources.made(&format!("{}.dtb", partition.name), &guest.tree()?)?;
    pieces.push(piece(partition, PieceKind::DeviceTree, Ipa(free), tree));
    Ok(pieces)
}

/// The device tree of what isn't Linux: its command line is the partition's arguments.
fn tree(
    system: &System,
    partition: &Partition,
    board: &BoardFacts,
    sources: &Sources<'_, '_>,
    place: Option<Ipa>,
) -> anyhow::Result<Option<Piece>> {
    let Some(place) = place else {
        return Ok(None);
    };
    let guest = Guest {
        command_line: partition.arguments,
        ..Guest::of(system, partition, board)
    };
    let bytes = sources.made(&format!("{}.dtb", partition.name), &guest.tree()?)?;
    Ok(Some(piece(partition, PieceKind::DeviceTree, place, bytes)))
}

/// A piece that needs no more room than it has bytes.
fn piece(partition: &Partition, kind: PieceKind, at: Ipa, bytes: Bytes) -> Piece {
    Piece {
        partition: partition.name,
        kind,
        at,
        room_bytes: bytes.size,
        name: bytes.name,
        file: bytes.file,
        size: bytes.size,
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use paratia_config::Pa;
    use paratia_config::address::mib;
    use paratia_config::system::File;
    use paratia_config::systems::{LINUX, RAM, ram};

    use super::*;

    const PARTITION: Partition = Partition {
        regions: &[ram(Pa(0x4800_0000), mib(64))],
        ..LINUX
    };

    /// The pieces of a partition with this image, whose files are made below `folder`.
    fn of(image: Image, folder: &std::path::Path) -> anyhow::Result<Vec<(PieceKind, u64, u64)>> {
        let board = crate::catalog::board("qemu-virt")?;
        let mut sources = Sources {
            folder,
            progress: None,
        };
        let partition = Partition { image, ..PARTITION };
        let system = crate::catalog::choose("qemu-virt", "hello")?.system;
        let pieces = pieces(system, &partition, board.facts, &mut sources)?;
        let place = |piece: &Piece| (piece.kind, piece.at.0 - RAM.0, piece.room_bytes);
        Ok(pieces.iter().map(place).collect())
    }

    fn file(folder: &std::path::Path, name: &str, bytes: &[u8]) -> File {
        let path = folder.join(name);
        fs::write(&path, bytes).unwrap();
        File::Path(path.display().to_string().leak())
    }

    fn kernel(room: u64) -> Vec<u8> {
        let mut image = vec![0; 0x1000];
        image[16..24].copy_from_slice(&room.to_le_bytes());
        image[56..60].copy_from_slice(b"ARMd");
        image
    }

    #[test]
    fn a_kernel_then_its_disk_then_its_tree() {
        let folder = tempfile::tempdir().unwrap();
        let image = Image::Linux {
            kernel: file(folder.path(), "Image", &kernel(mib(20) + 1)),
            initrd: Initrd::File(file(folder.path(), "initrd", &[0; 0x1801])),
            command_line: "",
        };
        let pieces = of(image, folder.path()).unwrap();
        assert_eq!(pieces[0], (PieceKind::Kernel, 0, mib(20) + 1));
        assert_eq!(pieces[1], (PieceKind::Initrd, mib(22), 0x1801));
        let (kind, at, _) = pieces[2];
        assert_eq!((kind, at), (PieceKind::DeviceTree, mib(22) + 0x2000));
        assert!(folder.path().join("linux.dtb").exists());
    }

    #[test]
    fn a_binary_lies_where_it_is_declared() {
        let folder = tempfile::tempdir().unwrap();
        let image = Image::Raw {
            file: file(folder.path(), "boot.bin", &[1, 2, 3]),
            load: RAM.offset(mib(2)),
            device_tree: Some(RAM),
        };
        let pieces = of(image, folder.path()).unwrap();
        assert_eq!(pieces[0], (PieceKind::Binary, mib(2), 3));
        assert_eq!((pieces[1].0, pieces[1].1), (PieceKind::DeviceTree, 0));
    }

    #[test]
    fn an_elf_file_lies_where_it_is_linked_and_is_entered_where_it_says() {
        let folder = tempfile::tempdir().unwrap();
        let segments = [(RAM.0 + 0x10, vec![1; 8]), (RAM.0 + 0x2000, vec![2])];
        let image = |entry| Image::Elf {
            file: file(
                folder.path(),
                "os.elf",
                &super::super::bare::elf_file(entry, &segments).unwrap(),
            ),
            device_tree: Some(RAM.offset(mib(1))),
        };
        let pieces = of(image(RAM.0), folder.path()).unwrap();
        assert_eq!(pieces[0], (PieceKind::Binary, 0, 0x2001));
        assert_eq!((pieces[1].0, pieces[1].1), (PieceKind::DeviceTree, mib(1)));
        let error = of(image(RAM.0 + 0x10), folder.path()).unwrap_err();
        let error = error.to_string();
        assert!(
            error.ends_with(
                "is entered at 0x40000010, the partition at 0x40000000; declare the file's entry"
            ),
            "{error}"
        );
    }

    #[test]
    fn what_is_no_kernel_is_refused_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let image = Image::Linux {
            kernel: file(folder.path(), "vmlinux", &[0x7F; 64]),
            initrd: Initrd::None,
            command_line: "",
        };
        let error = format!("{:#}", of(image, folder.path()).unwrap_err());
        assert!(error.starts_with("the kernel "), "{error}");
        assert!(error.ends_with("vmlinux: it isn't an arm64 kernel's Image; name one"));
    }
}
