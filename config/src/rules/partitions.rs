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
    let of_board = Message::new()
        .str("board ")
        .name(context.board.name)
        .str(": ");
    is_a_line(report, system(context), context.system.summary);
    is_a_line(report, of_board, context.board.summary);
}

const fn is_a_line(report: &mut Report, subject: Message, summary: &str) {
    let bytes = summary.as_bytes();
    if bytes.is_empty() || bytes.len() > MAX_SUMMARY_BYTES {
        report.add(
            subject
                .str("its summary has ")
                .count(bytes.len())
                .str(" bytes, allowed are 1 to ")
                .count(MAX_SUMMARY_BYTES)
                .str("; say it in one line"),
        );
    }
    each! { index below bytes.len() => {
        if controls(bytes, index) {
            let message = subject.str("byte ").count(index);
            report.add(message.str(" of its summary is a control character; say it in one line"));
        }
    }}
}

/// Whether a character begins at a byte of a text that is shown as nothing, ends a line, or turns the
/// direction of others round: ASCII's and Latin 1's controls, U+2028 and U+2029, and those of the Unicode
/// Bidirectional Algorithm (UAX 9, 2).
const fn controls(bytes: &[u8], index: usize) -> bool {
    let second = byte_at(bytes, index + 1);
    match bytes[index] {
        0xC2 => second < 0xA0,
        0xD8 => second == 0x9C,
        0xE2 => {
            let third = byte_at(bytes, index + 2);
            (second == 0x80 && matches!(third, 0x8E | 0x8F | 0xA8..=0xAE))
                || (second == 0x81 && matches!(third, 0xA6..=0xA9))
        }
        first => first.is_ascii_control(),
    }
}

const fn byte_at(bytes: &[u8], index: usize) -> u8 {
    if index < bytes.len() { bytes[index] } else { 0 }
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
