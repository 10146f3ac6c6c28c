//! What the hypervisor has noted of each partition: its memory, which it scrubs; its image, which it copies;
//! its ports, whose messages it moves; its interrupts; and where it plays devices.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::declared::{Declaration, Partition, Port, RegionKind, Span};
use super::expected::Places;
use super::finding::{About, Finding};
use super::held::{Held, Record};
use super::regimes::{FACTS, Whose};

/// The constants of each partition.
pub const PARTITIONS: &str = "constants::PARTITION_FACTS";
/// Where messages of each channel go.
const DESTINATIONS: &str = "channels::DESTINATIONS";
/// Where they lie until they are read.
const LINKS: &str = "channels::LINKS";
/// The virtual timer's interrupt (PPI 11), every partition's while it runs.
pub const TIMER: u32 = 27;
/// The performance monitors' interrupt, as a guest sees it (PPI 7).
const MONITORS: u32 = 23;
/// Most ports of a partition.
const MAX_PORTS: u64 = 8;
/// Interrupts below are software-generated ones.
const FIRST_PRIVATE: u32 = 16;

/// Who has an interrupt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interrupt {
    /// The board's number.
    pub physical: u32,
    /// Who has it.
    pub who: String,
    /// Its number there.
    pub guest: u32,
}

/// What was read.
#[derive(Clone, Debug, Default)]
pub struct Owners {
    /// Who has which interrupt.
    pub interrupts: Vec<Interrupt>,
    /// Pristine images whose digest is right.
    pub images_right: usize,
    /// What is wrong.
    pub findings: Vec<Finding>,
}

/// Reads all partitions' constants.
#[must_use]
pub fn read(held: &Held<'_>, declared: &Declaration, places: &Places) -> Owners {
    let mut owners = Owners::default();
    let mut look = Look {
        held,
        declared,
        places,
        owners: &mut owners,
    };
    for (index, partition) in declared.partitions.iter().enumerate() {
        let of = Of { index, partition };
        let parts: [Part<'_>; 5] = [
            ("regions", Look::regions),
            ("the image", Look::image),
            ("interrupts", Look::interrupts),
            ("ports", Look::ports),
            ("emulated devices", Look::devices),
        ];
        for (title, part) in parts {
            if let Err(finding) = part(&mut look, &of) {
                let title = format!("{title} of partition '{}'", partition.name);
                look.owners.findings.push(finding.while_reading(&title));
            }
        }
    }
    if let Err(finding) = look.private() {
        look.owners
            .findings
            .push(finding.while_reading("private interrupts of vCPUs"));
    }
    if let Err(finding) = look.destinations() {
        look.owners
            .findings
            .push(finding.while_reading("where messages of each channel go"));
    }
    look.disjoint();
    owners
}

/// A partition.
struct Of<'a> {
    index: usize,
    partition: &'a Partition,
}

/// What is read of each partition, and what it is called.
type Part<'a> = (
    &'static str,
    fn(&mut Look<'a>, &Of<'_>) -> Result<(), Finding>,
);

struct Look<'a> {
    held: &'a Held<'a>,
    declared: &'a Declaration,
    places: &'a Places,
    owners: &'a mut Owners,
}

