//! What Paratia is made of and what it costs, counted: lines, bytes, instructions.
//!
//! `cargo paratia count` prints these figures, EVIDENCE.md shows them, and a test holds it to
//! them. Instructions are counted in deterministic time on a CPU whose counter ticks once an
//! instruction, so they are the same on every machine.

mod source;
mod table;

use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use object::{Object as _, ObjectSection as _};

use crate::run::{Run, RunReport};
use crate::sources::{PRIVILEGED, Sources};
use crate::{build, workspace};

pub use source::{Lines, Linked};
pub use table::{shown, table, update};

/// The board on which it is counted.
pub const BOARD: &str = "qemu-virt";
/// The systems whose images are needed.
pub const SYSTEMS: [&str; 2] = ["cluster", "test-cost"];
/// A CPU whose counter ticks once an instruction: an instruction takes 1 ns of board time.
const CPU: &str = "cortex-a57,cntfrq=1000000000";
/// A counted figure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    /// What was counted.
    pub what: String,
    /// How many.
    pub count: u64,
    /// Of what.
    pub unit: &'static str,
}

impl Figure {
    fn new(what: impl Into<String>, count: u64, unit: &'static str) -> Self {
        Self {
            what: what.into(),
            count,
            unit,
        }
    }
}

/// Counts everything; builds the images that are missing.
///
/// # Errors
/// If a source can't be read, an image can't be built, or a run doesn't reach its end.
pub fn figures() -> anyhow::Result<Vec<Figure>> {
    let linked = linked_lines()?;
    let mut figures = vec![
        Figure::new(
            "privileged code in the image of `cluster`: functions, assembly",
            linked.running,
            "lines",
        ),
        Figure::new(
            "- its declarations: types, constants, tables, imports",
            linked.declarations,
            "lines",
        ),
    ];
    figures.extend(lines()?);
    figures.extend(sizes()?);
    figures.extend(calls()?);
    figures.extend(switches()?);
    Ok(figures)
}

/// Lines of what runs privileged.
///
/// # Errors
/// If a source can't be read.
pub fn privileged_lines() -> anyhow::Result<u64> {
    let figures = lines()?;
    let whole = figures.first().context("nothing was counted")?;
    Ok(whole.count)
}

/// Drivers of boards other than the one that is counted, and what only the host uses: in no image for
/// it.
const OTHER_BOARDS: &[&str] = &[
    "bcm2836",
    "bcm2836.rs",
    "cadence.rs",
    "fake.rs",
    "gic_v2",
    "gic_v2.rs",
    "host.rs",
    "list.rs",
    "qemu_virt_gicv2.rs",
    "raspi3b",
    "raspi3b.rs",
    "raspi4b",
    "raspi4b.rs",
    "videocore",
    "videocore.rs",
    "words",
    "words.rs",
    "zcu102.rs",
];

/// What runs in the compiler, on the host or in guests: no instruction of the hypervisor comes from it.
const NOT_PRIVILEGED: &[&str] = &[
    "board-support/src/words",
    "board-support/src/words.rs",
    "config/src/rules",
    "config/src/systems",
    "config/src/tables",
    "hypervisor/abi/src/reader.rs",
];

/// Lines of what is in the image of `cluster`: all others of its privileged sources are of no use to
/// this system, and so not there. In C, declarations are in headers, which counts of others leave out.
///
/// # Errors
/// If the image or a source can't be read.
pub fn linked_lines() -> anyhow::Result<Linked> {
    let root = workspace::root();
    let image = fs::read(build::image(BOARD, "cluster")?)?;
    let linked = Sources::of(&image)?.lines()?;
    for source in linked.keys() {
        let is_left_out = NOT_PRIVILEGED.iter().any(|it| source.starts_with(it));
        ensure!(
            !is_left_out,
            "{} isn't counted as privileged, but instructions of the image come from it",
            source.display()
        );
    }
    let of = |path: &Path| linked.get(path.strip_prefix(&root).unwrap_or(path));
    PRIVILEGED
        .iter()
        .try_fold(Linked::default(), |sum, folder| {
            let lines = source::count_linked(&root.join(folder), &|path| of(path).cloned());
            Ok(sum + lines.with_context(|| format!("can't count the lines of {folder}"))?)
        })
}

/// What only guests do with what they share with the hypervisor.
const GUESTS: &[&str] = &["reader.rs"];

/// Modules of tests, which are in no image.
const TESTS: &[&str] = &["tests", "tests.rs"];

