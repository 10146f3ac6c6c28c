//! `cargo paratia test`: every test, on the host and on QEMU.

use std::process::{Command, ExitCode, Stdio};

use anyhow::Context as _;
use paratia::build::{Builder, PREBUILT};
use paratia::catalog::{self, Choice};
use paratia::setup::{self, Toolchain};
use paratia::workspace;

use super::packages;
use crate::present::Status;

/// Set up what is missing, build every image and run every test, on the host and on QEMU.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Run only tests whose name contains this.
    filter: Option<String>,
    /// Arguments for the test runner: cargo-nextest if it is installed, else `cargo test`.
    #[arg(last = true)]
    runner: Vec<String>,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    build_everything()?;
    // Doctests first: the runner's closing lines are to be the last.
    let nextest = has_nextest();
    if nextest
        && arguments.filter.is_none()
        && !succeeds(
            cargo()
                .args(["test", "--doc", "--quiet"])
                .args(packages::host()),
        )?
    {
        return Ok(ExitCode::FAILURE);
    }
    let mut command = cargo();
    command.args(if nextest {
        &["nextest", "run"][..]
    } else {
        &["test", "--no-fail-fast"]
    });
    command.args(packages::host()).args(&arguments.filter);
    if nextest {
        command.arg("--no-fail-fast").args(&arguments.runner);
    } else {
        command.arg("--").args(&arguments.runner);
    }
    Ok(if succeeds(&mut command)? {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn build_everything() -> anyhow::Result<()> {
    let toolchain = setup::ready(&mut Status::new())?;
    let mut status = Status::new();
    let mut builder = Builder::new(toolchain, &mut status)?;
    builder.guests()?;
    for board in catalog::boards() {
        for (name, system) in catalog::systems(board) {
            builder.hypervisor(&Choice {
                listed: board,
                board: board.facts,
                system,
                name,
            })?;
        }
    }
    Ok(())
}

/// Cargo for the host; tests find all images built.
fn cargo() -> Command {
    let mut command = Toolchain::Current.cargo();
    command
        .current_dir(workspace::root())
        .env(PREBUILT, "1")
        .stdin(Stdio::null());
    command
}

fn has_nextest() -> bool {
    let mut probe = cargo();
    probe.args(["nextest", "--version"]);
    probe.output().is_ok_and(|output| output.status.success())
}

fn succeeds(command: &mut Command) -> anyhow::Result<bool> {
    Ok(command.status().context("can't start Cargo")?.success())
}
