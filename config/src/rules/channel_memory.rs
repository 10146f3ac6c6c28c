//! Rules on the memory that channels have of their own: its size, its place, who sees it and who writes it.

use super::context::Context;
use super::ends::{each_end, of};
use super::report::{Message, Report};
use crate::address::{MemoryRange, PAGE_BYTES};
use crate::each;
use crate::same::same_text;
use crate::system::{
    Channel, ChannelKind, Criticality, Image, MAX_DIRECT_BYTES, Partition, Writers,
};
use crate::tables::channel_memory;

pub(super) const fn direct_message_size(context: &Context, report: &mut Report) {
    each! { channel in context.system.channels => {
        let is_direct = matches!(
            channel.kind,
            ChannelKind::DirectSampling { .. } | ChannelKind::DirectQueuing { .. }
        );
        let bytes = channel.message_bytes;
        if is_direct && (bytes == 0 || bytes > MAX_DIRECT_BYTES || !bytes.is_multiple_of(8)) {
            report.add(
                of(channel)
                    .str("direct messages of ")
                    .number(bytes as u64)
                    .str(" bytes, allowed are multiples of 8 from 8 to ")
                    .number(MAX_DIRECT_BYTES as u64)
                    .str("; change the size"),
            );
        }
    }}
}

pub(super) const fn shared_memory_whole_pages(context: &Context, report: &mut Report) {
    each! { channel in context.system.channels => {
        let bytes = channel.message_bytes as u64;
        let is_shared = matches!(channel.kind, ChannelKind::SharedMemory { .. });
        if is_shared && (bytes == 0 || !bytes.is_multiple_of(PAGE_BYTES)) {
            report.add(
                of(channel)
                    .str("shared memory of ")
                    .number(bytes)
                    .str(" bytes isn't whole pages of ")
                    .hex(PAGE_BYTES)
                    .str("; change the size"),
            );
        }
    }}
}

pub(super) const fn channel_memory_seen_on_page(context: &Context, report: &mut Report) {
    each_end! { end in context => {
        let has_memory = end.channel.kind.memory().is_some();
        if has_memory && !end.port.window.0.is_multiple_of(PAGE_BYTES) {
            report.add(
                end.describe()
                    .str(" sees its memory at IPA ")
                    .hex(end.port.window.0)
                    .str(", which isn't a multiple of ")
                    .hex(PAGE_BYTES)
                    .str("; align it"),
            );
        }
    }}
}

pub(super) const fn channel_memory_placed(context: &Context, report: &mut Report) {
    let memory = &context.board.partition_memory;
    each! { index, channel in context.system.channels => {
        let range = channel_memory::of(context.system, context.board, index);
        if range.size_bytes == 0 {
            continue;
        }
        if !range.base.0.is_multiple_of(PAGE_BYTES) {
            report.add(
                describe(channel, &range)
                    .str(" doesn't begin on a multiple of ")
                    .hex(PAGE_BYTES)
                    .str("; align it"),
            );
        }
        if !memory.contains(&range) {
            report.add(
                describe(channel, &range)
                    .str(" lies outside the memory for partitions ")
                    .range(memory.base.0, memory.size_bytes)
                    .str("; move it, or shrink a region"),
            );
        }
    }}
}

pub(super) const fn channel_memory_apart(context: &Context, report: &mut Report) {
    let (system, board) = (context.system, context.board);
    each! { index, channel in system.channels => {
        let range = channel_memory::of(system, board, index);
        if range.size_bytes == 0 {
            continue;
        }
        each! { partition in system.partitions => {
            each! { region in partition.regions => {
                if range.overlaps(&region.physical()) {
                    report.add(
                        describe(channel, &range)
                            .str(" overlaps region ")
                            .name(region.name)
                            .str(" of partition ")
                            .name(partition.name)
                            .str(" ")
                            .range(region.pa.0, region.size_bytes)
                            .str("; move one"),
                    );
                }
            }}
        }}
        each! { later from index + 1, below system.channels.len() => {
            let other = channel_memory::of(system, board, later);
            if other.size_bytes > 0 && range.overlaps(&other) {
                report.add(
                    describe(channel, &range)
                        .str(" overlaps that of channel ")
                        .name(system.channels[later].name)
                        .str(" ")
                        .range(other.base.0, other.size_bytes)
                        .str("; move one"),
                );
            }
        }}
    }}
}

/// Nobody is there to ring: a message there comes without a call.
pub(super) const fn channel_memory_rings_nobody(context: &Context, report: &mut Report) {
    each_end! { end in context => {
        if let Some(interrupt) = end.port.interrupt
            && end.channel.kind.memory().is_some()
        {
            report.add(
                end.describe()
                    .str(" has interrupt ")
                    .number(interrupt as u64)
                    .str(", but its messages come without the hypervisor")
                    .str("; take the interrupt away, or let a copied channel ring"),
            );
        }
    }}
}

/// Linux takes what isn't its own RAM for a device's, which a cached view of another isn't coherent with
/// (Arm ARM DDI 0487, B2.11: mismatched memory attributes).
pub(super) const fn channel_memory_coherent(context: &Context, report: &mut Report) {
    each_end! { end in context => {
        if let Some((_, partition)) = end.partition
            && matches!(partition.image, Image::Linux { .. })
            && let Some(memory) = end.channel.kind.memory()
            && memory.is_cached
        {
            report.add(
                end.describe()
                    .str(" is Linux's, which doesn't cache it, but its other ends do")
                    .str("; declare the memory uncached"),
            );
        }
    }}
}

pub(super) const fn writers_are_destinations(context: &Context, report: &mut Report) {
    each! { channel in context.system.channels => {
        each! { name in writers(channel) => {
            let mut is_end = false;
            each! { port in channel.destinations => {
                is_end |= same_text(port.partition, name);
            }}
            if !is_end {
                report.add(
                    of(channel)
                        .str("partition ")
                        .name(name)
                        .str(" is to write its memory and is none of its destinations")
                        .str("; add a port, or take the writer away"),
                );
            }
        }}
    }}
}

/// What one writer says, another one can change: so it must be no less trusted.
pub(super) const fn critical_memory_written_by_critical(context: &Context, report: &mut Report) {
    each! { channel in context.system.channels => {
        let mut critical: Option<&Partition> = None;
        let mut other: Option<&Partition> = None;
        let mut end = 0;
        while end <= channel.destinations.len() {
            let name = channel.end(end).partition;
            if let Some(index) = context.directory.find(name)
                && !writers(channel).is_empty()
                && channel.is_written_at(end)
            {
                let partition = &context.system.partitions[index];
                match partition.criticality {
                    Criticality::Critical => critical = Some(partition),
                    Criticality::BestEffort => other = Some(partition),
                }
            }
            end += 1;
        }
        if let (Some(critical), Some(other)) = (critical, other) {
            report.add(
                of(channel)
                    .str("what critical partition ")
                    .name(critical.name)
                    .str(" writes to its memory, partition ")
                    .name(other.name)
                    .str(", which isn't, may change; give each a channel of its own"),
            );
        }
    }}
}

/// The destinations that write a channel's memory, too.
const fn writers(channel: &Channel) -> &'static [&'static str] {
    match channel.kind {
        ChannelKind::SharedMemory {
            writers: Writers::Several(names),
            ..
        } => names,
        _ => &[],
    }
}

/// The start of a message about a channel's memory.
const fn describe(channel: &Channel, range: &MemoryRange) -> Message {
    of(channel)
        .str("its memory ")
        .range(range.base.0, range.size_bytes)
}
