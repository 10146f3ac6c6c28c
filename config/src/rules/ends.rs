//! The ends of all channels, one by one and in pairs.

use paratia_abi::passport::MAX_PORTS;

use super::report::Message;
use crate::address::{MemoryRange, Pa};
use crate::directory::Directory;
use crate::each;
use crate::layout::MAX_PARTITIONS;
use crate::system::{Channel, Partition, Port, System};

/// Ends that are looked at: as many as partitions can have together, and one more. With that a
/// partition has too many, or there are too many partitions, which other rules say.
const MAX_ENDS: usize = MAX_PARTITIONS * MAX_PORTS + 1;

/// An end of a channel.
pub(super) struct End<'a> {
    /// The channel.
    pub(super) channel: &'a Channel,
    /// Its place in the system's list.
    pub(super) place: usize,
    /// The port.
    pub(super) port: &'a Port,
    /// The partition and its index, if it exists.
    pub(super) partition: Option<(usize, &'a Partition)>,
}

impl End<'_> {
    /// The memory of its message window, as the partition sees it.
    pub(super) const fn window(&self) -> MemoryRange {
        let base = Pa(self.port.window.0);
        MemoryRange::new(base, self.channel.message_bytes as u64)
    }

    /// Names channel, port and partition.
    pub(super) const fn describe(&self) -> Message {
        self.add_to(of(self.channel))
    }

    /// Names channel, port and partition, and the message window's place.
    pub(super) const fn describe_window(&self) -> Message {
        self.describe()
            .str(", message window ")
            .range(self.port.window.0, self.channel.message_bytes as u64)
    }

    /// Adds port and partition to a message.
    pub(super) const fn add_to(&self, message: Message) -> Message {
        message
            .str("port ")
            .name(self.port.port)
            .str(" of partition ")
            .name(self.port.partition)
    }
}

/// Where an end stands, and whose it is.
#[derive(Clone, Copy)]
struct Place {
    channel: usize,
    end: usize,
    partition: Option<usize>,
    /// The next end at the same partition.
    next: Option<usize>,
}

/// The ends of all channels, in the order of their declaration.
pub(super) struct Ends<'a> {
    system: &'a System,
    places: [Place; MAX_ENDS],
    count: usize,
    counts: [usize; MAX_PARTITIONS],
}

impl<'a> Ends<'a> {
    pub(super) const fn of(system: &'a System, directory: &Directory) -> Self {
        let mut ends = Self {
            system,
            places: [Place {
                channel: 0,
                end: 0,
                partition: None,
                next: None,
            }; MAX_ENDS],
            count: 0,
            counts: [0; MAX_PARTITIONS],
        };
        let mut latest = [None; MAX_PARTITIONS];
        each! { place, channel in system.channels => {
            let mut end = 0;
            while end <= channel.destinations.len() {
                let partition = directory.find(channel.end(end).partition);
                ends.add(place, end, partition, &mut latest);
                end += 1;
            }
        }}
        ends
    }

    const fn add(
        &mut self,
        channel: usize,
        end: usize,
        partition: Option<usize>,
        latest: &mut [Option<usize>; MAX_PARTITIONS],
    ) {
        let index = self.count;
        if index == MAX_ENDS {
            return;
        }
        if let Some(owner) = partition
            && owner < MAX_PARTITIONS
        {
            if let Some(before) = latest[owner] {
                self.places[before].next = Some(index);
            }
            latest[owner] = Some(index);
            self.counts[owner] += 1;
        }
        self.places[index] = Place {
            channel,
            end,
            partition,
            next: None,
        };
        self.count += 1;
    }

    /// The `index`th of all ends of channels.
    pub(super) const fn at(&self, index: usize) -> Option<End<'a>> {
        if index >= self.count {
            return None;
        }
        let Place {
            channel: place,
            end,
            partition,
            ..
        } = self.places[index];
        let channel = &self.system.channels[place];
        Some(End {
            channel,
            place,
            port: channel.end(end),
            partition: match partition {
                Some(index) => Some((index, &self.system.partitions[index])),
                None => None,
            },
        })
    }

    /// The end after the `index`th that is at the same partition. Ends at partitions that don't exist
    /// have none.
    pub(super) const fn next_at_partition(&self, index: usize) -> Option<usize> {
        self.places[index].next
    }

    /// How many ends are at a partition.
    pub(super) const fn count_at(&self, partition: usize) -> usize {
        if partition < MAX_PARTITIONS {
            self.counts[partition]
        } else {
            0
        }
    }
}

/// `each_end! { end in context => { … } }`: all ends of channels. `continue` must not be used.
macro_rules! each_end {
    ($end:ident in $context:expr => $body:block) => {
        let mut index = 0;
        while let Some($end) = $context.ends.at(index) {
            $body
            index += 1;
        }
    };
}

/// `each_pair! { one, other in context => { … } }`: all pairs of ends at the same partition.
/// `continue` must not be used.
macro_rules! each_pair {
    ($one:ident, $other:ident in $context:expr => $body:block) => {
        let mut first = 0;
        while let Some($one) = $context.ends.at(first) {
            let mut second = $context.ends.next_at_partition(first);
            while let Some(index) = second
                && let Some($other) = $context.ends.at(index)
            {
                $body
                second = $context.ends.next_at_partition(index);
            }
            first += 1;
        }
    };
}

pub(super) use {each_end, each_pair};

/// The start of a message about a channel.
pub(super) const fn of(channel: &Channel) -> Message {
    Message::new().str("channel ").name(channel.name).str(": ")
}