impl Look<'_> {
    fn complain(&mut self, about: About, place: String, fact: String) {
        self.owners.findings.push(Finding::new(about, place, fact));
    }

    fn facts(&self, of: &Of<'_>) -> Result<Record, Finding> {
        self.held.row(PARTITIONS, "PartitionFacts", of.index)
    }

    fn at(&self, of: &Of<'_>, what: &str, at: u64) -> String {
        format!(
            "{what} of {}, at {}",
            Whose::Partition(of.index).name(self.declared),
            self.held.place(at)
        )
    }

    /// Its memory, as a restart scrubs it.
    fn regions(&mut self, of: &Of<'_>) -> Result<(), Finding> {
        let held = self.held;
        let declaration = held.refers(self.facts(of)?, "declaration", "Partition")?;
        let (first, count) = held.slice(declaration, "regions")?;
        let declared = &of.partition.regions;
        if count != declared.len() as u64 {
            let at = held.field(declaration, "regions")?;
            let fact = format!("there are {count}, but {} are declared", declared.len());
            self.complain(About::Separation, self.at(of, "regions", at), fact);
        }
        for (index, region) in (0..count).zip(declared) {
            let record = Record {
                at: first + index * held.size("Region")?,
                kind: "Region",
            };
            let found = (
                held.word(record, "ipa")?,
                held.word(record, "pa")?,
                held.word(record, "size_bytes")?,
                held.bytes(held.field(record, "kind")?, 1)?[0],
            );
            let kind = match region.kind {
                RegionKind::Ram => 0,
                RegionKind::FrameBuffer => 1,
            };
            if found != (region.ipa, region.pa, region.bytes, kind) {
                let fact = format!(
                    "a restart takes it for {:#x} at {:#x} with {:#x} bytes, kind {}, but {:#x} at {:#x} with {:#x} \
                     bytes, kind {kind}, is declared",
                    found.0, found.1, found.2, found.3, region.ipa, region.pa, region.bytes
                );
                let place = self.at(of, &format!("region '{}'", region.name), record.at);
                self.complain(About::Separation, place, fact);
            }
        }
        Ok(())
    }

    /// Its pristine image: every piece goes into its own RAM, and its bytes have the digest that is noted.
    fn image(&mut self, of: &Of<'_>) -> Result<(), Finding> {
        let held = self.held;
        let image = held.refers(self.facts(of)?, "image", "BuiltImage")?;
        let (first, count) = held.slice(image, "pieces")?;
        if count == 0 || count > 64 {
            let fact = format!("its image has {count} pieces, but 1 to 64 are possible");
            self.complain(About::Images, self.at(of, "the image", image.at), fact);
            return Ok(());
        }
        for index in 0..count {
            let piece = Record {
                at: first + index * held.size("Piece")?,
                kind: "Piece",
            };
            let content = held.refers(piece, "content", "Content")?;
            let (start, length) = held.slice(content, "bytes")?;
            let to = Span {
                base: held.word(piece, "to")?,
                bytes: length,
            };
            let mut ram = of
                .partition
                .regions
                .iter()
                .filter(|region| region.kind == RegionKind::Ram);
            if !ram.any(|region| region.physical().has(to)) {
                let fact = format!(
                    "it is copied to {:#x}..{:#x}, which isn't the partition's RAM",
                    to.base,
                    to.end()
                );
                self.complain(About::Images, self.at(of, "piece", piece.at), fact);
            }
            self.content(of, content, start, length)?;
            if index == 0 {
                self.program(of, content, to)?;
            }
        }
        Ok(())
    }

    fn content(
        &mut self,
        of: &Of<'_>,
        content: Record,
        start: u64,
        length: u64,
    ) -> Result<(), Finding> {
        let held = self.held;
        let noted = held.bytes(held.field(content, "sha256")?, 32)?;
        let span = Span {
            base: start,
            bytes: length,
        };
        let bytes = if self.places.images.has(span) {
            held.bytes(start, length).ok()
        } else {
            None
        };
        let Some(bytes) = bytes else {
            let fact = format!(
                "its bytes are {:#x}..{:#x}, which aren't pristine images",
                start,
                span.end()
            );
            self.complain(About::Images, self.at(of, "content", content.at), fact);
            return Ok(());
        };
        let digest = Sha256::digest(bytes);
        if digest[..] == *noted {
            self.owners.images_right += 1;
            return Ok(());
        }
        let fact = format!(
            "its SHA-256 begins with {}, but {} is noted",
            start_of(&digest),
            start_of(noted)
        );
        let place = format!(
            "{}, the bytes of which are at {}",
            self.at(of, "content", content.at),
            held.place(start)
        );
        self.complain(About::Images, place, fact);
        Ok(())
    }

    /// One of the project's own programs lies at its partition's first byte.
    fn program(&mut self, of: &Of<'_>, content: Record, to: Span) -> Result<(), Finding> {
        let (Some(program), Some(ram)) = (&of.partition.program, of.partition.regions.first())
        else {
            return Ok(());
        };
        let (name, length) = self.held.slice(content, "name")?;
        let name = String::from_utf8_lossy(self.held.bytes(name, length.min(256))?).into_owned();
        if name != *program || to.base != ram.pa {
            let fact = format!(
                "it is '{name}' at {:#x}, but '{program}' at {:#x} is declared",
                to.base, ram.pa
            );
            self.complain(About::Images, self.at(of, "content", content.at), fact);
        }
        Ok(())
    }

    /// Its interrupts, as its controller hands them on.
    fn interrupts(&mut self, of: &Of<'_>) -> Result<(), Finding> {
        let held = self.held;
        let interrupts = held.refers(self.facts(of)?, "interrupts", "Interrupts")?;
        let (first, count) = held.slice(interrupts, "links")?;
        let wanted = links(self.declared, of.partition);
        if count != wanted.len() as u64 {
            let at = held.field(interrupts, "links")?;
            let fact = format!(
                "there are {count}, but {} follow from its devices",
                wanted.len()
            );
            self.complain(About::Interrupts, self.at(of, "interrupts", at), fact);
        }
        for (index, wanted) in
            (0..count.min(1024)).zip(wanted.iter().map(Some).chain(std::iter::repeat(None)))
        {
            let link = Record {
                at: first + index * held.size("Link")?,
                kind: "Link",
            };
            let found = (held.half(link, "guest")?, held.half(link, "physical")?);
            if let Some(wanted) = wanted
                && found != *wanted
            {
                let fact = format!(
                    "its interrupt {} is the board's {}, but {} being the board's {} follows from its devices",
                    found.0, found.1, wanted.0, wanted.1
                );
                self.complain(About::Interrupts, self.at(of, "interrupt", link.at), fact);
            }
            self.owners.interrupts.push(Interrupt {
                physical: found.1,
                who: Whose::Partition(of.index).name(self.declared),
                guest: found.0,
            });
        }
        Ok(())
    }

    /// No shared interrupt is two partitions', or one's twice.
    fn disjoint(&mut self) {
        let mut all: Vec<Interrupt> = self.owners.interrupts.clone();
        all.retain(|interrupt| interrupt.physical >= 32);
        all.sort_by_key(|interrupt| interrupt.physical);
        for pair in all.windows(2) {
            if pair[0].physical == pair[1].physical {
                let fact = format!(
                    "it is {}'s and {}'s, but may be one's only",
                    pair[0].who, pair[1].who
                );
                self.complain(
                    About::Interrupts,
                    format!("the board's interrupt {}", pair[0].physical),
                    fact,
                );
            }
        }
    }

    /// The private interrupts that are on while each vCPU runs: its timer, its monitors, and one by which
    /// its partition alone is called.
    fn private(&mut self) -> Result<(), Finding> {
        let mut calls: Vec<(u32, usize)> = Vec::new();
        for (vcpu, owner) in self.declared.vcpus().into_iter().enumerate() {
            let facts = self.held.row(FACTS, "Facts", vcpu)?;
            let found = self.held.half(facts, "private")?;
            let of = Of {
                index: owner,
                partition: &self.declared.partitions[owner],
            };
            let private = links(self.declared, of.partition)
                .into_iter()
                .map(|(_, physical)| physical);
            let wanted = private
                .filter(|id| *id < 32)
                .fold(0, |all, id| all | 1 << id);
            let (called, others) = (
                found & ((1 << FIRST_PRIVATE) - 1),
                found >> FIRST_PRIVATE << FIRST_PRIVATE,
            );
            let place = self.at(
                &of,
                &format!("private interrupts of vCPU {vcpu} of all"),
                self.held.field(facts, "private")?,
            );
            if others != wanted || called.count_ones() > 1 {
                let fact = format!(
                    "they are {found:#x}, but {wanted:#x} and at most one below 16 must be"
                );
                self.complain(About::Interrupts, place.clone(), fact);
            }
            let other = calls
                .iter()
                .find(|(call, whose)| call & called != 0 && *whose != owner);
            if let Some((_, other)) = other {
                let fact = format!(
                    "it is called by {called:#x}, as {} is",
                    Whose::Partition(*other).name(self.declared)
                );
                self.complain(About::Interrupts, place, fact);
            }
            calls.push((called, owner));
        }
        Ok(())
    }

    /// Where the hypervisor answers in its guest-physical memory.
    fn devices(&mut self, of: &Of<'_>) -> Result<(), Finding> {
        let held = self.held;
        let places = held.refers(self.facts(of)?, "places", "Places")?;
        let emulated = &of.partition.emulated;
        for (name, wanted) in [
            ("distributor", emulated.distributor),
            ("redistributors", emulated.redistributors),
            ("cpu_interface", emulated.cpu_interface),
            ("uart", emulated.uart),
        ] {
            let place = Record {
                at: held.field(places, name)?,
                kind: "Place",
            };
            let found = Span {
                base: held.word(place, "base")?,
                bytes: held.word(place, "bytes")?,
            };
            if found != wanted {
                let fact = format!(
                    "the hypervisor answers at {:#x} for {:#x} bytes, but {:#x} for {:#x} is declared",
                    found.base, found.bytes, wanted.base, wanted.bytes
                );
                self.complain(About::Devices, self.at(of, name, place.at), fact);
            }
        }
        Ok(())
    }

    /// Its ports: which channel's, which end, and the message window that EL2 copies.
    fn ports(&mut self, of: &Of<'_>) -> Result<(), Finding> {
        let held = self.held;
        let table = held.word(self.facts(of)?, "ports")?;
        let size = held.size("MaybePortPlace")?;
        let wanted = ports(self.declared, of.index);
        for index in 0..MAX_PORTS {
            let record = Record {
                at: table + index * size,
                kind: "PortPlace",
            };
            let wanted = usize::try_from(index)
                .ok()
                .and_then(|index| wanted.get(index));
            let direction = held.field(record, "direction")?;
            let (end, which) = held.slice_at(direction)?;
            let Some(wanted) = wanted else {
                if end < 2 {
                    let fact = format!("there is one, but {index} are declared");
                    self.complain(
                        About::Channels,
                        self.at(of, &format!("port {index}"), record.at),
                        fact,
                    );
                }
                continue;
            };
            let window = Record {
                at: held.field(record, "window")?,
                kind: "MemoryRange",
            };
            let interrupt = held.bytes(held.field(record, "interrupt")?, 8)?;
            let half = |at: usize| {
                u32::from_le_bytes([
                    interrupt[at],
                    interrupt[at + 1],
                    interrupt[at + 2],
                    interrupt[at + 3],
                ])
            };
            let found = Seen {
                channel: held.word(record, "channel")?,
                end: match end {
                    0 => 0,
                    1 => which.wrapping_add(1),
                    _ => u64::MAX,
                },
                window: Span {
                    base: held.word(window, "base")?,
                    bytes: held.word(window, "size_bytes")?,
                },
                refresh_ns: held.time(record, "refresh")?,
                depth: held.half(record, "depth")?,
                interrupt: if half(0) == 0 { 0 } else { half(4) },
            };
            if found != wanted.seen {
                let place = self.at(of, &format!("port '{}'", wanted.name), record.at);
                self.complain(
                    About::Channels,
                    place,
                    format!("it is {found}, but {} is declared", wanted.seen),
                );
            }
        }
        Ok(())
    }

    /// Each sampled message goes to the links of its own channel, which lie in the order of such channels.
    fn destinations(&mut self) -> Result<(), Finding> {
        let held = self.held;
        let channels = &self.declared.channels;
        let of = |channel: &super::declared::Channel| channel.destinations.len();
        let most = channels.iter().map(of).max().unwrap_or(0);
        let sampling = channels.iter().filter(|channel| channel.depth == 0).count();
        if most == 0 || sampling == 0 {
            return Ok(());
        }
        let links = held.symbol(LINKS)?;
        let size = links.size_bytes / (sampling * most) as u64;
        let mut first = links.address;
        for (number, channel) in channels.iter().enumerate() {
            let count = if channel.depth == 0 { of(channel) } else { 0 };
            for end in 0..most {
                let row = held.row(DESTINATIONS, "MaybeDestination", number * most + end)?;
                let destination = Record {
                    kind: "Destination",
                    ..row
                };
                let found = held.word(destination, "link")?;
                let wanted = if end < count {
                    first + size * end as u64
                } else {
                    0
                };
                if found != wanted {
                    let (found, wanted) = (held.place(found), held.place(wanted));
                    let fact = format!("messages go to {found}, but must to {wanted}");
                    let at = held.place(row.at);
                    let place = format!("channel '{}', destination {end}, at {at}", channel.name);
                    self.complain(About::Channels, place, fact);
                }
            }
            if channel.depth == 0 {
                first += size * most as u64;
            }
        }
        Ok(())
    }
}

