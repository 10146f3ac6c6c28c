//! The guest programs: compiled, then flattened to images that the hypervisor carries.

use std::fs;
use std::path::Path;

use anyhow::Context as _;

use super::progress::Progress;
use super::{GUEST_TARGET, cargo, flat};
use crate::setup::Toolchain;
use crate::workspace;

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
        write_if_changed(&folder.join(format!("{name}.bin")), &image)?;
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
    let is_file = path.extension().is_some_and(|extension| extension == "rs");
    let is_program = is_file || path.join("main.rs").exists();
    let name = path.file_stem()?.to_str()?;
    is_program.then(|| name.to_owned())
}

/// Writes a file only if that changes it, so that nothing that depends on it is built again.
pub(crate) fn write_if_changed(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    if fs::read(path).is_ok_and(|old| old == bytes) {
        return Ok(());
    }
    fs::write(path, bytes).with_context(|| format!("can't write {}", path.display()))
}
