//! Rules on images as a whole: that they exist, and fit with everything else in the hypervisor's
//! memory.

use super::address_space::{ipa_in_reach, region_count};
use super::board::{board_in_reach, board_memory_in_ram, image_base_placed};
use super::channel_memory::channel_memory_placed;
use super::channels::{channel_ends_exist, port_count};
use super::context::Context;
use super::memory::{region_in_ram, region_in_reach};
use super::nearest::Nearest;
use super::partitions::{partition_count, subject, system};
use super::report::Report;
use crate::address::PAGE_BYTES;
use crate::each;
use crate::image::PieceKind;
use crate::layout::REACH_BYTES;
use crate::system::{Image, Partition, System};

pub(super) const fn image_exists(context: &Context, report: &mut Report) {
    if context.pieces.is_empty() {
        return;
    }
    each! { index, partition in context.system.partitions => {
        if let Image::Program(program) = partition.image {
            program_exists(context, report, partition, program);
        } else if !context.owned_pieces.has_code(index) {
            report.add(
                subject(partition)
                    .str("nothing of its image is built that could run; name a file that exists"),
            );
        }
    }}
}

pub(super) const fn tables_fit(context: &Context, report: &mut Report) {
    let Some(layout) = &context.layout else {
        return;
    };
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

/// How far the variables reach is known before they are compiled only as a bound, which is a few per cent
/// above what they take.
pub(super) const fn variables_in_reach(context: &Context, report: &mut Report) {
    let Some(layout) = &context.layout else {
        return;
    };
    let reach = layout.data.end().0 - layout.text.base.0;
    if reach > REACH_BYTES {
        report.add(
            system(context)
                .str("the hypervisor's constants and variables need up to ")
                .number(reach)
                .str(" bytes, and no instruction reaches further than ")
                .number(REACH_BYTES)
                .str(
                    "; declare fewer partitions, vCPUs, windows or channels, or a channel with \
                      fewer destinations",
                ),
        );
    }
}

/// Says nothing where there is no room for images at all, which [`tables_fit`] finds.
pub(super) const fn images_fit(context: &Context, report: &mut Report) {
    let Some(layout) = &context.layout else {
        return;
    };
    let room = layout.images.size_bytes;
    let mut needed = 0u64;
    each! { index, piece in context.pieces => {
        if context.owned_pieces.is_first_of_name(index) {
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
    if context.owned_pieces.has_program(program) {
        return;
    }
    let mut nearest = Nearest::to(program);
    each! { piece in context.pieces => {
        if matches!(piece.kind, PieceKind::Program) {
            nearest = nearest.offer(piece.name);
        }
    }}
    let message = subject(partition)
        .str("its program ")
        .name(program)
        .str(" doesn't exist");
    report.add(nearest.remedy(message, "add it to the partitions' programs"));
}

/// Whether tables can be counted at all: whatever they map lies where it can, and regions and channels'
/// memory in RAM, which bounds the work. Other rules say what doesn't.
pub(super) const fn can_lay_out(context: &Context) -> bool {
    let mut report = Report::keeping(0, 1);
    board_memory_in_ram(context, &mut report);
    image_base_placed(context, &mut report);
    board_in_reach(context, &mut report);
    partition_count(context, &mut report);
    region_count(context, &mut report);
    region_in_ram(context, &mut report);
    region_in_reach(context, &mut report);
    ipa_in_reach(context, &mut report);
    if has_channel_memory(context.system) {
        channel_ends_exist(context, &mut report);
        port_count(context, &mut report);
        channel_memory_placed(context, &mut report);
    }
    !report.is_full()
}

const fn has_channel_memory(system: &System) -> bool {
    each! { channel in system.channels => {
        if channel.kind.memory().is_some() {
            return true;
        }
    }}
    false
}
