//! Does what the plan says, and says what it does.

use std::process::{Command, Stdio};

use anyhow::{Context as _, bail, ensure};

use super::plan::Step;
use super::{TARGETS, qemu};
use crate::progress::Progress;

/// Does the steps; returns whether `rustup` still is a way (false if it failed).
pub(super) fn apply(steps: &[Step], progress: &mut dyn Progress) -> anyhow::Result<bool> {
    let mut rustup_works = true;
    // All that a person has to do is said at once.
    let mut questions = String::new();
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
                install(packages, *sudo, &[])?;
            }
            Step::UpdateLists { sudo } => {
                progress.begin("asking the package sources what they have");
                run(apt(*sudo, &[]).arg("update"))?;
            }
            Step::InstallBackport { sudo } => {
                progress.begin("installing QEMU from Debian's backports");
                let packages = qemu::packages()?;
                let packages: Vec<&str> = packages.iter().map(String::as_str).collect();
                install(&packages, *sudo, &qemu::options()?)?;
            }
            Step::UnpackBackport => qemu::unpack(progress)?,
            Step::Ask { missing, command } => {
                questions += &format!("{missing}. Please run:\n\n    {command}\n\n");
                continue;
            }
        }
        progress.done();
    }
    ensure!(questions.is_empty(), "{}\n", questions.trim_end());
    Ok(rustup_works)
}

/// Installs packages, with further options of apt.
fn install(packages: &[&str], sudo: bool, options: &[String]) -> anyhow::Result<()> {
    // A stale list still may do; the installation says if it doesn't.
    let _ = run(apt(sudo, options).arg("update"));
    run(apt(sudo, options)
        .args(["install", "--yes", "--no-install-recommends"])
        .args(packages))
}

fn apt(sudo: bool, options: &[String]) -> Command {
    let mut command = Command::new(if sudo { "sudo" } else { "env" });
    if sudo {
        command.args(["-n", "env"]);
    }
    command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "--quiet"]);
    for option in options {
        command.args(["-o", option]);
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Silent;

    #[test]
    fn every_question_is_asked() {
        let ask = |what: &str| Step::Ask {
            missing: format!("{what} is missing"),
            command: format!("get {what}"),
        };
        let error = apply(&[ask("Rust"), ask("QEMU")], &mut Silent).unwrap_err();
        assert_eq!(
            error.to_string(),
            "Rust is missing. Please run:\n\n    get Rust\n\nQEMU is missing. Please run:\n\n    get \
             QEMU\n"
        );
    }
}
