//! Rules on names.

use paratia_abi::passport::{MAX_NAME_BYTES, MAX_PORTS};

use super::context::Context;
use super::ends::of;
use super::partitions::subject;
use super::report::{Message, Report};
use crate::each;
use crate::layout::MAX_PARTITIONS;
use crate::same::same_text;
use crate::sorted::Names;

pub(super) const fn names_plain(context: &Context, report: &mut Report) {
    if is_broken(context.system.name) {
        check(report, Message::new().str("system "), context.system.name);
    }
    if is_broken(context.board.name) {
        check(report, Message::new().str("board "), context.board.name);
    }
    each! { partition in context.system.partitions => {
        if is_broken(partition.name) {
            check(report, Message::new().str("partition "), partition.name);
        }
        each! { region in partition.regions => {
            if is_broken(region.name) {
                check(report, subject(partition).str("region "), region.name);
            }
        }}
    }}
    each! { device in context.board.devices => {
        if is_broken(device.name) {
            check(report, Message::new().str("device "), device.name);
        }
    }}
    each! { channel in context.system.channels => {
        if is_broken(channel.name) {
            check(report, Message::new().str("channel "), channel.name);
        }
        let mut end = 0;
        while end <= channel.destinations.len() {
            let name = channel.end(end).port;
            if is_broken(name) {
                check(report, of(channel).str("port "), name);
            }
            end += 1;
        }
    }}
}

/// What a log's lines begin with that are nobody's but the hypervisor's.
pub const HYPERVISOR: &str = "paratia";

pub(super) const fn partition_name_its_own(context: &Context, report: &mut Report) {
    each! { partition in context.system.partitions => {
        if same_text(partition.name, HYPERVISOR) {
            report.add(
                subject(partition)
                    .str("its name is the hypervisor's, and nobody could tell their lines apart; \
                          rename it"),
            );
        }
    }}
}

pub(super) const fn partition_names_unique(context: &Context, report: &mut Report) {
    let partitions = context.system.partitions;
    let repeated = context.directory.repeated();
    each! { index, partition in partitions => {
        // Partitions behind the most that there may be are compared with all.
        if index >= MAX_PARTITIONS || repeated[index] {
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
        }
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
    let mut names: Names<MAX_CHANNELS> = Names::new();
    each! { channel in channels => {
        names.add(channel.name);
    }}
    names.sort();
    let repeated = names.repeated();
    each! { index, channel in channels => {
        // Channels behind the most that there may be are compared with all.
        if index >= MAX_CHANNELS || repeated[index] {
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
        }
    }}
}

/// Most channels: each has two ends at least.
const MAX_CHANNELS: usize = MAX_PARTITIONS * MAX_PORTS / 2;

/// Whether there is anything to say of a name.
const fn is_broken(name: &str) -> bool {
    let bytes = name.as_bytes();
    each! { byte in bytes => {
        if !matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-') {
            return true;
        }
    }}
    bytes.is_empty() || bytes.len() > MAX_NAME_BYTES
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
