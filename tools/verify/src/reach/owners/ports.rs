//! Each partition's ports: whose messages the hypervisor moves, from where, and to where.

use super::{Look, Of};
use crate::reach::declared::{Channel, Declaration, Partition, Port, Region, Span};
use crate::reach::finding::{About, Finding};
use crate::reach::held::Record;

/// Where messages of each channel go.
const DESTINATIONS: &str = "channels::DESTINATIONS";
/// Where they lie until they are read.
const LINKS: &str = "channels::LINKS";
/// Most ports of a partition.
const MAX_PORTS: u64 = 8;

impl Look<'_> {
    /// Its ports: which channel's, which end, and the message window that EL2 copies.
    pub(super) fn ports(&mut self, of: &Of<'_>) -> Result<(), Finding> {
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
            let Some(wanted) = wanted.and_then(Option::as_ref) else {
                if end < 2 {
                    let fact = "there is one, but none for calls is declared".to_owned();
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

    /// The link to a destination of a sampling channel: they lie in the order of such channels.
    pub(super) fn link(&self, number: usize, end: usize) -> Result<u64, Finding> {
        let channels = &self.declared.channels;
        let is_sampling = |channel: &&Channel| channel.is_sampled();
        let most = most_destinations(self.declared);
        let all = channels.iter().filter(is_sampling).count() * most;
        let before = channels[..number].iter().filter(is_sampling).count() * most;
        let links = self.held.symbol(LINKS)?;
        let size = links.size_bytes / all.max(1) as u64;
        Ok(links.address + size * (before + end) as u64)
    }

    /// Each sampled message goes to the links of its own channel. Where every message has one destination and
    /// interrupts nobody, the records of ports say that alone, and there is no such table.
    pub(super) fn destinations(&mut self) -> Result<(), Finding> {
        let held = self.held;
        let channels = &self.declared.channels;
        let most = most_destinations(self.declared);
        if !is_any_looked_up(self.declared) {
            return Ok(());
        }
        for (number, channel) in channels.iter().enumerate() {
            let count = if channel.is_sampled() {
                channel.destinations.len()
            } else {
                0
            };
            for end in 0..most {
                let row = held.row(DESTINATIONS, "MaybeDestination", number * most + end)?;
                let destination = Record {
                    kind: "Destination",
                    ..row
                };
                let found = held.word(destination, "link")?;
                let wanted = if end < count {
                    self.link(number, end)?
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
        }
        Ok(())
    }
}

/// Whether any sampled message has several destinations or interrupts one, so that there is a table of them.
pub(super) fn is_any_looked_up(declared: &Declaration) -> bool {
    declared.channels.iter().any(|channel| {
        let rings = channel.destinations.iter().any(|port| port.interrupt != 0);
        channel.is_sampled() && (rings || channel.destinations.len() > 1)
    })
}

/// Most destinations of a channel.
pub(super) fn most_destinations(declared: &Declaration) -> usize {
    let counts = declared.channels.iter().map(|it| it.destinations.len());
    counts.max().unwrap_or(0)
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

/// A partition's ports by its declaration, in the order of their index; none where no call is for the port.
fn ports(declared: &Declaration, partition: usize) -> Vec<Option<Wanted<'_>>> {
    let mut all = Vec::new();
    for (number, channel) in (0..).zip(&declared.channels) {
        let ends = std::iter::once(&channel.source).chain(&channel.destinations);
        for (end, port) in (0..)
            .zip(ends)
            .filter(|(_, port)| port.partition == partition)
        {
            let base = if channel.is_event() {
                0
            } else {
                physical(&declared.partitions[partition], port)
            };
            if channel.memory.is_some() {
                all.push(None);
                continue;
            }
            all.push(Some(Wanted {
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
            }));
        }
    }
    all
}

/// Where a port's message window lies; 0 if it isn't in the partition's memory.
pub(super) fn physical(partition: &Partition, port: &Port) -> u64 {
    let has = |region: &&Region| {
        region.kind.takes_pieces() && (region.ipa..region.ipa + region.bytes).contains(&port.window)
    };
    let region = partition.regions.iter().find(has);
    region.map_or(0, |region| region.pa + (port.window - region.ipa))
}
