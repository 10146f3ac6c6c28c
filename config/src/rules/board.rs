//! Rules on the board's own facts, on which all others build.

use super::Context;
use super::each::each;
use super::report::{Message, Report};
use crate::address::{BLOCK_2_MIB, MemoryRange};
use crate::board::BoardFacts;
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
