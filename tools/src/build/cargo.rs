//! Runs Cargo for a board's target.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{ChildStderr, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, bail};

use crate::progress::Progress;
use crate::setup::Toolchain;
use crate::workspace;

/// How often progress is shown while Cargo is silent.
const TICK: Duration = Duration::from_millis(100);

/// `cargo build --release` for `target` into a target directory, to be completed with packages.
pub(super) fn build(toolchain: Toolchain, target: &str, directory: &Path) -> Command {
    let mut command = toolchain.cargo();
    command
        .args(["build", "--release", "--target", target, "--target-dir"])
        .arg(directory)
        .args(toolchain.build_arguments())
        .current_dir(workspace::root());
    command
}

/// Runs Cargo to its end, showing what it compiles.
///
/// # Errors
/// If it fails: with all that it said.
pub(super) fn run(command: &mut Command, progress: &mut dyn Progress) -> anyhow::Result<()> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("can't start {}", shown(command.get_program())))?;
    let lines = listen(child.stderr.take().context("Cargo has no standard error")?);
    let mut said = Vec::new();
    let mut current = String::new();
    loop {
        match lines.recv_timeout(TICK) {
            Ok(line) => {
                line.trim().clone_into(&mut current);
                said.push(line);
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
        progress.detail(&current);
    }
    if child.wait()?.success() {
        return Ok(());
    }
    bail!("the build failed:\n{}", said.join("\n"))
}

fn listen(pipe: ChildStderr) -> Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(pipe).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    receiver
}

fn shown(program: &OsStr) -> String {
    program.to_string_lossy().into_owned()
}
