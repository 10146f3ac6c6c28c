//! `cargo paratia lint`: formatting, lints and documentation, on host and target.

use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context as _, ensure};
use paratia::build::{self, Builder};
use paratia::catalog::{self, Choice};
use paratia::setup::{self, Toolchain};
use paratia::workspace;

use super::packages;
use crate::present::Status;
use crate::present::paint::{BAD, BOLD, GOOD, PLAIN};

/// Check formatting, lints (host and target) and documentation; warnings are errors.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {}

/// A check: what it is called, and the command.
type Check = (&'static str, Command);

pub(super) fn run(_arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let toolchain = setup::ready(&mut Status::new())?;
    check_components()?;
    if toolchain == Toolchain::Debian {
        setup::packages(&["rust-web-clippy"], &mut Status::new())?;
    }
    let mut status = Status::new();
    let mut builder = Builder::new(toolchain, &mut status)?;
    builder.guests()?;
    let any_system = any_system()?;
    builder.pieces(&any_system)?;

    let mut failed = Vec::new();
    for (name, mut command) in host_checks()
        .into_iter()
        .chain(target_checks(toolchain, &any_system))
    {
        anstream::eprintln!("{BOLD}{name}{PLAIN}");
        command.current_dir(workspace::root()).stdin(Stdio::null());
        if !command
            .status()
            .with_context(|| format!("can't run the check '{name}'"))?
            .success()
        {
            failed.push(name);
        }
    }
    if failed.is_empty() {
        anstream::println!("{GOOD}Formatting, lints and documentation are clean.{PLAIN}");
        return Ok(ExitCode::SUCCESS);
    }
    anstream::println!("{BAD}Not clean{PLAIN}: {}", failed.join(", "));
    Ok(ExitCode::FAILURE)
}

fn host_checks() -> Vec<Check> {
    let cargo = || Toolchain::Current.cargo();
    let mut format = cargo();
    format.args(["fmt", "--all", "--check"]);
    let mut lints = cargo();
    lints
        .arg("clippy")
        .args(packages::host())
        .args(["--all-targets", "--", "-D", "warnings"]);
    let mut documentation = cargo();
    documentation
        .args(["doc", "--no-deps"])
        .args(packages::host());
    documentation.env("RUSTDOCFLAGS", "-D warnings");
    vec![
        ("formatting", format),
        ("lints, host", lints),
        ("documentation", documentation),
    ]
}

fn target_checks(toolchain: Toolchain, any_system: &Choice) -> Vec<Check> {
    let mut hypervisor = clippy(toolchain, setup::HYPERVISOR_TARGET);
    hypervisor.args(["--package", "paratia-hypervisor", "--", "-D", "warnings"]);
    build::name_system(&mut hypervisor, any_system);
    let mut guests = clippy(toolchain, setup::GUEST_TARGET);
    guests.args(packages::GUESTS.iter().flat_map(|name| ["--package", name]));
    guests.args(["--", "-D", "warnings"]);
    vec![("lints, hypervisor", hypervisor), ("lints, guests", guests)]
}

/// The hypervisor's code is the same whatever system it carries.
fn any_system() -> anyhow::Result<Choice> {
    let board = catalog::boards().first().context("there is no board")?;
    catalog::choose(board.facts.name, "hello")
}

fn clippy(toolchain: Toolchain, target: &str) -> Command {
    let mut command = toolchain.clippy();
    command.args(["--release", "--target", target, "--target-dir"]);
    command
        .arg(workspace::bare_target())
        .args(toolchain.build_arguments());
    command
}

/// Rust's own tools that a minimal installation leaves out.
fn check_components() -> anyhow::Result<()> {
    for (tool, component) in [("fmt", "rustfmt"), ("clippy", "clippy")] {
        let mut probe = Toolchain::Current.cargo();
        let output = probe.args([tool, "--version"]).output()?;
        ensure!(
            output.status.success(),
            "`cargo {tool}` is missing. Please run:\n\n    rustup component add {component}\n"
        );
    }
    Ok(())
}
