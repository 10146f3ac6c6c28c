//! `cargo paratia verify`: what follows from the bytes of an image, against what was declared.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, anyhow};
use paratia::catalog::Choice;
use paratia::report::declared::Declared;
use paratia::{declared, limits, verification, whole, workspace};
use paratia_verify::code::{self, Report};
use paratia_verify::image::Image;
use paratia_verify::reach::{self, Reach, matrix};
use serde::Serialize;

use super::built;
use super::selection::Selection;
use crate::present::paint::{BAD, BOLD, GOOD, PLAIN};
use crate::present::table::Table;

/// Derive from the linked image alone who reaches what and what its code can do, and compare it with the
/// declaration.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    selection: Selection,
    /// An image that was built before, instead of building it.
    #[arg(long, value_name = "FILE")]
    image: Option<PathBuf>,
    /// Write everything that was derived as JSON, too.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

/// Everything that was derived.
#[derive(Serialize)]
pub(super) struct Derived {
    system: &'static str,
    board: &'static str,
    /// Who reaches what.
    pub(super) reach: Reach,
    /// What the code can do.
    pub(super) code: Report,
    /// What was declared.
    pub(super) declared: Declared,
}

impl Derived {
    /// Every finding as a sentence.
    fn findings(&self) -> Vec<String> {
        let reach = self.reach.findings.iter().map(ToString::to_string);
        reach
            .chain(self.code.findings.iter().map(ToString::to_string))
            .collect()
    }
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let choice = arguments.selection.choice()?;
    if let Some(file) = &arguments.json {
        whole::is_writable(file)?;
    }
    let path = match &arguments.image {
        Some(path) => path.clone(),
        None => built(&choice)?,
    };
    let derived = derive(&choice, &path)?;
    if let Some(file) = &arguments.json {
        let json = serde_json::to_string_pretty(&derived)?;
        whole::write(file, json).with_context(|| format!("can't write {}", file.display()))?;
    }
    let findings = derived.findings();
    show(&choice, &path, &derived, &findings);
    Ok(if findings.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Derives everything from an image.
pub(super) fn derive(choice: &Choice, path: &Path) -> anyhow::Result<Derived> {
    let shown = path.display();
    let bytes = fs::read(path).with_context(|| format!("can't read {shown}; name an image"))?;
    let image = Image::parse(&bytes).with_context(|| format!("{shown} is no image"))?;
    let code = code::examine(&image, &limits::of(choice));
    Ok(Derived {
        system: choice.name,
        board: choice.board.name,
        reach: reach::look(&image, &verification::declaration(choice)),
        code: code.map_err(|error| anyhow!("the code of {shown} can't be examined: {error}"))?,
        declared: Declared::of(choice, path)?,
    })
}

/// Builds an image, and says where it is.
pub(super) fn built(choice: &Choice) -> anyhow::Result<PathBuf> {
    declared::keeps_rules(choice, &[])?;
    built::image(choice)
}

fn show(choice: &Choice, path: &Path, derived: &Derived, findings: &[String]) {
    let subject = format!("system '{}' on {}", choice.name, choice.board.name);
    anstream::println!("{BOLD}{subject}{PLAIN}, from {}", workspace::shown(path));
    let Derived { reach, code, .. } = derived;
    let descriptors: u64 = reach.regimes.iter().map(|regime| regime.descriptors).sum();
    let tables: usize = reach.regimes.iter().map(|regime| regime.tables).sum();
    anstream::println!(
        "{} translation regimes, {tables} tables, {descriptors} descriptors; {} ranges of physical addresses; \
         {} windows; {} interrupts; {} pieces of images and {} pages with their digests",
        reach.regimes.len(),
        reach.matrix.len(),
        reach.windows.len(),
        reach.interrupts.len(),
        reach.images_right,
        reach.pages_sealed,
    );
    let deepest = code.stacks.iter().max_by_key(|stack| stack.bytes);
    anstream::println!(
        "{} instructions in {} functions; of those that touch the system {} are reviewed; stacks at most {} bytes deep",
        code.instructions,
        code.functions,
        code.reviewed.len(),
        deepest.map_or(0, |stack| stack.bytes),
    );
    anstream::println!(
        "a switch carries {} registers, each in a place of its own; {} functions that it relies on keep what they have to",
        code.carried.registers.len(),
        code.carried.functions,
    );
    match &code.bounds {
        Some(bounds) => anstream::println!(
            "an exit takes at most {} instructions, and {} if its window ends",
            bounds.exit,
            bounds.end
        ),
        None => anstream::println!(
            "exits have no bound: {} loops have none",
            code.without_bound.len()
        ),
    }
    anstream::println!();
    who(reach);
    for finding in findings {
        anstream::println!("{BAD}finding{PLAIN}: {finding}");
    }
    if findings.is_empty() {
        anstream::println!("{GOOD}all of it is as declared{PLAIN}");
    } else {
        let count = findings.len();
        let noun = if count == 1 { "finding" } else { "findings" };
        anstream::println!("{BOLD}{subject}{PLAIN}: {BAD}{count} {noun}{PLAIN}");
    }
}

/// Who reaches how much, and how.
fn who(reach: &Reach) {
    let mut sums: BTreeMap<(usize, String, String, String), (u64, u64)> = BTreeMap::new();
    let order: Vec<&str> = reach
        .regimes
        .iter()
        .map(|regime| regime.whose.as_str())
        .collect();
    for matrix::Shown {
        bytes, accesses, ..
    } in &reach.matrix
    {
        for access in accesses {
            let place = order
                .iter()
                .position(|who| *who == access.who)
                .unwrap_or(order.len());
            let others = accesses.iter().filter(|other| other.who != access.who);
            let beside: Vec<&str> = others.map(|other| other.who.as_str()).collect();
            let beside = match beside[..] {
                [] => "nobody else".to_owned(),
                [one] => one.to_owned(),
                _ => format!("{} others", beside.len()),
            };
            let key = (
                place,
                format!("{} {}", access.rights, access.memory),
                beside,
                access.who.clone(),
            );
            let sum = sums.entry(key).or_default();
            sum.0 += bytes;
            sum.1 += 1;
        }
    }
    let mut table = Table::new(&["who", "how", ">bytes", ">ranges", "who reaches them, too"]);
    for ((_, how, beside, who), (bytes, ranges)) in sums {
        table.row([who, how, bytes.to_string(), ranges.to_string(), beside]);
    }
    table.print();
    anstream::println!();
}
