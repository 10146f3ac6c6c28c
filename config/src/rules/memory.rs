//! Rules on memory: where regions, devices and passports lie, physically and as a partition sees
//! them.

use paratia_abi::passport::MAX_REGIONS;

use super::Context;
use super::board::{in_ram, ram_of};
use super::each::each;
use super::partitions::subject;
use super::report::{Message, Report};
use crate::address::{MemoryRange, PAGE_BYTES, Pa};
use crate::board::InterruptController;
use crate::system::{Partition, Region, RegionKind};
use crate::tables::INPUT_ADDRESS_BITS;

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
        } else if !matches!(partition.regions[0].kind, RegionKind::Ram) {
            report.add(
                physical(partition, &partition.regions[0])
                    .str(" comes first but isn't RAM; put the RAM that holds the image first"),
            );
        }
    }}
}

pub(super) const fn region_whole_pages(context: &Context, report: &mut Report) {
    each! { partition in context.system.partitions => {
        each! { region in partition.regions => {
            let aligned = region.ipa.0.is_multiple_of(PAGE_BYTES)
                && region.pa.0.is_multiple_of(PAGE_BYTES)
                && region.size_bytes.is_multiple_of(PAGE_BYTES);
            if region.size_bytes == 0 {
                report.add(physical(partition, region).str(" is empty; give it a size"));
            }
            if !aligned {
                report.add(
                    physical(partition, region)
                        .str(" at IPA ")
                        .hex(region.ipa.0)
                        .str(" isn't whole pages of ")
                        .hex(PAGE_BYTES)
                        .str("; align base, IPA and size"),
                );
            }
        }}
    }}
}

pub(super) const fn region_in_ram(context: &Context, report: &mut Report) {
    each! { partition in context.system.partitions => {
        each! { region in partition.regions => {
            if !in_ram(context.board, &region.physical()) {
                let message = physical(partition, region).str(" lies outside ");
                report.add(ram_of(context.board, message).str("; move or shrink it"));
            }
        }}
    }}
}

pub(super) const fn region_off_hypervisor(context: &Context, report: &mut Report) {
    let own = &context.board.hypervisor_memory;
    each! { partition in context.system.partitions => {
        each! { region in partition.regions => {
            if region.physical().overlaps(own) {
                report.add(
                    physical(partition, region)
                        .str(" overlaps the hypervisor's memory ")
                        .range(own.base.0, own.size_bytes)
                        .str("; move it"),
                );
            }
        }}
    }}
}

/// Says nothing of what [`region_in_ram`] and [`region_off_hypervisor`] find already.
pub(super) const fn region_in_partition_memory(context: &Context, report: &mut Report) {
    let board = context.board;
    let memory = &board.partition_memory;
    each! { partition in context.system.partitions => {
        each! { region in partition.regions => {
            let range = region.physical();
            let found_already =
                !in_ram(board, &range) || range.overlaps(&board.hypervisor_memory);
            if !found_already && !memory.contains(&range) {
                report.add(
                    physical(partition, region)
                        .str(" lies outside the memory for partitions ")
                        .range(memory.base.0, memory.size_bytes)
                        .str("; move or shrink it"),
                );
            }
        }}
    }}
}

pub(super) const fn region_off_devices(context: &Context, report: &mut Report) {
    let board = context.board;
    let InterruptController::GicV3 {
        distributor,
        redistributors,
    } = board.interrupt_controller;
    each! { partition in context.system.partitions => {
        each! { region in partition.regions => {
            registers(report, partition, region, &board.uart, "the debug UART");
            registers(report, partition, region, &distributor, "the GIC's distributor");
            registers(report, partition, region, &redistributors, "the GIC's redistributors");
            each! { device in board.hypervisor_devices => {
                registers(report, partition, region, device, "a device of the hypervisor");
            }}
            each! { device in board.devices => {
                registers(report, partition, region, &device.registers, device.name);
            }}
        }}
    }}
}

