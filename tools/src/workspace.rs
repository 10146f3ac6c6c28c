//! Where things lie in the workspace.
//!
//! Products of the tool always go below the workspace's own `target/paratia`, so that the tool, the
//! tests and a person find the same images whatever `CARGO_TARGET_DIR` says.

use std::path::{Path, PathBuf};

/// The workspace's root folder.
#[must_use]
pub fn root() -> PathBuf {
    let tools = Path::new(env!("CARGO_MANIFEST_DIR"));
    tools.parent().unwrap_or(tools).to_path_buf()
}

/// Everything that the tool produces.
#[must_use]
pub fn products() -> PathBuf {
    root().join("target/paratia")
}

/// The target directory of everything that is compiled for the boards.
#[must_use]
pub fn bare_target() -> PathBuf {
    root().join("target/bare")
}

/// The target directory of a further build beside the one in [`bare_target`], which is lane 0.
#[must_use]
pub fn lane(number: usize) -> PathBuf {
    match number {
        0 => bare_target(),
        _ => root().join(format!("target/bare-{number}")),
    }
}

/// The guests' flat images, `NAME.bin`.
#[must_use]
pub fn guests() -> PathBuf {
    products().join("guests")
}

/// The bootable image of a system on a board.
#[must_use]
pub fn image(board: &str, system: &str) -> PathBuf {
    products()
        .join("images")
        .join(board)
        .join(format!("{system}.elf"))
}

/// The bootable image of a system on a board with a person's own files in it.
#[must_use]
pub fn own_image(board: &str, system: &str) -> PathBuf {
    image(&format!("{board}/own"), system)
}

/// The files for a card with a system for a board.
#[must_use]
pub fn card(board: &str, system: &str) -> PathBuf {
    products().join("cards").join(format!("{board}-{system}"))
}

/// Where the picture of a run goes unless another place is asked for.
#[must_use]
pub fn screenshot(system: &str) -> PathBuf {
    products().join(format!("{system}.png"))
}

/// A path as people read it: relative to the current folder if it lies below.
#[must_use]
pub fn shown(path: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(here)
        .unwrap_or(path)
        .display()
        .to_string()
}
