//! `cargo paratia build`: the image, without a run.

use std::process::ExitCode;

use paratia::build::Builder;
use paratia::{declared, setup, workspace};

use super::own::Own;
use super::selection::Selection;
use crate::present::Status;

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
    let toolchain = setup::ready(&mut Status::new())?;
    let mut status = Status::new();
    let mut builder = Builder::new(toolchain, &mut status)?;
    builder.guests_of(&choice)?;
    let image = builder.hypervisor(&choice)?;
    anstream::println!("{}", workspace::shown(&image));
    Ok(ExitCode::SUCCESS)
}
