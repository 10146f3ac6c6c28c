//! Files of a person's own that nothing can be built with: the command says what to do, and fails
//! before anything is built.

use std::process::Command;

/// The status with which the command ends, and its words.
fn said(arguments: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_paratia"))
        .args(arguments)
        .output()
        .expect("the command starts");
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.code(), words)
}

#[test]
fn files_that_are_none_or_no_kernel_are_refused() {
    for (arguments, words) in [
        (
            ["run", "linux", "--kernel", "no/such/file"],
            "can't read the kernel no/such/file; name a file that exists",
        ),
        (
            ["build", "linux", "--kernel", "Cargo.toml"],
            "the kernel Cargo.toml: it isn't an arm64 kernel's Image; name one",
        ),
        (
            ["image", "linux", "--initrd", "src"],
            "can't read the initial RAM disk src; name a file that exists",
        ),
        (
            ["build", "cluster", "--kernel", "Cargo.toml"],
            "system 'cluster' has no partition that runs a Linux",
        ),
        (
            ["build", "test-linux", "--kernel", "Cargo.toml"],
            "say which is meant: --partition linux or again",
        ),
    ] {
        let board = [
            "--board",
            if arguments[0] == "image" {
                "raspi4b"
            } else {
                "qemu-virt"
            },
        ];
        let (status, said) = said(&[&arguments[..], &board[..]].concat());
        assert_eq!(status, Some(1), "{arguments:?}: {said}");
        assert!(said.contains(words), "{arguments:?}: {said}");
    }
}

/// What a rule finds is said by each command in the words of `check`, before anything is built.
#[test]
fn every_command_says_what_the_rules_find() {
    for command in ["run", "build", "image"] {
        let board = if command == "image" {
            "raspi4b"
        } else {
            "qemu-virt"
        };
        let arguments = ["linux", "--board", board, "--command-line", "a\nb"];
        let (status, said) = said(&[&[command], &arguments[..]].concat());
        assert_eq!(status, Some(1), "{command}: {said}");
        let lines: Vec<&str> = said.lines().collect();
        assert_eq!(
            lines,
            [
                format!("error: system 'linux' on {board}: 1 finding"),
                "command_line_fits: partition 'linux': byte 1 of its kernel's command line is a \
                 control character; remove it"
                    .to_owned()
            ],
        );
    }
}

#[test]
fn a_partition_alone_means_nothing() {
    let (status, said) = said(&["build", "linux", "--partition", "linux"]);
    assert_eq!(status, Some(2), "{said}");
    assert!(said.contains("--kernel <FILE>"), "{said}");
}
