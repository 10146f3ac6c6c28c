//! Files of a person's own that nothing can be built with: the command says what to do, and fails
//! before anything is built.

use std::process::Command;

/// The status with which the command ends, and its words.
fn said(arguments: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_paratia"))
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
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

#[test]
fn a_partition_alone_means_nothing() {
    let (status, said) = said(&["build", "linux", "--partition", "linux"]);
    assert_eq!(status, Some(2), "{said}");
    assert!(said.contains("--kernel <FILE>"), "{said}");
}
