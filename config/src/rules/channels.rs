//! Rules on channels and on the ports at their ends.

use paratia_abi::passport::MAX_PORTS;

use super::Context;
use super::each::each;
use super::ends::{end, of, pair_at_one_partition};
use super::nearest::nearest_partition;
use super::partitions::subject;
use super::report::Report;
use super::schedule::shorter;
use crate::system::same_text;

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
    let mut index = 0;
    while let Some((one, other)) = pair_at_one_partition(context.system, index) {
        if one.place == other.place {
            let message = one.describe().str(" and ");
            let message = other.add_to(message).str(" are ends at one partition");
            report.add(message.str("; a channel joins different ones"));
        }
        index += 1;
    }
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
    let mut index = 0;
    while let Some((one, other)) = pair_at_one_partition(context.system, index) {
        if one.place != other.place && same_text(one.port.port, other.port.port) {
            let message = one.describe().str(" is an end of channel ");
            let message = message.name(other.channel.name).str(", too");
            report.add(message.str("; give each channel its own port"));
        }
        index += 1;
    }
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
