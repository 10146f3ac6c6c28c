//! The guest programs: compiled, then flattened to images that the hypervisor carries.

use std::fs;
use std::path::Path;

use anyhow::Context as _;

use super::cargo;
use crate::flat;
use crate::progress::Progress;
use crate::setup::GUEST_TARGET;
use crate::setup::Toolchain;
use crate::{whole, workspace};

/// The packages whose binaries are guests.
const PACKAGES: [&str; 2] = ["paratia-partitions", "paratia-test-guests"];

pub(super) fn build(toolchain: Toolchain, progress: &mut dyn Progress) -> anyhow::Result<()> {
    progress.begin("building the guests");
    let mut command = cargo::build(toolchain, GUEST_TARGET, &workspace::bare_target());
    for package in PACKAGES {
        command.args(["--package", package]);
    }
    cargo::run(command.arg("--bins"), progress)?;

    let folder = workspace::guests();
    fs::create_dir_all(&folder)?;
    for name in programs()? {
        let elf = workspace::bare_target()
            .join(GUEST_TARGET)
            .join("release")
            .join(&name);
        let bytes = fs::read(&elf).with_context(|| format!("guest '{name}' wasn't built"))?;
        let image = flat::image(&bytes).with_context(|| format!("guest '{name}'"))?;
        whole::write_if_changed(&folder.join(format!("{name}.bin")), &image)?;
    }
    progress.done();
    Ok(())
}

/// The names of all guest programs: one file in `src/bin` each.
fn programs() -> anyhow::Result<Vec<String>> {
    let mut names = Vec::new();
    for folder in ["partitions/src/bin", "tests/guests/src/bin"] {
        let folder = workspace::root().join(folder);
        let Ok(entries) = fs::read_dir(&folder) else {
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
