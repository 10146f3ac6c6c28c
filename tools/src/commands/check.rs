//! `cargo paratia check`: every rule, on the host.

use std::process::ExitCode;

use paratia::declared::{self, Look};
use paratia_config::rules;

use super::selection::Selection;
use crate::present::paint::{BAD, BOLD, DIM, GOOD, PLAIN};

/// Check a system's declaration against all rules and list every finding.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    selection: Selection,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let choice = arguments.selection.choice()?;
    let Look { findings, not_yet } = declared::look(&choice);
    for finding in &findings {
        anstream::println!("{BAD}{}{PLAIN}: {}", finding.rule, finding.message.as_str());
    }
    if !findings.is_empty() {
        anstream::println!("{BOLD}{}{PLAIN}", declared::count(&choice, findings.len()));
        return Ok(ExitCode::FAILURE);
    }
    let subject = format!("system '{}' on {}", choice.name, choice.board.name);
    anstream::println!(
        "{BOLD}{subject}{PLAIN} {GOOD}keeps all {} rules{PLAIN}",
        rules::RULES.len()
    );
    for channel in choice.system.channels {
        let ends = 0..=channel.destinations.len();
        let writers =
            ends.filter(|end| channel.kind.memory().is_some() && channel.is_written_at(*end));
        let writers: Vec<_> = writers
            .map(|end| format!("'{}'", channel.end(end).partition))
            .collect();
        if writers.len() > 1 {
            anstream::println!(
                "channel '{}': {} write its memory, and each may change what another has written",
                channel.name,
                writers.join(" and ")
            );
        }
    }
    // Nothing is fetched or compiled for a check.
    for missing in &not_yet {
        anstream::println!("{DIM}{missing}, so whether it fits wasn't looked at{PLAIN}");
    }
    Ok(ExitCode::SUCCESS)
}
