//! `cargo paratia plan`: a system, drawn.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, ensure};
use paratia::{declared, whole};
use paratia_config::rules;

use super::selection::Selection;
use crate::present;

/// Columns where the terminal doesn't say how many it has.
const DEFAULT_WIDTH: usize = 100;

/// Draw a system: physical memory, what each partition sees, owners of devices and interrupts,
/// channels, and the schedule as a timeline.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    selection: Selection,
    /// Print it as JSON, for programs.
    #[arg(long, conflicts_with = "html")]
    json: bool,
    /// Write it as a page that needs nothing else: no script, no network.
    #[arg(long, value_name = "FILE.html")]
    html: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let choice = arguments.selection.choice()?;
    let broken = rules::findings(choice.system, choice.board, &[]).count();
    ensure!(
        broken == 0,
        "{}: its plan would mislead; see `cargo paratia check {}`",
        declared::count(&choice, broken),
        choice.name
    );
    if arguments.json {
        anstream::println!("{}", present::plan::json(&choice)?);
        return Ok(ExitCode::SUCCESS);
    }
    if let Some(file) = &arguments.html {
        whole::write(file, present::plan::html(&choice))
            .with_context(|| format!("can't write {}", file.display()))?;
        return Ok(ExitCode::SUCCESS);
    }
    let columns = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    present::plan::show(&choice, columns.unwrap_or(DEFAULT_WIDTH).clamp(72, 100));
    Ok(ExitCode::SUCCESS)
}
