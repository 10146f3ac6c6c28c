//! A second opinion on accepted trees: a reader that shares nothing with the one under test, made
//! of owned, recursive values, and the configured values looked up in what it reads.

use std::collections::HashMap;

/// A node with everything in it.
struct Node {
    name: Vec<u8>,
    properties: HashMap<Vec<u8>, Vec<u8>>,
    children: Vec<Node>,
}

/// Whether `tree` is one of the configured board with at least `cpus` of its four CPUs.
pub fn describes_the_board(tree: &[u8], cpus: u64) -> bool {
    let Some(root) = read(tree) else {
        return false;
    };
    let mut ram: Vec<(u64, u64)> = root
        .enabled()
        .filter(|node| node.text("device_type") == b"memory\0")
        .flat_map(|node| node.regs(&root))
        .collect();
    ram.sort_unstable();
    let covered = ram.iter().fold(0x4000_0000, |end, (base, size)| {
        if *base <= end {
            end.max(base.saturating_add(*size))
        } else {
            end
        }
    });
    let ram = covered >= 0x8000_0000;
    let gic = root
        .enabled()
        .find(|node| node.compatible("arm,gic-v3"))
        .map(|node| node.regs(&root));
    let gic = gic.is_some_and(|regs| {
        let at = |index: usize, base, size| {
            regs.get(index)
                .is_some_and(|found| found.0 == base && found.1 >= size)
        };
        at(0, 0x0800_0000, 0x1_0000) && at(1, 0x080A_0000, 0x8_0000)
    });
    let uart = root
        .enabled()
        .filter(|node| node.compatible("arm,pl011"))
        .any(|node| {
            node.regs(&root)
                .first()
                .is_some_and(|found| found.0 == 0x0900_0000 && found.1 >= 0x1000)
        });
    let psci = root
        .enabled()
        .filter(|node| node.compatible("arm,psci-0.2") || node.compatible("arm,psci-1.0"))
        .last()
        .is_some_and(|node| node.text("method") == b"smc\0");
    let affinities: Vec<u64> = root
        .children
        .iter()
        .filter(|node| node.name == b"cpus")
        .flat_map(|cpus| cpus.enabled().map(move |cpu| (cpus, cpu)))
        .filter(|(_, cpu)| cpu.text("device_type") == b"cpu\0")
        .filter_map(|(cpus, cpu)| cpu.regs(cpus).first().map(|reg| reg.0))
        .collect();
    let is_used = |(base, size): &(u64, u64)| {
        let end = base.saturating_add(*size);
        let is_the_trees = *base >= 0x4000_0000 && end <= 0x4010_0000;
        *size > 0 && *base < 0x8000_0000 && end > 0x4000_0000 && !is_the_trees
    };
    let mut reserved = root
        .enabled_or_not()
        .filter(|node| node.name == b"reserved-memory")
        .flat_map(|parent| parent.enabled().flat_map(|node| node.regs(parent)))
        .chain(reservations(tree));
    let is_free = !reserved.any(|range| is_used(&range));
    ram && gic && uart && psci && is_free && (0..cpus).all(|cpu| affinities.contains(&cpu))
}

impl Node {
    fn text(&self, name: &str) -> &[u8] {
        self.properties
            .get(name.as_bytes())
            .map_or(&[], Vec::as_slice)
    }

    fn compatible(&self, wanted: &str) -> bool {
        let mut strings = self.text("compatible").split(|byte| *byte == 0);
        strings.any(|string| string == wanted.as_bytes())
    }

    fn enabled(&self) -> impl Iterator<Item = &Node> {
        let usable: [&[u8]; 3] = [b"", b"okay\0", b"ok\0"];
        self.children
            .iter()
            .filter(move |node| usable.contains(&node.text("status")))
    }

    fn enabled_or_not(&self) -> impl Iterator<Item = &Node> {
        self.children.iter()
    }

    fn cells(&self, name: &str, default: usize) -> usize {
        if self.properties.contains_key(name.as_bytes()) {
            size(self.text(name).get(..4).unwrap_or(&[0xFF; 4]))
        } else {
            default
        }
    }

    /// The entries of `reg` of this child of `parent`.
    fn regs(&self, parent: &Node) -> Vec<(u64, u64)> {
        let address = parent.cells("#address-cells", 2);
        let length = parent.cells("#size-cells", 1);
        if !(1..=2).contains(&address) || length > 2 {
            return Vec::new();
        }
        self.text("reg")
            .chunks_exact(4 * (address + length))
            .map(|entry| entry.split_at(4 * address))
            .map(|(base, length)| (number(base), number(length)))
            .collect()
    }
}

fn number(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0, |number, byte| number << 8 | u64::from(*byte))
}

fn size(bytes: &[u8]) -> usize {
    number(bytes).try_into().unwrap_or(usize::MAX)
}

/// What the reservation block lists, up to its end.
fn reservations(tree: &[u8]) -> Vec<(u64, u64)> {
    let entries = tree.get(16..20).and_then(|offset| tree.get(size(offset)..));
    let entries = entries.unwrap_or_default().chunks_exact(16);
    entries
        .map(|entry| (number(&entry[..8]), number(&entry[8..])))
        .take_while(|entry| *entry != (0, 0))
        .collect()
}

fn read(tree: &[u8]) -> Option<Node> {
    let header: Vec<usize> = tree.get(..40)?.chunks(4).map(size).collect();
    let strings = tree.get(header[3]..)?.get(..header[8])?;
    let structure = tree.get(header[2]..)?.get(..header[9])?;
    read_node(&mut { structure }, strings)
}

fn read_node(rest: &mut &[u8], strings: &[u8]) -> Option<Node> {
    while peek(rest)? == 4 {
        take(rest, 4)?;
    }
    (number(take(rest, 4)?) == 1).then_some(())?;
    let length = rest.iter().position(|byte| *byte == 0)?;
    let name = take(rest, length + 1)?[..length].to_vec();
    let mut node = Node {
        name,
        properties: HashMap::new(),
        children: Vec::new(),
    };
    loop {
        match peek(rest)? {
            1 => node.children.push(read_node(rest, strings)?),
            3 => {
                take(rest, 4)?;
                let length = size(take(rest, 4)?);
                let name = strings.get(size(take(rest, 4)?)..)?;
                let end = name.iter().position(|byte| *byte == 0)?;
                let value = take(rest, length)?.to_vec();
                node.properties.insert(name[..end].to_vec(), value);
            }
            4 => {
                take(rest, 4)?;
            }
            2 => {
                take(rest, 4)?;
                return Some(node);
            }
            _ => return None,
        }
    }
}

fn peek(rest: &[u8]) -> Option<u64> {
    rest.get(..4).map(number)
}

/// The next `length` bytes; goes on to a multiple of four.
fn take<'a>(rest: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let taken = rest.get(..length)?;
    *rest = rest.get(length.next_multiple_of(4)..)?;
    Some(taken)
}
