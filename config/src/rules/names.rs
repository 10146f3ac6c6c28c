//! Rules on names.

use paratia_abi::passport::MAX_NAME_BYTES;

use super::Context;
use super::each::each;
use super::partitions::subject;
use super::report::{Message, Report};
use crate::system::same_text;

pub(super) const fn names_plain(context: &Context, report: &mut Report) {
    check(report, Message::new().str("system "), context.system.name);
    check(report, Message::new().str("board "), context.board.name);
    each! { partition in context.system.partitions => {
        check(report, Message::new().str("partition "), partition.name);
        each! { region in partition.regions => {
            check(report, subject(partition).str("region "), region.name);
        }}
    }}
    each! { device in context.board.devices => {
        check(report, Message::new().str("device "), device.name);
    }}
    each! { channel in context.system.channels => {
        check(report, Message::new().str("channel "), channel.name);
        let mut end = 0;
        while end <= channel.destinations.len() {
            let channel_name = Message::new().str("channel ").name(channel.name);
            check(report, channel_name.str(": port "), channel.end(end).port);
            end += 1;
        }
    }}
}

pub(super) const fn partition_names_unique(context: &Context, report: &mut Report) {
    let partitions = context.system.partitions;
    each! { index, partition in partitions => {
        each! { earlier, other in partitions.split_at(index).0 => {
            if same_text(partition.name, other.name) {
                report.add(
                    Message::new()
                        .str("partition ")
                        .name(partition.name)
                        .str(": partitions ")
                        .count(earlier)
                        .str(" and ")
                        .count(index)
                        .str(" have this name; rename one"),
                );
            }
        }}
    }}
}

pub(super) const fn region_names_unique(context: &Context, report: &mut Report) {
    each! { partition in context.system.partitions => {
        each! { index, region in partition.regions => {
            each! { earlier, other in partition.regions.split_at(index).0 => {
                if same_text(region.name, other.name) {
                    report.add(
                        subject(partition)
                            .str("regions ")
                            .count(earlier)
                            .str(" and ")
                            .count(index)
                            .str(" are both called ")
                            .name(region.name)
                            .str("; rename one"),
                    );
                }
            }}
            each! { device in partition.devices => {
                if same_text(region.name, device.device) {
                    report.add(
                        subject(partition)
                            .str("a region and a device are both called ")
                            .name(region.name)
                            .str("; rename the region"),
                    );
                }
            }}
        }}
    }}
}

pub(super) const fn channel_names_unique(context: &Context, report: &mut Report) {
    let channels = context.system.channels;
    each! { index, channel in channels => {
        each! { earlier, other in channels.split_at(index).0 => {
            if same_text(channel.name, other.name) {
                report.add(
                    Message::new()
                        .str("channel ")
                        .name(channel.name)
                        .str(": channels ")
                        .count(earlier)
                        .str(" and ")
                        .count(index)
                        .str(" have this name; rename one"),
                );
            }
        }}
    }}
}

const fn check(report: &mut Report, what: Message, name: &str) {
    let message = what.name(name).str(": the name ");
    let bytes = name.as_bytes();
    if bytes.is_empty() || bytes.len() > MAX_NAME_BYTES {
        report.add(
            message
                .str("has ")
                .count(bytes.len())
                .str(" bytes, allowed are 1 to ")
                .count(MAX_NAME_BYTES)
                .str("; choose another"),
        );
    }
    each! { index, byte in bytes => {
        if !matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-') {
            report.add(
                message
                    .str("has another character than a-z, 0-9 and '-' at byte ")
                    .count(index)
                    .str("; rename it"),
            );
            return;
        }
    }}
}