/// Lines of what runs privileged, and of what is `unsafe` in it.
fn lines() -> anyhow::Result<Vec<Figure>> {
    let root = workspace::root();
    let of = |folder: &str, without: &[&str]| {
        source::count(&root.join(folder), without)
            .with_context(|| format!("can't count the lines of {folder}"))
    };
    let parts = [
        ("hypervisor/src", of("hypervisor/src", TESTS)?),
        ("hypervisor/abi/src", of("hypervisor/abi/src", GUESTS)?),
        ("board-support/src", of("board-support/src", OTHER_BOARDS)?),
        (
            "config/src without rules, tables and systems",
            of("config/src", &["rules", "tables", "systems"])?,
        ),
    ];
    let whole = parts
        .iter()
        .fold(Lines::default(), |sum, (_, it)| sum + *it);
    let mut figures = vec![Figure::new(
        "privileged code for every system on this board",
        whole.code,
        "lines",
    )];
    for (name, part) in parts {
        figures.push(Figure::new(format!("- {name}"), part.code, "lines"));
    }
    let constant = [
        "config/src/rules",
        "config/src/tables",
        "config/src/systems",
    ]
    .iter()
    .try_fold(Lines::default(), |sum, folder| {
        anyhow::Ok(sum + of(folder, &[])?)
    })?;
    figures.extend([
        Figure::new("assembly in it", whole.assembly, "lines"),
        Figure::new("`unsafe` blocks in it", whole.unsafe_blocks, "blocks"),
        Figure::new("code in these blocks", whole.unsafe_code, "lines"),
        Figure::new(
            "`unsafe` functions, implementations and externs in it",
            whole.unsafe_items,
            "items",
        ),
        Figure::new(
            "not privileged: rules, tables and systems, run by the compiler only",
            constant.code,
            "lines",
        ),
    ]);
    Ok(figures)
}

/// Sizes of the parts of the image of `cluster`.
fn sizes() -> anyhow::Result<Vec<Figure>> {
    let bytes = fs::read(build::image(BOARD, "cluster")?)?;
    let file = object::File::parse(bytes.as_slice())?;
    let size = |names: &[&str]| {
        let sizes = names.iter().map(|name| {
            file.section_by_name(name)
                .with_context(|| format!("the image has no section {name}"))
                .map(|section| section.size())
        });
        sizes.sum::<anyhow::Result<u64>>()
    };
    let parts = [
        ("image: instructions (`.text`)", size(&[".text"])?),
        (
            "image: constants (`.rodata`)",
            size(&[".run_parameters", ".rodata"])?,
        ),
        (
            "image: variables (`.data`, `.bss`)",
            size(&[".data", ".bss"])?,
        ),
        ("image: translation tables", size(&[".tables"])?),
        ("image: passports", size(&[".passports"])?),
        (
            "memory: stacks, crash records",
            size(&[".stacks", ".crash"])?,
        ),
    ];
    let sum = parts.iter().map(|(_, size)| size).sum();
    let mut figures: Vec<_> = parts
        .into_iter()
        .map(|(what, size)| Figure::new(what, size, "bytes"))
        .collect();
    figures.push(Figure::new(
        "memory of the hypervisor, all of these",
        sum,
        "bytes",
    ));
    Ok(figures)
}

/// What calls cost, from the instruction before to the one after, as the partition sees it.
fn calls() -> anyhow::Result<Vec<Figure>> {
    let report = run("test-cost", Duration::from_millis(400))?;
    let cases = [
        ("version", "call: version"),
        ("psci-version", "call: `PSCI_VERSION`"),
        ("psci-version-smc", "call: `PSCI_VERSION` by `SMC`"),
        ("unknown", "call: unknown, refused"),
        ("port-write-64", "call: message of 64 bytes sent"),
    ];
    cases
        .into_iter()
        .map(|(case, what)| {
            let most = console_number(&report, case, "most=")
                .with_context(|| format!("'cost' doesn't say what '{case}' costs"))?;
            Ok(Figure::new(what, most, "instructions"))
        })
        .collect()
}

fn console_number(report: &RunReport, case: &str, key: &str) -> Option<u64> {
    let case = format!("case={case} ");
    let mut lines = report.console_of("cost");
    let line = lines.find(|line| line.starts_with(&case))?;
    line.split_once(key)?.1.split(' ').next()?.parse().ok()
}

/// The worst paths of `cluster` under every attack.
fn switches() -> anyhow::Result<Vec<Figure>> {
    let report = run("cluster", Duration::from_secs(15))?;
    let worst = |event: &'static str, key| {
        let values = report.named(event).filter_map(|event| event.integer(key));
        values
            .max()
            .with_context(|| format!("no {event} names {key}"))
    };
    Ok(vec![
        Figure::new(
            "partition switch, longest of 15 s",
            worst("cpu-statistics", "switch_worst")?,
            "instructions",
        ),
        Figure::new(
            "exit that goes back to its partition, longest of 15 s",
            worst("exits", "worst")?,
            "instructions",
        ),
        Figure::new(
            "window start after its tick, latest of 15 s",
            worst("vcpu-statistics", "jitter_worst")?,
            "instructions",
        ),
    ])
}

fn run(system: &str, time: Duration) -> anyhow::Result<RunReport> {
    build::image(BOARD, system)?;
    let report = Run::new(BOARD, system)?
        .cpu(CPU)
        .stop_after(time)
        .execute()?;
    ensure!(report.reached_end(), "'{system}': {}", report.outcome);
    Ok(report)
}
