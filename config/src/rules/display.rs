//! Rules on the display and its frame buffer.

use super::context::Context;
use super::memory::physical;
use super::nearest::nearest_partition;
use super::partitions::{subject, system};
use super::report::{Message, Report};
use crate::board::DisplayKind;
use crate::each;
use crate::same::same_text;
use crate::system::{Display, Partition, Region, RegionKind};

pub(super) const fn display_partition_exists(context: &Context, report: &mut Report) {
    if let Some(display) = &context.system.display
        && owner(context, display).is_none()
    {
        let message = system(context)
            .str("its display shows partition ")
            .name(display.partition)
            .str(", which doesn't exist");
        let nearest = nearest_partition(context.system, display.partition);
        report.add(nearest.remedy(message, "declare it or take the display away"));
    }
}

pub(super) const fn display_on_board(context: &Context, report: &mut Report) {
    if context.system.display.is_some() && context.board.display.is_none() {
        report.add(
            system(context)
                .str("has a display, board ")
                .name(context.board.name)
                .str(" has none; take the display away or another board"),
        );
    }
}

pub(super) const fn display_not_empty(context: &Context, report: &mut Report) {
    if let Some(display) = &context.system.display
        && (display.width == 0 || display.height == 0)
    {
        let message = picture(system(context).str("its display is "), display);
        report.add(message.str(" and has no pixel; give it a size"));
    }
}

pub(super) const fn display_has_one_frame_buffer(context: &Context, report: &mut Report) {
    if let Some(display) = &context.system.display
        && let Some(partition) = owner(context, display)
    {
        let mut count = 0;
        each! { region in partition.regions => {
            count += is_frame_buffer(region) as usize;
        }}
        if count != 1 {
            report.add(
                subject(partition)
                    .str("the display shows it, but it has ")
                    .count(count)
                    .str(" frame buffers; declare one"),
            );
        }
    }
}

pub(super) const fn display_fits(context: &Context, report: &mut Report) {
    if let Some(display) = &context.system.display
        && let Some(partition) = owner(context, display)
    {
        // Not `Display::size_bytes`, which a typing error in the size can overflow.
        let pixels = display.width as u64 * display.height as u64;
        let needed = pixels.saturating_mul(4);
        each! { region in partition.regions => {
            if is_frame_buffer(region) && needed > region.size_bytes {
                let message = named(partition, region).str(" has ").number(region.size_bytes);
                let message = message.str(" bytes, a picture of ");
                report.add(
                    picture(message, display)
                        .str(" needs ")
                        .number(needed)
                        .str("; enlarge it"),
                );
            }
        }}
    }
}

/// Where the display controller chooses the place, there is no other.
pub(super) const fn frame_buffer_in_place(context: &Context, report: &mut Report) {
    if !matches!(context.board.display, Some(DisplayKind::VideoCore { .. })) {
        return;
    }
    let place = &context.board.frame_buffer;
    each! { partition in context.system.partitions => {
        each! { region in partition.regions => {
            if is_frame_buffer(region)
                && (region.pa.0 != place.base.0 || region.size_bytes > place.size_bytes)
            {
                report.add(
                    physical(partition, region)
                        .str(" isn't where the display of board ")
                        .name(context.board.name)
                        .str(" has its frame buffer, ")
                        .range(place.base.0, place.size_bytes)
                        .str("; put it at the start of that"),
                );
            }
        }}
    }}
}

pub(super) const fn frame_buffer_is_shown(context: &Context, report: &mut Report) {
    each! { partition in context.system.partitions => {
        let shown = match &context.system.display {
            Some(display) => same_text(display.partition, partition.name),
            None => false,
        };
        each! { region in partition.regions => {
            if is_frame_buffer(region) && !shown {
                report.add(
                    named(partition, region)
                        .str(" is a frame buffer that no display shows; \
                              declare the display or make it RAM"),
                );
            }
        }}
    }}
}

const fn owner<'a>(context: &Context<'a>, display: &Display) -> Option<&'a Partition> {
    match context.system.partition_index(display.partition) {
        Some(index) => Some(&context.system.partitions[index]),
        None => None,
    }
}

const fn is_frame_buffer(region: &Region) -> bool {
    matches!(region.kind, RegionKind::FrameBuffer)
}

const fn named(partition: &Partition, region: &Region) -> Message {
    subject(partition).str("region ").name(region.name)
}

const fn picture(message: Message, display: &Display) -> Message {
    message
        .number(display.width as u64)
        .str(" x ")
        .number(display.height as u64)
}
