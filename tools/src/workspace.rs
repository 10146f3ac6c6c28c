//! Where things lie in the workspace.
//!
//! Products of the tool always go below the workspace's own `target/paratia`, so that the tool, the
//! tests and a person find the same images whatever `CARGO_TARGET_DIR` says.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::{env, fs};

use anyhow::Context as _;

/// The workspace's root folder: that of the checkout in which the tool is called; else of that in which it
/// lies. Where it was compiled says nothing, for a checkout may be moved or copied.
#[must_use]
pub fn root() -> PathBuf {
    static ROOT: OnceLock<PathBuf> = OnceLock::new();
    // Without one, whatever is looked for isn't there, and that is said.
    ROOT.get_or_init(|| find().unwrap_or_else(|| PathBuf::from(".")))
        .clone()
}

/// The root folder, if there is one around the current folder or the tool.
#[must_use]
pub fn find() -> Option<PathBuf> {
    let places = [env::current_dir(), env::current_exe()];
    let mut places = places.into_iter().flatten();
    places.find_map(|place| around(&place))
}

/// The workspace around a place.
fn around(place: &Path) -> Option<PathBuf> {
    let is_root = |folder: &&Path| {
        ["Cargo.toml", "hypervisor/Cargo.toml", "config/src/systems"]
            .iter()
            .all(|part| folder.join(part).exists())
    };
    place.ancestors().find(is_root).map(Path::to_path_buf)
}

/// Folders with the project's Rust sources.
const SOURCES: [&str; 7] = [
    "tests",
    "tools",
    "config",
    "board-support",
    "hypervisor",
    "partitions",
    "devices",
];

/// Every Rust source of the project, tests and guests included, in the order of their paths.
///
/// # Errors
/// If a folder can't be read.
pub fn sources() -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> = SOURCES.iter().map(|name| root().join(name)).collect();
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder);
        let entries = entries.with_context(|| format!("can't read {}", folder.display()))?;
        for entry in entries {
            let path = entry?.path();
            if path.is_dir() && !path.ends_with("target") {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == "rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
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

/// A guest program's ELF file, with its symbols, as its flat image was made from it.
#[must_use]
pub fn guest_elf(name: &str) -> PathBuf {
    guests().join(format!("{name}.elf"))
}

/// A program for a Linux's user space.
#[must_use]
pub fn for_linux(name: &str) -> PathBuf {
    guests().join(format!("{name}.linux"))
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
    let here = env::current_dir().unwrap_or_default();
    path.strip_prefix(here)
        .unwrap_or(path)
        .display()
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_is_found_from_below() {
        let root = find().expect("tests run in a checkout");
        assert_eq!(around(&root.join("tools/src")), Some(root.clone()));
        assert_eq!(around(&root), Some(root));
        assert_eq!(around(Path::new("/")), None);
    }
}
