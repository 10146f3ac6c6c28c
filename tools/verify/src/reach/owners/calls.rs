//! What the calls of each port move: the record that a call finds by the port's index.

use super::{Look, Of};
use crate::reach::declared::{Channel, Declaration, Port};
use crate::reach::finding::{About, Finding};
use crate::reach::held::Record;

/// Every partition's records.
const CALLED: &str = "ports::CALLED";
/// The records of a partition that has no port.
const NONE: &str = "ports::NONE";
const DESTINATIONS: &str = "channels::DESTINATIONS";
const EVENT_SOURCES: &str = "events::SOURCES";
const EVENT_DESTINATIONS: &str = "events::DESTINATIONS";
const EVENT_COUNTS: &str = "events::COUNTS";
const QUEUES: &str = "queues::QUEUES";
const DOORBELLS: &str = "shared::DOORBELLS";
/// The four ways of a message, by their fields.
const WAYS: [&str; 4] = ["write", "read", "send", "receive"];
/// What a call has to see to beside the message.
const NOTHING: u64 = 0;
const BELL: u64 = 1;
const SEVERAL: u64 = 2;
const DOORBELL: u64 = 3;
const SIGNALS: u64 = 4;
const TAKES: u64 = 5;

/// An end of a channel.
pub(super) struct End<'a> {
    pub(super) number: usize,
    pub(super) channel: &'a Channel,
    /// Nothing for the source, else which destination.
    pub(super) destination: Option<usize>,
    pub(super) port: &'a Port,
}

