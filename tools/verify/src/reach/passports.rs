//! Passports: what each partition is told of itself, field by field.
//!
//! A page for each (the guests' interface, version 1: docs/guest-interface.md). Whatever isn't a field, or
//! is an entry that isn't in use, is zero.

use super::declared::{self, Channel, Declaration, Form, Partition, RegionKind};
use super::expected::{PAGE, Places};
use super::finding::{About, Finding};
use super::held::Held;
use super::owners::{self, TIMER};
use super::regimes::Whose;
use super::shares::{self, Sizes};

const MAGIC: &[u8; 8] = b"PARATIA1";
const NAME_BYTES: usize = 24;
const REGIONS: usize = 12;
const PORTS: usize = 8;
const WINDOWS: usize = 16;
const INTERRUPTS: usize = 16;
const ARGUMENTS: usize = 256;

/// What is wrong with any passport.
#[must_use]
pub fn findings(held: &Held<'_>, declared: &Declaration, places: &Places) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, partition) in declared.partitions.iter().enumerate() {
        let place = places.passport(index);
        let found = match held.bytes(place.base, PAGE) {
            Ok(found) => found,
            Err(finding) => {
                findings.push(finding);
                continue;
            }
        };
        let mut page = Page::default();
        page.fill(declared, index, partition);
        let of = Whose::Partition(index).name(declared);
        findings.extend(
            page.differences(found)
                .into_iter()
                .map(|(field, at, fact)| {
                    let at = held.place(place.base + at as u64);
                    Finding::new(
                        About::Passports,
                        format!("passport of {of}, {field}, at {at}"),
                        fact,
                    )
                }),
        );
    }
    findings
}

/// A passport as it must be, and the fields that it consists of.
#[derive(Default)]
struct Page {
    bytes: Vec<u8>,
    fields: Vec<(String, usize)>,
}

impl Page {
    fn field(&mut self, name: impl Into<String>, bytes: &[u8]) {
        self.fields.push((name.into(), self.bytes.len()));
        self.bytes.extend(bytes);
    }

    fn word(&mut self, name: impl Into<String>, value: u64) {
        self.field(name, &value.to_le_bytes());
    }

    fn half(&mut self, name: impl Into<String>, value: u32) {
        self.field(name, &value.to_le_bytes());
    }

    fn text(&mut self, name: impl Into<String>, text: &str, room: usize) {
        let mut bytes = text.as_bytes().to_vec();
        bytes.resize(room, 0);
        self.field(name, &bytes);
    }

