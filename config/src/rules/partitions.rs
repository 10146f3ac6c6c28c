//! Rules on the system as a whole and on what each partition is told.

use paratia_abi::passport::MAX_ARGUMENTS_BYTES;

use super::context::Context;
use super::report::{Message, Report};
use crate::each;
use crate::layout::MAX_PARTITIONS;
use crate::system::Partition;

/// Longest summary of a system in bytes: a line of the tool's list.
const MAX_SUMMARY_BYTES: usize = 100;

pub(super) const fn partition_count(context: &Context, report: &mut Report) {
    let count = context.system.partitions.len();
    if count == 0 || count > MAX_PARTITIONS {
        report.add(
            system(context)
                .str("has ")
                .count(count)
                .str(" partitions, allowed are 1 to ")
                .count(MAX_PARTITIONS)
                .str("; split or fill it"),
        );
    }
}

pub(super) const fn entry_in_first_region(context: &Context, report: &mut Report) {
    each! { partition in context.system.partitions => {
        let entry = partition.entry.0;
        if !partition.regions.is_empty() {
            let region = &partition.regions[0];
            if entry < region.ipa.0 || entry >= region.ipa_end().0 {
                report.add(
                    entry_of(partition)
                        .str(" lies outside its first region ")
                        .name(region.name)
                        .str(" IPA ")
                        .range(region.ipa.0, region.size_bytes)
                        .str("; enter where the image is loaded"),
                );
            }
        }
        if !entry.is_multiple_of(4) {
            report.add(entry_of(partition).str(" isn't a multiple of 4; align it"));
        }
    }}
}

/// The start of a message about where a partition is entered.
const fn entry_of(partition: &Partition) -> Message {
    subject(partition).str("entry ").hex(partition.entry.0)
}

pub(super) const fn arguments_fit(context: &Context, report: &mut Report) {
    each! { partition in context.system.partitions => {
        let bytes = partition.arguments.as_bytes();
        if bytes.len() > MAX_ARGUMENTS_BYTES {
            report.add(
                subject(partition)
                    .str("its arguments have ")
                    .count(bytes.len())
                    .str(" bytes, a passport holds ")
                    .count(MAX_ARGUMENTS_BYTES)
                    .str("; shorten them"),
            );
        }
        each! { index, byte in bytes => {
            if *byte == 0 {
                report.add(
                    subject(partition)
                        .str("byte ")
                        .count(index)
                        .str(" of its arguments is zero, which would end them; remove it"),
                );
            }
        }}
    }}
}

pub(super) const fn summary_is_a_line(context: &Context, report: &mut Report) {
    let bytes = context.system.summary.as_bytes();
    if bytes.is_empty() || bytes.len() > MAX_SUMMARY_BYTES {
        report.add(
            system(context)
                .str("its summary has ")
                .count(bytes.len())
                .str(" bytes, allowed are 1 to ")
                .count(MAX_SUMMARY_BYTES)
                .str("; say it in one line"),
        );
    }
    each! { index, byte in bytes => {
        if byte.is_ascii_control() {
            let message = system(context).str("byte ").count(index);
            report.add(message.str(" of its summary is a control character; say it in one line"));
        }
    }}
}

/// The start of a message about a partition.
pub(super) const fn subject(partition: &Partition) -> Message {
    Message::new()
        .str("partition ")
        .name(partition.name)
        .str(": ")
}

/// The start of a message about the system as a whole.
pub(super) const fn system(context: &Context) -> Message {
    Message::new()
        .str("system ")
        .name(context.system.name)
        .str(": ")
}
