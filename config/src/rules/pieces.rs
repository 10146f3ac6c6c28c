//! Rules on the pieces of an image, within their partition.

use super::context::Context;
use super::ends::each_end;
use super::owned_pieces::holds_code;
use super::partitions::subject;
use super::report::{Message, Report};
use crate::address::{BLOCK_2_MIB, Ipa, MemoryRange, PAGE_BYTES, Pa};
use crate::each;
use crate::image::{MAX_COMMAND_LINE_BYTES, Piece};
use crate::system::{Image, Partition, Region};

pub(super) const fn image_aligned(context: &Context, report: &mut Report) {
    each! { partition in context.system.partitions => {
        match partition.image {
            Image::Program(_) | Image::Unikernel { .. } => {}
            Image::Linux { .. } => {
                aligned(report, partition, "kernel", partition.entry, BLOCK_2_MIB);
            }
            Image::Raw { load, device_tree, .. } => {
                aligned(report, partition, "binary", load, PAGE_BYTES);
                if let Some(place) = device_tree {
                    aligned(report, partition, "device tree", place, PAGE_BYTES);
                }
            }
            Image::Elf { device_tree, .. } => {
                if let Some(place) = device_tree {
                    aligned(report, partition, "device tree", place, PAGE_BYTES);
                }
            }
        }
    }}
}

/// Says nothing of a partition without regions, which is found already.
pub(super) const fn image_fits(context: &Context, report: &mut Report) {
    each! { index, piece in context.pieces => {
        if let Some(place) = context.owned_pieces.owner(index) {
            let partition = &context.system.partitions[place];
            if piece.bytes == 0 {
                report.add(describe(piece).str(" is empty; mend it"));
            }
            if !partition.regions.is_empty() && !in_ram(partition, &piece.room()) {
                let message = describe_place(piece).str(" lies outside its partition's RAM");
                report.add(add_ram(partition, message).str("; enlarge the RAM, or move it"));
            }
        }
    }}
}

pub(super) const fn image_pieces_apart(context: &Context, report: &mut Report) {
    each! { index, piece in context.pieces => {
        let mut later = context.owned_pieces.next(index);
        while let Some(place) = later {
            let other = &context.pieces[place];
            if piece.room().overlaps(&other.room()) {
                report.add(
                    describe_place(piece)
                        .str(" overlaps its ")
                        .str(other.kind.name())
                        .str(" ")
                        .name(other.name)
                        .str(" ")
                        .range(other.room().base.0, other.room().size_bytes)
                        .str("; move one"),
                );
            }
            later = context.owned_pieces.next(place);
        }
    }}
}

/// A program is a flat image whose first instruction comes first. Says nothing of an entry outside of the
/// first region, or of one off pages, which is found already.
pub(super) const fn program_entered_at_start(context: &Context, report: &mut Report) {
    each! { partition in context.system.partitions => {
        if let Image::Program(program) = partition.image
            && !partition.regions.is_empty()
        {
            let region = &partition.regions[0];
            let entry = partition.entry.0;
            let is_placed = region.ipa.0.is_multiple_of(PAGE_BYTES) && entry.is_multiple_of(4);
            if is_placed && entry > region.ipa.0 && entry < region.ipa_end().0 {
                report.add(
                    subject(partition)
                        .str("entry ")
                        .hex(entry)
                        .str(" is in the middle of program ")
                        .name(program)
                        .str(", which starts at ")
                        .hex(region.ipa.0)
                        .str("; enter it there"),
                );
            }
        }
    }}
}

/// Says nothing of an entry outside of RAM, or within a program, which is found already.
pub(super) const fn image_entered(context: &Context, report: &mut Report) {
    let pieces = &context.owned_pieces;
    each! { place, partition in context.system.partitions => {
        let entry = MemoryRange::new(Pa(partition.entry.0), 4);
        let mut entered = false;
        let mut next = pieces.first_of(place);
        while let Some(index) = next {
            let piece = &context.pieces[index];
            let code = MemoryRange::new(Pa(piece.at.0), piece.bytes);
            entered |= holds_code(piece) && code.contains(&entry);
            next = pieces.next(index);
        }
        let is_program = matches!(partition.image, Image::Program(_));
        let is_found = is_program && entry.base.0 != first_ipa(partition);
        if pieces.has_code(place) && in_ram(partition, &entry) && !entered && !is_found {
            report.add(
                subject(partition)
                    .str("entry ")
                    .hex(partition.entry.0)
                    .str(" lies outside of what is loaded; enter the image within it"),
            );
        }
    }}
}