    fn fill(&mut self, declared: &Declaration, index: usize, partition: &Partition) {
        self.field("magic", MAGIC);
        self.half("abi_version", declared.abi_version);
        self.half("partition", count(index));
        self.text("name", &partition.name, NAME_BYTES);
        self.text("system", &declared.system, NAME_BYTES);
        self.text("board", &declared.board.name, NAME_BYTES);
        self.half("gic_version", partition.gic_version);
        self.half("timer_interrupt", TIMER);
        self.word("major_frame_ns", declared.schedule.major_frame_ns);
        self.word("heartbeat_period_ns", partition.heartbeat_ns);
        self.word("gic_bases[0]", partition.gic_bases[0]);
        self.word("gic_bases[1]", partition.gic_bases[1]);
        let regions = regions(declared, partition);
        let ports = ports(declared, index);
        let windows = windows(declared, index);
        let interrupts = interrupts(declared, partition);
        self.half("region_count", count(regions.len()));
        self.half("port_count", count(ports.len()));
        self.half("window_count", count(windows.len()));
        self.half("interrupt_count", count(interrupts.len()));
        for index in 0..REGIONS {
            let region = regions.get(index).cloned().unwrap_or_default();
            self.text(format!("regions[{index}].name"), &region.name, NAME_BYTES);
            self.word(format!("regions[{index}].base"), region.base);
            self.word(format!("regions[{index}].size_bytes"), region.bytes);
            self.half(format!("regions[{index}].kind"), region.kind);
            self.half(format!("regions[{index}].rights"), region.rights);
        }
        for index in 0..PORTS {
            let port = ports.get(index).cloned().unwrap_or_default();
            self.text(format!("ports[{index}].name"), &port.name, NAME_BYTES);
            self.word(format!("ports[{index}].window"), port.window);
            self.half(format!("ports[{index}].message_bytes"), port.bytes);
            self.half(format!("ports[{index}].direction"), port.direction);
            self.word(format!("ports[{index}].refresh_ns"), port.refresh_ns);
        }
        for index in 0..WINDOWS {
            let (start, length) = windows.get(index).copied().unwrap_or_default();
            self.word(format!("windows[{index}].start_ns"), start);
            self.word(format!("windows[{index}].length_ns"), length);
        }
        for index in 0..INTERRUPTS {
            self.half(
                format!("interrupts[{index}]"),
                interrupts.get(index).copied().unwrap_or(0),
            );
        }
        let display = partition.display;
        let pixel = |of: fn(&super::declared::Display) -> u32| display.as_ref().map_or(0, of);
        self.word("display.base", display.map_or(0, |display| display.ipa));
        self.half("display.width", pixel(|display| display.width));
        self.half("display.height", pixel(|display| display.height));
        self.half(
            "display.stride_bytes",
            pixel(|display| display.stride_bytes),
        );
        self.half("display.format", pixel(|display| display.format));
        self.text("arguments", &partition.arguments, ARGUMENTS);
        for index in 0..REGIONS {
            let model = regions
                .get(index)
                .map(|region| region.model.clone())
                .unwrap_or_default();
            self.text(format!("device_models[{index}]"), &model, NAME_BYTES);
        }
        for index in 0..PORTS {
            let interrupt = ports.get(index).map_or(0, |port| port.interrupt);
            self.half(format!("port_interrupts[{index}]"), interrupt);
        }
        for index in 0..PORTS {
            let depth = ports.get(index).map_or(0, |port| port.depth);
            self.half(format!("port_depths[{index}]"), depth);
        }
        for index in 0..PORTS {
            let of = ports.get(index).map(|port| port.memory).unwrap_or_default();
            self.half(format!("port_memories[{index}].kind"), of.kind);
            self.half(format!("port_memories[{index}].rights"), of.rights);
            self.half(format!("port_memories[{index}].flags"), of.flags);
            self.half(format!("port_memories[{index}].slots"), of.sizes.slots);
            self.word(format!("port_memories[{index}].slot_bytes"), of.sizes.slot);
            let bytes = of.sizes.written;
            self.word(format!("port_memories[{index}].size_bytes"), bytes);
            let page = of.reader_page;
            self.word(format!("port_memories[{index}].reader_page"), page);
        }
        for index in 0..PORTS {
            let signals = ports.get(index).map_or(0, |port| port.signals);
            self.half(format!("port_signals[{index}]"), signals);
        }
        self.fields
            .push(("what follows the fields".to_owned(), self.bytes.len()));
        self.bytes.resize(4096, 0);
    }

    /// The fields in which a page differs: name, offset, and what is there and should be.
    fn differences(&self, found: &[u8]) -> Vec<(&str, usize, String)> {
        let ends = self
            .fields
            .iter()
            .skip(1)
            .map(|(_, at)| *at)
            .chain([self.bytes.len()]);
        let mut all = Vec::new();
        for ((name, start), end) in self.fields.iter().zip(ends) {
            let (is, must) = (&found[*start..end], &self.bytes[*start..end]);
            if is == must {
                continue;
            }
            let at = is
                .iter()
                .zip(must)
                .position(|(is, must)| is != must)
                .unwrap_or(0);
            all.push((name.as_str(), start + at, fact(is, must)));
        }
        all
    }
}

/// Both values of a field: as a number if it is one, as text else.
fn fact(is: &[u8], must: &[u8]) -> String {
    if is.len() <= 8 {
        let number = |bytes: &[u8]| {
            bytes
                .iter()
                .rev()
                .fold(0_u64, |all, byte| all << 8 | u64::from(*byte))
        };
        return format!("holds {:#x}, but must {:#x}", number(is), number(must));
    }
    let text = |bytes: &[u8]| {
        let end = bytes
            .iter()
            .rposition(|byte| *byte != 0)
            .map_or(0, |last| last + 1);
        bytes[..end.min(64)].escape_ascii().to_string()
    };
    format!("holds '{}', but must '{}'", text(is), text(must))
}

