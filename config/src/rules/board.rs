//! Rules on the board's own facts, on which all others build.

use super::Context;
use super::each::each;
use super::memory::INPUT_END;
use super::report::{Message, Report};
use crate::address::{BLOCK_2_MIB, MemoryRange, PAGE_BYTES, Pa};
use crate::board::{BoardFacts, InterruptController};
use crate::layout::MAX_CPUS;

pub(super) const fn board_cpus(context: &Context, report: &mut Report) {
    let count = context.board.cpus.len();
    if count == 0 || count > MAX_CPUS {
        report.add(
            subject(context.board)
                .str("has ")
                .count(count)
                .str(" CPUs, allowed are 1 to ")
                .count(MAX_CPUS)
                .str("; list those to use"),
        );
    }
}

pub(super) const fn board_memory_in_ram(context: &Context, report: &mut Report) {
    let board = context.board;
    if !in_ram(board, &board.hypervisor_memory) {
        report.add(outside_ram(board, "hypervisor", &board.hypervisor_memory));
    }
    if !in_ram(board, &board.partition_memory) {
        report.add(outside_ram(board, "partition", &board.partition_memory));
    }
}

pub(super) const fn board_memory_apart(context: &Context, report: &mut Report) {
    let board = context.board;
    let own = &board.hypervisor_memory;
    apart_from_partitions(board, report, "hypervisor memory ", own);
    if let Some(device_tree) = &board.device_tree {
        apart_from_partitions(board, report, "the device tree ", device_tree);
    }
}

pub(super) const fn image_base_placed(context: &Context, report: &mut Report) {
    let board = context.board;
    let image = MemoryRange::new(board.image_base, BLOCK_2_MIB);
    let message = subject(board).str("image base ").hex(image.base.0);
    if !image.base.0.is_multiple_of(BLOCK_2_MIB) {
        let fact = message.str(" isn't a multiple of ").hex(BLOCK_2_MIB);
        report.add(fact.str("; align it"));
    }
    let memory = &board.hypervisor_memory;
    if !memory.contains(&image) {
        report.add(
            message
                .str(" has no 2 MiB in hypervisor memory ")
                .range(memory.base.0, memory.size_bytes)
                .str("; move it"),
        );
    }
    let all = MemoryRange::new(image.base, memory.end().0.saturating_sub(image.base.0));
    if let Some(device_tree) = board.device_tree
        && all.overlaps(&device_tree)
    {
        report.add(
            message
                .str(" and what follows it overlaps the device tree ")
                .range(device_tree.base.0, device_tree.size_bytes)
                .str("; move it behind that"),
        );
    }
}

pub(super) const fn board_whole_pages(context: &Context, report: &mut Report) {
    let mut index = 0;
    while let Some((what, range)) = hypervisors(context.board, index) {
        let aligned =
            range.base.0.is_multiple_of(PAGE_BYTES) && range.size_bytes.is_multiple_of(PAGE_BYTES);
        if !aligned {
            report.add(
                describe(context.board, what, &range)
                    .str(" isn't whole pages of ")
                    .hex(PAGE_BYTES)
                    .str("; align it"),
            );
        }
        index += 1;
    }
}

/// Says nothing of the device tree, which may lie in the hypervisor's memory.
pub(super) const fn board_registers_apart(context: &Context, report: &mut Report) {
    let mut index = 0;
    while let Some((what, range)) = hypervisors(context.board, index) {
        let mut later = index + 1;
        while let Some((other, also)) = hypervisors(context.board, later) {
            if later >= FIRST_REGISTERS && range.overlaps(&also) {
                report.add(
                    describe(context.board, what, &range)
                        .str(" overlaps ")
                        .str(other)
                        .str(" ")
                        .range(also.base.0, also.size_bytes)
                        .str("; correct the board's facts"),
                );
            }
            later += 1;
        }
        index += 1;
    }
}

/// EL2 maps at physical addresses, with [`INPUT_END`] as the limit.
pub(super) const fn board_in_reach(context: &Context, report: &mut Report) {
    let mut index = 0;
    while let Some((what, range)) = hypervisors(context.board, index) {
        if range.end().0 > INPUT_END {
            report.add(
                describe(context.board, what, &range)
                    .str(" exceeds the 39 bits of the hypervisor's own map, ")
                    .hex(INPUT_END)
                    .str("; leave out what lies above"),
            );
        }
        index += 1;
    }
}

/// Place of the first registers in the order of [`hypervisors`].
const FIRST_REGISTERS: usize = 2;

/// What EL2 maps beside partitions, one by one: its memory, the device tree, then registers.
const fn hypervisors(board: &BoardFacts, index: usize) -> Option<(&'static str, MemoryRange)> {
    let InterruptController::GicV3 {
        distributor,
        redistributors,
    } = board.interrupt_controller;
    let device_tree = match board.device_tree {
        Some(range) => range,
        None => MemoryRange::new(Pa(0), 0),
    };
    let own = match index {
        0 => ("hypervisor memory", board.hypervisor_memory),
        1 => ("the device tree", device_tree),
        2 => ("the debug UART", board.uart),
        3 => ("the GIC's distributor", distributor),
        4 => ("the GIC's redistributors", redistributors),
        _ if index - 5 < board.hypervisor_devices.len() => (
            "a device of the hypervisor",
            board.hypervisor_devices[index - 5],
        ),
        _ => return None,
    };
    Some(own)
}

const fn describe(board: &BoardFacts, what: &str, range: &MemoryRange) -> Message {
    subject(board)
        .str(what)
        .str(" ")
        .range(range.base.0, range.size_bytes)
}

/// Whether one of the board's pieces of RAM holds the whole range.
pub(super) const fn in_ram(board: &BoardFacts, range: &MemoryRange) -> bool {
    each! { ram in board.ram => {
        if ram.contains(range) {
            return true;
        }
    }}
    false
}

/// Adds the board's name and its pieces of RAM.
pub(super) const fn ram_of(board: &BoardFacts, message: Message) -> Message {
    let mut message = message.str("the RAM of board ").name(board.name);
    each! { index, ram in board.ram => {
        let separator = if index == 0 { " " } else { ", " };
        message = message.str(separator).range(ram.base.0, ram.size_bytes);
    }}
    message
}

const fn apart_from_partitions(
    board: &BoardFacts,
    report: &mut Report,
    whose: &str,
    range: &MemoryRange,
) {
    let partitions = &board.partition_memory;
    if range.overlaps(partitions) {
        report.add(
            subject(board)
                .str(whose)
                .range(range.base.0, range.size_bytes)
                .str(" overlaps partition memory ")
                .range(partitions.base.0, partitions.size_bytes)
                .str("; move or shrink one"),
        );
    }
}

const fn outside_ram(board: &BoardFacts, whose: &str, range: &MemoryRange) -> Message {
    let message = subject(board)
        .str(whose)
        .str(" memory ")
        .range(range.base.0, range.size_bytes)
        .str(" lies outside ");
    ram_of(board, message).str("; move or shrink it")
}

const fn subject(board: &BoardFacts) -> Message {
    Message::new().str("board ").name(board.name).str(": ")
}
