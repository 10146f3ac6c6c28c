//! Rules on unikernels beside their tender.

use super::context::Context;
use super::partitions::subject;
use super::report::Report;
use crate::address::{BLOCK_2_MIB, Ipa};
use crate::each;
use crate::image::Backing;
use crate::same::same_text;
use crate::solo5::{MEMORY_END, TENDER_BYTES, tender};
use crate::system::{Image, Partition, Region, System};

pub(super) const fn unikernel_placed(context: &Context, report: &mut Report) {
    each! { partition in context.system.partitions => {
        let is_unikernel = matches!(partition.image, Image::Unikernel { .. });
        let regions = partition.regions;
        match tender(partition) {
            None if is_unikernel => {
                report.add(subject(partition).str(
                    "runs a unikernel but has no region of kind Tender; put one first",
                ));
            }
            Some(region) if !is_unikernel => {
                report.add(
                    subject(partition)
                        .str("region ")
                        .name(region.name)
                        .str(" is of kind Tender, but no unikernel runs there; make it RAM"),
                );
            }
            Some(region) => {
                place(report, partition, region);
                memory(report, partition);
            }
            None => {}
        }
        each! { index from 1, below regions.len() => {
            if regions[index].kind as u8 == crate::system::RegionKind::Tender as u8 {
                report.add(
                    subject(partition)
                        .str("region ")
                        .name(regions[index].name)
                        .str(" is of kind Tender and not the first; put it first, and leave one"),
                );
            }
        }}
        if is_unikernel && partition.machine.vcpus > 1 {
            report.add(
                subject(partition)
                    .str("has ")
                    .number(partition.machine.vcpus as u64)
                    .str(" vCPUs, a unikernel has 1; give it one"),
            );
        }
    }}
}

/// The tender is linked for its place, and what it maps beside it lies around that.
const fn place(report: &mut Report, partition: &Partition, region: &Region) {
    let is_there = region.ipa.0 == MEMORY_END.0 && region.size_bytes == TENDER_BYTES;
    if !is_there || partition.entry.0 != MEMORY_END.0 {
        report.add(
            subject(partition)
                .str("its tender ")
                .name(region.name)
                .str(" ")
                .range(region.ipa.0, region.size_bytes)
                .str(" is entered at ")
                .hex(partition.entry.0)
                .str(", but a tender lies at ")
                .range(MEMORY_END.0, TENDER_BYTES)
                .str(" and is entered there; move it"),
        );
    }
}

/// Says nothing of a unikernel whose memory begins elsewhere than at 0 but that there is none.
const fn memory(report: &mut Report, partition: &Partition) {
    let end = memory_end(partition).0;
    if end == 0 || end > MEMORY_END.0 || !end.is_multiple_of(BLOCK_2_MIB) {
        report.add(
            subject(partition)
                .str("a unikernel has memory from 0 to a multiple of ")
                .hex(BLOCK_2_MIB)
                .str(", at most ")
                .hex(MEMORY_END.0)
                .str(", and it has some to ")
                .hex(end)
                .str("; declare so much"),
        );
    }
}

/// Where the memory ends that a partition has from 0 on, in regions one after the other.
const fn memory_end(partition: &Partition) -> Ipa {
    let mut end = 0;
    let regions = partition.regions;
    each! { region in regions => {
        if region.ipa.0 == end {
            end = region.ipa_end().0;
        }
    }}
    Ipa(end)
}

pub(super) const fn unikernel_devices_backed(context: &Context, report: &mut Report) {
    each! { partition in context.system.partitions => {
        if let Image::Unikernel { devices, .. } = partition.image {
            each! { device in devices => {
                let (missing, kind) = match device.backing {
                    Backing::Block { region, .. } if !has_region(partition, region) => {
                        (Some(region), "region")
                    }
                    Backing::Net { out, .. } if !has_port(context.system, partition, out, true) => {
                        (Some(out), "source port")
                    }
                    Backing::Net { into, .. } if !has_port(context.system, partition, into, false) => {
                        (Some(into), "destination port")
                    }
                    _ => (None, ""),
                };
                if let Some(missing) = missing {
                    report.add(
                        subject(partition)
                            .str("the unikernel's device ")
                            .name(device.name)
                            .str(" stands on ")
                            .str(kind)
                            .str(" ")
                            .name(missing)
                            .str(", which the partition hasn't got; declare it"),
                    );
                }
            }}
        }
    }}
}

const fn has_region(partition: &Partition, name: &str) -> bool {
    let regions = partition.regions;
    each! { region in regions => {
        if same_text(region.name, name) {
            return true;
        }
    }}
    false
}

/// Whether a partition has such a port, of a direct queue.
const fn has_port(system: &System, partition: &Partition, name: &str, is_source: bool) -> bool {
    each! { channel in system.channels => {
        let is_queue = matches!(channel.kind, crate::system::ChannelKind::DirectQueuing { .. });
        let source = &channel.source;
        if is_queue
            && is_source
            && same_text(source.partition, partition.name)
            && same_text(source.port, name)
        {
            return true;
        }
        each! { port in channel.destinations => {
            if is_queue
                && !is_source
                && same_text(port.partition, partition.name)
                && same_text(port.port, name)
            {
                return true;
            }
        }}
    }}
    false
}
