//! Rules on physical memory: where regions may lie.

use paratia_abi::passport::MAX_REGIONS;

use super::board::{in_ram, ram_of};
use super::context::Context;
use super::partitions::subject;
use super::report::{Message, Report};
use crate::address::{MemoryRange, PAGE_BYTES, Pa};
use crate::board::{BoardFacts, CpuStart};
use crate::each;
use crate::layout::MAX_PARTITIONS;
use crate::sorted::Ranges;
use crate::system::{Partition, Region, RegionKind};
use crate::tables::INPUT_ADDRESS_BITS;

/// `each_registers! { whose, range in board => { … } }`: all registers of a board.
macro_rules! each_registers {
    ($whose:ident, $range:ident in $board:expr => $body:block) => {
        let board: &BoardFacts = $board;
        let mut index = 0;
        while let Some(($whose, $range)) = own_registers(board, index) {
            $body
            index += 1;
        }
        each! { device in board.devices => {
            let ($whose, $range) = (device.name, device.registers);
            $body
        }}
    };
}

/// The `index`th range of registers that is the hypervisor's own, and whose it is; empty where the board
/// has no such thing.
const fn own_registers(board: &BoardFacts, index: usize) -> Option<(&'static str, MemoryRange)> {
    const NOTHING: (&str, MemoryRange) = ("nothing", MemoryRange::new(Pa(0), 0));
    let controller = &board.interrupt_controller;
    Some(match index {
        0 => ("the debug UART", board.uart),
        1..=3 => match controller.registers(index - 1) {
            Some(own) => own,
            None => NOTHING,
        },
        4 => match controller.virtual_cpu_interface() {
            Some(range) => ("the GIC's virtual CPU interface", range),
            None => NOTHING,
        },
        5 => match board.cpu_start {
            CpuStart::SpinTable { page, .. } => ("the spin table", page),
            CpuStart::PsciSmc => NOTHING,
        },
        _ if index - 6 < board.hypervisor_devices.len() => (
            "a device of the hypervisor",
            board.hypervisor_devices[index - 6],
        ),
        _ => return None,
    })
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
    let all = all_registers(board);
    each! { partition in context.system.partitions => {
        each! { region in partition.regions => {
            // Most regions are nowhere near.
            if region.physical().overlaps(&all) {
                each_registers! { whose, range in board => {
                    registers(report, partition, region, &range, whose);
                }}
            }
        }}
    }}
}

/// The range from the first to the last of a board's registers.
const fn all_registers(board: &BoardFacts) -> MemoryRange {
    let (mut base, mut end) = (board.uart.base, board.uart.end());
    each_registers! { _whose, range in board => {
        if range.size_bytes > 0 && range.base.0 < base.0 {
            base = range.base;
        }
        if range.end().0 > end.0 {
            end = range.end();
        }
    }}
    MemoryRange::new(base, end.0 - base.0)
}

pub(super) const fn regions_apart(context: &Context, report: &mut Report) {
    let partitions = context.system.partitions;
    let mut ranges: Ranges<MAX_ALL_REGIONS> = Ranges::new();
    each! { partition in partitions => {
        each! { region in partition.regions => {
            ranges.add(region.physical());
        }}
    }}
    let crowded = ranges.crowded();
    let mut next = 0;
    each! { index, partition in partitions => {
        each! { place, region in partition.regions => {
            // If there are more than there may be, all are.
            let is_crowded = next >= MAX_ALL_REGIONS || crowded[next];
            next += 1;
            if is_crowded {
                overlaps(report, partitions, index, place, region);
            }
        }}
    }}
}

/// Says which regions behind a partition's region overlap it: its own, then those of the partitions
/// behind its own.
const fn overlaps(
    report: &mut Report,
    partitions: &[Partition],
    index: usize,
    place: usize,
    region: &Region,
) {
    let partition = &partitions[index];
    each! { other in partition.regions.split_at(place + 1).1 => {
        overlap(report, partition, region, partition, other);
    }}
    each! { owner in partitions.split_at(index + 1).1 => {
        each! { other in owner.regions => {
            overlap(report, partition, region, owner, other);
        }}
    }}
}

/// Most regions of all partitions together.
const MAX_ALL_REGIONS: usize = MAX_PARTITIONS * MAX_REGIONS;

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
