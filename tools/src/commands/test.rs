//! `cargo paratia test`: every test, on the host and on QEMU.

use std::collections::BTreeSet;
use std::process::{Command, ExitCode, Stdio};

use anyhow::Context as _;
use paratia::build::{Builder, PREBUILT, TEST_BOARD};
use paratia::catalog::{self, Choice};
use paratia::setup::{self, Toolchain};
use paratia::{entries, workspace};
use paratia_board_support::list::Listed;
use paratia_config::System;

use super::packages;
use crate::present::{self, Status};

/// The board on which every test runs unless one is asked for.
const DEFAULT_BOARD: &str = "qemu-virt";

/// Set up what is missing, build every image and run every test, on the host and on QEMU.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Run only tests whose name contains this, and build only what they need.
    filter: Option<String>,
    /// Run all tests on this board alone. Without it they run on qemu-virt, and the essential ones
    /// on every other board too.
    #[arg(long)]
    board: Option<String>,
    /// Arguments for the test runner: cargo-nextest if it is installed, else `cargo test`.
    #[arg(last = true)]
    runner: Vec<String>,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let board = arguments.board.as_deref().map(catalog::board).transpose()?;
    entries::check(&workspace::root())?;
    // Who names a test waits for its images alone: it builds them, and nothing else.
    let is_prebuilt = arguments.filter.is_none();
    if is_prebuilt {
        build_everything(&choices(board)?)?;
    } else {
        build_guests()?;
    }
    let cargo = |board| cargo(board, is_prebuilt);
    // Doctests first: the runner's closing lines are to be the last.
    let nextest = has_nextest(cargo(board));
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
    let packages = arguments.filter.as_deref();
    let packages = packages.map_or_else(packages::host, packages::with_test);
    command.args(packages).args(&arguments.filter);
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
        is_own: false,
    }
}

/// What tests on this board run, or on all boards.
fn choices(board: Option<&'static Listed>) -> anyhow::Result<Vec<Choice>> {
    let whole = board.map_or_else(|| catalog::board(DEFAULT_BOARD), Ok)?;
    let boards = catalog::boards().iter();
    // Some need devices that the default board lacks.
    let of_whole: BTreeSet<&str> = catalog::systems(whole).map(|(name, _)| name).collect();
    let is_for_others =
        |name: &str| catalog::ESSENTIALS.contains(&name) || !of_whole.contains(name);
    let wanted = boards.flat_map(|listed| {
        let is_whole = listed.facts.name == whole.facts.name;
        catalog::systems(listed)
            .filter(move |(name, _)| is_whole || board.is_none() && is_for_others(name))
            .map(move |(name, system)| choice(listed, name, system))
    });
    Ok(wanted.collect())
}

/// The device tree compiler, which reads the partitions' trees in a test, and its package.
const TREE_COMPILER: (&str, &str) = ("dtc", "device-tree-compiler");

fn build_everything(choices: &[Choice]) -> anyhow::Result<()> {
    let toolchain = setup::ready(&mut Status::new())?;
    // Without, the test that needs it fails with such words, the others needn't.
    let (program, package) = TREE_COMPILER;
    if !setup::facts::on_path(program)
        && let Err(error) = setup::packages(&[package], &mut Status::new())
    {
        present::error(&error);
    }
    let mut status = Status::new();
    let mut builder = Builder::new(toolchain, &mut status)?;
    builder.guests()?;
    let mut wanted = Vec::new();
    for choice in choices {
        match builder.pieces(choice) {
            Ok(pieces) => wanted.push((*choice, pieces)),
            // Only what is Debian's can be missing. Its systems' tests fail then, the others needn't.
            Err(error) => {
                present::error(&error.context(format!("system '{}' isn't built", choice.name)));
            }
        }
    }
    builder.hypervisors(&wanted)
}

/// What every image needs.
fn build_guests() -> anyhow::Result<()> {
    let toolchain = setup::ready(&mut Status::new())?;
    let mut status = Status::new();
    Builder::new(toolchain, &mut status)?.guests()?;
    anstream::eprintln!("The tests build what they need as they run.");
    Ok(())
}

/// Cargo for the host; tests find all images built, or build those that they need.
fn cargo(board: Option<&Listed>, is_prebuilt: bool) -> Command {
    let mut command = Toolchain::Current.cargo();
    if is_prebuilt {
        command.env(PREBUILT, "1");
    } else {
        command.env_remove(PREBUILT);
    }
    command
        .current_dir(workspace::root())
        .env_remove(TEST_BOARD)
        .stdin(Stdio::null());
    if let Some(board) = board {
        command.env(TEST_BOARD, board.facts.name);
    }
    command
}

fn has_nextest(mut probe: Command) -> bool {
    probe.args(["nextest", "--version"]);
    probe.output().is_ok_and(|output| output.status.success())
}

fn succeeds(command: &mut Command) -> anyhow::Result<bool> {
    Ok(command.status().context("can't start Cargo")?.success())
}
