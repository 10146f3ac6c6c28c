//! Unikernels of Solo5's: their files read and checked, laid out in their partition's memory, and that divided by the
//! rights that they ask for.

mod elf;
mod low;
mod notes;
#[cfg(test)]
mod tests;

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, ensure};
use paratia_config::image::UnikernelDevice;
use paratia_config::solo5::{BOOT_INFORMATION, TABLES};
use paratia_config::system::{File, Image, RegionKind};
use paratia_config::{Ipa, Pa, Partition, Region, System};

use crate::catalog::Choice;
use crate::whole::write_if_changed;
use crate::workspace;
use elf::Unikernel;

/// The program that answers calls.
pub const TENDER: &str = "tender";

/// What lies at an address of a unikernel's memory.
pub(crate) struct Part {
    /// What it is called.
    pub(crate) name: String,
    /// Where it lies.
    pub(crate) at: Ipa,
    /// Bytes.
    pub(crate) bytes: Vec<u8>,
    /// How many it needs from there on.
    pub(crate) room_bytes: u64,
}

/// Bytes of a unikernel's memory, which begins at 0, one region after the other.
fn memory(partition: &Partition) -> (Option<&'static Region>, u64) {
    let mut end = 0;
    for region in partition.regions {
        if region.ipa.0 == end {
            end = region.ipa_end().0;
        }
    }
    (partition.regions.iter().find(|it| it.ipa.0 == 0), end)
}

/// Everything of a unikernel that lies in its partition's memory.
///
/// # Errors
/// If the file is no unikernel for `hvt`, has no room, or wants what the partition doesn't declare.
pub(crate) fn parts(
    partition: &Partition,
    file: &[u8],
    command_line: &str,
    devices: &[UnikernelDevice],
) -> anyhow::Result<Vec<Part>> {
    let unikernel = elf::read(file)?;
    let (_, end) = memory(partition);
    has_room(partition, &unikernel, end)?;
    let part = |name: &str, at, bytes: Vec<u8>, end| Part {
        name: name.to_owned(),
        at: Ipa(at),
        room_bytes: end - at,
        bytes,
    };
    let tables = low::tables(end);
    let information = low::information(partition, &unikernel, end, command_line, devices)?;
    let mut parts = vec![
        part("tables", TABLES.0, tables, BOOT_INFORMATION.0),
        part(
            "information",
            BOOT_INFORMATION.0,
            information,
            2 * BOOT_INFORMATION.0,
        ),
    ];
    for segment in unikernel.segments {
        // What is all zeros is so without a piece: memory is scrubbed before each start.
        if !segment.bytes.is_empty() {
            let name = segment.name();
            parts.push(part(name, segment.base, segment.bytes, segment.end));
        }
    }
    Ok(parts)
}

/// Whether a file is a unikernel that could run.
///
/// # Errors
/// If it isn't: what it is instead, and what to do about it.
pub(crate) fn check(file: &[u8]) -> anyhow::Result<()> {
    elf::read(file).map(|_| ())
}

fn has_room(partition: &Partition, unikernel: &Unikernel, end: u64) -> anyhow::Result<()> {
    ensure!(
        unikernel.end() <= end,
        "its segments end at {:#x}, and partition '{}' has memory up to {end:#x}; declare {} KiB more",
        unikernel.end(),
        partition.name,
        (unikernel.end() - end).div_ceil(1024)
    );
    Ok(())
}

