//! What each regime must map, by the declaration and by where the image has its parts.

use super::declared::{Declaration, Partition, RegionKind, Span};
use super::finding::{About, Finding};
use super::memory::{Memory, Rights};
use super::regimes::Whose;
use super::shares;
use super::walk::{Mapping, TABLE_BYTES};
use crate::image::Image;

/// Bytes of a page, of a passport and of a partition's records of stolen time.
pub const PAGE: u64 = 4096;
/// One past the last input address.
pub const INPUT_END: u64 = 1 << 39;

/// The places of the image's parts. A part's place ends where the next one's begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Places {
    /// Instructions.
    pub text: Span,
    /// Constants.
    pub constants: Span,
    /// The crash record.
    pub crash: Span,
    /// Variables.
    pub variables: Span,
    /// Stacks of all CPUs.
    pub stacks: Span,
    /// Translation tables.
    pub tables: Span,
    /// Passports.
    pub passports: Span,
    /// Pages in which partitions are told their stolen time.
    pub records: Span,
    /// Pristine images.
    pub images: Span,
}

/// The sections with which the parts begin, in the order of their addresses.
const SECTIONS: [&str; 8] = [
    ".text",
    ".run_parameters",
    ".crash",
    ".data",
    ".stacks",
    ".tables",
    ".passports",
    ".images",
];

impl Places {
    /// Where they are, by the image's sections.
    ///
    /// # Errors
    /// A section is missing or not behind the one before it.
    pub fn of(image: &Image<'_>, declared: &Declaration) -> Result<Self, Finding> {
        let mut starts = Vec::new();
        for name in SECTIONS {
            let Some(section) = image.section(name) else {
                let fact = "the image has none, but must";
                return Err(Finding::new(About::Layout, format!("section {name}"), fact));
            };
            if let Some(last) = starts.last()
                && section.address <= *last
            {
                let fact = format!(
                    "it lies at {:#x}, not behind {last:#x}, where the one before it does",
                    section.address
                );
                return Err(Finding::new(About::Layout, format!("section {name}"), fact));
            }
            starts.push(section.address);
        }
        let between = |index: usize| Span {
            base: starts[index],
            bytes: starts[index + 1] - starts[index],
        };
        let passports = PAGE * declared.partitions.len() as u64;
        let told = declared
            .partitions
            .iter()
            .filter(|one| one.stolen_time.is_some())
            .count();
        let memory = declared.board.hypervisor_memory;
        Ok(Self {
            text: between(0),
            constants: between(1),
            crash: between(2),
            variables: between(3),
            stacks: between(4),
            tables: between(5),
            passports: Span {
                base: starts[6],
                bytes: passports,
            },
            records: Span {
                base: starts[6] + passports,
                bytes: PAGE * told as u64,
            },
            images: Span {
                base: starts[7],
                bytes: memory.end().saturating_sub(starts[7]),
            },
        })
    }

