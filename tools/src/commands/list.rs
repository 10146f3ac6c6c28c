//! `cargo paratia list`: the boards and their systems.

use std::process::ExitCode;

use paratia::catalog;
use paratia_config::System;

use crate::present::paint::{BOLD, DIM, PLAIN};

/// How the names of systems begin that only tests and measurements run.
const FOR_TESTS: [&str; 2] = ["test-", "bench-"];

/// List the boards and the systems that run on them.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// List those that only tests and measurements run, too.
    #[arg(long)]
    tests: bool,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    for board in catalog::boards() {
        anstream::println!("{BOLD}{}{PLAIN}  {}", board.facts.name, board.facts.summary);
        let (systems, for_tests) = divided(catalog::systems(board).collect());
        let listed = for_tests.iter().filter(|_| arguments.tests);
        let all: Vec<_> = systems.iter().chain(listed).collect();
        let width = all.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
        for (name, system) in all {
            anstream::println!("  {name:width$}  {}", system.summary);
        }
        if !arguments.tests {
            let count = for_tests.len();
            anstream::println!("  {DIM}and {count} for tests and measurements: --tests{PLAIN}");
        }
    }
    Ok(ExitCode::SUCCESS)
}

type Systems = Vec<(&'static str, &'static System)>;

/// The systems for people, and those for tests.
fn divided(all: Systems) -> (Systems, Systems) {
    let is_for_people = |name: &str| !FOR_TESTS.iter().any(|begin| name.starts_with(begin));
    all.into_iter().partition(|(name, _)| is_for_people(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_run_comes_first_and_is_short() {
        for board in catalog::boards() {
            let (systems, for_tests) = divided(catalog::systems(board).collect());
            assert!((1..30).contains(&systems.len()), "{}", systems.len());
            assert!(systems.iter().any(|(name, _)| *name == "cluster"));
            assert!(for_tests.iter().any(|(name, _)| *name == "test-timer"));
        }
    }
}