/// A partition's regions, with its memory divided as the segments of its unikernel want it.
fn divided(partition: &Partition, unikernel: &Unikernel) -> anyhow::Result<Vec<Region>> {
    let (first, end) = memory(partition);
    let memory = first.context("a unikernel has memory from 0 on; declare it")?;
    has_room(partition, unikernel, end.min(memory.ipa_end().0))?;
    let mut all = vec![];
    let mut add = |name: &'static str, to: u64, kind| {
        let from = all.last().map_or(0, |it: &Region| it.ipa_end().0);
        if to <= from {
            return;
        }
        if let Some(last) = all.last_mut().filter(|it| it.kind == kind) {
            last.size_bytes += to - from;
            return;
        }
        all.push(Region {
            name,
            ipa: Ipa(from),
            pa: Pa(memory.pa.0 + from),
            size_bytes: to - from,
            kind,
        });
    };
    add("tables", BOOT_INFORMATION.0, RegionKind::Constant);
    add("information", 2 * BOOT_INFORMATION.0, RegionKind::Data);
    for segment in &unikernel.segments {
        add("gap", segment.base, RegionKind::Data);
        add(segment.name(), segment.end, segment.kind);
    }
    add("heap", memory.ipa_end().0, RegionKind::Data);
    // The tender stays first.
    let others = partition.regions.iter().filter(|it| it.ipa.0 != 0).copied();
    let mut regions: Vec<Region> = others.collect();
    let place = regions.len().min(1);
    regions.splice(place..place, all);
    Ok(regions)
}

/// The file of a partition's unikernel, if it runs one and the file is there.
fn file(partition: &Partition) -> Option<PathBuf> {
    let Image::Unikernel { file, .. } = partition.image else {
        return None;
    };
    let path = match file {
        File::Unikernel(name) => workspace::guest_elf(name),
        File::Path(path) => workspace::root().join(path),
        File::Debian { .. } => return None,
    };
    path.is_file().then_some(path)
}

/// Whether a partition's memory is as it is declared, and not divided yet.
fn is_whole(partition: &Partition) -> bool {
    partition
        .regions
        .iter()
        .all(|it| it.kind != RegionKind::Text)
}

/// The system as its image has it: with the memory of partitions that run a unikernel divided. One whose unikernel
/// isn't there yet stays as it is declared.
///
/// # Errors
/// If a unikernel can't be read.
pub fn laid_out(choice: &Choice) -> anyhow::Result<Choice> {
    let mut partitions = choice.system.partitions.to_vec();
    let mut is_changed = false;
    for partition in &mut partitions {
        let Some(path) = file(partition).filter(|_| is_whole(partition)) else {
            continue;
        };
        let bytes = fs::read(&path)?;
        let regions = elf::read(&bytes).and_then(|unikernel| divided(partition, &unikernel));
        let regions = regions.with_context(|| {
            format!(
                "partition '{}': {}",
                partition.name,
                workspace::shown(&path)
            )
        })?;
        partition.regions = regions.leak();
        is_changed = true;
    }
    if !is_changed {
        return Ok(*choice);
    }
    // A handful in the life of the program.
    let system = Box::leak(Box::new(System {
        partitions: partitions.leak(),
        ..*choice.system
    }));
    Ok(Choice { system, ..*choice })
}

/// The list of a system's divided regions, which the hypervisor's build script reads.
#[must_use]
pub fn list(choice: &Choice) -> PathBuf {
    choice.image().with_extension("regions")
}

/// Writes it, of a system that is [`laid_out`].
///
/// # Errors
/// If it can't be written.
pub fn write_list(choice: &Choice) -> anyhow::Result<()> {
    let mut lines = String::new();
    let divided = choice.system.partitions.iter().filter(|it| !is_whole(it));
    for partition in divided {
        for region in partition.regions {
            let kind = format!("{:?}", region.kind).to_lowercase();
            let (ipa, pa, bytes) = (region.ipa.0, region.pa.0, region.size_bytes);
            writeln!(
                lines,
                "{}\t{}\t{ipa:x}\t{pa:x}\t{bytes:x}\t{kind}",
                partition.name, region.name
            )?;
        }
    }
    let list = list(choice);
    if let Some(folder) = list.parent() {
        fs::create_dir_all(folder)?;
    }
    write_if_changed(&list, lines.as_bytes())
}