/// The first bytes of a digest.
fn start_of(digest: &[u8]) -> String {
    digest
        .iter()
        .take(4)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// A partition's interrupts by its declaration: its own numbers and the board's.
#[must_use]
pub fn links(declared: &Declaration, partition: &Partition) -> Vec<(u32, u32)> {
    let mut all = vec![(TIMER, TIMER)];
    if let Some(monitors) = declared
        .board
        .monitors_interrupt
        .filter(|_| partition.has_monitors)
    {
        all.push((MONITORS, monitors));
    }
    for used in &partition.devices {
        let interrupts = declared
            .device(&used.device)
            .map(|device| &device.interrupts);
        all.extend(interrupts.into_iter().flatten().map(|id| (*id, *id)));
    }
    all
}

/// A port's constants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Seen {
    channel: u64,
    /// 0 for the source, one more than its number for a destination.
    end: u64,
    window: Span,
    refresh_ns: u64,
    depth: u32,
    interrupt: u32,
}

impl std::fmt::Display for Seen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let end = match self.end {
            0 => "the source".to_owned(),
            u64::MAX => "no end".to_owned(),
            end => format!("destination {}", end - 1),
        };
        write!(
            f,
            "{end} of channel {} with its window at {:#x}..{:#x}, valid for {} ns, {} in a queue, interrupt {}",
            self.channel,
            self.window.base,
            self.window.end(),
            self.refresh_ns,
            self.depth,
            self.interrupt
        )
    }
}

