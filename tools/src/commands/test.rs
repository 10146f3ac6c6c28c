//! `cargo paratia test`: every test, on the host and on QEMU.

use std::process::{Command, ExitCode, Stdio};

use anyhow::Context as _;
use paratia::build::{Builder, PREBUILT, TEST_BOARD};
use paratia::catalog::{self, Choice};
use paratia::setup::{self, Toolchain};
use paratia::workspace;
use paratia_board_support::list::Listed;
use paratia_config::System;

use super::packages;
use crate::present::{self, Status};

/// Set up what is missing, build every image and run every test, on the host and on QEMU.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Run only tests whose name contains this.
    filter: Option<String>,
    /// The board on which tests run that aren't about another.
    #[arg(long, default_value = "qemu-virt")]
    board: String,
    /// Arguments for the test runner: cargo-nextest if it is installed, else `cargo test`.
    #[arg(last = true)]
    runner: Vec<String>,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let board = catalog::board(&arguments.board)?;
    build_everything(board)?;
    // Doctests first: the runner's closing lines are to be the last.
    let nextest = has_nextest(board);
    if nextest
        && arguments.filter.is_none()
        && !succeeds(
            cargo(board)
                .args(["test", "--doc", "--quiet"])
                .args(packages::host()),
        )?
    {
        return Ok(ExitCode::FAILURE);
    }
    let mut command = cargo(board);
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

fn choice(listed: &'static Listed, name: &'static str, system: &'static System) -> Choice {
    Choice {
        listed,
        board: listed.facts,
        system,
        name,
    }
}

/// Everything that tests on this board run.
fn build_everything(board: &'static Listed) -> anyhow::Result<()> {
    let toolchain = setup::ready(&mut Status::new())?;
    setup::qemu_for(board.qemu.least_version, &mut Status::new())?;
    let of_systems =
        catalog::systems(board).map(|(name, system)| choice(board, name, system).least_qemu());
    if let Some(least) = of_systems.max() {
        // Without, the tests of these systems fail, the others needn't.
        if let Err(error) = setup::qemu_for(least, &mut Status::new()) {
            present::error(&error);
        }
    }
    let mut status = Status::new();
    let mut builder = Builder::new(toolchain, &mut status)?;
    builder.guests()?;
    for (name, system) in catalog::systems(board) {
        let choice = choice(board, name, system);
        // Only what is Debian's can be missing. Its systems' tests fail then, the others needn't.
        if let Err(error) = builder.pieces(&choice) {
            present::error(&error.context(format!("system '{name}' isn't built")));
            continue;
        }
        builder.hypervisor(&choice)?;
    }
    Ok(())
}

/// Cargo for the host; tests find all images built.
fn cargo(board: &Listed) -> Command {
    let mut command = Toolchain::Current.cargo();
    command
        .current_dir(workspace::root())
        .env(PREBUILT, "1")
        .env(TEST_BOARD, board.facts.name)
        .stdin(Stdio::null());
    command
}

fn has_nextest(board: &Listed) -> bool {
    let mut probe = cargo(board);
    probe.args(["nextest", "--version"]);
    probe.output().is_ok_and(|output| output.status.success())
}

fn succeeds(command: &mut Command) -> anyhow::Result<bool> {
    Ok(command.status().context("can't start Cargo")?.success())
}
