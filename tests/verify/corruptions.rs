//! Corruptions of what isn't a table, made by chance, the same in every run: each is found, by a sentence
//! that names the place.
//!
//! Of a wrong byte in an instruction, or of a symbol that nothing refers to, nobody can say what it means:
//! those, and those alone, may be left to the seal.

use std::collections::BTreeMap;

use paratia_tests::DEFAULT_BOARD;
use paratia_verify::image::{Image, SymbolKind};
use paratia_verify::reach::held::{Held, Record};
use paratia_verify::reach::{About, Finding};

use crate::{Built, look};

/// Most corruptions of each kind.
const EACH: usize = 25;

/// Numbers by chance, the same in every run (Knuth's MMIX generator).
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 32) % limit
    }

    fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        let limit = u64::try_from(all.len()).expect("few");
        all[usize::try_from(self.below(limit)).expect("few")]
    }
}

/// Bits of the image that mean something, by address: which may be turned over, and what a finding must
/// name.
pub(crate) struct Place {
    pub(crate) at: u64,
    pub(crate) bits: u64,
    pub(crate) name: String,
}

/// A kind of corruption: its places, and whether the seal alone may find it.
pub(crate) struct Kind {
    pub(crate) title: &'static str,
    pub(crate) places: Vec<Place>,
    pub(crate) by_seal: bool,
}

pub(crate) fn kind(title: &'static str, places: Vec<Place>) -> Kind {
    Kind {
        title,
        places,
        by_seal: false,
    }
}

/// The whole word in a record's field, and what a finding must name.
pub(crate) fn word(held: &Held<'_>, record: Record, field: &str, name: &str) -> Place {
    Place {
        at: held.field(record, field).expect("the image says where"),
        bits: u64::MAX,
        name: name.to_owned(),
    }
}

pub(crate) fn low(place: Place, bits: u64) -> Place {
    Place { bits, ..place }
}

/// The nanoseconds of a time, behind its seconds.
fn nanoseconds(place: Place) -> Place {
    Place {
        at: place.at + 8,
        bits: 0xFFFF_FFFF,
        ..place
    }
}

pub(crate) fn table(held: &Held<'_>, symbol: &str, kind: &'static str) -> Vec<Record> {
    let count = held.count(symbol, kind).expect("whole records");
    (0..count)
        .map(|index| held.row(symbol, kind, index).expect("a record"))
        .collect()
}

pub(crate) const FACTS: &str = "constants::FACTS";
pub(crate) const PARTITIONS: &str = "constants::PARTITION_FACTS";

fn vttbr(held: &Held<'_>) -> Kind {
    let facts = table(held, FACTS, "Facts");
    let places = facts
        .into_iter()
        .map(|facts| word(held, facts, "stage2", "VTTBR_EL2 of partition"));
    kind("VTTBR_EL2", places.collect())
}

/// Constants of control registers between the instructions, and in them: the moves of 16 bits that make
/// these values. Bits that a register may have either way are left out.
fn registers(built: &Built, held: &Held<'_>) -> Kind {
    let image = held.image();
    let text = image.section(".text").expect("it has one");
    let bytes = image.section_bytes(text).expect("they are in the file");
    let mut places = Vec::new();
    for (name, value) in [
        ("SCTLR_EL2", 0x30CD_183D_u64),
        ("TCR_EL2", 0x8080_3519),
        ("MAIR_EL2", 0x44_FF00),
    ] {
        let is_it = |at: &usize| bytes[*at..].starts_with(&value.to_le_bytes());
        let at = (0..bytes.len() - 8)
            .step_by(4)
            .find(is_it)
            .expect("reset loads it");
        // Upper types may be referred to by no descriptor; on hints of allocation nothing depends.
        let bits = if name == "MAIR_EL2" { 0x44FF } else { u64::MAX };
        places.push(Place {
            at: text.address + at as u64,
            bits,
            name: name.to_owned(),
        });
    }
    for (name, parts, free) in [
        ("VTCR_EL2", &[0x3559, 0x8000][..], 1_u64 << 19),
        (
            "HCR_EL2",
            &[0x203F, 0x807D, 0x18, 0x400],
            1 << 26 | 0b11 << 6,
        ),
    ] {
        for (index, part) in parts.iter().enumerate() {
            let made = |word: u32| {
                let moves = (word >> 23 & 0xFF) == 0xA5 || (word >> 23 & 0xFF) == 0xE5;
                moves && word >> 5 & 0xFFFF == *part && (word >> 21 & 3) as usize == index
            };
            let words = bytes
                .as_chunks::<4>()
                .0
                .iter()
                .map(|word| u32::from_le_bytes(*word));
            let found: Vec<usize> = words
                .enumerate()
                .filter(|(_, word)| made(*word))
                .map(|(at, _)| at)
                .collect();
            let at = found
                .iter()
                .find(|at| is_for(built, name, text.address + 4 * **at as u64));
            let at = *at.expect("an instruction moves it");
            let free = free >> (16 * index) & 0xFFFF;
            places.push(Place {
                at: text.address + 4 * at as u64,
                bits: (0xFFFF & !free) << 5,
                name: name.to_owned(),
            });
        }
    }
    kind("control registers", places)
}

