//! `cargo paratia setup`: what the other commands do first, alone.

use std::process::ExitCode;

use paratia::setup;

use crate::present::Status;

/// Install what is missing: QEMU and the Rust parts for the boards. `run` and `test` do this first.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {}

pub(super) fn run(_: &Arguments) -> anyhow::Result<ExitCode> {
    let toolchain = setup::ready(&mut Status::new())?;
    anstream::println!(
        "Nothing is missing. Images are built with {}.",
        toolchain.name()
    );
    Ok(ExitCode::SUCCESS)
}
