//! The tables and pictures of `cargo paratia profile`.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context as _;
use inferno::flamegraph;
use paratia::bench::counter::{Counts, Paths, Trace};
use paratia::sources::Sources;
use paratia::whole;

use super::paint::{BOLD, DIM, PLAIN};
use super::table::Table;

/// Functions in the table.
const SHOWN: usize = 20;

/// The functions that take most, boot and the rest apart.
#[allow(
    clippy::cast_precision_loss,
    reason = "a tenth of a percent is all that is shown"
)]
pub(crate) fn functions(counts: &Counts) {
    for (boot, title) in [
        (true, "until the first guest"),
        (false, "from the first guest on"),
    ] {
        let mut of: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
        for (index, node) in counts.nodes.iter().enumerate() {
            if counts.is_boot(index) == boot && node.parent != index {
                let entry = of.entry(&node.function).or_default();
                entry.0 += node.instructions;
                entry.1 += node.calls;
            }
        }
        let all: u64 = of.values().map(|(instructions, _)| instructions).sum();
        let mut of: Vec<_> = of.into_iter().collect();
        of.sort_by_key(|(_, (instructions, _))| std::cmp::Reverse(*instructions));
        let mut table = Table::new(&[title, ">instructions", ">share", ">calls"]);
        for (name, (instructions, calls)) in of.into_iter().take(SHOWN) {
            table.row([
                short(name),
                instructions.to_string(),
                format!("{:.1} %", instructions as f64 * 100.0 / all.max(1) as f64),
                calls.to_string(),
            ]);
        }
        table.row([
            "all".to_owned(),
            all.to_string(),
            String::new(),
            String::new(),
        ]);
        table.print();
        anstream::println!();
    }
}

/// The paths from guest to guest.
pub(crate) fn paths(counts: &Counts) {
    let mut table = Table::new(&[
        "path",
        ">count",
        ">shortest",
        ">mean",
        ">longest",
        ">log apart",
    ]);
    for (name, of) in [
        ("exit, back to the same guest", counts.exits),
        ("switch to the next guest", counts.switches),
        ("event, from a guest to one on another CPU", counts.events),
    ] {
        let Paths {
            count,
            least,
            most,
            sum,
            apart,
        } = of;
        let mean = sum.checked_div(count).unwrap_or(0);
        let numbers = [count, least, mean, most, apart].map(|number| number.to_string());
        table.row([name.to_owned()].into_iter().chain(numbers));
    }
    table.print();
    anstream::println!(
        "{DIM}From a guest's last instruction to the next one's first, in instructions.{PLAIN}\n"
    );
}

/// Where the instructions of a path come from, in the order in which their sources are first reached.
pub(crate) fn trace(trace: &Trace, sources: &Sources<'_>) -> anyhow::Result<()> {
    let mut order: Vec<(String, u64)> = Vec::new();
    for address in &trace.addresses {
        let function = sources.function(*address)?;
        match order.iter_mut().find(|(name, _)| *name == function) {
            Some((_, instructions)) => *instructions += 1,
            None => order.push((function, 1)),
        }
    }
    let all = trace.addresses.len();
    anstream::println!(
        "{BOLD}{}{PLAIN}, {} times, {all} instructions",
        trace.kind,
        trace.count
    );
    let mut table = Table::new(&["source", ">instructions"]);
    for (name, instructions) in order {
        table.row([short(&name), instructions.to_string()]);
    }
    table.print();
    anstream::println!();
    Ok(())
}

/// A function's name without the crate that most of them are in.
fn short(name: &str) -> String {
    name.replace("paratia_hypervisor::", "")
}

/// Draws the flame graph of boot, or of all that comes after it.
pub(crate) fn draw(counts: &Counts, boot: bool, system: &str, file: &Path) -> anyhow::Result<()> {
    let nodes = (0..counts.nodes.len()).filter(|node| counts.is_boot(*node) == boot);
    let stacks = nodes.map(|index| {
        let mut names: Vec<String> = counts
            .way(index)
            .map(|node| short(&counts.nodes[node].function))
            .collect();
        names.reverse();
        format!("{} {}", names.join(";"), counts.nodes[index].instructions)
    });
    let stacks: Vec<String> = stacks.filter(|stack| !stack.ends_with(" 0")).collect();
    let mut options = flamegraph::Options::default();
    let phase = if boot { "booting" } else { "running" };
    options.title = format!("The hypervisor's instructions, {phase} '{system}'");
    options.count_name = "instructions".to_owned();
    let mut drawn = Vec::new();
    flamegraph::from_lines(&mut options, stacks.iter().map(String::as_str), &mut drawn)?;
    whole::write(file, drawn).with_context(|| format!("can't write {}", file.display()))
}