/// Whether a change of the instruction at an address is one of a register's value.
fn is_for(built: &Built, register: &str, at: u64) -> bool {
    let image = Image::parse(&built.file).expect("an image");
    let byte = image.in_file(at..at + 4).expect("in the file").start;
    let mut file = built.file.clone();
    file[byte + 2] ^= 1 << 4;
    let findings = look(&file, &built.declared).findings;
    findings
        .iter()
        .any(|finding| finding.place.starts_with(register))
}

fn windows(built: &Built, held: &Held<'_>) -> Kind {
    let schedule = held
        .row("chosen::SCHEDULE", "Schedule", 0)
        .expect("it has one");
    let mut places = vec![
        nanoseconds(word(held, schedule, "major_frame", "the major frame")),
        word(held, schedule, "major_frame", "the major frame"),
        nanoseconds(word(held, schedule, "guard", "the guard")),
    ];
    let (plans, count) = held.slice(schedule, "plans").expect("plans");
    let owners = held.symbol("others::WHOSE").expect("owners").address;
    let longest = built.declared.schedule.plans.iter().map(Vec::len).max();
    let longest = u64::try_from(longest.expect("a plan")).expect("few");
    for cpu in 0..count {
        let (first, count) = held.slice_at(plans + 16 * cpu).expect("a plan");
        for index in 0..count {
            let at = first + index * held.size("Window").expect("a size");
            let window = Record { at, kind: "Window" };
            let name = format!("window of partition '{}'", name_of(built, cpu, index));
            places.push(nanoseconds(word(held, window, "start", &name)));
            places.push(word(held, window, "start", &name));
            places.push(nanoseconds(word(held, window, "length", &name)));
            places.push(low(word(held, window, "vcpu", &name), 0xFFFF_FFFF));
            let owner = owners + 8 * (longest * cpu + index);
            places.push(Place {
                at: owner,
                bits: u64::MAX,
                name,
            });
        }
    }
    kind("windows", places)
}

fn name_of(built: &Built, cpu: u64, window: u64) -> &str {
    let index = |number| usize::try_from(number).expect("few");
    let window = &built.declared.schedule.plans[index(cpu)][index(window)];
    &built.declared.partitions[window.partition].name
}

/// Whose memory, whose image, whose interrupts.
fn owners(built: &Built, held: &Held<'_>) -> Kind {
    let mut places = Vec::new();
    for (facts, partition) in table(held, PARTITIONS, "PartitionFacts")
        .into_iter()
        .zip(&built.declared.partitions)
    {
        let name = format!("of partition '{}'", partition.name);
        let declaration = held.refers(facts, "declaration", "Partition").expect("one");
        places.push(low(word(held, declaration, "regions", &name), 0xFFFF_FFFF));
        let (first, count) = held.slice(declaration, "regions").expect("regions");
        for index in 0..count {
            let at = first + index * held.size("Region").expect("a size");
            let region = Record { at, kind: "Region" };
            for field in ["ipa", "pa", "size_bytes"] {
                places.push(word(held, region, field, &name));
            }
        }
        let image = held.refers(facts, "image", "BuiltImage").expect("one");
        let (first, _) = held.slice(image, "pieces").expect("pieces");
        let piece = Record {
            at: first,
            kind: "Piece",
        };
        places.push(word(held, piece, "to", &name));
        let interrupts = held.refers(facts, "interrupts", "Interrupts").expect("one");
        let (first, count) = held.slice(interrupts, "links").expect("links");
        for index in 0..count {
            let at = first + index * held.size("Link").expect("a size");
            let link = Record { at, kind: "Link" };
            places.push(low(word(held, link, "guest", &name), 0xFFFF_FFFF));
            places.push(low(word(held, link, "physical", &name), 0xFFFF_FFFF));
        }
    }
    for facts in table(held, FACTS, "Facts") {
        places.push(low(
            word(held, facts, "private", "private interrupts of vCPU"),
            0xFFFF_0000,
        ));
        places.push(word(held, facts, "of_partition", "FACTS"));
    }
    for state in table(held, "vcpu::VCPUS", "Vcpu") {
        places.push(word(held, state, "facts", "VCPUS"));
    }
    kind("owners", places)
}