/// Where a partition sees its first region; 0 if it has none.
const fn first_ipa(partition: &Partition) -> u64 {
    match partition.regions.first() {
        Some(region) => region.ipa.0,
        None => 0,
    }
}

pub(super) const fn image_off_messages(context: &Context, report: &mut Report) {
    each_end! { end in context => {
        let mut next = match end.partition {
            // Memory of a channel's own isn't the partition's RAM, in which its image lies.
            _ if !end.channel.kind.is_copied() => None,
            Some((index, _)) => context.owned_pieces.first_of(index),
            None => None,
        };
        while let Some(place) = next {
            let piece = &context.pieces[place];
            let room = piece.room();
            if end.window().overlaps(&room) {
                report.add(
                    end.describe_window()
                        .str(" overlaps the partition's ")
                        .str(piece.kind.name())
                        .str(" ")
                        .range(room.base.0, room.size_bytes)
                        .str("; move it behind that"),
                );
            }
            next = context.owned_pieces.next(place);
        }
    }}
}

pub(super) const fn command_line_fits(context: &Context, report: &mut Report) {
    each! { partition in context.system.partitions => {
        if let Image::Linux { command_line, .. } = partition.image {
            let bytes = command_line.as_bytes();
            if bytes.len() > MAX_COMMAND_LINE_BYTES {
                report.add(
                    subject(partition)
                        .str("its kernel's command line has ")
                        .count(bytes.len())
                        .str(" bytes, the kernel has room for ")
                        .count(MAX_COMMAND_LINE_BYTES)
                        .str("; shorten it"),
                );
            }
            each! { index, byte in bytes => {
                if byte.is_ascii_control() {
                    report.add(
                        subject(partition)
                            .str("byte ")
                            .count(index)
                            .str(" of its kernel's command line is a control character; remove it"),
                    );
                }
            }}
        }
    }}
}

const fn aligned(
    report: &mut Report,
    partition: &Partition,
    what: &str,
    place: Ipa,
    unit_bytes: u64,
) {
    if !place.0.is_multiple_of(unit_bytes) {
        report.add(
            subject(partition)
                .str("its ")
                .str(what)
                .str(" lies at ")
                .hex(place.0)
                .str(", which isn't a multiple of ")
                .hex(unit_bytes)
                .str("; align it"),
        );
    }
}

/// Whether one of the partition's regions of RAM holds all of a guest-physical range.
const fn in_ram(partition: &Partition, range: &MemoryRange) -> bool {
    each! { region in partition.regions => {
        if region.kind.holds_image() && seen(region).contains(range) {
            return true;
        }
    }}
    false
}

/// Where a partition sees a region.
const fn seen(region: &Region) -> MemoryRange {
    MemoryRange::new(Pa(region.ipa.0), region.size_bytes)
}

/// Adds where the partition sees its RAM: the first region, if it has one.
const fn add_ram(partition: &Partition, message: Message) -> Message {
    each! { region in partition.regions => {
        if region.kind.holds_image() {
            return message
                .str(", region ")
                .name(region.name)
                .str(" ")
                .range(region.ipa.0, region.size_bytes);
        }
    }}
    message
}

/// The start of a message about a piece.
const fn describe(piece: &Piece) -> Message {
    Message::new()
        .str("partition ")
        .name(piece.partition)
        .str(": its ")
        .str(piece.kind.name())
        .str(" ")
        .name(piece.name)
}

/// The start of a message about a piece and the memory that it needs.
const fn describe_place(piece: &Piece) -> Message {
    let room = piece.room();
    describe(piece).str(" ").range(room.base.0, room.size_bytes)
}
