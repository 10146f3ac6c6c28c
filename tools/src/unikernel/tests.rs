use paratia_config::image::Backing;
use paratia_config::system::RegionKind;
use paratia_config::systems::{tender, unikernel, unikernel_memory};
use paratia_tender::boot::{BLOCK, BootInformation, NET};
use paratia_tender::page::{self, Page};
use proptest::prelude::*;
use zerocopy::{FromBytes as _, IntoBytes as _};

use super::*;

const READ: u32 = 4;
const WRITE: u32 = 2;
const EXECUTE: u32 = 1;

/// What a file is made of.
#[derive(Clone)]
struct Recipe {
    machine: u16,
    kind: u16,
    entry: u64,
    abi: Option<[u32; 2]>,
    /// Names and kinds of devices, and the manifest's version.
    manifest: Option<(u32, Vec<(&'static str, u32)>)>,
    /// Where, rights, bytes in the file and in memory.
    segments: Vec<(u64, u32, usize, u64)>,
}

impl Recipe {
    fn good() -> Self {
        Self {
            machine: 183,
            kind: 2,
            entry: 0x10_0010,
            abi: Some([1, 2]),
            manifest: Some((1, vec![])),
            segments: vec![
                (0x10_0000, READ | EXECUTE, 0x1800, 0x1800),
                (0x10_2000, READ, 0x10, 0x10),
                (0x10_3000, READ | WRITE, 8, 8),
                (0x10_4000, READ | WRITE, 0, 0x2_0000),
            ],
        }
    }

    /// The ELF file, put together byte by byte.
    fn file(&self) -> Vec<u8> {
        let note = |kind: &[u8; 4], content: &[u8]| {
            let length = u32::try_from(content.len()).unwrap();
            let mut note = [6_u32.to_le_bytes(), length.to_le_bytes(), *kind].concat();
            note.extend(b"Solo5\0\0\0");
            note.extend(content);
            note
        };
        let mut parts: Vec<(u32, u32, u64, Vec<u8>, u64)> = Vec::new();
        for (at, rights, bytes, room) in &self.segments {
            parts.push((1, *rights, *at, vec![0xAB; *bytes], *room));
        }
        if let Some([target, version]) = self.abi {
            let numbers = [target, version, 0, 0];
            parts.push((4, READ, 0, note(b"ABI1", numbers.as_bytes()), 0));
        }
        if let Some((version, devices)) = &self.manifest {
            let count = u32::try_from(devices.len() + 1).unwrap();
            let mut content = [0, *version, count].as_bytes().to_vec();
            let first = ("", paratia_tender::boot::FIRST);
            for (name, kind) in [first].iter().chain(devices) {
                let mut entry = [0; 104];
                entry[..name.len()].copy_from_slice(name.as_bytes());
                entry[68..72].copy_from_slice(&kind.to_le_bytes());
                content.extend(entry);
            }
            parts.push((4, READ, 0, note(b"MFT1", &content), 0));
        }
        let mut file = b"\x7fELF\x02\x01\x01".to_vec();
        file.resize(16, 0);
        file.extend(self.kind.to_le_bytes());
        file.extend(self.machine.to_le_bytes());
        file.extend(1_u32.to_le_bytes());
        file.extend([self.entry, 64, 0].as_bytes());
        file.extend([0, 0].as_bytes() as &[u8]);
        file.truncate(48);
        file.extend(0_u32.to_le_bytes());
        for half in [64, 56, u16::try_from(parts.len()).unwrap(), 64, 0, 0] {
            file.extend(half.to_le_bytes());
        }
        let mut offset = (file.len() + 56 * parts.len()) as u64;
        for (kind, flags, at, bytes, room) in &parts {
            file.extend(kind.to_le_bytes());
            file.extend(flags.to_le_bytes());
            let size = bytes.len() as u64;
            file.extend([offset, *at, *at, size, *room, 4].as_bytes());
            offset += size;
        }
        for (.., bytes, _) in &parts {
            file.extend(bytes);
        }
        file
    }

    fn refusal(&self) -> String {
        format!("{:#}", elf::read(&self.file()).unwrap_err())
    }
}

#[test]
fn a_file_is_its_segments_and_its_devices() {
    let mut recipe = Recipe::good();
    recipe.manifest = Some((1, vec![("storage", BLOCK), ("service", NET)]));
    let unikernel = elf::read(&recipe.file()).unwrap();
    let segments: Vec<_> = unikernel
        .segments
        .iter()
        .map(|it| (it.base, it.end, it.kind, it.bytes.len()))
        .collect();
    assert_eq!(
        segments,
        [
            (0x10_0000, 0x10_2000, RegionKind::Text, 0x1800),
            (0x10_2000, 0x10_3000, RegionKind::Constant, 0x10),
            (0x10_3000, 0x12_4000, RegionKind::Data, 8),
        ]
    );
    let names: Vec<_> = unikernel.manifest.iter().map(notes::name).collect();
    assert_eq!(names, ["", "storage", "service"]);
}

/// A recipe with one thing wrong, and what is said of it.
#[test]
fn what_is_no_unikernel_for_hvt_says_what_it_is_instead() {
    let with = |change: &dyn Fn(&mut Recipe)| {
        let mut recipe = Recipe::good();
        change(&mut recipe);
        recipe.refusal()
    };
    for (said, expected) in [
        (
            with(&|it| it.machine = 62),
            "it is for x86-64, and the board's CPU is AArch64",
        ),
        (
            with(&|it| it.kind = 3),
            "its ELF type is 3, a unikernel's is 2",
        ),
        (
            with(&|it| it.abi = None),
            "it has no note 'ABI1' of Solo5's",
        ),
        (
            with(&|it| it.abi = Some([2, 2])),
            "built for Solo5's target 'spt', not for 'hvt'; build it for hvt",
        ),
        (
            with(&|it| it.abi = Some([9, 2])),
            "target number 9, not for 'hvt'",
        ),
        (
            with(&|it| it.abi = Some([1, 1])),
            "says version 1 of hvt's ABI, and version 2 is answered",
        ),
        (
            with(&|it| it.manifest = None),
            "it has no note 'MFT1' of Solo5's",
        ),
        (
            with(&|it| it.manifest = Some((2, vec![]))),
            "its manifest has version 2, and 1 is known",
        ),
        (
            with(&|it| it.segments[2].1 |= EXECUTE),
            "is both written and executed",
        ),
        (
            with(&|it| it.segments[0].0 = 0x8_0000),
            "lies below 0x100000",
        ),
        (
            with(&|it| it.segments[1].0 = 0x10_1FF0),
            "share a page or aren't in ascending order",
        ),
        (
            with(&|it| it.segments[2].3 = 7),
            "has more bytes in the file, 0x8",
        ),
        (
            with(&|it| it.segments[3].3 = u64::MAX),
            "ends behind all addresses",
        ),
        (
            with(&|it| it.entry = 0x10_3000),
            "entered at 0x103000, where none of its segments is executed",
        ),
    ] {
        assert!(said.contains(expected), "{said}\n{expected}");
    }
    let said = format!("{:#}", elf::read(b"#!/bin/sh").unwrap_err());
    assert!(said.starts_with("it is no 64-bit ELF file"), "{said}");
}

/// A partition with 2 MiB of memory, a disk, and an interface.
fn partition() -> Partition {
    const DEVICES: &[UnikernelDevice] = &[
        UnikernelDevice {
            name: "storage",
            backing: Backing::Block {
                region: "disk",
                block_bytes: 512,
            },
        },
        UnikernelDevice {
            name: "service",
            backing: Backing::Net {
                mac: [2, 0, 0, 0, 0, 7],
                mtu: 1500,
                out: "sent",
                into: "received",
            },
        },
    ];
    const REGIONS: &[Region] = &[
        tender(Pa(0x5000_0000)),
        unikernel_memory(Pa(0x5020_0000), 0x20_0000),
        Region {
            name: "disk",
            ipa: Ipa(0x5000_0000),
            pa: Pa(0x5040_0000),
            size_bytes: 0x10_0000,
            kind: RegionKind::Data,
        },
    ];
    Partition {
        name: "unikernel",
        ..unikernel(
            Image::Unikernel {
                file: File::Unikernel("plain"),
                command_line: "one two",
                devices: DEVICES,
            },
            REGIONS,
        )
    }
}

fn parts_of(recipe: &Recipe) -> anyhow::Result<Vec<Part>> {
    let partition = partition();
    let Image::Unikernel {
        command_line,
        devices,
        ..
    } = partition.image
    else {
        unreachable!("it is one");
    };
    parts(&partition, &recipe.file(), command_line, devices)
}

#[test]
fn memory_is_divided_by_rights_without_a_gap() {
    let unikernel = elf::read(&Recipe::good().file()).unwrap();
    let regions = divided(&partition(), &unikernel).unwrap();
    let shown: Vec<_> = regions
        .iter()
        .map(|it| (it.name, it.ipa.0, it.pa.0 - it.ipa.0, it.kind))
        .collect();
    let memory = 0x5020_0000;
    assert_eq!(
        shown,
        [
            ("tender", 0x4000_0000, 0x1000_0000, RegionKind::Tender),
            ("tables", 0, memory, RegionKind::Constant),
            ("information", 0x1_0000, memory, RegionKind::Data),
            ("text", 0x10_0000, memory, RegionKind::Text),
            ("constants", 0x10_2000, memory, RegionKind::Constant),
            ("variables", 0x10_3000, memory, RegionKind::Data),
            ("disk", 0x5000_0000, 0x40_0000, RegionKind::Data),
        ]
    );
    assert_eq!(regions[5].ipa_end().0, 0x20_0000);
    for pair in regions[1..6].windows(2) {
        assert_eq!(pair[0].ipa_end(), pair[1].ipa);
    }
}

#[test]
fn what_the_unikernel_and_its_tender_are_told() {
    let mut recipe = Recipe::good();
    recipe.manifest = Some((1, vec![("service", NET), ("storage", BLOCK)]));
    let parts = parts_of(&recipe).unwrap();
    let names: Vec<_> = parts.iter().map(|it| (it.name.as_str(), it.at.0)).collect();
    assert_eq!(
        names,
        [
            ("tables", 0x1000),
            ("information", 0x1_0000),
            ("text", 0x10_0000),
            ("constants", 0x10_2000),
            ("variables", 0x10_3000),
        ]
    );
    let told = &parts[1].bytes;
    let (boot, _) = BootInformation::read_from_prefix(told).unwrap();
    assert_eq!((boot.memory_bytes, boot.kernel_end), (0x20_0000, 0x12_4000));
    let line = usize::try_from(boot.command_line - 0x1_0000).unwrap();
    assert_eq!(&told[line..line + 8], b"one two\0");
    let manifest = usize::try_from(boot.manifest - 0x1_0000).unwrap() + 8;
    let entry = |index: usize| {
        let at = manifest + index * 104;
        notes::Entry::read_from_bytes(&told[at..at + 104]).unwrap()
    };
    assert_eq!((entry(0).attached, entry(1).attached), (0, 1));
    assert_eq!(entry(1).facts[..8], [2, 0, 0, 0, 0, 7, 0xDC, 5]);
    assert_eq!(entry(2).facts[..10], [0, 0, 0x10, 0, 0, 0, 0, 0, 0, 2]);
    let page = usize::try_from(page::ADDRESS - 0x1_0000).unwrap();
    let (page, _) = Page::read_from_prefix(&told[page..]).unwrap();
    assert_eq!((page.magic, page.entry), (page::MAGIC, 0x10_0010));
    assert_eq!((page.devices[0].kind, page.devices[3].kind), (0, 0));
    assert_eq!(
        (page.devices[1].kind, page.devices[1].frame_bytes),
        (NET, 1514)
    );
    assert_eq!(page::name(&page.devices[1].out), "sent");
    assert_eq!(page.devices[2].base, 0x5000_0000);
}

#[test]
fn what_has_no_room_or_no_device_is_refused() {
    let refusal = |recipe: &Recipe| format!("{:#}", parts_of(recipe).err().unwrap());
    let mut recipe = Recipe::good();
    recipe.segments[3].3 = 0x10_0000;
    assert_eq!(
        refusal(&recipe),
        "its segments end at 0x204000, and partition 'unikernel' has memory up to 0x200000; declare 16 KiB more"
    );
    let mut recipe = Recipe::good();
    recipe.manifest = Some((1, vec![("disk", BLOCK)]));
    assert_eq!(
        refusal(&recipe),
        "its manifest names the block device 'disk', which partition 'unikernel' doesn't declare; it declares: \
         storage, service"
    );
    recipe.manifest = Some((1, vec![("storage", NET)]));
    assert!(
        refusal(&recipe)
            .contains("the network interface 'storage', which partition 'unikernel' declares as")
    );
}

/// Walks the tables as the CPU would: the output and the entry.
fn walk(tables: &[u8], address: u64) -> Option<(u64, u64)> {
    let entry = |table: u64, index: u64| {
        let at = usize::try_from(table - 0x1000 + 8 * index).ok()?;
        let word = u64::from_le_bytes(tables.get(at..at + 8)?.try_into().ok()?);
        (word & 1 != 0).then_some(word)
    };
    let mut table = 0x1000;
    for level in 1..4 {
        let shift = 39 - 9 * level;
        let found = entry(table, address >> shift & 511)?;
        let output = found & 0xFFFF_FFFF_F000;
        if level == 3 || found & 2 == 0 {
            return Some((output | address & ((1 << shift) - 1), found));
        }
        table = output;
    }
    None
}

proptest! {
    #[test]
    fn tables_map_each_address_to_itself_or_nowhere(address in 0_u64..1 << 39, blocks in 1_u64..=512) {
        let end = blocks << 21;
        let tables = low::tables(end);
        for address in [address, address % end, 0x4000_0000 + address % (1 << 30), (1 << 32) + address % (1 << 30)] {
            let is_mapped = (0x1_0000..end).contains(&address)
                || (0x4000_0000..0x8000_0000).contains(&address)
                || (1 << 32..5 << 30).contains(&address);
            let found = walk(&tables, address);
            prop_assert_eq!(found.map(|(output, _)| output), is_mapped.then_some(address));
            if (0x1_0000..0x10_0000).contains(&address) {
                prop_assert_eq!(found.unwrap().1 >> 7 & 1, 1, "it is only read");
            }
        }
    }

    #[test]
    fn any_bytes_are_a_unikernel_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200), at in 0_usize..1200) {
        let _ = elf::read(&bytes);
        let mut file = Recipe::good().file();
        for (place, byte) in file.iter_mut().skip(at).zip(bytes.iter().take(8)) {
            *place = *byte;
        }
        let _ = parts(&partition(), &file, "", &[]);
    }
}