fn ports(built: &Built, held: &Held<'_>) -> Kind {
    let mut places = Vec::new();
    for (index, facts) in table(held, PARTITIONS, "PartitionFacts")
        .into_iter()
        .enumerate()
    {
        let first = held.word(facts, "ports").expect("ports");
        let mut number = 0;
        for channel in &built.declared.channels {
            let ends = std::iter::once(&channel.source).chain(&channel.destinations);
            for port in ends.filter(|port| port.partition == index) {
                let at = first + number * held.size("MaybePortPlace").expect("a size");
                let place = Record {
                    at,
                    kind: "PortPlace",
                };
                let (at, kind) = (held.field(place, "window").expect("one"), "MemoryRange");
                let window = Record { at, kind };
                let name = format!("port '{}'", port.name);
                places.push(word(held, place, "channel", &name));
                places.push(word(held, place, "direction", &name));
                places.push(nanoseconds(word(held, place, "refresh", &name)));
                places.push(word(held, window, "base", &name));
                places.push(word(held, window, "size_bytes", &name));
                let size = number * held.size("PortCalls").expect("a size");
                let (at, kind) = (
                    held.word(facts, "calls").expect("calls") + size,
                    "PortCalls",
                );
                let calls = Record { at, kind };
                for field in [
                    "window", "most", "write", "read", "send", "receive", "beyond",
                ] {
                    places.push(word(held, calls, field, &name));
                }
                number += 1;
            }
        }
    }
    // There is none where every message has one destination and interrupts nobody.
    let any = held.symbol("channels::DESTINATIONS").is_ok();
    let rows = || table(held, "channels::DESTINATIONS", "MaybeDestination");
    for row in any.then(rows).unwrap_or_default() {
        let kind = "Destination";
        let destination = Record { kind, ..row };
        places.push(word(held, destination, "link", "channel '"));
    }
    kind("ports", places)
}

fn devices(held: &Held<'_>) -> Kind {
    let mut places = Vec::new();
    for facts in table(held, PARTITIONS, "PartitionFacts") {
        let seen = held.refers(facts, "places", "Places").expect("places");
        for device in ["distributor", "redistributors", "cpu_interface", "uart"] {
            let place = Record {
                at: held.field(seen, device).expect("it says"),
                kind: "Place",
            };
            places.push(word(held, place, "base", device));
            places.push(word(held, place, "bytes", device));
        }
    }
    kind("emulated devices", places)
}

/// Any word of a section.
fn anywhere(held: &Held<'_>, section: &str, name: &str) -> Vec<Place> {
    let section = held.image().section(section).expect("it has one");
    let all = section
        .range()
        .step_by(8)
        .filter(|at| at + 8 <= section.range().end);
    all.map(|at| Place {
        at,
        bits: u64::MAX,
        name: name.to_owned(),
    })
    .collect()
}

fn passports(held: &Held<'_>) -> Kind {
    kind(
        "passports",
        anywhere(held, ".passports", "passport of partition"),
    )
}

/// Digests, and what they are of.
fn digests(held: &Held<'_>) -> Kind {
    let mut places = Vec::new();
    for content in table(held, "chosen::CONTENTS", "Content") {
        let (start, length) = held.slice(content, "bytes").expect("bytes");
        for offset in [0, 8, 16, 24] {
            let at = held.field(content, "sha256").expect("it has one") + offset;
            places.push(Place {
                at,
                bits: u64::MAX,
                name: "content of partition".to_owned(),
            });
        }
        for part in 0..8 {
            let at = start + length / 8 * part / 8 * 8;
            places.push(Place {
                at,
                bits: u64::MAX,
                name: "CONTENT_".to_owned(),
            });
        }
        places.push(word(held, content, "bytes", "content of partition"));
    }
    kind("digests", places)
}

