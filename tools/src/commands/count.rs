//! `cargo paratia count`: lines, bytes and instructions.

use std::process::ExitCode;

use paratia::build::Builder;
use paratia::catalog;
use paratia::{count, setup, workspace};

use crate::present::Status;

/// Count lines of privileged code, sizes of the image, and instructions on the hypervisor's paths.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Put the table into EVIDENCE.md, too.
    #[arg(long)]
    update: bool,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    build()?;
    let figures = count::figures()?;
    anstream::print!("{}", count::table(&figures));
    if arguments.update {
        count::update(&workspace::root().join("EVIDENCE.md"), &figures)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn build() -> anyhow::Result<()> {
    let toolchain = setup::ready(&mut Status::new())?;
    let mut status = Status::new();
    let mut builder = Builder::new(toolchain, &mut status)?;
    builder.guests()?;
    for system in count::SYSTEMS {
        builder.hypervisor(&catalog::choose(count::BOARD, system)?)?;
    }
    Ok(())
}