/// As many as there are, which is far below 2^32.
fn count(of: usize) -> u32 {
    u32::try_from(of).unwrap_or(u32::MAX)
}

#[derive(Clone, Default)]
struct Region {
    name: String,
    base: u64,
    bytes: u64,
    kind: u32,
    rights: u32,
    model: String,
}

fn regions(declared: &Declaration, partition: &Partition) -> Vec<Region> {
    let memory = partition.regions.iter().map(|region| {
        let (kind, rights) = match region.kind {
            RegionKind::Ram | RegionKind::Xen | RegionKind::Tender => (1, 0b111),
            RegionKind::Text => (1, 0b101),
            RegionKind::Constant => (1, 0b001),
            RegionKind::Data => (1, 0b011),
            RegionKind::FrameBuffer => (2, 0b011),
        };
        Region {
            name: region.name.clone(),
            base: region.ipa,
            bytes: region.bytes,
            kind,
            rights,
            model: String::new(),
        }
    });
    let devices = partition.devices.iter().filter_map(|used| {
        let device = declared.device(&used.device)?;
        Some(Region {
            name: device.name.clone(),
            base: used.ipa,
            bytes: device.span.bytes,
            kind: 3,
            rights: 0b011,
            model: device.model.clone(),
        })
    });
    memory.chain(devices).collect()
}

#[derive(Clone, Default)]
struct Port {
    name: String,
    window: u64,
    bytes: u32,
    direction: u32,
    refresh_ns: u64,
    depth: u32,
    interrupt: u32,
    memory: PortMemory,
    signals: u32,
}

/// A channel's own memory at a port.
#[derive(Clone, Copy, Default)]
struct PortMemory {
    kind: u32,
    rights: u32,
    flags: u32,
    sizes: Sizes,
    reader_page: u64,
}

impl PortMemory {
    /// At an end of a channel: the source is 0.
    fn of(channel: &Channel, end: usize, port: &declared::Port) -> Self {
        let Some(memory) = &channel.memory else {
            return Self::default();
        };
        let sizes = shares::sizes(channel);
        let writes = end == 0 || memory.writers.contains(&(end - 1));
        Self {
            kind: match memory.form {
                Form::Sampling => 1,
                Form::Queuing(_) => 2,
                Form::Shared => 3,
            },
            rights: if writes { 0b11 } else { 0b01 },
            flags: memory.is_cached.into(),
            sizes,
            reader_page: if sizes.taken > 0 {
                port.window + sizes.written
            } else {
                0
            },
        }
    }
}

fn ports(declared: &Declaration, partition: usize) -> Vec<Port> {
    let mut all = Vec::new();
    for channel in &declared.channels {
        let ends = std::iter::once(&channel.source).chain(&channel.destinations);
        let ends = ends.enumerate();
        for (end, port) in ends.filter(|(_, port)| port.partition == partition) {
            let direction = if end == 0 { 1 } else { 2 };
            all.push(Port {
                name: port.name.clone(),
                window: port.window,
                bytes: channel.message_bytes,
                direction,
                refresh_ns: channel.refresh_ns,
                depth: channel.depth,
                interrupt: port.interrupt,
                signals: channel.signals,
                memory: PortMemory::of(channel, end, port),
            });
        }
    }
    all
}

fn windows(declared: &Declaration, partition: usize) -> Vec<(u64, u64)> {
    let all = declared.schedule.plans.iter().flatten();
    let own = all.filter(|window| window.partition == partition);
    own.map(|window| (window.start_ns, window.length_ns))
        .collect()
}

/// Those of its devices.
fn interrupts(declared: &Declaration, partition: &Partition) -> Vec<u32> {
    let all = owners::links(declared, partition)
        .into_iter()
        .map(|(guest, _)| guest);
    all.filter(|guest| *guest >= 32).collect()
}
