//! The guest programs: compiled, then flattened to images that the hypervisor carries.

use std::fs;
use std::path::PathBuf;

use anyhow::Context as _;
use paratia_config::System;
use paratia_config::image::Initrd;
use paratia_config::system::{File, Image};

use super::cargo;
use crate::flat;
use crate::pieces::programs;
use crate::progress::Progress;
use crate::setup::GUEST_TARGET;
use crate::setup::Toolchain;
use crate::{unikernel, whole, workspace};

/// The packages whose binaries are guests.
pub(super) const PACKAGES: [&str; 4] = [
    "paratia-can-programs",
    "paratia-partitions",
    "paratia-test-guests",
    "paratia-test-unikernels",
];

/// The package whose binaries run in a Linux's user space.
const FOR_LINUX: &str = "paratia-linux-programs";

/// Builds every program.
pub(super) fn build(toolchain: Toolchain, progress: &mut dyn Progress) -> anyhow::Result<()> {
    build_these(&names()?, toolchain, progress)?;
    build_for_linux(toolchain, progress)
}

/// Builds the programs that a system's partitions run. What isn't there is said when pieces are gathered.
pub(super) fn build_of(
    system: &System,
    toolchain: Toolchain,
    progress: &mut dyn Progress,
) -> anyhow::Result<()> {
    let mut names = names()?;
    let is_run = |name: &str| {
        let mut images = system.partitions.iter().map(|it| it.image);
        images.any(|image| match image {
            Image::Program(program) => program == name,
            Image::Unikernel { file, .. } => {
                name == unikernel::TENDER
                    || matches!(file, File::Unikernel(program) if program == name)
            }
            _ => false,
        })
    };
    names.retain(|name| is_run(name));
    build_these(&names, toolchain, progress)?;
    let has_busybox = |image| {
        matches!(
            image,
            Image::Linux {
                initrd: Initrd::Busybox,
                ..
            }
        )
    };
    if system.partitions.iter().any(|it| has_busybox(it.image)) {
        build_for_linux(toolchain, progress)?;
    }
    Ok(())
}

/// Builds the programs that the initial RAM disk of busybox has beside it.
fn build_for_linux(toolchain: Toolchain, progress: &mut dyn Progress) -> anyhow::Result<()> {
    progress.begin("building Linux's programs");
    let mut command = cargo::build(toolchain, GUEST_TARGET, &workspace::bare_target());
    command.args(["--package", FOR_LINUX]);
    cargo::run(&mut command, progress)?;
    fs::create_dir_all(workspace::guests())?;
    for name in programs::FOR_LINUX {
        let bytes = fs::read(built(name)).with_context(|| format!("'{name}' wasn't built"))?;
        whole::write_if_changed(&workspace::for_linux(name), &bytes)?;
    }
    progress.done();
    Ok(())
}

/// Where Cargo puts a program.
fn built(name: &str) -> PathBuf {
    let folder = workspace::bare_target().join(GUEST_TARGET);
    folder.join("release").join(name)
}

/// All programs and unikernels.
fn names() -> anyhow::Result<Vec<String>> {
    let mut names = programs::names()?;
    names.extend(programs::unikernels()?);
    Ok(names)
}

fn build_these(
    names: &[String],
    toolchain: Toolchain,
    progress: &mut dyn Progress,
) -> anyhow::Result<()> {
    if names.is_empty() {
        return Ok(());
    }
    progress.begin("building the guests");
    let mut command = cargo::build(toolchain, GUEST_TARGET, &workspace::bare_target());
    for package in PACKAGES {
        command.args(["--package", package]);
    }
    for name in names {
        command.args(["--bin", name]);
    }
    cargo::run(&mut command, progress)?;

    let folder = workspace::guests();
    fs::create_dir_all(&folder)?;
    for name in names {
        let bytes =
            fs::read(built(name)).with_context(|| format!("guest '{name}' wasn't built"))?;
        let image = flat::image(&bytes).with_context(|| format!("guest '{name}'"))?;
        whole::write_if_changed(&folder.join(format!("{name}.bin")), &image)?;
        // Where Cargo puts it, a build for the debugger puts another.
        whole::write_if_changed(&workspace::guest_elf(name), &bytes)?;
    }
    progress.done();
    Ok(())
}
