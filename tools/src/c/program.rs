//! Compiles a partition's program in C: `partitions/c/NAME.c`, with the start that all share.
//!
//! Only a system that runs such a program needs a compiler for it, which then comes by its package.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use anyhow::{Context as _, bail, ensure};

use crate::not_yet::NotYet;
use crate::progress::Progress;
use crate::{flat, setup, whole, workspace};

/// The compiler, which has its package's name behind `gcc-`.
const COMPILER: &str = "aarch64-linux-gnu-gcc";
const PACKAGE: &str = "gcc-aarch64-linux-gnu";
/// Freestanding; without FP registers, as vectors are aligned no better than the MMU being off needs.
const OPTIONS: [&str; 15] = [
    "-std=c11",
    "-O2",
    "-g",
    "-Wall",
    "-Wextra",
    "-Werror",
    "-ffreestanding",
    "-nostdlib",
    "-static",
    "-fno-pic",
    "-no-pie",
    "-mgeneral-regs-only",
    "-mstrict-align",
    "-fno-stack-protector",
    "-Wl,--build-id=none,-zmax-page-size=4096",
];

fn folder() -> PathBuf {
    workspace::root().join("partitions/c")
}

/// The source of a program in C, if there is one of this name.
#[must_use]
pub fn source(name: &str) -> Option<PathBuf> {
    let source = folder().join(format!("{name}.c"));
    source.is_file().then_some(source)
}

/// The names of all programs in C.
///
/// # Errors
/// If their folder can't be read.
pub fn names() -> anyhow::Result<Vec<String>> {
    let files = files()?.into_iter().filter(|path| is_program(path));
    Ok(files
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .collect())
}

/// Every file in the programs' folder, if there is one; an editor's lock, which points nowhere, is none.
fn files() -> anyhow::Result<Vec<PathBuf>> {
    let Ok(entries) = fs::read_dir(folder()) else {
        return Ok(Vec::new());
    };
    let mut files = Vec::new();
    for entry in entries {
        files.push(entry?.path());
    }
    files.retain(|path| path.is_file());
    Ok(files)
}

fn is_program(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "c")
}

/// Compiles the program called `name` unless that was done, and returns its flat image's path.
///
/// # Errors
/// If there is no compiler and `progress` isn't given, through which one would be installed; if
/// something doesn't compile: with the compiler's own words.
pub fn build(
    name: &str,
    source: &Path,
    progress: Option<&mut (dyn Progress + '_)>,
) -> anyhow::Result<PathBuf> {
    let image = workspace::guests().join(format!("{name}.bin"));
    if is_current(&image, source)? {
        return Ok(image);
    }
    if !is_installed() {
        let Some(progress) = progress else {
            bail!(NotYet(format!(
                "its program '{name}' isn't built yet, which takes {COMPILER}"
            )));
        };
        setup::packages(&[PACKAGE], progress)?;
    }
    let elf = workspace::guest_elf(name);
    fs::create_dir_all(workspace::guests())?;
    let said = Command::new(COMPILER)
        .args(OPTIONS)
        .arg("-I")
        .arg(workspace::root().join("hypervisor/abi/include"))
        .arg("-T")
        .arg(folder().join("partition.ld"))
        .args([&folder().join("start.S"), source])
        .arg("-o")
        .arg(&elf)
        .output()
        .with_context(|| {
            format!(
                "can't start {COMPILER}, which compiles '{name}': install it by `apt install {PACKAGE}`"
            )
        })?;
    ensure!(
        said.status.success(),
        "the program '{name}' doesn't compile:\n{}",
        String::from_utf8_lossy(&said.stderr)
    );
    let bytes = fs::read(&elf).with_context(|| format!("{COMPILER} wrote nothing"))?;
    let flat = flat::image(&bytes).with_context(|| format!("program '{name}'"))?;
    whole::write(&image, flat)?;
    Ok(image)
}

fn is_installed() -> bool {
    let asked = Command::new(COMPILER).arg("--version").output();
    asked.is_ok_and(|said| said.status.success())
}

/// Whether the image is younger than all that it is made from.
fn is_current(image: &Path, source: &Path) -> anyhow::Result<bool> {
    let Ok(made) = fs::metadata(image).and_then(|facts| facts.modified()) else {
        return Ok(false);
    };
    // What is no program is what programs share.
    let mut parts = files()?;
    parts.retain(|path| path == source || !is_program(path));
    parts.push(super::header::place());
    for path in &parts {
        let changed: SystemTime = fs::metadata(path)
            .and_then(|facts| facts.modified())
            .with_context(|| format!("can't read {}", workspace::shown(path)))?;
        if changed >= made {
            return Ok(false);
        }
    }
    Ok(true)
}
