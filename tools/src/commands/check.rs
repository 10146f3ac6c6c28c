//! `cargo paratia check`: every rule, on the host.

use std::process::ExitCode;

use paratia_config::System;
use paratia_config::rules::{self, ImageSize};
use paratia_config::system::Image;

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
    let images = image_sizes(choice.system);
    let mut count = 0;
    for finding in rules::findings(choice.system, choice.board, &images) {
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
    if images.is_empty() {
        anstream::println!("(its images aren't built yet, so their sizes weren't looked at)");
    }
    Ok(ExitCode::SUCCESS)
}

/// The sizes of the system's programs; empty unless all of them are built.
fn image_sizes(system: &System) -> Vec<ImageSize> {
    let sizes = system.partitions.iter().map(|partition| {
        let Image::Program(program) = partition.image;
        let file = paratia::workspace::guests().join(format!("{program}.bin"));
        let bytes = std::fs::metadata(file).ok()?.len();
        Some(ImageSize { program, bytes })
    });
    sizes.collect::<Option<Vec<_>>>().unwrap_or_default()
}
