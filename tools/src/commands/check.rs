//! `cargo paratia check`: every rule, on the host.

use std::process::ExitCode;

use paratia::pieces::{self, Piece};
use paratia_config::rules;

use super::selection::Selection;
use crate::present::paint::{BAD, BOLD, GOOD, PLAIN};

/// Check a system's declaration against all rules and list every finding.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    selection: Selection,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let choice = arguments.selection.choice()?;
    // Nothing is fetched or compiled for a check.
    let pieces = pieces::of(&choice, None).unwrap_or_default();
    let pieces: Vec<_> = pieces.iter().map(Piece::for_rules).collect();
    let mut count = 0;
    for finding in rules::findings(choice.system, choice.board, &pieces) {
        count += 1;
        anstream::println!("{BAD}{}{PLAIN}: {}", finding.rule, finding.message.as_str());
    }
    let subject = format!("system '{}' on {}", choice.name, choice.board.name);
    if count > 0 {
        anstream::println!("{BOLD}{subject}{PLAIN}: {count} findings");
        return Ok(ExitCode::FAILURE);
    }
    anstream::println!(
        "{BOLD}{subject}{PLAIN} {GOOD}keeps all {} rules{PLAIN}",
        rules::RULES.len()
    );
    if pieces.is_empty() {
        anstream::println!("(its images aren't built yet, so whether they fit wasn't looked at)");
    }
    Ok(ExitCode::SUCCESS)
}
