//! What the hypervisor has noted of each partition: its memory, which it scrubs; its image, which it copies;
//! its ports, whose messages it moves; its interrupts; and where it plays devices.

mod bells;
mod calls;
mod image;
mod interrupts;
mod ports;
mod queues;

use serde::{Deserialize, Serialize};

use super::declared::{Declaration, Partition, RegionKind, Span};
use super::expected::Places;
use super::finding::{About, Finding};
use super::held::{Held, Record};
use super::regimes::Whose;
use super::shares;

pub use interrupts::{TIMER, links};

/// The constants of each partition.
pub const PARTITIONS: &str = "constants::PARTITION_FACTS";

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
        let parts: [Part<'_>; 7] = [
            ("regions", Look::regions),
            ("the image", Look::image),
            ("interrupts", Look::interrupts),
            ("ports", Look::ports),
            ("what calls of ports move", Look::calls),
            ("by what it is called", Look::called),
            ("emulated devices", Look::devices),
        ];
        for (title, part) in parts {
            if let Err(finding) = part(&mut look, &of) {
                let title = format!("{title} of partition '{}'", partition.name);
                look.owners.findings.push(finding.while_reading(&title));
            }
        }
    }
    let wholes: [Whole<'_>; 4] = [
        ("private interrupts of vCPUs", Look::private),
        ("where messages of each channel go", |look| {
            look.destinations()
        }),
        ("where queued messages lie", Look::queues),
        ("whom messages interrupt", Look::bells),
    ];
    for (title, part) in wholes {
        if let Err(finding) = part(&mut look) {
            look.owners.findings.push(finding.while_reading(title));
        }
    }
    look.disjoint();
    owners
}

fn listed(spans: &[Span]) -> String {
    let spans = spans.iter();
    let spans = spans.map(|span| format!("{:#x}..{:#x}", span.base, span.end()));
    let all: Vec<String> = spans.collect();
    if all.is_empty() {
        return "nothing".to_owned();
    }
    all.join(" and ")
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

/// What is read of all together, and what it is called.
type Whole<'a> = (&'static str, fn(&mut Look<'a>) -> Result<(), Finding>);

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
                RegionKind::FrameBuffer => 8,
                RegionKind::Xen => 1,
                RegionKind::Tender => 2,
                RegionKind::Text => 3,
                RegionKind::Constant => 4,
                RegionKind::Data => 5,
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
        self.shared_memory(of)
    }

    /// The memory of channels that its start scrubs, too.
    fn shared_memory(&mut self, of: &Of<'_>) -> Result<(), Finding> {
        let held = self.held;
        let (first, count) = held.slice(self.facts(of)?, "shared_memory")?;
        let mut found = Vec::new();
        for index in 0..count {
            let record = Record {
                at: first + index * held.size("MemoryRange")?,
                kind: "MemoryRange",
            };
            found.push(Span {
                base: held.word(record, "base")?,
                bytes: held.word(record, "size_bytes")?,
            });
        }
        // What is behind the first that is empty isn't looked at.
        let used = found.iter().take_while(|span| span.bytes > 0).copied();
        let found: Vec<Span> = used.collect();
        let shares = shares::of(self.declared);
        let own = shares.iter().filter(|it| it.scrubbed_by == of.index);
        let wanted: Vec<Span> = own.map(|share| share.span).collect();
        if found != wanted {
            let fact = format!(
                "a start scrubs {}, but {} is declared",
                listed(&found),
                listed(&wanted)
            );
            let place = self.at(of, "memory of channels", first);
            self.complain(About::Separation, place, fact);
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
            ("clock", emulated.clock),
            ("watchdog", emulated.watchdog),
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
}
