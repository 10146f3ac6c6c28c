//! Rules on what must fit: images in partitions, and everything in the hypervisor's memory.

use super::Context;
use super::ImageSize;
use super::address_space::{ipa_in_reach, region_count};
use super::board::{board_in_reach, board_memory_in_ram, image_base_placed};
use super::each::each;
use super::ends::end;
use super::memory::{region_in_ram, region_in_reach};
use super::nearest::Nearest;
use super::partitions::{partition_count, subject, system};
use super::report::Report;
use crate::address::{MemoryRange, PAGE_BYTES, Pa};
use crate::system::{Image, Partition, same_text};
use crate::tables::layout;

pub(super) const fn image_exists(context: &Context, report: &mut Report) {
    if context.images.is_empty() {
        return;
    }
    each! { partition in context.system.partitions => {
        if size_of_image(context, partition).is_none() {
            let Image::Program(program) = partition.image;
            let mut nearest = Nearest::to(program);
            each! { image in context.images => {
                nearest = nearest.offer(image.program);
            }}
            let message = subject(partition)
                .str("its program ")
                .name(program)
                .str(" doesn't exist");
            report.add(nearest.remedy(message, "add it to the partitions' programs"));
        }
    }}
}

pub(super) const fn image_fits(context: &Context, report: &mut Report) {
    each! { partition in context.system.partitions => {
        if let Some(image) = size_of_image(context, partition)
            && !partition.regions.is_empty()
        {
            let region = &partition.regions[0];
            if image.bytes == 0 || image.bytes > region.size_bytes {
                report.add(
                    subject(partition)
                        .str("its program ")
                        .name(image.program)
                        .str(" has ")
                        .number(image.bytes)
                        .str(" bytes, region ")
                        .name(region.name)
                        .str(" holds 1 to ")
                        .number(region.size_bytes)
                        .str("; enlarge the region or mend the program"),
                );
            }
        }
    }}
}

pub(super) const fn image_off_messages(context: &Context, report: &mut Report) {
    let mut index = 0;
    while let Some(end) = end(context.system, index) {
        if let Some(place) = context.system.partition_index(end.port.partition) {
            let partition = &context.system.partitions[place];
            if let Some(image) = size_of_image(context, partition)
                && !partition.regions.is_empty()
            {
                let loaded = MemoryRange::new(Pa(partition.regions[0].ipa.0), image.bytes);
                if end.window().overlaps(&loaded) {
                    report.add(
                        end.describe_window()
                            .str(" overlaps the partition's image ")
                            .range(loaded.base.0, loaded.size_bytes)
                            .str("; move it behind that"),
                    );
                }
            }
        }
        index += 1;
    }
}

pub(super) const fn tables_fit(context: &Context, report: &mut Report) {
    if !can_lay_out(context) {
        return;
    }
    let layout = layout(context.system, context.board);
    let memory = &context.board.hypervisor_memory;
    if layout.stacks.end().0 > memory.end().0 {
        report.add(
            system(context)
                .str("with ")
                .number(layout.tables.size_bytes / PAGE_BYTES)
                .str(" translation tables the hypervisor ends at ")
                .hex(layout.stacks.end().0)
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
    each! { partition in context.system.partitions => {
        if let Some(image) = size_of_image(context, partition) {
            let pages = image.bytes.div_ceil(PAGE_BYTES);
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
                .str("; shrink programs, or give it more memory"),
        );
    }
}

/// The size of a partition's image, if it is known.
const fn size_of_image<'a>(context: &Context<'a>, partition: &Partition) -> Option<&'a ImageSize> {
    let Image::Program(program) = partition.image;
    each! { image in context.images => {
        if same_text(image.program, program) {
            return Some(image);
        }
    }}
    None
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
