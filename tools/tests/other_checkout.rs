//! The tool works on the checkout in which it is called, wherever it was compiled.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Read as _};
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

/// A folder that looks like a checkout.
fn checkout() -> tempfile::TempDir {
    let root = tempfile::tempdir().expect("a folder");
    for folder in [
        "config/src/systems",
        "hypervisor",
        "partitions/src/bin",
        "target/paratia",
        "tests/guests/src/bin",
    ] {
        fs::create_dir_all(root.path().join(folder)).expect("a folder");
    }
    for file in ["Cargo.toml", "hypervisor/Cargo.toml"] {
        fs::write(root.path().join(file), "").expect("a file");
    }
    root
}

fn tool(arguments: &[&str], folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_paratia"));
    command.args(arguments).current_dir(folder);
    command
}

#[test]
fn new_files_go_where_one_is() {
    let checkout = checkout();
    let below = checkout.path().join("partitions/src");
    let output = tool(&["new", "partition", "elsewhere"], &below)
        .output()
        .expect("the command starts");
    assert!(output.status.success(), "{output:?}");
    for file in [
        "partitions/src/bin/elsewhere.rs",
        "config/src/systems/elsewhere.rs",
    ] {
        assert!(checkout.path().join(file).exists(), "{file}: {output:?}");
    }
}

/// Who waits for another build is told for whom, and can end it.
#[test]
fn a_wait_for_another_build_is_said_and_can_be_ended() {
    let checkout = checkout();
    let lock = File::create(checkout.path().join("target/paratia/build.lock")).expect("a file");
    fs::write(
        checkout.path().join("target/paratia/build.lock"),
        "process 4711, `paratia bench`",
    )
    .expect("it can be written");
    lock.lock().expect("nobody else has it");
    fs::write(checkout.path().join("partitions/src/bin/hello.rs"), "").expect("a program");
    let mut child = tool(&["run", "hello"], checkout.path())
        .stderr(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .expect("the command starts");
    let mut lines = BufReader::new(child.stderr.take().expect("it is piped"));
    let mut said = String::new();
    while !said.contains("waiting for another build: process 4711, `paratia bench`") {
        let count = lines.read_line(&mut said).expect("it is text");
        assert!(count > 0, "it ended, and said: {said}");
    }
    let number = child.id().to_string();
    let killed = Command::new("kill").args(["-INT", &number]).status();
    assert!(killed.expect("kill starts").success());
    let status = child.wait().expect("it ends");
    let is_interrupted = status.signal() == Some(2) || status.code() == Some(130);
    let mut rest = String::new();
    lines.read_to_string(&mut rest).expect("it is text");
    assert!(is_interrupted, "{status:?}: {rest}");
    assert!(!rest.contains("error"), "{rest}");
}
