//! `cargo paratia build`: the image, without a run.

use std::process::ExitCode;

use paratia::{declared, workspace};

use super::built;
use super::own::Own;
use super::selection::Selection;

/// Set up what is missing and build the bootable image of a system.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    selection: Selection,
    #[command(flatten)]
    own: Own,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let choice = arguments.own.choice(&arguments.selection)?;
    declared::keeps_rules(&choice, &[])?;
    let image = built::image(&choice)?;
    anstream::println!("{}", workspace::shown(&image));
    Ok(ExitCode::SUCCESS)
}
