//! What is counted: a tree of calls, and the paths from a guest's last instruction to the next
//! guest's first.
//!
//! Written as lines:
//! `node INDEX PARENT FUNCTION INSTRUCTIONS CALLS` (node 0 is the root of boot, node 1 of the rest;
//! roots have function `-`), and
//! `path exit|switch COUNT LEAST MOST SUM APART`, where APART is the sum of what was apart.

use std::fmt;

use crate::map::{MARK_APART, MARK_SWITCH, Map, Place};
use crate::tree::Tree;

/// Most CPUs that QEMU is given.
const MAX_CPUS: usize = 8;
/// The tree's roots: until any guest's first instruction, and from then on.
const BOOT: usize = 0;
const RUN: usize = 1;

/// Where a CPU is.
#[derive(Clone, Copy, Debug)]
struct Cpu {
    node: usize,
    in_guest: bool,
    /// Whether it has run a guest: only then is there a path.
    has_run: bool,
    path: Path,
}

/// The path that a CPU is on.
#[derive(Clone, Copy, Debug, Default)]
struct Path {
    instructions: u64,
    apart: u64,
    switches: bool,
}

/// All paths of one kind.
#[derive(Clone, Copy, Debug, Default)]
struct Paths {
    count: u64,
    least: u64,
    most: u64,
    sum: u64,
    apart: u64,
}

/// Everything counted.
pub struct Counts {
    tree: Tree,
    cpus: [Cpu; MAX_CPUS],
    root: usize,
    exits: Paths,
    switches: Paths,
}

impl Counts {
    /// Nothing yet.
    pub fn new() -> Self {
        let cpu = Cpu {
            node: BOOT,
            in_guest: false,
            has_run: false,
            path: Path::default(),
        };
        Self {
            tree: Tree::new(2),
            cpus: [cpu; MAX_CPUS],
            root: BOOT,
            exits: Paths::default(),
            switches: Paths::default(),
        }
    }

    /// A CPU runs an instruction of the hypervisor.
    pub fn hypervisor(&mut self, map: &Map, cpu: usize, place: Place) {
        let cpu = &mut self.cpus[cpu % MAX_CPUS];
        if cpu.in_guest {
            cpu.in_guest = false;
            cpu.path = Path::default();
            cpu.node = self.root;
        }
        let marks = map.marks(place.function);
        let apart = marks & MARK_APART != 0;
        cpu.node = self.tree.go(self.root, cpu.node, place, apart);
        let node = &mut self.tree.nodes[cpu.node];
        node.instructions += 1;
        if node.apart {
            cpu.path.apart += 1;
        } else {
            cpu.path.instructions += 1;
        }
        cpu.path.switches |= marks & MARK_SWITCH != 0;
    }

    /// A CPU runs a guest.
    pub fn guest(&mut self, cpu: usize) {
        let cpu = &mut self.cpus[cpu % MAX_CPUS];
        if cpu.in_guest {
            return;
        }
        cpu.in_guest = true;
        self.root = RUN;
        if std::mem::replace(&mut cpu.has_run, true) {
            let paths = if cpu.path.switches {
                &mut self.switches
            } else {
                &mut self.exits
            };
            paths.add(cpu.path);
        }
    }
}

impl Paths {
    fn add(&mut self, path: Path) {
        self.least = match self.count {
            0 => path.instructions,
            _ => self.least.min(path.instructions),
        };
        self.count += 1;
        self.most = self.most.max(path.instructions);
        self.sum += path.instructions;
        self.apart += path.apart;
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, node) in self.tree.nodes.iter().enumerate() {
            let function = node.function.map_or("-".to_owned(), |it| it.to_string());
            writeln!(
                formatter,
                "node {index} {} {function} {} {}",
                node.parent, node.instructions, node.calls
            )?;
        }
        for (kind, paths) in [("exit", self.exits), ("switch", self.switches)] {
            writeln!(
                formatter,
                "path {kind} {} {} {} {} {}",
                paths.count, paths.least, paths.most, paths.sum, paths.apart
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_what_lies_between_two_guests() {
        let map = Map::parse("100 0\n140 1\n180 2\n1c0\n").unwrap();
        let mut counts = Counts::new();
        let run = |counts: &mut Counts, address| {
            counts.hypervisor(&map, 0, map.place(address).unwrap());
        };
        run(&mut counts, 0x100); // boot
        counts.guest(0);
        for address in [0x100, 0x104, 0x140, 0x180, 0x184, 0x144] {
            run(&mut counts, address);
        }
        counts.guest(0);
        run(&mut counts, 0x100);
        counts.guest(0);
        counts.guest(0);
        let text = counts.to_string();
        assert!(text.contains("path switch 1 4 4 4 2"), "{text}");
        assert!(text.contains("path exit 1 1 1 1 0"), "{text}");
        assert!(text.contains("node 2 0 0 1 1"), "boot: {text}");
    }
}
