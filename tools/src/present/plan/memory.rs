//! Physical memory as a stack of boxes, the lowest address on top.

use anstyle::Style;
use paratia::catalog::Choice;
use paratia_config::{MemoryRange, tables};

use crate::present::paint::{self, DIM, PLAIN};
use crate::present::quantity::{address, size};

/// Columns inside a box.
const WIDTH: usize = 56;

/// A piece of memory with its owner.
struct Block {
    range: MemoryRange,
    title: String,
    colour: Style,
    parts: Vec<(&'static str, MemoryRange)>,
}

/// The lines of the map.
pub(super) fn lines(choice: &Choice) -> Vec<String> {
    let mut lines = Vec::new();
    for ram in choice.board.ram {
        let blocks = with_gaps(*ram, blocks(choice, ram));
        for (index, block) in blocks.iter().enumerate() {
            let (left, right) = if index == 0 {
                ('┌', '┐')
            } else {
                ('├', '┤')
            };
            lines.push(edge(&address(block.range.base.0), left, right));
            lines.extend(inside(block));
        }
        lines.push(edge(&address(ram.end().0), '└', '┘'));
    }
    lines
}

/// Everything that lies in a piece of RAM, in the order of addresses.
fn blocks(choice: &Choice, ram: &MemoryRange) -> Vec<Block> {
    let mut blocks = vec![Block {
        range: choice.board.hypervisor_memory,
        title: "hypervisor".to_owned(),
        colour: paint::BOLD,
        parts: hypervisor_parts(choice),
    }];
    for (index, partition) in choice.system.partitions.iter().enumerate() {
        blocks.extend(partition.regions.iter().map(|region| Block {
            range: region.physical(),
            title: format!("{}: {}", partition.name, region.name),
            colour: paint::partition(index),
            parts: Vec::new(),
        }));
    }
    blocks.retain(|block| ram.contains(&block.range));
    blocks.sort_by_key(|block| block.range.base.0);
    blocks
}

/// The parts of the image, as the layout places them.
fn hypervisor_parts(choice: &Choice) -> Vec<(&'static str, MemoryRange)> {
    let layout = tables::layout(choice.system, choice.board);
    let mut parts = vec![
        ("text", layout.text),
        ("constants", layout.rodata),
        ("translation tables", layout.tables),
        ("passports", layout.passports),
        ("data", layout.data),
        ("crash record", layout.crash),
        ("stacks", layout.stacks),
        ("partitions' images", layout.images),
    ];
    parts.extend(choice.board.device_tree.map(|range| ("device tree", range)));
    parts.sort_by_key(|(_, range)| range.base.0);
    parts
}

/// The same blocks, and the free memory between them.
fn with_gaps(ram: MemoryRange, blocks: Vec<Block>) -> Vec<Block> {
    let mut all = Vec::new();
    let mut at = ram.base;
    let free = |from: paratia_config::Pa, to: paratia_config::Pa| Block {
        range: MemoryRange::new(from, to.0 - from.0),
        title: "free".to_owned(),
        colour: DIM,
        parts: Vec::new(),
    };
    for block in blocks {
        if block.range.base > at {
            all.push(free(at, block.range.base));
        }
        at = block.range.end();
        all.push(block);
    }
    if ram.end() > at {
        all.push(free(at, ram.end()));
    }
    all
}

fn edge(address: &str, left: char, right: char) -> String {
    format!(
        "  {address:>13} {DIM}{left}{}{right}{PLAIN}",
        "─".repeat(WIDTH)
    )
}

fn inside(block: &Block) -> Vec<String> {
    let (colour, title) = (block.colour, &block.title);
    let room = WIDTH - 2 - title.len();
    let title = format!(
        "{colour}{title}{PLAIN}{:>room$}",
        size(block.range.size_bytes)
    );
    let parts = block.parts.iter().map(|(name, range)| {
        let place = address(range.base.0);
        format!(
            "  {DIM}{place}  {name:<WIDE$}{:>9}{PLAIN}",
            size(range.size_bytes),
            WIDE = WIDTH - 26
        )
    });
    let lines = std::iter::once(title).chain(parts);
    lines
        .map(|text| format!("{:16}{DIM}│{PLAIN} {text} {DIM}│{PLAIN}", ""))
        .collect()
}