    /// All of them, each with what it is called and whether it is written.
    #[must_use]
    pub fn all(&self) -> [(&'static str, Span, Rights); 8] {
        [
            (
                "the hypervisor's instructions",
                self.text,
                Rights::READ_EXECUTE,
            ),
            ("its constants", self.constants, Rights::READ),
            ("its crash record", self.crash, Rights::READ_WRITE),
            ("its variables", self.variables, Rights::READ_WRITE),
            ("the translation tables", self.tables, Rights::READ),
            ("the passports", self.passports, Rights::READ),
            (
                "the records of stolen time",
                self.records,
                Rights::READ_WRITE,
            ),
            ("the pristine images", self.images, Rights::READ),
        ]
    }

    /// The passport of a partition.
    #[must_use]
    pub fn passport(&self, partition: usize) -> Span {
        Span {
            base: self.passports.base + PAGE * partition as u64,
            bytes: PAGE,
        }
    }

    /// The page of a partition's records of stolen time, if it is told.
    #[must_use]
    pub fn record(&self, declared: &Declaration, partition: usize) -> Option<Span> {
        declared.partitions.get(partition)?.stolen_time?;
        let before = &declared.partitions[..partition];
        let told = before
            .iter()
            .filter(|one| one.stolen_time.is_some())
            .count();
        Some(Span {
            base: self.records.base + PAGE * told as u64,
            bytes: PAGE,
        })
    }

    /// Whether the image's file says the same of its parts.
    #[must_use]
    pub fn findings(&self, image: &Image<'_>, declared: &Declaration) -> Vec<Finding> {
        let mut findings = Vec::new();
        let mut complain = |place: &str, fact: String| {
            findings.push(Finding::new(About::Layout, place, fact));
        };
        let base = declared.board.image_base;
        if image.entry != base || self.text.base != base {
            complain(
                "entry",
                format!(
                    "the image is entered at {:#x} and its instructions begin at {:#x}, but both must be {base:#x}",
                    image.entry, self.text.base
                ),
            );
        }
        let tables = image
            .section(".tables")
            .map_or(0, |section| section.size_bytes);
        if tables != self.tables.bytes || !tables.is_multiple_of(TABLE_BYTES) {
            complain(
                ".tables",
                format!("has {tables} bytes in a place of {}", self.tables.bytes),
            );
        }
        let passports = image
            .section(".passports")
            .map_or(0, |section| section.size_bytes);
        if passports != self.passports.bytes {
            complain(
                ".passports",
                format!(
                    "has {passports} bytes, but {} partitions take {}",
                    declared.partitions.len(),
                    self.passports.bytes
                ),
            );
        }
        if self.records.end() > self.images.base {
            complain(
                ".images",
                format!(
                    "begins at {:#x}, before the records end, {:#x}",
                    self.images.base,
                    self.records.end()
                ),
            );
        }
        let memory = declared.board.hypervisor_memory;
        let loaded = image.sections.iter().filter(|section| section.is_loaded);
        for section in loaded {
            let span = Span {
                base: section.address,
                bytes: section.size_bytes,
            };
            if !memory.has(span) {
                complain(
                    &section.name,
                    format!(
                        "lies at {:#x}..{:#x}, outside of the hypervisor's memory {:#x}..{:#x}",
                        span.base,
                        span.end(),
                        memory.base,
                        memory.end()
                    ),
                );
            }
        }
        for segment in &image.segments {
            let span = Span {
                base: segment.address,
                bytes: segment.memory_bytes,
            };
            let is_text = self.text.has(span);
            let is_variables =
                self.variables.has(span) || self.crash.has(span) || self.stacks.has(span);
            if segment.is_executable != is_text
                || segment.is_writable != is_variables
                || !memory.has(span)
            {
                complain(
                    &format!("segment at {:#x}", segment.address),
                    format!(
                        "its header says writable: {}, executable: {}, but {is_variables} and {is_text} go with its \
                         place {:#x}..{:#x}",
                        segment.is_writable,
                        segment.is_executable,
                        span.base,
                        span.end()
                    ),
                );
            }
        }
        findings
    }
}

/// What a regime must map, in ascending order of input addresses. EL2's stacks aren't in it: see
/// [`super::stacks`].
#[must_use]
pub fn of(whose: Whose, declared: &Declaration, places: &Places) -> Vec<Mapping> {
    let mut all = match whose {
        Whose::Hypervisor => hypervisor(declared, places),
        Whose::Partition(index) => match declared.partitions.get(index) {
            Some(partition) => guest(declared, places, index, partition),
            None => Vec::new(),
        },
    };
    all.retain(|mapping| mapping.bytes > 0);
    all.sort_by_key(|mapping| mapping.input);
    all
}

fn hypervisor(declared: &Declaration, places: &Places) -> Vec<Mapping> {
    let identity = |span: Span, rights, memory| Mapping {
        input: span.base,
        output: span.base,
        bytes: span.bytes,
        rights,
        memory,
    };
    let parts = places.all();
    let mut all: Vec<Mapping> = parts
        .into_iter()
        .map(|(_, span, rights)| identity(span, rights, Memory::WRITE_BACK))
        .collect();
    if let Some(tree) = declared.board.device_tree {
        all.push(identity(tree, Rights::READ, Memory::WRITE_BACK));
    }
    for registers in &declared.board.hypervisor_registers {
        all.push(identity(
            registers.span,
            Rights::READ_WRITE,
            Memory::STRICT_REGISTERS,
        ));
    }
    for region in declared
        .partitions
        .iter()
        .flat_map(|partition| &partition.regions)
    {
        all.push(identity(
            region.physical(),
            Rights::READ_WRITE,
            memory_of(region.kind),
        ));
    }
    for share in shares::of(declared) {
        all.push(identity(share.span, Rights::READ_WRITE, share.memory));
    }
    all
}

fn memory_of(kind: RegionKind) -> Memory {
    match kind {
        RegionKind::FrameBuffer => Memory::NonCacheable,
        _ => Memory::WRITE_BACK,
    }
}

fn guest(
    declared: &Declaration,
    places: &Places,
    index: usize,
    partition: &Partition,
) -> Vec<Mapping> {
    let page = |input, span: Span| Mapping {
        input,
        output: span.base,
        bytes: span.bytes,
        rights: Rights::READ,
        memory: Memory::WRITE_BACK,
    };
    let mut all = vec![page(partition.passport, places.passport(index))];
    if let (Some(input), Some(record)) = (partition.stolen_time, places.record(declared, index)) {
        all.push(page(input, record));
    }
    for region in &partition.regions {
        all.push(Mapping {
            input: region.ipa,
            output: region.pa,
            bytes: region.bytes,
            rights: match region.kind {
                RegionKind::Ram | RegionKind::Xen | RegionKind::Tender => Rights::ALL,
                RegionKind::FrameBuffer | RegionKind::Data => Rights::READ_WRITE,
                RegionKind::Text => Rights::READ_EXECUTE,
                RegionKind::Constant => Rights::READ,
            },
            memory: memory_of(region.kind),
        });
    }
    for share in shares::of(declared) {
        for end in share.ends.iter().filter(|end| end.partition == index) {
            all.push(Mapping {
                input: end.ipa,
                output: share.span.base,
                bytes: share.span.bytes,
                rights: end.rights,
                memory: share.memory,
            });
        }
    }
    let registers = |input, span: Span| Mapping {
        input,
        output: span.base,
        bytes: span.bytes,
        rights: Rights::READ_WRITE,
        memory: Memory::REGISTERS,
    };
    for used in &partition.devices {
        if let Some(device) = declared.device(&used.device) {
            all.push(registers(used.ipa, device.span));
        }
    }
    if let (Some(seen), Some(lent)) = (partition.lent_registers, declared.board.lent_registers) {
        all.push(registers(
            seen.base,
            Span {
                bytes: seen.bytes,
                ..lent
            },
        ));
    }
    all
}
