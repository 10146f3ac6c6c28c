//! What lies below a unikernel's segments: the tables by which it translates, and what it and its tender are told.

use anyhow::{Context as _, bail, ensure};
use paratia_config::Partition;
use paratia_config::address::{BLOCK_2_MIB, PAGE_BYTES};
use paratia_config::image::{Backing, UnikernelDevice};
use paratia_config::solo5::{
    BOOT_INFORMATION, CALLS, LOWEST_SEGMENT, MAX_COMMAND_LINE_BYTES, MEMORY_END, TABLES,
    TENDER_PAGE,
};
use paratia_tender::boot::{
    BLOCK, BlockFacts, BootInformation, FRAME_HEADER_BYTES, MANIFEST_VERSION, MAX_ENTRIES,
    ManifestHeader, NET, NetFacts,
};
use paratia_tender::call;
use paratia_tender::page::{self, Device, NAME_BYTES, Page};
use zerocopy::IntoBytes as _;

use super::elf::Unikernel;
use super::notes::{self, Entry};

// The tender knows no configuration.
const _: () = assert!(
    BOOT_INFORMATION.0 == page::BOOT_INFORMATION
        && TENDER_PAGE.0 == page::ADDRESS
        && TABLES.0 == page::TABLES
        && CALLS.0 == call::PAGE
);

const VALID: u64 = 1;
/// A table, or at the last level a page; without it a block.
const TABLE_OR_PAGE: u64 = 1 << 1;
/// Type 1 of the runtime's `MAIR_EL1`, Device-nGnRnE; type 0 is write-back.
const DEVICE: u64 = 1 << 2;
const READ_ONLY: u64 = 1 << 7;
const INNER_SHAREABLE: u64 = 3 << 8;
const ACCESSED: u64 = 1 << 10;
const EXECUTE_NEVER: u64 = 3 << 53;
const NORMAL: u64 = VALID | INNER_SHAREABLE | ACCESSED;
const REGISTERS: u64 = VALID | DEVICE | ACCESSED | EXECUTE_NEVER;
/// Where the interrupt controller of a unikernel's partition lies, and what else isn't memory.
const REGISTERS_FROM: u64 = 0x7800_0000;

/// Entries of a table.
const ENTRIES: u64 = 512;
const GIB: u64 = 1 << 30;

/// The tables, from [`TABLES`] on, of a unikernel with memory up to `end`: input equal to output, as Solo5's tender has
/// it. What lies below the boot information isn't mapped, what lies below the segments is only read; the segments'
/// rights are stage 2's to say. Beside that the tender's own gibibyte, and the page of calls.
pub(super) fn tables(end: u64) -> Vec<u8> {
    let [level_1, memory, first, tender] = [0, 1, 2, 3].map(|place| TABLES.0 + place * PAGE_BYTES);
    let mut words = vec![0; usize::try_from(4 * ENTRIES).unwrap_or(0)];
    let mut set = |table: u64, index: u64, value: u64| {
        let at = (table - level_1) / 8 + index;
        if let Some(word) = usize::try_from(at).ok().and_then(|at| words.get_mut(at)) {
            *word = value;
        }
    };
    set(level_1, 0, memory | VALID | TABLE_OR_PAGE);
    set(level_1, MEMORY_END.0 / GIB, tender | VALID | TABLE_OR_PAGE);
    set(level_1, CALLS.0 / GIB, CALLS.0 | REGISTERS);
    set(memory, 0, first | VALID | TABLE_OR_PAGE);
    for index in 1..end / BLOCK_2_MIB {
        set(memory, index, (index * BLOCK_2_MIB) | NORMAL);
    }
    for index in BOOT_INFORMATION.0 / PAGE_BYTES..ENTRIES {
        let address = index * PAGE_BYTES;
        let rights = if address < LOWEST_SEGMENT.0 {
            READ_ONLY | EXECUTE_NEVER
        } else {
            0
        };
        set(first, index, address | NORMAL | TABLE_OR_PAGE | rights);
    }
    for index in 0..ENTRIES {
        let address = MEMORY_END.0 + index * BLOCK_2_MIB;
        let attributes = match address {
            _ if index == 0 => NORMAL,
            REGISTERS_FROM.. => REGISTERS,
            _ => NORMAL | EXECUTE_NEVER,
        };
        set(tender, index, address | attributes);
    }
    words.as_bytes().to_vec()
}

