//! Tells whether an image is up to date, so that the images of many systems needn't be linked anew.
//!
//! Cargo keeps one build of the hypervisor only, so going from system to system would build each of
//! them every time. An image's fingerprint covers all that goes into it: the sources of the crates
//! that are linked, the guests that it carries, the versions of all dependencies, the toolchain.

use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::{Hash as _, Hasher as _};
use std::path::{Path, PathBuf};

use crate::catalog::Choice;
use crate::pieces::{self, Piece};
use crate::setup::Toolchain;
use crate::unikernel;
use crate::workspace;

/// What goes into every image, relative to the workspace's root.
const INPUTS: [&str; 7] = [
    "Cargo.toml",
    "Cargo.lock",
    ".cargo/config.toml",
    "hypervisor",
    "config",
    "board-support",
    "devices",
];

/// The fingerprint of an image that would be built now.
pub(super) fn of_image(
    toolchain: Toolchain,
    choice: &Choice,
    pieces: &[Piece],
) -> anyhow::Result<String> {
    let mut files = Vec::new();
    for input in INPUTS {
        collect(&workspace::root().join(input), &mut files)?;
    }
    files.push(pieces::list(choice));
    files.push(unikernel::list(choice));
    files.extend(pieces.iter().map(|piece| piece.file.clone()));
    files.sort();
    files.dedup();
    let mut hasher = DefaultHasher::new();
    (toolchain.name(), choice.board.name, choice.name).hash(&mut hasher);
    for file in files {
        (&file, fs::read(&file).ok()).hash(&mut hasher);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

/// Adds the file at `path`, or all files below it.
fn collect(path: &Path, files: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    if !path.is_dir() {
        files.push(path.to_path_buf());
        return Ok(());
    }
    for entry in fs::read_dir(path)? {
        collect(&entry?.path(), files)?;
    }
    Ok(())
}
