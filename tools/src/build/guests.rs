//! The guest programs: compiled, then flattened to images that the hypervisor carries.

use std::fs;

use anyhow::Context as _;

use super::cargo;
use crate::flat;
use crate::pieces::programs;
use crate::progress::Progress;
use crate::setup::GUEST_TARGET;
use crate::setup::Toolchain;
use crate::{whole, workspace};

/// The packages whose binaries are guests.
pub(super) const PACKAGES: [&str; 2] = ["paratia-partitions", "paratia-test-guests"];

pub(super) fn build(toolchain: Toolchain, progress: &mut dyn Progress) -> anyhow::Result<()> {
    progress.begin("building the guests");
    let mut command = cargo::build(toolchain, GUEST_TARGET, &workspace::bare_target());
    for package in PACKAGES {
        command.args(["--package", package]);
    }
    cargo::run(command.arg("--bins"), progress)?;

    let folder = workspace::guests();
    fs::create_dir_all(&folder)?;
    for name in programs::names()? {
        let elf = workspace::bare_target()
            .join(GUEST_TARGET)
            .join("release")
            .join(&name);
        let bytes = fs::read(&elf).with_context(|| format!("guest '{name}' wasn't built"))?;
        let image = flat::image(&bytes).with_context(|| format!("guest '{name}'"))?;
        whole::write_if_changed(&folder.join(format!("{name}.bin")), &image)?;
        // Where Cargo puts it, a build for the debugger puts another.
        whole::write_if_changed(&workspace::guest_elf(&name), &bytes)?;
    }
    progress.done();
    Ok(())
}
