//! Rules on the board's own facts, on which all others build.

use super::context::Context;
use super::memory::INPUT_END;
use super::report::{Message, Report};
use crate::address::{BLOCK_2_MIB, MemoryRange, PAGE_BYTES, Pa, kib};
use crate::board::{BoardFacts, CpuStart, DisplayKind, InterruptController};
use crate::each;
use crate::layout::MAX_CPUS;
use crate::machine::VirtualGic;

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
    if !image.base.0.is_multiple_of(PAGE_BYTES) {
        let fact = message.str(" isn't a multiple of ").hex(PAGE_BYTES);
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

/// The sizes are those of Arm IHI 0048 (4.1.2, 4.1.3, 5.3) and IHI 0069 (12.8), and for the BCM2836
/// a page each.
pub(super) const fn interrupt_controller_room(context: &Context, report: &mut Report) {
    let board = context.board;
    let needed = match board.interrupt_controller {
        InterruptController::GicV3 { .. } => {
            [kib(64), board.cpus.len() as u64 * kib(128), PAGE_BYTES]
        }
        InterruptController::GicV2 { .. } => {
            [PAGE_BYTES, VirtualGic::CPU_INTERFACE_BYTES, PAGE_BYTES]
        }
        InterruptController::Bcm2836 { .. } => [PAGE_BYTES; 3],
    };
    let mut index = 0;
    while let Some((what, range)) = board.interrupt_controller.registers(index) {
        room(board, report, what, &range, needed[index]);
        index += 1;
    }
    if let Some(range) = board.interrupt_controller.virtual_cpu_interface() {
        let what = "the GIC's virtual CPU interface";
        room(board, report, what, &range, VirtualGic::CPU_INTERFACE_BYTES);
        if !range.base.0.is_multiple_of(PAGE_BYTES) {
            report.add(
                describe(board, what, &range)
                    .str(" isn't whole pages of ")
                    .hex(PAGE_BYTES)
                    .str("; align it"),
            );
        }
    }
}

pub(super) const fn spin_table_holds_slots(context: &Context, report: &mut Report) {
    let board = context.board;
    let CpuStart::SpinTable { page, first_slot } = board.cpu_start else {
        return;
    };
    let end = first_slot.saturating_add(board.cpus.len() as u64 * 8);
    if !first_slot.is_multiple_of(8) || end > page.size_bytes {
        report.add(
            describe(board, "the spin table", &page)
                .str(" has no room for ")
                .count(board.cpus.len())
                .str(" slots of 8 bytes from ")
                .hex(first_slot)
                .str("; correct the board's facts"),
        );
    }
    if page.overlaps(&board.partition_memory) {
        apart_from_partitions(board, report, "the spin table ", &page);
    }
}

pub(super) const fn frame_buffer_placed(context: &Context, report: &mut Report) {
    let board = context.board;
    let range = &board.frame_buffer;
    let what = "memory for the frame buffer";
    if !range.base.0.is_multiple_of(PAGE_BYTES) || !range.size_bytes.is_multiple_of(PAGE_BYTES) {
        report.add(
            describe(board, what, range)
                .str(" isn't whole pages of ")
                .hex(PAGE_BYTES)
                .str("; align it"),
        );
    }
    let mut index = 0;
    while let Some((other, own)) = hypervisors(board, index) {
        if own.overlaps(range) {
            report.add(
                describe(board, what, range)
                    .str(" overlaps ")
                    .str(other)
                    .str(" ")
                    .range(own.base.0, own.size_bytes)
                    .str("; move it"),
            );
        }
        index += 1;
    }
}

pub(super) const fn mailbox_in_hypervisors_page(context: &Context, report: &mut Report) {
    let board = context.board;
    let Some(DisplayKind::VideoCore { mailbox }) = board.display else {
        return;
    };
    let registers = MemoryRange::new(mailbox, MAILBOX_BYTES);
    let mut index = FIRST_REGISTERS;
    while let Some((_, own)) = hypervisors(board, index) {
        if own.contains(&registers) {
            return;
        }
        index += 1;
    }
    report.add(
        describe(board, "the VideoCore's mailbox", &registers)
            .str(" lies in no page of the hypervisor's; add one to its devices"),
    );
}

/// Bytes of a VideoCore's mailbox.
const MAILBOX_BYTES: u64 = 0x40;
/// Place of the first registers in the order of [`hypervisors`].
const FIRST_REGISTERS: usize = 2;
/// Place of the spin table, behind which the hypervisor's devices follow.
const FIRST_DEVICE: usize = 6;

/// What EL2 maps beside partitions, one by one: its memory, the device tree, then registers. The
/// range is empty where the board has no such thing.
const fn hypervisors(board: &BoardFacts, index: usize) -> Option<(&'static str, MemoryRange)> {
    let nothing = MemoryRange::new(Pa(0), 0);
    let controller = &board.interrupt_controller;
    let own = match index {
        0 => ("hypervisor memory", board.hypervisor_memory),
        1 => match board.device_tree {
            Some(range) => ("the device tree", range),
            None => ("the device tree", nothing),
        },
        2 => ("the debug UART", board.uart),
        3..FIRST_DEVICE => match controller.registers(index - 3) {
            Some(own) => own,
            None => ("nothing", nothing),
        },
        FIRST_DEVICE => match board.cpu_start {
            CpuStart::SpinTable { page, .. } => ("the spin table", page),
            CpuStart::PsciSmc => ("the spin table", nothing),
        },
        _ if index - FIRST_DEVICE - 1 < board.hypervisor_devices.len() => (
            "a device of the hypervisor",
            board.hypervisor_devices[index - FIRST_DEVICE - 1],
        ),
        _ => return None,
    };
    Some(own)
}

const fn room(
    board: &BoardFacts,
    report: &mut Report,
    what: &str,
    range: &MemoryRange,
    needed_bytes: u64,
) {
    if range.size_bytes < needed_bytes {
        report.add(
            subject(board)
                .str("the range of ")
                .str(what)
                .str(" ")
                .range(range.base.0, range.size_bytes)
                .str(" is shorter than the ")
                .hex(needed_bytes)
                .str(" bytes that its kind has; correct the board's facts"),
        );
    }
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
