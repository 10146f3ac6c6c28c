//! What is counted: a tree of calls, and the paths from a guest's last instruction to the next
//! guest's first.
//!
//! Written as lines:
//! `node INDEX PARENT FUNCTION INSTRUCTIONS CALLS` (node 0 is the root of boot, node 1 of the rest;
//! roots have function `-`),
//! `path exit|switch|event COUNT LEAST MOST SUM APART`, where APART is the sum of what was apart, and
//! what [`Traces::write`] says of paths one by one.
//!
//! An event is a path that another CPU's kick causes, and what of that CPU's path lies before the kick:
//! from one guest's call to the other guest's first instruction. It takes two CPUs and adds what each
//! of them runs for it, so that it doesn't matter how QEMU shares time out between them. The other
//! guest has to be running, since a path begins at a guest.

use std::fmt::Write as _;

use crate::map::{MARK_APART, MARK_SWITCH, Map, Place};
use crate::traces::{Trace, Traces};
use crate::tree::Tree;

/// Most CPUs that QEMU is given.
const MAX_CPUS: usize = 8;
/// The tree's roots: until any guest's first instruction, and from then on.
const BOOT: usize = 0;
const RUN: usize = 1;

/// Where a CPU is.
#[derive(Clone, Debug)]
struct Cpu {
    node: usize,
    in_guest: bool,
    /// Whether it has run a guest: only then is there a path.
    has_run: bool,
    path: Path,
}

/// The path that a CPU is on.
#[derive(Clone, Debug, Default)]
struct Path {
    instructions: u64,
    apart: u64,
    switches: bool,
    trace: Trace,
    /// The other CPU's path before the kick that has caused this one.
    cause: Option<Cause>,
}

/// A path until it kicks another CPU.
#[derive(Clone, Debug)]
struct Cause {
    instructions: u64,
    trace: Trace,
}

/// A kick that no other CPU has taken yet.
#[derive(Clone, Debug)]
struct Kick {
    /// The CPU that has sent it.
    by: usize,
    /// Its path until then.
    cause: Cause,
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
    events: Paths,
    traces: Traces,
    kick: Option<Kick>,
}

impl Counts {
    /// Nothing yet.
    pub fn new() -> Self {
        let cpu = || Cpu {
            node: BOOT,
            in_guest: false,
            has_run: false,
            path: Path::default(),
        };
        Self {
            tree: Tree::new(2),
            cpus: std::array::from_fn(|_| cpu()),
            root: BOOT,
            exits: Paths::default(),
            switches: Paths::default(),
            events: Paths::default(),
            traces: Traces::default(),
            kick: None,
        }
    }

    /// A CPU runs an instruction of the hypervisor.
    pub fn hypervisor(&mut self, map: &Map, number: usize, place: Place) {
        let cpu = &mut self.cpus[number % MAX_CPUS];
        if cpu.in_guest {
            let kick = self.kick.take_if(|kick| kick.by != number);
            cpu.in_guest = false;
            cpu.path = Path {
                cause: kick.map(|kick| kick.cause),
                ..Path::default()
            };
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
            if cpu.has_run {
                cpu.path.trace.push(place.instruction);
            }
        }
        cpu.path.switches |= marks & MARK_SWITCH != 0;
        if place.is_kick {
            self.kick = Some(Kick {
                by: number,
                cause: Cause {
                    instructions: cpu.path.instructions,
                    trace: cpu.path.trace.clone(),
                },
            });
        }
    }

    /// A CPU runs a guest.
    pub fn guest(&mut self, cpu: usize) {
        let cpu = &mut self.cpus[cpu % MAX_CPUS];
        if cpu.in_guest {
            return;
        }
        cpu.in_guest = true;
        self.root = RUN;
        if !std::mem::replace(&mut cpu.has_run, true) {
            return;
        }
        let mut path = std::mem::take(&mut cpu.path);
        let (kind, paths) = if path.switches {
            ("switch", &mut self.switches)
        } else {
            ("exit", &mut self.exits)
        };
        paths.add(path.instructions, path.apart);
        if let (Some(mut cause), false) = (path.cause.take(), path.switches) {
            self.events
                .add(cause.instructions + path.instructions, path.apart);
            cause.trace.extend(&path.trace);
            self.traces.add("event", &mut cause.trace);
        }
        self.traces.add(kind, &mut path.trace);
    }

    /// All of it, as lines.
    pub fn write(&self, map: &Map) -> String {
        let mut text = String::new();
        for (index, node) in self.tree.nodes.iter().enumerate() {
            let function = node.function.map_or("-".to_owned(), |it| it.to_string());
            // Writing to a string can't fail.
            let _ = writeln!(
                text,
                "node {index} {} {function} {} {}",
                node.parent, node.instructions, node.calls
            );
        }
        let kinds = [
            ("exit", self.exits),
            ("switch", self.switches),
            ("event", self.events),
        ];
        for (kind, paths) in kinds {
            let _ = writeln!(
                text,
                "path {kind} {} {} {} {} {}",
                paths.count, paths.least, paths.most, paths.sum, paths.apart
            );
        }
        text + &self.traces.write(map)
    }
}

impl Paths {
    fn add(&mut self, instructions: u64, apart: u64) {
        self.least = match self.count {
            0 => instructions,
            _ => self.least.min(instructions),
        };
        self.count += 1;
        self.most = self.most.max(instructions);
        self.sum += instructions;
        self.apart += apart;
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
        let text = counts.write(&map);
        assert!(text.contains("path switch 1 4 4 4 2"), "{text}");
        assert!(text.contains("path exit 1 1 1 1 0"), "{text}");
        assert!(text.contains("node 2 0 0 1 1"), "boot: {text}");
    }

    #[test]
    fn an_event_is_what_leads_to_a_kick_and_what_follows_it_elsewhere() {
        let map = Map::parse("100 0\n140 0\n180\nkick 108\n").unwrap();
        let mut counts = Counts::new();
        let run = |counts: &mut Counts, cpu, address| {
            counts.hypervisor(&map, cpu, map.place(address).unwrap());
        };
        counts.guest(0);
        counts.guest(1);
        for address in [0x100, 0x104, 0x108, 0x10C] {
            run(&mut counts, 0, address);
        }
        run(&mut counts, 1, 0x140);
        counts.guest(0);
        run(&mut counts, 1, 0x144);
        counts.guest(1);
        run(&mut counts, 1, 0x140);
        counts.guest(1);
        let text = counts.write(&map);
        assert!(text.contains("path event 1 5 5 5 0"), "{text}");
        assert!(
            text.contains("trace event 1 100 104 108 140 144\n"),
            "{text}"
        );
        assert!(text.contains("path exit 3 1 4 7 0"), "{text}");
    }
}
