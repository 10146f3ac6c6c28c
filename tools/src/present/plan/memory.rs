//! Physical memory as a stack of boxes, the lowest address on top.

use anstyle::Style;
use paratia::catalog::Choice;
use paratia_config::board::CpuStart;
use paratia_config::tables::channel_memory;
use paratia_config::{MemoryRange, Pa, tables};

use crate::present::paint::{self, DIM, PLAIN};
use crate::present::quantity::{address, range, size};
use crate::present::table::Table;

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
    let mut blocks = all_blocks(choice);
    blocks.retain(|block| ram.contains(&block.range));
    blocks.sort_by_key(|block| block.range.base.0);
    blocks
}

/// What the hypervisor maps outside of the boxes of RAM: registers, and memory that the board keeps apart,
/// such as a frame buffer of its graphics processor.
pub(super) fn elsewhere(choice: &Choice) -> Table {
    let board = choice.board;
    let mut table = Table::new(&["physical", ">size", "what"]);
    let blocks = all_blocks(choice);
    let mappings = tables::el2_of(choice.system, board);
    let in_ram = |it: &&tables::Mapping| {
        let range = MemoryRange::new(Pa(it.output), it.size_bytes);
        board.ram.iter().any(|ram| ram.contains(&range))
            && blocks.iter().any(|block| block.range.contains(&range))
    };
    let mut others: Vec<_> = mappings
        .as_slice()
        .iter()
        .filter(|it| !in_ram(it))
        .collect();
    others.sort_by_key(|it| it.output);
    for mapping in others {
        let base = Pa(mapping.output);
        let block = blocks.iter().find(|it| it.range.base == base);
        table.row([
            range(base.0, mapping.size_bytes),
            size(mapping.size_bytes),
            block.map_or_else(|| own(choice, base), |it| it.title.clone()),
        ]);
    }
    table
}

/// What of the hypervisor's own begins at an address outside of its memory.
fn own(choice: &Choice, base: Pa) -> String {
    let board = choice.board;
    let controller = (0..).map_while(|index| board.interrupt_controller.registers(index));
    let mut controller = controller.filter(|(_, range)| range.base == base);
    let spin_table = match board.cpu_start {
        CpuStart::SpinTable { page, .. } => Some(page),
        CpuStart::PsciSmc => None,
    };
    if let Some((name, _)) = controller.next() {
        name.to_owned()
    } else if board.uart.base == base {
        "the debug UART".to_owned()
    } else if spin_table.is_some_and(|it| it.base == base) {
        "the spin table, by which CPUs are started".to_owned()
    } else if board.device_tree.is_some_and(|it| it.base == base) {
        "the device tree".to_owned()
    } else if board.hypervisor_devices.iter().any(|it| it.base == base) {
        "a device of the hypervisor".to_owned()
    } else {
        "?".to_owned()
    }
}

fn all_blocks(choice: &Choice) -> Vec<Block> {
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
    for (index, channel) in choice.system.channels.iter().enumerate() {
        let range = channel_memory::of(choice.system, choice.board, index);
        let writer = choice.system.partition_index(channel.source.partition);
        if range.size_bytes > 0 {
            blocks.push(Block {
                range,
                title: format!("channel: {}", channel.name),
                colour: writer.map_or(DIM, paint::partition),
                parts: Vec::new(),
            });
        }
    }
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
        ("records of stolen time", layout.records),
        ("data", layout.data),
        ("crash record", layout.crash),
        ("stacks", layout.stacks),
        ("partitions' images", layout.images),
    ];
    parts.extend(choice.board.device_tree.map(|range| ("device tree", range)));
    parts.retain(|(_, range)| range.size_bytes > 0);
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

#[cfg(test)]
mod tests {
    use paratia::catalog;

    use super::*;

    /// Of every system on every board, each mapping of the hypervisor's own is in a box or has a name.
    #[test]
    fn whatever_the_hypervisor_maps_has_a_name() {
        let mut seen = Vec::new();
        for listed in catalog::boards() {
            for (name, _) in catalog::systems(listed) {
                let choice = catalog::choose(listed.facts.name, name).unwrap();
                let text = elsewhere(&choice).lines().join("\n");
                assert!(
                    !text.contains('?'),
                    "{name} on {}: {text}",
                    listed.facts.name
                );
                seen.push(text);
            }
        }
        for what in ["frame-buffer", "the spin table", "the debug UART"] {
            assert!(seen.iter().any(|it| it.contains(what)), "{what}");
        }
    }
}
