//! Rules on channels, their ports and their message windows.

use paratia_abi::passport::MAX_PORTS;

use super::Context;
use super::each::each;
use super::partitions::subject;
use super::report::{Message, Report};
use super::schedule::{nearest_partition, shorter};
use crate::address::MemoryRange;
use crate::system::{Channel, MAX_MESSAGE_BYTES, Port, System, same_text};

pub(super) const fn channel_ends_exist(context: &Context, report: &mut Report) {
    let mut index = 0;
    while let Some(end) = end(context.system, index) {
        if context.system.partition_index(end.port.partition).is_none() {
            let message = end.describe().str(" doesn't exist");
            let nearest = nearest_partition(context.system, end.port.partition);
            report.add(nearest.remedy(message, "declare it or take the end away"));
        }
        index += 1;
    }
}

pub(super) const fn channel_ends_differ(context: &Context, report: &mut Report) {
    each_pair(context, report, Pair::EndsAtOnePartition);
}

pub(super) const fn channel_has_reader(context: &Context, report: &mut Report) {
    each! { channel in context.system.channels => {
        if channel.destinations.is_empty() {
            let message = of(channel).str("partition ").name(channel.source.partition);
            report.add(message.str(" writes and nobody reads; add a destination"));
        }
    }}
}

pub(super) const fn port_has_one_channel(context: &Context, report: &mut Report) {
    each_pair(context, report, Pair::PortOfTwoChannels);
}

pub(super) const fn port_count(context: &Context, report: &mut Report) {
    each! { partition in context.system.partitions => {
        let mut count = 0;
        let mut index = 0;
        while let Some(end) = end(context.system, index) {
            count += same_text(end.port.partition, partition.name) as usize;
            index += 1;
        }
        if count > MAX_PORTS {
            report.add(
                subject(partition)
                    .str("has ")
                    .count(count)
                    .str(" ports, a passport holds ")
                    .count(MAX_PORTS)
                    .str("; join channels"),
            );
        }
    }}
}

pub(super) const fn message_size(context: &Context, report: &mut Report) {
    each! { channel in context.system.channels => {
        let bytes = channel.message_bytes;
        if bytes == 0 || bytes > MAX_MESSAGE_BYTES || !bytes.is_multiple_of(8) {
            report.add(
                of(channel)
                    .str("messages of ")
                    .number(bytes as u64)
                    .str(" bytes, allowed are multiples of 8 from 8 to ")
                    .number(MAX_MESSAGE_BYTES as u64)
                    .str("; change the size"),
            );
        }
    }}
}

pub(super) const fn message_window_aligned(context: &Context, report: &mut Report) {
    let mut index = 0;
    while let Some(end) = end(context.system, index) {
        if !end.port.window.0.is_multiple_of(8) {
            let message = end.describe_window().str(" doesn't lie on a multiple of 8");
            report.add(message.str("; align it"));
        }
        index += 1;
    }
}

pub(super) const fn message_window_in_ram(context: &Context, report: &mut Report) {
    let mut index = 0;
    while let Some(end) = end(context.system, index) {
        if let Some(place) = context.system.partition_index(end.port.partition) {
            let partition = &context.system.partitions[place];
            let bytes = end.channel.message_bytes as u64;
            if partition.ram_at(end.port.window, bytes).is_none() {
                let message = end
                    .describe_window()
                    .str(" lies outside the partition's RAM");
                report.add(message.str("; move it within one RAM region"));
            }
        }
        index += 1;
    }
}

pub(super) const fn message_windows_apart(context: &Context, report: &mut Report) {
    each_pair(context, report, Pair::WindowsOverlap);
}

pub(super) const fn refresh_covers_frame(context: &Context, report: &mut Report) {
    let frame = context.system.schedule.major_frame;
    each! { channel in context.system.channels => {
        if shorter(channel.refresh(), frame) {
            report.add(
                of(channel)
                    .str("refresh ")
                    .duration(channel.refresh())
                    .str(" is shorter than the major frame ")
                    .duration(frame)
                    .str(", so that messages go stale between two windows of partition ")
                    .name(channel.source.partition)
                    .str("; lengthen it"),
            );
        }
    }}
}

/// An end of a channel.
pub(super) struct End<'a> {
    /// The channel.
    pub(super) channel: &'a Channel,
    /// Its place in the system's list.
    place: usize,
    /// The port.
    pub(super) port: &'a Port,
}

impl End<'_> {
    /// The memory of its message window, as the partition sees it.
    pub(super) const fn window(&self) -> MemoryRange {
        let base = crate::address::Pa(self.port.window.0);
        MemoryRange::new(base, self.channel.message_bytes as u64)
    }

    /// Names channel, port and partition.
    const fn describe(&self) -> Message {
        self.add_to(of(self.channel))
    }

    /// Names channel, port and partition, and the message window's place.
    pub(super) const fn describe_window(&self) -> Message {
        self.describe()
            .str(", message window ")
            .range(self.port.window.0, self.channel.message_bytes as u64)
    }

    const fn add_to(&self, message: Message) -> Message {
        message
            .str("port ")
            .name(self.port.port)
            .str(" of partition ")
            .name(self.port.partition)
    }
}

/// The `index`th of all ends of channels.
pub(super) const fn end<'a>(system: &'a System, mut index: usize) -> Option<End<'a>> {
    each! { place, channel in system.channels => {
        if index <= channel.destinations.len() {
            let port = channel.end(index);
            return Some(End { channel, place, port });
        }
        index -= channel.destinations.len() + 1;
    }}
    None
}

/// What can be wrong with two ends at one partition.
#[derive(Clone, Copy)]
enum Pair {
    EndsAtOnePartition,
    PortOfTwoChannels,
    WindowsOverlap,
}

const fn each_pair(context: &Context, report: &mut Report, wrong: Pair) {
    let mut first = 0;
    while let Some(one) = end(context.system, first) {
        let mut second = first + 1;
        while let Some(other) = end(context.system, second) {
            if same_text(one.port.partition, other.port.partition) {
                compare(report, &one, &other, wrong);
            }
            second += 1;
        }
        first += 1;
    }
}

const fn compare(report: &mut Report, one: &End, other: &End, wrong: Pair) {
    let same_channel = one.place == other.place;
    match wrong {
        Pair::EndsAtOnePartition if same_channel => {
            let message = one.describe().str(" and ");
            let message = other.add_to(message).str(" are ends at one partition");
            report.add(message.str("; a channel joins different ones"));
        }
        Pair::PortOfTwoChannels if !same_channel && same_text(one.port.port, other.port.port) => {
            let message = one.describe().str(" is an end of channel ");
            let message = message.name(other.channel.name).str(", too");
            report.add(message.str("; give each channel its own port"));
        }
        Pair::WindowsOverlap if one.window().overlaps(&other.window()) => {
            let message = one.describe_window().str(" overlaps that of port ");
            report.add(
                message
                    .name(other.port.port)
                    .str(" ")
                    .range(other.port.window.0, other.channel.message_bytes as u64)
                    .str("; move one"),
            );
        }
        _ => {}
    }
}

const fn of(channel: &Channel) -> Message {
    Message::new().str("channel ").name(channel.name).str(": ")
}
