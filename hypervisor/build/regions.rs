//! Regions that a partition has in place of those declared: a unikernel's memory, divided by the rights that its
//! segments have, as the tool read them in its file.

use std::fs;
use std::path::Path;

use paratia_config::system::{Partition, Region, RegionKind, System};
use paratia_config::{Ipa, Pa};

/// A region of a partition.
pub struct Line {
    partition: String,
    region: Region,
}

/// The kinds that the tool's list names.
const KINDS: [(&str, RegionKind); 5] = [
    ("ram", RegionKind::Ram),
    ("tender", RegionKind::Tender),
    ("text", RegionKind::Text),
    ("constant", RegionKind::Constant),
    ("data", RegionKind::Data),
];

impl Line {
    /// Partition, name, guest-physical and physical address, size, kind, with tabs between them; numbers are
    /// hexadecimal without a prefix.
    fn parse(line: &str) -> Option<Self> {
        let mut fields = line.split('\t');
        let (partition, name) = (fields.next()?.to_owned(), fields.next()?.to_owned());
        let mut number = || u64::from_str_radix(fields.next()?, 16).ok();
        let (ipa, pa, size_bytes) = (Ipa(number()?), Pa(number()?), number()?);
        let kind = fields.next()?;
        let (_, kind) = *KINDS.iter().find(|(name, _)| *name == kind)?;
        let region = Region {
            name: name.leak(),
            ipa,
            pa,
            size_bytes,
            kind,
        };
        Some(Self { partition, region })
    }
}

/// The tool's list; empty where nothing is divided.
pub fn read(list: &Path) -> Vec<Line> {
    println!("cargo::rerun-if-changed={}", list.display());
    let text = fs::read_to_string(list)
        .unwrap_or_else(|error| panic!("cannot read the list {}: {error}", list.display()));
    let lines: Option<Vec<Line>> = text.lines().map(Line::parse).collect();
    lines.unwrap_or_else(|| panic!("a line of {} is garbled", list.display()))
}

fn of<'a>(lines: &'a [Line], partition: &'a str) -> impl Iterator<Item = &'a Region> {
    let own = lines.iter().filter(move |line| line.partition == partition);
    own.map(|line| &line.region)
}

/// The system with these regions in place of those that their partitions declare.
pub fn divided(system: &'static System, lines: &[Line]) -> &'static System {
    if lines.is_empty() {
        return system;
    }
    let partitions = system.partitions.iter().map(|partition| {
        let regions: Vec<Region> = of(lines, partition.name).copied().collect();
        if regions.is_empty() {
            return *partition;
        }
        Partition {
            regions: regions.leak(),
            ..*partition
        }
    });
    Box::leak(Box::new(System {
        partitions: partitions.collect::<Vec<_>>().leak(),
        ..*system
    }))
}

/// The same as a constant.
pub fn code(system: &System, lines: &[Line]) -> String {
    let declared = "SelectedSystem::SYSTEM";
    let value = if lines.is_empty() {
        declared.to_owned()
    } else {
        let partitions: String = (0..)
            .zip(system.partitions)
            .map(|(index, partition)| one(index, partition, lines))
            .collect();
        format!("System {{ partitions: &[{partitions}], ..{declared} }}")
    };
    format!("/// The declaration, memory divided.\nconst DIVIDED: &System = &{value};\n")
}

fn one(index: usize, partition: &Partition, lines: &[Line]) -> String {
    let place = format!("SelectedSystem::SYSTEM.partitions[{index}]");
    let regions: String = of(lines, partition.name).map(region).collect();
    if regions.is_empty() {
        return format!("{place}, ");
    }
    format!("paratia_config::Partition {{ regions: &[{regions}], ..{place} }}, ")
}

fn region(region: &Region) -> String {
    let Region {
        name,
        ipa,
        pa,
        size_bytes,
        kind,
    } = region;
    format!(
        "paratia_config::Region {{ name: {name:?}, ipa: Ipa({:#x}), pa: Pa({:#x}), size_bytes: {size_bytes:#x}, \
         kind: paratia_config::system::RegionKind::{kind:?} }}, ",
        ipa.0, pa.0
    )
}
