//! The bootable image: the hypervisor with one system for one board.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::Context as _;

use super::guests::write_if_changed;
use super::progress::Progress;
use super::{HYPERVISOR_TARGET, cargo, fingerprint};
use crate::catalog::Choice;
use crate::pieces::{self, Piece};
use crate::setup::Toolchain;
use crate::workspace;

/// The package and its binary.
const NAME: &str = "paratia-hypervisor";

pub(super) fn build(
    toolchain: Toolchain,
    choice: &Choice,
    pieces: &[Piece],
    progress: &mut dyn Progress,
) -> anyhow::Result<PathBuf> {
    let (board, system) = (choice.board.name, choice.name);
    let image = choice.image();
    let stamp = image.with_extension("fingerprint");
    let fingerprint = fingerprint::of_image(toolchain, choice, pieces)?;
    if image.exists() && fs::read_to_string(&stamp).is_ok_and(|old| old == fingerprint) {
        return Ok(image);
    }
    progress.begin(&format!("building the image of '{system}' for {board}"));
    let mut command = cargo::build(toolchain, HYPERVISOR_TARGET);
    command.args(["--package", NAME, "--bin", NAME]);
    name_system(&mut command, choice);
    cargo::run(&mut command, progress)?;

    let elf = workspace::bare_target()
        .join(HYPERVISOR_TARGET)
        .join("release")
        .join(NAME);
    let bytes = fs::read(&elf).context("the hypervisor wasn't built")?;
    fs::create_dir_all(image.parent().context("an image lies in a folder")?)?;
    write_if_changed(&image, &bytes)?;
    fs::write(&stamp, fingerprint)?;
    progress.done();
    Ok(image)
}

/// Tells the hypervisor's build which system on which board it is to be, and where the
/// list of its images' pieces lies, which must have been written ([`super::Builder::pieces`]).
pub fn name_system(command: &mut Command, choice: &Choice) {
    command
        .env("PARATIA_BOARD", choice.board.name)
        .env("PARATIA_SYSTEM", choice.name)
        .env("PARATIA_PIECES", pieces::list(choice))
        // The log's level is chosen by the system's declaration, not by the build.
        .env("DEFMT_LOG", "trace");
}
