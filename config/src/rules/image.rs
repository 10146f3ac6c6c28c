//! Rules on images as a whole: that they exist, and fit with everything else in the hypervisor's
//! memory.

use super::Context;
use super::address_space::{ipa_in_reach, region_count};
use super::board::{board_in_reach, board_memory_in_ram, image_base_placed};
use super::each::each;
use super::memory::{region_in_ram, region_in_reach};
use super::nearest::Nearest;
use super::partitions::{partition_count, subject, system};
use super::report::Report;
use crate::address::PAGE_BYTES;
use crate::image::{Piece, PieceKind};
use crate::system::{Image, Partition, same_text};
use crate::tables::layout;

pub(super) const fn image_exists(context: &Context, report: &mut Report) {
    if context.pieces.is_empty() {
        return;
    }
    each! { partition in context.system.partitions => {
        if let Image::Program(program) = partition.image {
            program_exists(context, report, partition, program);
        } else if !has_code(context, partition) {
            report.add(
                subject(partition)
                    .str("nothing of its image is built that could run; name a file that exists"),
            );
        }
    }}
}

pub(super) const fn tables_fit(context: &Context, report: &mut Report) {
    if !can_lay_out(context) {
        return;
    }
    let layout = layout(context.system, context.board);
    let memory = &context.board.hypervisor_memory;
    if layout.records.end().0 > memory.end().0 {
        report.add(
            system(context)
                .str("with ")
                .number(layout.tables.size_bytes / PAGE_BYTES)
                .str(" translation tables the hypervisor ends at ")
                .hex(layout.records.end().0)
                .str(", behind its memory ")
                .range(memory.base.0, memory.size_bytes)
                .str("; align regions to 2 MiB, or give it more memory"),
        );
    }
}

/// Says nothing where there is no room for images at all, which [`tables_fit`] finds.
pub(super) const fn images_fit(context: &Context, report: &mut Report) {
    if !can_lay_out(context) {
        return;
    }
    let room = layout(context.system, context.board).images.size_bytes;
    let mut needed = 0u64;
    each! { index, piece in context.pieces => {
        if !is_named(context.pieces.split_at(index).0, piece.name) {
            let pages = piece.bytes.div_ceil(PAGE_BYTES);
            needed = needed.saturating_add(pages.saturating_mul(PAGE_BYTES));
        }
    }}
    if room > 0 && needed > room {
        report.add(
            system(context)
                .str("the partitions' images take ")
                .number(needed)
                .str(" bytes in whole pages, the hypervisor's memory has room for ")
                .number(room)
                .str("; shrink them, or give it more memory"),
        );
    }
}

const fn program_exists(
    context: &Context,
    report: &mut Report,
    partition: &Partition,
    program: &str,
) {
    let mut nearest = Nearest::to(program);
    each! { piece in context.pieces => {
        if matches!(piece.kind, PieceKind::Program) {
            if same_text(piece.name, program) {
                return;
            }
            nearest = nearest.offer(piece.name);
        }
    }}
    let message = subject(partition)
        .str("its program ")
        .name(program)
        .str(" doesn't exist");
    report.add(nearest.remedy(message, "add it to the partitions' programs"));
}

/// Whether a piece is of this partition and holds instructions.
pub(super) const fn is_code(piece: &Piece, partition: &Partition) -> bool {
    same_text(piece.partition, partition.name)
        && !matches!(piece.kind, PieceKind::Initrd | PieceKind::DeviceTree)
}

/// Whether something of this partition is built that could run.
pub(super) const fn has_code(context: &Context, partition: &Partition) -> bool {
    each! { piece in context.pieces => {
        if is_code(piece, partition) {
            return true;
        }
    }}
    false
}

/// Whether one of the pieces has this name.
const fn is_named(pieces: &[Piece], name: &str) -> bool {
    each! { piece in pieces => {
        if same_text(piece.name, name) {
            return true;
        }
    }}
    false
}

/// Whether tables can be counted at all: whatever they map lies where it can, and the regions in
/// RAM, which bounds the work. Other rules say what doesn't.
const fn can_lay_out(context: &Context) -> bool {
    let mut report = Report::keeping(0);
    board_memory_in_ram(context, &mut report);
    image_base_placed(context, &mut report);
    board_in_reach(context, &mut report);
    partition_count(context, &mut report);
    region_count(context, &mut report);
    region_in_ram(context, &mut report);
    region_in_reach(context, &mut report);
    ipa_in_reach(context, &mut report);
    report.finding().is_none()
}