fn code(held: &Held<'_>) -> Kind {
    Kind {
        by_seal: true,
        ..kind("code", anywhere(held, ".text", "0x402"))
    }
}

/// Constants of which nothing is known but that they are as they were linked.
fn constants(held: &Held<'_>) -> Kind {
    Kind {
        by_seal: true,
        ..kind("constants", anywhere(held, ".rodata", "0x402"))
    }
}

fn kinds(built: &Built, held: &Held<'_>) -> Vec<Kind> {
    vec![
        vttbr(held),
        registers(built, held),
        windows(built, held),
        owners(built, held),
        ports(built, held),
        devices(held),
        passports(held),
        digests(held),
        code(held),
        constants(held),
    ]
}

fn is_told(findings: &[Finding], name: &str, by_seal: bool) -> bool {
    findings.iter().any(|finding| {
        let counts = by_seal || finding.about != About::Seal;
        counts && (finding.place.contains(name) || finding.fact.contains(name))
    })
}

#[test]
fn three_hundred_corruptions_are_found_and_named() {
    let mut chance = Chance(17);
    let mut tried: BTreeMap<&str, usize> = BTreeMap::new();
    for system in ["cluster", "test-interrupts", "test-messages"] {
        let built = Built::of(DEFAULT_BOARD, system);
        let image = Image::parse(&built.file).expect("an image");
        let held = Held::of(&image);
        for kind in kinds(&built, &held) {
            if kind.places.is_empty() {
                continue;
            }
            for _ in 0..EACH.div_ceil(2) {
                corrupt(&built, &image, &kind, &mut chance);
                *tried.entry(kind.title).or_default() += 1;
            }
        }
        for _ in 0..EACH.div_ceil(2) {
            move_symbol(&built, &image, &mut chance);
            *tried.entry("symbols").or_default() += 1;
        }
    }
    let all: usize = tried.values().sum();
    println!("{all}: {tried:?}");
    assert!(all >= 300, "{tried:?}");
}

/// Turns over a bit or replaces a word, and asks whether that is told.
pub(crate) fn corrupt(built: &Built, image: &Image<'_>, kind: &Kind, chance: &mut Chance) {
    let limit = u64::try_from(kind.places.len()).expect("few");
    let place = &kind.places[usize::try_from(chance.below(limit)).expect("few")];
    let bits: Vec<u32> = (0..64).filter(|bit| place.bits >> bit & 1 != 0).collect();
    let mut change = 1 << chance.one_of(&bits);
    if chance.below(3) == 0 {
        let many = chance.below(u64::MAX) << 32 | chance.below(u64::MAX);
        change |= many & place.bits;
    }
    let start = image
        .in_file(place.at..place.at + 8)
        .expect("it is in the file")
        .start;
    let mut file = built.file.clone();
    let before = u64::from_le_bytes(file[start..start + 8].try_into().expect("8 bytes"));
    file[start..start + 8].copy_from_slice(&(before ^ change).to_le_bytes());
    let findings = look(&file, &built.declared).findings;
    assert!(
        is_told(&findings, &place.name, kind.by_seal),
        "{} of {}: {before:#x} at {} with {change:#x} turned over must be told with '{}': {findings:#?}",
        kind.title,
        built.declared.system,
        image.place(place.at),
        place.name
    );
}

/// Moves a symbol a little, or to another's place.
fn move_symbol(built: &Built, image: &Image<'_>, chance: &mut Chance) {
    let named: Vec<u64> = image
        .symbols
        .iter()
        .filter(|symbol| symbol.kind != SymbolKind::Mapping && symbol.address > 0x1000)
        .map(|symbol| symbol.address)
        .collect();
    let (from, to) = (chance.one_of(&named), chance.one_of(&named));
    let to = if chance.below(2) == 0 { from + 8 } else { to };
    if from == to {
        return;
    }
    let table = image
        .section(".symtab")
        .and_then(|section| section.in_file.clone());
    let table = table.expect("it has symbols");
    let mut file = built.file.clone();
    // `st_value` lies at 8 of 24 bytes.
    let entries = table.step_by(24).map(|entry| entry + 8);
    for value in entries {
        if file[value..value + 8] == from.to_le_bytes() {
            file[value..value + 8].copy_from_slice(&to.to_le_bytes());
            break;
        }
    }
    let findings = look(&file, &built.declared).findings;
    assert!(
        is_told(&findings, "symbol", true),
        "{from:#x} to {to:#x}: {findings:#?}"
    );
}
