//! Rules on channels and on the ports at their ends.

use paratia_abi::passport::MAX_PORTS;

use super::context::Context;
use super::ends::{End, each_end, each_pair, of};
use super::nearest::nearest_partition;
use super::partitions::subject;
use super::report::{Message, Report};
use super::schedule::shorter;
use crate::each;
use crate::machine::{FIRST_SHARED, UART_INTERRUPT};
use crate::same::same_text;
use crate::system::{Channel, ChannelKind, MAX_QUEUED_MESSAGES, Partition};

pub(super) const fn channel_ends_exist(context: &Context, report: &mut Report) {
    each_end! { end in context => {
        if end.partition.is_none() {
            let message = end.describe().str(" doesn't exist");
            let nearest = nearest_partition(context.system, end.port.partition);
            report.add(nearest.remedy(message, "declare it or take the end away"));
        }
    }}
}

pub(super) const fn channel_ends_differ(context: &Context, report: &mut Report) {
    each_pair! { one, other in context => {
        if one.place == other.place {
            let message = one.describe().str(" and ");
            let message = other.add_to(message).str(" are ends at one partition");
            report.add(message.str("; a channel joins different ones"));
        }
    }}
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
    each_pair! { one, other in context => {
        if one.place != other.place && same_text(one.port.port, other.port.port) {
            let message = one.describe().str(" is an end of channel ");
            let message = message.name(other.channel.name).str(", too");
            report.add(message.str("; give each channel its own port"));
        }
    }}
}

pub(super) const fn port_count(context: &Context, report: &mut Report) {
    each! { index, partition in context.system.partitions => {
        let count = context.ends.count_at(index);
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

pub(super) const fn port_interrupt_at_reader(context: &Context, report: &mut Report) {
    each! { channel in context.system.channels => {
        if let Some(interrupt) = channel.source.interrupt {
            report.add(
                of(channel)
                    .str("port ")
                    .name(channel.source.port)
                    .str(" of partition ")
                    .name(channel.source.partition)
                    .str(" writes and has interrupt ")
                    .number(interrupt as u64)
                    .str("; give it to a reader"),
            );
        }
    }}
}

pub(super) const fn port_interrupt_exists(context: &Context, report: &mut Report) {
    each_end! { end in context => {
        if let Some((interrupt, partition)) = announced(&end) {
            let count = partition.machine.gic.shared_blocks.saturating_mul(32);
            let last = FIRST_SHARED.saturating_add(count).saturating_sub(1);
            if interrupt < FIRST_SHARED || interrupt > last {
                report.add(
                    interrupt_of(&end, interrupt)
                        .str(", its controller's shared ones are ")
                        .number(FIRST_SHARED as u64)
                        .str(" to ")
                        .number(last as u64)
                        .str("; take one of these"),
                );
            }
        }
    }}
}

pub(super) const fn port_interrupt_not_a_devices(context: &Context, report: &mut Report) {
    each_end! { end in context => {
        if let Some((interrupt, partition)) = announced(&end) {
            if partition.machine.uart.is_some() && interrupt == UART_INTERRUPT {
                let message = interrupt_of(&end, interrupt).str(", and so has its emulated UART");
                report.add(message.str("; take another"));
            }
            each! { owned in partition.devices => {
                if let Some(device) = context.board.device(owned.device) {
                    each! { line in device.interrupts => {
                        if *line == interrupt {
                            let message = interrupt_of(&end, interrupt);
                            let message = message.str(", and so has its device ");
                            report.add(message.name(device.name).str("; take another"));
                        }
                    }}
                }
            }}
        }
    }}
}

pub(super) const fn port_interrupts_differ(context: &Context, report: &mut Report) {
    each_pair! { one, other in context => {
        if let (Some(interrupt), Some(also)) = (one.port.interrupt, other.port.interrupt)
            && interrupt == also
        {
            let message = interrupt_of(&one, interrupt).str(", and so has port ");
            report.add(message.name(other.port.port).str("; give each its own"));
        }
    }}
}

/// The interrupt of an end that has one, and its partition if that exists.
const fn announced<'a>(end: &End<'a>) -> Option<(u32, &'a Partition)> {
    match (end.port.interrupt, end.partition) {
        (Some(interrupt), Some((_, partition))) => Some((interrupt, partition)),
        _ => None,
    }
}

/// The start of a message about a port's interrupt.
const fn interrupt_of(end: &End, interrupt: u32) -> Message {
    end.describe()
        .str(" has interrupt ")
        .number(interrupt as u64)
}

pub(super) const fn queue_has_one_reader(context: &Context, report: &mut Report) {
    each! { channel in context.system.channels => {
        let readers = channel.destinations.len();
        if queue_depth_of(channel).is_some() && readers > 1 {
            report.add(
                of(channel)
                    .str("its messages queue for ")
                    .count(readers)
                    .str(" readers, and what one has read is gone for the others")
                    .str("; declare a channel for each"),
            );
        }
    }}
}

pub(super) const fn queue_depth(context: &Context, report: &mut Report) {
    each! { channel in context.system.channels => {
        if let Some(depth) = queue_depth_of(channel)
            && (depth == 0 || depth > MAX_QUEUED_MESSAGES)
        {
            report.add(
                of(channel)
                    .str("a queue of ")
                    .number(depth as u64)
                    .str(" messages, allowed are 1 to ")
                    .number(MAX_QUEUED_MESSAGES as u64)
                    .str("; change the depth"),
            );
        }
    }}
}

/// The depth of a channel whose messages queue, by whatever transport.
const fn queue_depth_of(channel: &Channel) -> Option<u32> {
    match channel.kind {
        ChannelKind::Queuing { depth } | ChannelKind::DirectQueuing { depth, .. } => Some(depth),
        _ => None,
    }
}

pub(super) const fn refresh_covers_frame(context: &Context, report: &mut Report) {
    let frame = context.system.schedule.major_frame;
    each! { channel in context.system.channels => {
        if let ChannelKind::Sampling { refresh } | ChannelKind::DirectSampling { refresh, .. } =
            channel.kind
            && shorter(refresh, frame)
        {
            report.add(
                of(channel)
                    .str("refresh ")
                    .duration(refresh)
                    .str(" is shorter than the major frame ")
                    .duration(frame)
                    .str(", so that messages go stale between two windows of partition ")
                    .name(channel.source.partition)
                    .str("; lengthen it"),
            );
        }
    }}
}