struct Wanted<'a> {
    name: &'a str,
    seen: Seen,
}

/// A partition's ports by its declaration, in the order of their index.
fn ports(declared: &Declaration, partition: usize) -> Vec<Wanted<'_>> {
    let mut all = Vec::new();
    for (number, channel) in (0..).zip(&declared.channels) {
        let ends = std::iter::once(&channel.source).chain(&channel.destinations);
        for (end, port) in (0..)
            .zip(ends)
            .filter(|(_, port)| port.partition == partition)
        {
            let base = physical(&declared.partitions[partition], port);
            all.push(Wanted {
                name: &port.name,
                seen: Seen {
                    channel: number,
                    end,
                    window: Span {
                        base,
                        bytes: u64::from(channel.message_bytes),
                    },
                    refresh_ns: channel.refresh_ns,
                    depth: channel.depth,
                    interrupt: port.interrupt,
                },
            });
        }
    }
    all
}

/// Where a port's message window lies; 0 if it isn't in the partition's memory.
fn physical(partition: &Partition, port: &Port) -> u64 {
    let has = |region: &&super::declared::Region| {
        region.kind == RegionKind::Ram
            && (region.ipa..region.ipa + region.bytes).contains(&port.window)
    };
    let region = partition.regions.iter().find(has);
    region.map_or(0, |region| region.pa + (port.window - region.ipa))
}
