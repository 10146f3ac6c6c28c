//! `cargo paratia profile`: where the hypervisor's instructions go.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use paratia::bench::counter;
use paratia::run::Run;
use paratia::sources::Sources;
use paratia::workspace;

use super::built;
use super::selection::Selection;
use crate::present::paint::{BOLD, PLAIN};
use crate::present::{Status, profile};

/// Count the hypervisor's instructions in a run, every one, by function and by path.
///
/// Needs no help from the hypervisor, so the image is the one that ships. In the table of functions
/// and in the flame graphs, those that the compiler put into others count as part of these; the paths
/// are told by source.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    selection: Selection,
    /// Board time after which the system stops, such as 500ms, 10s or 2m.
    #[arg(long = "for", value_name = "TIME", default_value = "2s")]
    stop_after: humantime::Duration,
    /// How many paths are told instruction by instruction, of those that take most all together.
    #[arg(long, value_name = "COUNT", default_value_t = 3)]
    paths: usize,
    /// Where the flame graph goes [default: target/paratia/SYSTEM-profile.svg]; that of boot goes
    /// beside it.
    #[arg(long, value_name = "FILE.svg")]
    svg: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let choice = arguments.selection.choice()?;
    built::image(&choice)?;
    counter::build(&mut Status::new())?;

    let run = Run::new(choice.board.name, choice.name)?.stop_after(arguments.stop_after.into());
    let (_, counts) = counter::count(&run)?;
    profile::functions(&counts);
    profile::paths(&counts);
    let image = fs::read(run.image())?;
    let sources = Sources::of(&image)?;
    for trace in counts.traces.iter().take(arguments.paths) {
        profile::trace(trace, &sources)?;
    }
    let default = || workspace::products().join(format!("{}-profile.svg", choice.name));
    let file = arguments.svg.clone().unwrap_or_else(default);
    let boot = file.with_extension("boot.svg");
    profile::draw(&counts, false, choice.name, &file)?;
    profile::draw(&counts, true, choice.name, &boot)?;
    let [file, boot] = [file, boot].map(|file| workspace::shown(&file).to_string());
    anstream::println!("Flame graphs: {BOLD}{file}{PLAIN}, and of boot {BOLD}{boot}{PLAIN}");
    Ok(ExitCode::SUCCESS)
}
