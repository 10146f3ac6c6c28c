//! Rules on physical memory: where regions may lie.

use super::Context;
use super::board::{in_ram, ram_of};
use super::each::each;
use super::partitions::subject;
use super::report::{Message, Report};
use crate::address::{MemoryRange, PAGE_BYTES};
use crate::board::{BoardFacts, CpuStart};
use crate::system::{Partition, Region, RegionKind};
use crate::tables::INPUT_ADDRESS_BITS;

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
            if !has_memory(context.board, region) {
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
                !has_memory(board, region) || range.overlaps(&board.hypervisor_memory);
            let placed = memory.contains(&range) || is_boards_frame_buffer(board, region);
            if !found_already && !placed {
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
    let controller = &board.interrupt_controller;
    each! { partition in context.system.partitions => {
        each! { region in partition.regions => {
            registers(report, partition, region, &board.uart, "the debug UART");
            let mut index = 0;
            while let Some((whose, range)) = controller.registers(index) {
                registers(report, partition, region, &range, whose);
                index += 1;
            }
            if let Some(range) = controller.virtual_cpu_interface() {
                let whose = "the GIC's virtual CPU interface";
                registers(report, partition, region, &range, whose);
            }
            if let CpuStart::SpinTable { page, .. } = board.cpu_start {
                registers(report, partition, region, &page, "the spin table");
            }
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

/// Whether there is memory for the region: in RAM, or where the board has its frame buffer.
const fn has_memory(board: &BoardFacts, region: &Region) -> bool {
    in_ram(board, &region.physical()) || is_boards_frame_buffer(board, region)
}

const fn is_boards_frame_buffer(board: &BoardFacts, region: &Region) -> bool {
    matches!(region.kind, RegionKind::FrameBuffer)
        && board.frame_buffer.contains(&region.physical())
}

/// One past the last input address of both translation regimes.
pub(super) const INPUT_END: u64 = 1 << INPUT_ADDRESS_BITS;
/// One past the last physical address of a CPU with 40 bits, such as Cortex-A53.
const SMALLEST_PHYSICAL_END: u64 = 1 << 40;

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
pub(super) const fn physical(partition: &Partition, region: &Region) -> Message {
    subject(partition)
        .str("region ")
        .name(region.name)
        .str(" ")
        .range(region.pa.0, region.size_bytes)
}
