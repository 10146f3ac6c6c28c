//! Programs as a debugger wants them: with their variables described.
//!
//! What ships has lines alone, since variables would take a third more time to build. Only the workspace's
//! own packages are compiled anew for it; what they stand on is taken as it is.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::Context as _;

use super::hypervisor::{self, name_system};
use super::{cargo, formats, guests};
use crate::catalog::Choice;
use crate::flat;
use crate::pieces::{self, Piece};
use crate::progress::Progress;
use crate::setup::{GUEST_TARGET, HYPERVISOR_TARGET, Toolchain};
use crate::whole::write_if_changed;
use crate::workspace;

/// The workspace's own packages that guests are made of.
const OF_GUESTS: [&str; 12] = [
    "paratia-a653",
    "paratia-a653-examples",
    "paratia-abi",
    "paratia-can",
    "paratia-can-programs",
    "paratia-devices",
    "paratia-instruments",
    "paratia-partitions",
    "paratia-runtime",
    "paratia-tender",
    "paratia-test-guests",
    "paratia-test-unikernels",
];
/// And those of the hypervisor.
const OF_HYPERVISOR: [&str; 4] = [
    "paratia-abi",
    "paratia-board-support",
    "paratia-config",
    "paratia-hypervisor",
];

/// A program that was built so.
pub struct Described {
    /// Its ELF file.
    pub elf: PathBuf,
    /// Its flat image. It may have the same functions as the one that ships in another order.
    pub flat: PathBuf,
}

/// The program `name` of a partition.
pub(super) fn guest(
    toolchain: Toolchain,
    name: &str,
    progress: &mut dyn Progress,
) -> anyhow::Result<Described> {
    progress.begin(&format!("building '{name}' with its variables"));
    let mut command = cargo::build(toolchain, GUEST_TARGET, &workspace::bare_target());
    for package in guests::PACKAGES {
        command.args(["--package", package]);
    }
    command.args(["--bin", name]);
    describe(&mut command, &OF_GUESTS);
    cargo::run(&mut command, progress)?;
    let built = workspace::bare_target().join(GUEST_TARGET);
    let bytes = fs::read(built.join("release").join(name)).context("the program wasn't built")?;
    let described = Described {
        elf: keep(&format!("{name}.elf"), &bytes)?,
        flat: keep(&format!("{name}.bin"), &flat::image(&bytes)?)?,
    };
    progress.done();
    Ok(described)
}

/// The hypervisor with a system and these pieces: an image that runs in place of the one that ships.
pub(super) fn hypervisor(
    toolchain: Toolchain,
    choice: &Choice,
    pieces: &[Piece],
    progress: &mut dyn Progress,
) -> anyhow::Result<PathBuf> {
    progress.begin("building the hypervisor with its variables");
    let list = folder()?.join("pieces");
    pieces::write_list(&list, pieces)?;
    let directory = workspace::bare_target();
    let mut command = cargo::build(toolchain, HYPERVISOR_TARGET, &directory);
    command.args(["--package", hypervisor::NAME, "--bin", hypervisor::NAME]);
    name_system(&mut command, choice);
    command.env("PARATIA_PIECES", list);
    describe(&mut command, &OF_HYPERVISOR);
    cargo::run(&mut command, progress)?;
    let built = directory.join(HYPERVISOR_TARGET).join("release");
    let mut bytes = fs::read(built.join(hypervisor::NAME)).context("it wasn't built")?;
    formats::move_to_zero(&mut bytes)?;
    progress.done();
    keep("paratia.elf", &bytes)
}

/// Asks for all that can be said of these packages' variables.
fn describe(command: &mut Command, packages: &[&str]) {
    for package in packages {
        let option = format!("profile.release.package.{package}.debug=\"full\"");
        command.args(["--config", &option]);
    }
}

/// Keeps what was built where no other build replaces it.
fn keep(name: &str, bytes: &[u8]) -> anyhow::Result<PathBuf> {
    let file = folder()?.join(name);
    write_if_changed(&file, bytes)?;
    Ok(file)
}

fn folder() -> anyhow::Result<PathBuf> {
    let folder = workspace::products().join("debugger");
    fs::create_dir_all(&folder)?;
    Ok(folder)
}
