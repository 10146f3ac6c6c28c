//! `cargo paratia plan`: a system, drawn.

use std::process::ExitCode;

use anyhow::ensure;
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
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let choice = arguments.selection.choice()?;
    let broken = rules::findings(choice.system, choice.board, &[]).count();
    ensure!(
        broken == 0,
        "system '{name}' breaks rules, so its plan would mislead; `cargo paratia check {name}` \
         lists {broken} findings",
        name = choice.name
    );
    let columns = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    present::plan::show(&choice, columns.unwrap_or(DEFAULT_WIDTH).clamp(72, 100));
    Ok(ExitCode::SUCCESS)
}
