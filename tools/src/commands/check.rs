//! `cargo paratia check`: every rule, on the host.

use std::process::ExitCode;

use paratia::{declared, pieces};
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
    let findings = declared::findings(&choice, &pieces);
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
    if pieces.is_empty() {
        anstream::println!("(its images aren't built yet, so whether they fit wasn't looked at)");
    }
    Ok(ExitCode::SUCCESS)
}