/// What lies from [`BOOT_INFORMATION`] on: the boot information, the manifest with what is behind its devices, the
/// command line; and at its place what the tender is told.
///
/// # Errors
/// If the manifest names a device that the partition doesn't declare, or the command line is too long.
pub(super) fn information(
    partition: &Partition,
    unikernel: &Unikernel,
    memory_bytes: u64,
    command_line: &str,
    declared: &[UnikernelDevice],
) -> anyhow::Result<Vec<u8>> {
    ensure!(
        command_line.len() <= MAX_COMMAND_LINE_BYTES && !command_line.contains('\0'),
        "its command line has {} bytes, and a unikernel takes {MAX_COMMAND_LINE_BYTES} without a zero; shorten it",
        command_line.len()
    );
    let mut entries = unikernel.manifest.clone();
    let mut devices = [Device::NONE; MAX_ENTRIES];
    for (entry, device) in entries.iter_mut().zip(&mut devices).skip(1) {
        *device = attach(partition, entry, declared)?;
    }
    let manifest = BOOT_INFORMATION.0 + (size_of::<BootInformation>() as u64).next_multiple_of(16);
    let header = ManifestHeader {
        version: MANIFEST_VERSION,
        entries: u32::try_from(entries.len())?,
    };
    let manifest_bytes = size_of_val(&header) + size_of_val(entries.as_slice());
    let boot = BootInformation {
        memory_bytes,
        kernel_end: unikernel.end(),
        command_line: manifest + manifest_bytes as u64,
        manifest,
        ..BootInformation::default()
    };
    let page = Page {
        magic: page::MAGIC,
        entry: unikernel.entry,
        memory_bytes,
        devices,
    };
    let mut bytes = Vec::new();
    let mut put = |at: u64, what: &[u8]| -> anyhow::Result<()> {
        bytes.resize(usize::try_from(at - BOOT_INFORMATION.0)?, 0);
        bytes.extend(what);
        Ok(())
    };
    put(BOOT_INFORMATION.0, boot.as_bytes())?;
    put(
        manifest,
        &[header.as_bytes(), entries.as_slice().as_bytes()].concat(),
    )?;
    put(boot.command_line, command_line.as_bytes())?;
    put(TENDER_PAGE.0, page.as_bytes())?;
    Ok(bytes)
}

/// Writes down in a manifest's entry what is behind it, and tells the tender.
fn attach(
    partition: &Partition,
    entry: &mut Entry,
    declared: &[UnikernelDevice],
) -> anyhow::Result<Device> {
    let name = notes::name(entry);
    let kind = match entry.kind {
        BLOCK => "block device",
        NET => "network interface",
        other => {
            bail!("its manifest names '{name}' of kind {other}, which is unknown; build it for hvt")
        }
    };
    let Some(found) = declared.iter().find(|it| it.name == name) else {
        let names: Vec<&str> = declared.iter().map(|it| it.name).collect();
        let names = if names.is_empty() {
            "none".to_owned()
        } else {
            names.join(", ")
        };
        bail!(
            "its manifest names the {kind} '{name}', which partition '{}' doesn't declare; it declares: {names}",
            partition.name
        );
    };
    entry.attached = 1;
    match (found.backing, entry.kind) {
        (
            Backing::Block {
                region,
                block_bytes,
            },
            BLOCK,
        ) => {
            let mut regions = partition.regions.iter();
            let region = regions.find(|it| it.name == region);
            let region = region.with_context(|| format!("device '{name}' has no region"))?;
            ensure!(
                block_bytes.is_power_of_two()
                    && block_bytes >= 512
                    && region.size_bytes.is_multiple_of(block_bytes.into()),
                "device '{name}' has blocks of {block_bytes} bytes, and region '{}' {:#x}; a block has a power of two \
                 of bytes, 512 at least, and the region whole blocks",
                region.name,
                region.size_bytes
            );
            entry.facts = zerocopy::transmute!(BlockFacts {
                capacity: region.size_bytes,
                block_bytes,
                padding: [0; 6],
            });
            Ok(Device {
                kind: BLOCK,
                base: region.ipa.0,
                size_bytes: region.size_bytes,
                ..Device::NONE
            })
        }
        (
            Backing::Net {
                mac,
                mtu,
                out,
                into,
            },
            NET,
        ) => {
            entry.facts = zerocopy::transmute!(NetFacts {
                mac,
                mtu,
                padding: [0; 8],
            });
            Ok(Device {
                kind: NET,
                frame_bytes: u32::from(mtu) + u32::try_from(FRAME_HEADER_BYTES)?,
                out: padded(out)?,
                into: padded(into)?,
                ..Device::NONE
            })
        }
        _ => bail!(
            "its manifest names the {kind} '{name}', which partition '{}' declares as something else; name them \
             apart",
            partition.name
        ),
    }
}

fn padded(name: &str) -> anyhow::Result<[u8; NAME_BYTES]> {
    let mut bytes = [0; NAME_BYTES];
    let place = bytes.get_mut(..name.len());
    place
        .with_context(|| format!("port '{name}' has a longer name than {NAME_BYTES} bytes"))?
        .copy_from_slice(name.as_bytes());
    Ok(bytes)
}
