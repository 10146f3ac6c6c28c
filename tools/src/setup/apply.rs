//! Does what the plan says, and says what it does.

use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};

use super::TARGETS;
use super::plan::Step;
use crate::build::Progress;

/// Does the steps; returns whether `rustup` still is a way (false if it failed).
pub(super) fn apply(steps: &[Step], progress: &mut dyn Progress) -> anyhow::Result<bool> {
    let mut rustup_works = true;
    for step in steps {
        match step {
            Step::AddTargets => {
                progress.begin(&format!("adding Rust's targets {}", TARGETS.join(", ")));
                let mut command = Command::new("rustup");
                // Without a network this fails, and then Debian's packages are tried.
                rustup_works = run(command.args(["target", "add"]).args(TARGETS)).is_ok();
            }
            Step::Install { packages, sudo } => {
                progress.begin(&format!("installing the packages {}", packages.join(", ")));
                install(packages, *sudo)?;
            }
            Step::Ask { missing, command } => bail!("{missing}. Please run:\n\n    {command}\n"),
        }
        progress.done();
    }
    Ok(rustup_works)
}

fn install(packages: &[&str], sudo: bool) -> anyhow::Result<()> {
    // A stale list still may do; the installation says if it doesn't.
    let _ = run(apt(sudo).arg("update"));
    run(apt(sudo)
        .args(["install", "--yes", "--no-install-recommends"])
        .args(packages))
}

fn apt(sudo: bool) -> Command {
    let mut command = Command::new(if sudo { "sudo" } else { "env" });
    if sudo {
        command.args(["-n", "env"]);
    }
    command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "--quiet"]);
    command
}

/// Runs a command silently; its own words are in the error if it fails.
fn run(command: &mut Command) -> anyhow::Result<()> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .context("can't start it")?;
    if output.status.success() {
        return Ok(());
    }
    let words: Vec<_> = command
        .get_args()
        .map(|word| word.to_string_lossy())
        .collect();
    let said = String::from_utf8_lossy(&output.stderr);
    bail!("'{}' failed:\n{}", words.join(" "), said.trim())
}
