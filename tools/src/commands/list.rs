//! `cargo paratia list`: the boards and their systems.

use std::process::ExitCode;

use anstyle::Style;
use paratia::catalog;

use crate::present::paint::{BOLD, DIM, PLAIN};

/// How the names of systems begin that only the tests run.
const FOR_TESTS: &str = "test-";

/// List the boards and the systems that run on them.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {}

pub(super) fn run(_arguments: &Arguments) -> anyhow::Result<ExitCode> {
    for board in catalog::boards() {
        anstream::println!("{BOLD}{}{PLAIN}  {}", board.facts.name, board.facts.summary);
        let systems: Vec<_> = catalog::systems(board).collect();
        let width = systems
            .iter()
            .map(|(name, _)| name.len())
            .max()
            .unwrap_or(0);
        for (name, system) in systems {
            let colour = if name.starts_with(FOR_TESTS) {
                DIM
            } else {
                Style::new()
            };
            anstream::println!("  {colour}{name:width$}  {}{PLAIN}", system.summary);
        }
    }
    Ok(ExitCode::SUCCESS)
}
