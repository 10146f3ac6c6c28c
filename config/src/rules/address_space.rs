//! Rules on what a partition sees, and at which guest-physical addresses.

use paratia_abi::passport::MAX_REGIONS;

use super::context::Context;
use super::machine::{MAX_PARTS, part};
use super::memory::{INPUT_END, physical};
use super::partitions::subject;
use super::report::{Message, Report};
use crate::address::{MemoryRange, PAGE_BYTES, Pa};
use crate::each;
use crate::system::Partition;
use crate::tables::channel_memory::{self, MAX_VIEWS, Views};

pub(super) const fn region_count(context: &Context, report: &mut Report) {
    each! { partition in context.system.partitions => {
        let count = partition.regions.len() + partition.devices.len();
        if count > MAX_REGIONS {
            report.add(
                subject(partition)
                    .str("has ")
                    .count(count)
                    .str(" regions and devices, a passport holds ")
                    .count(MAX_REGIONS)
                    .str("; merge regions"),
            );
        }
    }}
}

pub(super) const fn first_region_is_ram(context: &Context, report: &mut Report) {
    each! { partition in context.system.partitions => {
        if partition.regions.is_empty() {
            let message = subject(partition).str("has no region");
            report.add(message.str(", and its image needs one; give it RAM"));
        } else if !partition.regions[0].kind.is_ram() {
            report.add(
                physical(partition, &partition.regions[0])
                    .str(" comes first but isn't RAM; put the RAM that holds the image first"),
            );
        }
    }}
}

pub(super) const fn ipa_in_reach(context: &Context, report: &mut Report) {
    each! { partition in context.system.partitions => {
        let views = views_of(context, partition);
        let mut index = 0;
        while let Some(seen) = seen(context, partition, &views, index) {
            if seen.range.end().0 > INPUT_END {
                report.add(
                    seen.describe(subject(partition))
                        .str(" exceeds 39 bits, ")
                        .hex(INPUT_END)
                        .str("; move it down"),
                );
            }
            index += 1;
        }
    }}
}

pub(super) const fn ipa_apart(context: &Context, report: &mut Report) {
    each! { partition in context.system.partitions => {
        let views = views_of(context, partition);
        if may_overlap(context, partition, &views) {
            let mut index = 0;
            while let Some(one) = seen(context, partition, &views, index) {
                let mut later = index + 1;
                while let Some(other) = seen(context, partition, &views, later) {
                    if one.range.overlaps(&other.range) {
                        let message = one.describe(subject(partition)).str(" overlaps ");
                        report.add(other.describe(message).str("; move one"));
                    }
                    later += 1;
                }
                index += 1;
            }
        }
    }}
}

/// Whether any of the things that a partition sees may overlap another: a few pairs, without a call for
/// each of them. If it sees more than it may, any may.
const fn may_overlap(context: &Context, partition: &Partition, views: &Views) -> bool {
    let mut seen_ones = [(0, 0); MAX_SEEN];
    let mut index = 0;
    while let Some(this) = seen(context, partition, views, index) {
        if index == MAX_SEEN {
            return true;
        }
        let (base, end) = (this.range.base.0, this.range.end().0);
        let mut earlier = 0;
        while earlier < index {
            if base < seen_ones[earlier].1 && seen_ones[earlier].0 < end {
                return true;
            }
            earlier += 1;
        }
        seen_ones[index] = (base, end);
        index += 1;
    }
    false
}

/// Most things that a partition sees: regions and devices, its channels' memory, its passport, what is
/// emulated.
const MAX_SEEN: usize = MAX_REGIONS + MAX_VIEWS + 1 + MAX_PARTS;

/// How a partition sees the memory of its channels, if there is any in the system.
const fn views_of(context: &Context, partition: &Partition) -> Views {
    channel_memory::views(context.system, context.board, partition.name)
}

pub(super) const fn passport_on_page(context: &Context, report: &mut Report) {
    each! { partition in context.system.partitions => {
        if !partition.passport.0.is_multiple_of(PAGE_BYTES) {
            report.add(
                subject(partition)
                    .str("passport at IPA ")
                    .hex(partition.passport.0)
                    .str(" isn't a multiple of ")
                    .hex(PAGE_BYTES)
                    .str("; align it"),
            );
        }
    }}
}

/// Something that a partition sees, at its guest-physical addresses.
struct Seen<'a> {
    what: &'a str,
    name: &'a str,
    range: MemoryRange,
}

impl Seen<'_> {
    const fn describe(&self, message: Message) -> Message {
        let message = message.str(self.what);
        let message = if self.name.is_empty() {
            message
        } else {
            message.str(" ").name(self.name)
        };
        message
            .str(" at IPA ")
            .range(self.range.base.0, self.range.size_bytes)
    }
}

/// What a partition sees, one by one: regions, devices that exist, the passport, what is emulated, the memory
/// of its channels.
const fn seen<'a>(
    context: &Context<'a>,
    partition: &'a Partition,
    views: &Views,
    index: usize,
) -> Option<Seen<'a>> {
    let (regions, devices) = (partition.regions, partition.devices);
    if index < regions.len() {
        let region = &regions[index];
        let range = MemoryRange::new(Pa(region.ipa.0), region.size_bytes);
        return Some(Seen {
            what: "region",
            name: region.name,
            range,
        });
    }
    if index < regions.len() + devices.len() {
        let owned = &devices[index - regions.len()];
        let size_bytes = match context.board.device(owned.device) {
            Some(device) => device.registers.size_bytes,
            None => 0,
        };
        let range = MemoryRange::new(Pa(owned.ipa.0), size_bytes);
        return Some(Seen {
            what: "device",
            name: owned.device,
            range,
        });
    }
    let after = index - regions.len() - devices.len();
    if after == 0 {
        let range = MemoryRange::new(Pa(partition.passport.0), PAGE_BYTES);
        return Some(Seen {
            what: "passport",
            name: "",
            range,
        });
    }
    if let Some((what, base, size_bytes)) = part(context.board, partition, after - 1) {
        return Some(Seen {
            what,
            name: "",
            range: MemoryRange::new(Pa(base), size_bytes),
        });
    }
    seen_memory(context, views, after - 1 - MAX_PARTS)
}

/// The `index`th part of channels' memory that a partition sees.
const fn seen_memory<'a>(context: &Context<'a>, views: &Views, index: usize) -> Option<Seen<'a>> {
    let mut next = 0;
    each! { view in views => {
        if view.physical.size_bytes > 0 {
            if next == index {
                return Some(Seen {
                    what: "memory of channel",
                    name: context.system.channels[view.channel].name,
                    range: MemoryRange::new(Pa(view.ipa.0), view.physical.size_bytes),
                });
            }
            next += 1;
        }
    }}
    None
}
