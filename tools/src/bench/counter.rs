//! Exact counts of a run, by the QEMU plugin in `tools/counter`: instructions of the hypervisor by
//! function and caller, and by path from guest to guest.

use std::fmt::Write as _;
use std::fs;
use std::str::{FromStr, SplitWhitespace};

use anyhow::{Context as _, bail, ensure};
use object::{Object as _, ObjectSection as _};

use super::guest::CPU;
use crate::plugin::Plugin;
use crate::progress::Progress;
use crate::run::{Run, RunReport};
use crate::sources::{self, Function};

/// The plugin.
const PLUGIN: Plugin = Plugin {
    package: "paratia-counter",
    name: "counter",
};
/// The marks in its map.
const MARK_SWITCH: u8 = 1;
const MARK_APART: u8 = 2;
/// What makes a path a switch.
const SWITCH: &str = "switch";
/// Work that waits for time to spare: no part of the path that it is called on.
const APART: [&str; 2] = ["log::step", "idle::work_until"];

/// What was counted.
#[derive(Clone, Debug)]
pub struct Counts {
    /// The calls, callers first: those at boot, then the others.
    pub nodes: Vec<Node>,
    /// Paths that went back to the same guest.
    pub exits: Paths,
    /// Paths from one guest to the next.
    pub switches: Paths,
    /// What one CPU runs for a guest's call until it kicks another, and that one until its guest runs
    /// again.
    pub events: Paths,
    /// Of these the ones that take most all together, one by one: those that run the same instructions
    /// in the same order are one.
    pub traces: Vec<Trace>,
}

/// A path by its instructions.
#[derive(Clone, Debug)]
pub struct Trace {
    /// `exit`, `switch` or `event`.
    pub kind: String,
    /// How often it was gone.
    pub count: u64,
    /// The addresses of its instructions, without those that are apart.
    pub addresses: Vec<u64>,
}

/// A function, called on one way.
#[derive(Clone, Debug)]
pub struct Node {
    /// The index of the node that called it; its own for a root.
    pub parent: usize,
    /// The function; the phase for a root: `boot` or `run`.
    pub function: String,
    /// Instructions of the function itself.
    pub instructions: u64,
    /// Calls.
    pub calls: u64,
}

/// Paths of one kind, in instructions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Paths {
    /// How many.
    pub count: u64,
    /// The shortest.
    pub least: u64,
    /// The longest.
    pub most: u64,
    /// All together.
    pub sum: u64,
    /// Work of the log on the way, which isn't in these.
    pub apart: u64,
}

/// Builds the plugin.
///
/// # Errors
/// If it doesn't compile.
pub fn build(progress: &mut dyn Progress) -> anyhow::Result<()> {
    PLUGIN.build(progress)
}

/// Makes a run and counts it.
///
/// # Errors
/// If the run doesn't reach its end, or QEMU can't load the plugin.
pub fn count(run: &Run) -> anyhow::Result<(RunReport, Counts)> {
    let folder = tempfile::Builder::new().prefix("paratia-").tempdir()?;
    let (map, out) = (folder.path().join("map"), folder.path().join("out"));
    let elf = fs::read(run.image())?;
    let functions = sources::functions(&elf)?;
    crate::whole::write(&map, map_of(&functions) + &kicks(&elf)?)?;
    let files = [("map", map.as_path()), ("out", out.as_path())];
    let run = run
        .clone()
        .cpu(CPU)
        .qemu_argument("-plugin")
        .qemu_argument(&PLUGIN.option(&files)?);
    let report = run.execute()?;
    ensure!(report.reached_end(), "{}", report.outcome);
    let text = fs::read_to_string(&out).context("the counter has left no counts")?;
    Ok((report, parse(&text, &functions)?))
}

fn map_of(functions: &[Function]) -> String {
    let mut text = String::new();
    for (index, (address, name)) in functions.iter().enumerate() {
        let is_apart = APART.iter().any(|part| name.contains(part));
        let marks =
            if name == SWITCH { MARK_SWITCH } else { 0 } | if is_apart { MARK_APART } else { 0 };
        // Writing to a string can't fail.
        let _ = if index + 1 == functions.len() {
            writeln!(text, "{address:x}")
        } else {
            writeln!(text, "{address:x} {marks}")
        };
    }
    text
}

