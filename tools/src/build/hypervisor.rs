//! The bootable image: the hypervisor with one system for one board.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context as _;

use super::{cargo, fingerprint, formats, seal};
use crate::catalog::Choice;
use crate::pieces::{self, Piece};
use crate::progress::Progress;
use crate::setup::HYPERVISOR_TARGET;
use crate::setup::Toolchain;
use crate::unikernel;
use crate::whole;
use crate::whole::write_if_changed;

/// The package and its binary.
pub(super) const NAME: &str = "paratia-hypervisor";

/// An image that isn't as it would be built now.
pub(super) struct Stale<'a> {
    choice: &'a Choice,
    image: PathBuf,
    fingerprint: String,
}

impl<'a> Stale<'a> {
    /// The image of `choice`, unless it is as it would be built now.
    ///
    /// # Errors
    /// If a source can't be read.
    pub(super) fn find(
        toolchain: Toolchain,
        choice: &'a Choice,
        pieces: &[Piece],
    ) -> anyhow::Result<Option<Self>> {
        let image = choice.image();
        let fingerprint = fingerprint::of_image(toolchain, choice, pieces)?;
        let stamp = fs::read_to_string(stamp(&image));
        let is_current = image.exists() && stamp.is_ok_and(|old| old == fingerprint);
        Ok((!is_current).then_some(Self {
            choice,
            image,
            fingerprint,
        }))
    }

    /// What it is called for people.
    pub(super) fn title(&self) -> String {
        format!("'{}' for {}", self.choice.name, self.choice.board.name)
    }

    /// Builds it in a target directory that nobody else builds in.
    ///
    /// # Errors
    /// If something doesn't compile, or the image can't be written.
    pub(super) fn build(
        &self,
        toolchain: Toolchain,
        directory: &Path,
        progress: &mut dyn Progress,
    ) -> anyhow::Result<()> {
        let mut command = cargo::build(toolchain, HYPERVISOR_TARGET, directory);
        command.args(["--package", NAME, "--bin", NAME]);
        name_system(&mut command, self.choice);
        cargo::run(&mut command, progress)?;

        let elf = directory.join(HYPERVISOR_TARGET).join("release").join(NAME);
        let mut bytes = fs::read(&elf).context("the hypervisor wasn't built")?;
        formats::move_to_zero(&mut bytes)?;
        seal::set(&mut bytes)?;
        fs::create_dir_all(self.image.parent().context("an image lies in a folder")?)?;
        write_if_changed(&self.image, &bytes)?;
        whole::write(&stamp(&self.image), &self.fingerprint)?;
        Ok(())
    }
}

fn stamp(image: &Path) -> PathBuf {
    image.with_extension("fingerprint")
}

/// Tells the hypervisor's build which system on which board it is to be, and where the
/// list of its images' pieces lies, which must have been written ([`super::Builder::pieces`]).
pub fn name_system(command: &mut Command, choice: &Choice) {
    command
        .env("PARATIA_BOARD", choice.board.name)
        .env("PARATIA_SYSTEM", choice.name)
        .env("PARATIA_PIECES", pieces::list(choice))
        .env("PARATIA_REGIONS", unikernel::list(choice))
        // The log's level is chosen by the system's declaration, not by the build.
        .env("DEFMT_LOG", "trace");
}