impl Look<'_> {
    /// Its records, by its ports' indices: the window, the one link or queue, and what else a message does.
    pub(super) fn calls(&mut self, of: &Of<'_>) -> Result<(), Finding> {
        let held = self.held;
        let most = most_ports(self.declared);
        if most == 0 {
            return Ok(());
        }
        let table = held.row(CALLED, "PortCalls", of.index * most)?.at;
        let facts = self.facts(of)?;
        self.same(of, "calls", held.field(facts, "calls")?, table)?;
        let owners = self.declared.vcpus().into_iter().enumerate();
        for (vcpu, _) in owners.filter(|(_, owner)| *owner == of.index) {
            let state = held.row("vcpu::VCPUS", "Vcpu", vcpu)?;
            // One with siblings comes by way of its partition, whose lock is held.
            let wanted = if of.partition.vcpus == 1 {
                table
            } else {
                held.symbol(NONE)?.address
            };
            self.same(of, "ports of its vCPU", held.field(state, "ports")?, wanted)?;
        }
        let ends = ends(self.declared, of.index);
        for index in 0..most {
            let record = held.row(CALLED, "PortCalls", of.index * most + index)?;
            let end = ends.get(index).and_then(Option::as_ref);
            let name = end.map_or(format!("port {index}"), |end| {
                format!("port '{}'", end.port.name)
            });
            for (field, wanted) in self.wanted(of, end)? {
                self.same(of, &name, held.field(record, field)?, wanted)?;
            }
            let beyond = held.field(record, "beyond")?;
            let (tag, pointer) = self.beyond(of, end)?;
            self.same(of, &name, beyond, tag)?;
            if tag != NOTHING {
                self.same(of, &name, beyond + 8, pointer)?;
            }
            if let Some(end) = end.filter(|end| end.channel.is_event()) {
                self.event_counts(of, &name, end)?;
            }
        }
        Ok(())
    }

    /// What the words of an end's record must be; of no end, nothing.
    fn wanted(
        &self,
        of: &Of<'_>,
        end: Option<&End<'_>>,
    ) -> Result<Vec<(&'static str, u64)>, Finding> {
        let mut words = vec![("window", 0), ("most", 0)];
        let mut way = [0; 4];
        if let Some(end) = end.filter(|end| !end.channel.is_event()) {
            words[0].1 = super::ports::physical(of.partition, end.port);
            words[1].1 = u64::from(end.channel.message_bytes);
            let at = usize::from(end.destination.is_some());
            if end.channel.depth > 0 {
                way[2 + at] = self.queue(end.number)?.at;
            } else {
                way[at] = self.link(end.number, end.destination.unwrap_or(0))?;
            }
        }
        words.extend(WAYS.into_iter().zip(way));
        Ok(words)
    }

    /// The record of where the channel's sampled message goes: to that destination, of the source first.
    pub(super) fn destination(&self, end: &End<'_>) -> Result<Record, Finding> {
        let first = end.number * super::ports::most_destinations(self.declared);
        let place = first + end.destination.unwrap_or(0);
        let row = self.held.row(DESTINATIONS, "MaybeDestination", place)?;
        Ok(Record {
            kind: "Destination",
            ..row
        })
    }

    /// The record of the channel's queue.
    pub(super) fn queue(&self, number: usize) -> Result<Record, Finding> {
        let row = self.held.row(QUEUES, "MaybeQueue", number)?;
        Ok(Record {
            kind: "Queue",
            ..row
        })
    }

    /// A partition's doorbell.
    pub(super) fn doorbell(&self, partition: usize) -> Result<u64, Finding> {
        let bells = self.held.symbol(DOORBELLS)?;
        let size = bells.size_bytes / self.declared.partitions.len() as u64;
        Ok(bells.address + size * partition as u64)
    }

    /// What an event's end has, and how a port's record says so.
    pub(super) fn event(&self, end: &End<'_>) -> Result<(u64, Record), Finding> {
        let (number, held) = (end.number, self.held);
        let Some(destination) = end.destination else {
            let row = held.row(EVENT_SOURCES, "MaybeEventSource", number)?;
            let kind = "EventSource";
            return Ok((SIGNALS, Record { kind, ..row }));
        };
        let place = number * super::ports::most_destinations(self.declared) + destination;
        let row = held.row(EVENT_DESTINATIONS, "MaybeEventDestination", place)?;
        let kind = "EventDestination";
        Ok((TAKES, Record { kind, ..row }))
    }

    /// An event's ends count at one place; its source has the declared rate, and each destination its own
    /// partition's doorbell.
    fn event_counts(&mut self, of: &Of<'_>, name: &str, end: &End<'_>) -> Result<(), Finding> {
        let held = self.held;
        let counts = held.symbol(EVENT_COUNTS)?;
        let size = counts.size_bytes / self.declared.channels.len() as u64;
        let own = counts.address + size * end.number as u64;
        let (tag, event) = self.event(end)?;
        self.same(of, name, held.field(event, "counts")?, own)?;
        if tag == TAKES {
            let bell = self.doorbell(of.index)?;
            return self.same(of, name, held.field(event, "doorbell")?, bell);
        }
        let most = u64::from(end.channel.signals);
        self.same(of, name, held.field(event, "most")?, most)
    }

    /// What else its call has to see to, and where that is.
    fn beyond(&self, of: &Of<'_>, end: Option<&End<'_>>) -> Result<(u64, u64), Finding> {
        let held = self.held;
        let Some(end) = end else {
            return Ok((NOTHING, 0));
        };
        if end.channel.is_event() {
            let (tag, event) = self.event(end)?;
            return Ok((tag, event.at));
        }
        let rings = |port: &Port| port.interrupt != 0;
        if end.destination.is_some() {
            return Ok(if rings(end.port) {
                (DOORBELL, self.doorbell(of.index)?)
            } else {
                (NOTHING, 0)
            });
        }
        if end.channel.destinations.len() > 1 && end.channel.is_sampled() {
            return Ok((SEVERAL, self.destination(end)?.at));
        }
        if !end.channel.destinations.iter().any(rings) {
            return Ok((NOTHING, 0));
        }
        let record = if end.channel.depth > 0 {
            self.queue(end.number)?
        } else {
            self.destination(end)?
        };
        Ok((BELL, held.field(record, "bell")?))
    }

    /// Complains unless there is that word at that address.
    pub(super) fn same(
        &mut self,
        of: &Of<'_>,
        what: &str,
        at: u64,
        wanted: u64,
    ) -> Result<(), Finding> {
        let found = self.held.word_at(at)?;
        if found != wanted {
            let (found, wanted) = (self.held.place(found), self.held.place(wanted));
            let fact = format!("its calls find {found}, but must find {wanted}");
            self.complain(About::Channels, self.at(of, what, at), fact);
        }
        Ok(())
    }
}

/// The ends of channels that are a partition's, in the order of their index; nothing where no call is for one.
pub(super) fn ends(declared: &Declaration, partition: usize) -> Vec<Option<End<'_>>> {
    let mut all = Vec::new();
    for (number, channel) in declared.channels.iter().enumerate() {
        let source = std::iter::once((None, &channel.source));
        let destinations = channel.destinations.iter().enumerate();
        let destinations = destinations.map(|(at, port)| (Some(at), port));
        for (destination, port) in source.chain(destinations) {
            if port.partition == partition {
                let end = End {
                    number,
                    channel,
                    destination,
                    port,
                };
                all.push(Some(end).filter(|_| channel.memory.is_none()));
            }
        }
    }
    all
}

/// Most ports of a partition, up to its last one for which there are calls.
fn most_ports(declared: &Declaration) -> usize {
    let last = |index| ends(declared, index).iter().rposition(Option::is_some);
    let counts = (0..declared.partitions.len()).map(|index| last(index).map_or(0, |last| last + 1));
    counts.max().unwrap_or(0)
}