/// A line for each instruction that interrupts another CPU: `MSR ICC_SGI1R_EL1, Xt` (Arm IHI 0069,
/// `ICC_SGI1R_EL1`).
fn kicks(elf: &[u8]) -> anyhow::Result<String> {
    const KICK: u32 = 0xD518_CBA0;
    let file = object::File::parse(elf)?;
    let text = file
        .section_by_name(".text")
        .context("the image has no section .text")?;
    let (words, _) = text.data()?.as_chunks();
    let addresses = (text.address()..).step_by(4);
    let kicks = words.iter().zip(addresses);
    let kicks = kicks.filter(|(word, _)| u32::from_le_bytes(**word) & !0x1F == KICK);
    Ok(kicks
        .map(|(_, address)| format!("kick {address:x}\n"))
        .collect())
}

fn parse(text: &str, functions: &[Function]) -> anyhow::Result<Counts> {
    let mut counts = Counts {
        nodes: Vec::new(),
        exits: Paths::default(),
        switches: Paths::default(),
        events: Paths::default(),
        traces: Vec::new(),
    };
    for line in text.lines() {
        let mut words = line.split_whitespace();
        match (words.next(), words.next()) {
            (Some("node"), Some(index)) => {
                let phase = if index == "0" { "boot" } else { "run" };
                counts.nodes.push(node(&mut words, functions, phase)?);
            }
            (Some("path"), Some("exit")) => counts.exits = paths(&mut words)?,
            (Some("path"), Some("switch")) => counts.switches = paths(&mut words)?,
            (Some("path"), Some("event")) => counts.events = paths(&mut words)?,
            (Some("trace"), Some(kind)) => counts.traces.push(trace(kind, &mut words)?),
            _ => bail!("the counter's line can't be read: {line}"),
        }
    }
    Ok(counts)
}

fn node(words: &mut SplitWhitespace, functions: &[Function], phase: &str) -> anyhow::Result<Node> {
    let parent = number(words.next())?;
    let function = match words.next() {
        Some("-") => phase.to_owned(),
        index => {
            let index: usize = number(index)?;
            functions.get(index).context("no such function")?.1.clone()
        }
    };
    Ok(Node {
        parent,
        function,
        instructions: number(words.next())?,
        calls: number(words.next())?,
    })
}

fn paths(words: &mut SplitWhitespace) -> anyhow::Result<Paths> {
    Ok(Paths {
        count: number(words.next())?,
        least: number(words.next())?,
        most: number(words.next())?,
        sum: number(words.next())?,
        apart: number(words.next())?,
    })
}

fn trace(kind: &str, words: &mut SplitWhitespace) -> anyhow::Result<Trace> {
    let count = number(words.next())?;
    let address = |word| u64::from_str_radix(word, 16);
    let addresses: Result<_, _> = words.map(address).collect();
    Ok(Trace {
        kind: kind.to_owned(),
        count,
        addresses: addresses.context("the counter's address can't be read")?,
    })
}

fn number<N: FromStr>(word: Option<&str>) -> anyhow::Result<N> {
    let number = word.and_then(|word| word.parse().ok());
    number.context("the counter's line lacks a number")
}

impl Counts {
    /// Whether a node belongs to boot.
    #[must_use]
    pub fn is_boot(&self, node: usize) -> bool {
        self.way(node).last() == Some(0)
    }

    /// A node, its caller, and so on to the root.
    pub fn way(&self, node: usize) -> impl Iterator<Item = usize> {
        let above = |at: &usize| {
            let parent = self.nodes.get(*at)?.parent;
            (parent != *at).then_some(parent)
        };
        std::iter::successors(Some(node), above)
    }

    /// Instructions of boot, those of functions whose name has `part` and of what they call.
    #[must_use]
    pub fn boot_instructions(&self, part: &str) -> u64 {
        let has = |node: usize| self.nodes[node].function.contains(part);
        let nodes = (0..self.nodes.len()).filter(|node| self.is_boot(*node));
        nodes
            .filter(|node| self.way(*node).any(has))
            .map(|node| self.nodes[node].instructions)
            .sum()
    }
}
