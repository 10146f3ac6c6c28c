//! The programs that partitions can run, by name: one file, or one folder with a `main.rs`, in `src/bin`
//! each.

use std::fs;
use std::path::{Path, PathBuf};

use crate::workspace;

/// Where programs are: the partitions', and those that only tests run.
const FOLDERS: [&str; 3] = [
    "partitions/src/bin",
    "partitions/can/programs/src/bin",
    "tests/guests/src/bin",
];

/// Where programs lie that were built once, against version 1 of the guest interface, and are run as they
/// are ever after.
const STORED: &str = "tests/abi-1";

/// The programs that the initial RAM disk of busybox has beside it (`partitions/linux`).
pub(crate) const FOR_LINUX: [&str; 1] = ["channel"];

/// The bytes of a program that was built once, if there is one of this name.
pub(crate) fn stored(name: &str) -> Option<PathBuf> {
    let file = workspace::root().join(STORED).join(format!("{name}.bin"));
    file.is_file().then_some(file)
}

/// The names of all programs, whether they are built or not.
///
/// # Errors
/// If a folder that is there can't be read.
pub(crate) fn names() -> anyhow::Result<Vec<String>> {
    names_in(&FOLDERS)
}

/// Where unikernels for Solo5's tender `hvt` are, which only tests run.
const UNIKERNELS: &str = "tests/unikernels/src/bin";

/// The names of all unikernels, likewise.
///
/// # Errors
/// As [`names`].
pub(crate) fn unikernels() -> anyhow::Result<Vec<String>> {
    names_in(&[UNIKERNELS])
}

fn names_in(folders: &[&str]) -> anyhow::Result<Vec<String>> {
    let mut names = Vec::new();
    for folder in folders {
        let Ok(entries) = fs::read_dir(workspace::root().join(folder)) else {
            continue;
        };
        for entry in entries {
            names.extend(program(&entry?.path()));
        }
    }
    names.sort();
    Ok(names)
}

/// The program that Cargo finds in a file or folder of `src/bin`.
fn program(path: &Path) -> Option<String> {
    // An editor's files beside it, `.#name.rs` and such, are none, and may point nowhere.
    let is_file = path.is_file() && path.extension().is_some_and(|extension| extension == "rs");
    let is_program = is_file || path.join("main.rs").exists();
    let name = path.file_stem()?.to_str()?;
    (is_program && !name.starts_with('.')).then(|| name.to_owned())
}