pub(super) const fn regions_apart(context: &Context, report: &mut Report) {
    let partitions = context.system.partitions;
    each! { index, partition in partitions => {
        each! { place, region in partition.regions => {
            // Its own regions behind it, then those of the partitions behind its own.
            each! { other in partition.regions.split_at(place + 1).1 => {
                overlap(report, partition, region, partition, other);
            }}
            each! { owner in partitions.split_at(index + 1).1 => {
                each! { other in owner.regions => {
                    overlap(report, partition, region, owner, other);
                }}
            }}
        }}
    }}
}

/// EL2 maps regions at their physical addresses, with as many bits of input address as a partition.
pub(super) const fn region_in_reach(context: &Context, report: &mut Report) {
    each! { partition in context.system.partitions => {
        each! { region in partition.regions => {
            if region.physical().end().0 > INPUT_END {
                report.add(
                    physical(partition, region)
                        .str(" exceeds the 39 bits of the hypervisor's own map, ")
                        .hex(INPUT_END)
                        .str("; move it down"),
                );
            }
        }}
        each! { owned in partition.devices => {
            if let Some(device) = context.board.device(owned.device)
                && device.registers.end().0 > SMALLEST_PHYSICAL_END
            {
                report.add(
                    subject(partition)
                        .str("device ")
                        .name(device.name)
                        .str(" ")
                        .range(device.registers.base.0, device.registers.size_bytes)
                        .str(" exceeds the 40 bits of the smallest CPU, ")
                        .hex(SMALLEST_PHYSICAL_END)
                        .str("; leave it out"),
                );
            }
        }}
    }}
}

pub(super) const fn ipa_in_reach(context: &Context, report: &mut Report) {
    each! { partition in context.system.partitions => {
        let mut index = 0;
        while let Some(seen) = seen(context, partition, index) {
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
        let mut index = 0;
        while let Some(one) = seen(context, partition, index) {
            let mut later = index + 1;
            while let Some(other) = seen(context, partition, later) {
                if one.range.overlaps(&other.range) {
                    let message = one.describe(subject(partition)).str(" overlaps ");
                    report.add(other.describe(message).str("; move one"));
                }
                later += 1;
            }
            index += 1;
        }
    }}
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

/// One past the last input address of both translation regimes.
const INPUT_END: u64 = 1 << INPUT_ADDRESS_BITS;
/// One past the last physical address of a CPU with 40 bits, such as Cortex-A53.
const SMALLEST_PHYSICAL_END: u64 = 1 << 40;

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

/// What a partition sees, one by one: regions, devices that exist, the passport.
const fn seen<'a>(
    context: &Context<'a>,
    partition: &'a Partition,
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
    if index == regions.len() + devices.len() {
        let range = MemoryRange::new(Pa(partition.passport.0), PAGE_BYTES);
        return Some(Seen {
            what: "passport",
            name: "",
            range,
        });
    }
    None
}

const fn registers(
    report: &mut Report,
    partition: &Partition,
    region: &Region,
    range: &MemoryRange,
    whose: &str,
) {
    if region.physical().overlaps(range) {
        report.add(
            physical(partition, region)
                .str(" overlaps the registers of ")
                .str(whose)
                .str(" ")
                .range(range.base.0, range.size_bytes)
                .str("; move or shrink it"),
        );
    }
}

const fn overlap(
    report: &mut Report,
    partition: &Partition,
    region: &Region,
    owner: &Partition,
    other: &Region,
) {
    if region.physical().overlaps(&other.physical()) {
        report.add(
            physical(partition, region)
                .str(" overlaps region ")
                .name(other.name)
                .str(" of partition ")
                .name(owner.name)
                .str(" ")
                .range(other.pa.0, other.size_bytes)
                .str("; move or shrink one"),
        );
    }
}

/// The start of a message about a region and its physical memory.
const fn physical(partition: &Partition, region: &Region) -> Message {
    subject(partition)
        .str("region ")
        .name(region.name)
        .str(" ")
        .range(region.pa.0, region.size_bytes)
}
