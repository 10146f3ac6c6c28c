//! `cargo paratia profile`: where the hypervisor's instructions go.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use inferno::flamegraph;
use paratia::bench::counter::{self, Counts, Paths};
use paratia::build::Builder;
use paratia::run::Run;
use paratia::{setup, workspace};

use super::selection::Selection;
use crate::present::Status;
use crate::present::paint::{BOLD, DIM, PLAIN};
use crate::present::table::Table;

/// Functions in the table.
const SHOWN: usize = 20;

/// Count the hypervisor's instructions in a run, every one, by function and by path.
///
/// Needs no help from the hypervisor, so the image is the one that ships. Functions that the
/// compiler put into others count as part of these.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    selection: Selection,
    /// Board time after which the system stops, such as 500ms, 10s or 2m.
    #[arg(long = "for", value_name = "TIME", default_value = "2s")]
    stop_after: humantime::Duration,
    /// Where the flame graph goes [default: target/paratia/SYSTEM-profile.svg].
    #[arg(long, value_name = "FILE.svg")]
    svg: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let choice = arguments.selection.choice()?;
    let toolchain = setup::ready(&mut Status::new())?;
    let mut status = Status::new();
    let mut builder = Builder::new(toolchain, &mut status)?;
    builder.guests()?;
    builder.hypervisor(&choice)?;
    drop(builder);
    counter::build(&mut Status::new())?;

    let run = Run::new(choice.board.name, choice.name)?.stop_after(arguments.stop_after.into());
    let (_, counts) = counter::count(&run)?;
    functions(&counts);
    paths(&counts);
    let default = || workspace::products().join(format!("{}-profile.svg", choice.name));
    let file = arguments.svg.clone().unwrap_or_else(default);
    draw(&counts, choice.name, &file)?;
    anstream::println!("Flame graph: {BOLD}{}{PLAIN}", workspace::shown(&file));
    Ok(ExitCode::SUCCESS)
}

/// The functions that take most, boot and the rest apart.
#[allow(
    clippy::cast_precision_loss,
    reason = "a tenth of a percent is all that is shown"
)]
fn functions(counts: &Counts) {
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
                name.to_owned(),
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
fn paths(counts: &Counts) {
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

fn draw(counts: &Counts, system: &str, file: &PathBuf) -> anyhow::Result<()> {
    let stacks = (0..counts.nodes.len()).map(|index| {
        let mut names: Vec<&str> = counts
            .way(index)
            .map(|node| counts.nodes[node].function.as_str())
            .collect();
        names.reverse();
        format!("{} {}", names.join(";"), counts.nodes[index].instructions)
    });
    let stacks: Vec<String> = stacks.filter(|stack| !stack.ends_with(" 0")).collect();
    let mut options = flamegraph::Options::default();
    options.title = format!("The hypervisor's instructions in '{system}'");
    options.count_name = "instructions".to_owned();
    let out = File::create(file).with_context(|| format!("can't write {}", file.display()))?;
    flamegraph::from_lines(&mut options, stacks.iter().map(String::as_str), out)?;
    Ok(())
}
