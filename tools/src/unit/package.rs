//! The unit's file: a ZIP archive (FMI 3.0, 2.5).

use std::fs;
use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use paratia_config::board::ImageForm;
use sha2::{Digest as _, Sha256};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::{IMAGE, MANIFEST, MODEL, Manifest, NAMES, STEPPER, description, variables};
use crate::catalog::Choice;
use crate::plugin::{Library, Plugin};
use crate::progress::Progress;
use crate::{build, whole};

/// The plugin that holds QEMU.
const STEPS: Plugin = Plugin {
    package: "paratia-stepper",
    name: "stepper",
};
/// The library that importers load. Its panics are caught, so it is built in a profile that unwinds.
const UNIT: Library = Library {
    package: "paratia-fmu",
    name: "unit's library",
};

/// What goes into a unit.
pub struct Package {
    choice: Choice,
    library: PathBuf,
    stepper: PathBuf,
}

impl Package {
    /// Builds the plugin and the library for this machine.
    ///
    /// # Errors
    /// If this machine is none that the unit can be for, or one of them doesn't compile.
    pub fn build(choice: Choice, progress: &mut dyn Progress) -> anyhow::Result<Self> {
        platform()?;
        STEPS.build(progress)?;
        Ok(Self {
            choice,
            library: UNIT.build(progress)?,
            stepper: STEPS.file(),
        })
    }

    /// Writes the unit of the system, whose image is built.
    ///
    /// # Errors
    /// If a part can't be read, or the file can't be written.
    pub fn write(&self, image: &Path, file: &Path) -> anyhow::Result<()> {
        let read =
            |path: &Path| fs::read(path).with_context(|| format!("can't read {}", path.display()));
        let elf = read(image)?;
        let bootable = match self.choice.board.image_form {
            ImageForm::Elf => elf.clone(),
            ImageForm::Flat => build::flat(&elf)?,
        };
        let all = variables(&self.choice);
        let (library, stepper) = (read(&self.library)?, read(&self.stepper)?);
        let mut digest = Sha256::new();
        for part in [&elf, &library, &stepper] {
            digest.update(part);
        }
        let token: String = digest.finalize()[..16]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let manifest = Manifest {
            board: self.choice.board.name.to_owned(),
            system: self.choice.name.to_owned(),
            token: token.clone(),
        };
        let binary = format!("binaries/{}/{MODEL}.so", platform()?);
        let parts: [(String, Vec<u8>); 6] = [
            (
                "modelDescription.xml".to_owned(),
                description(&self.choice, &all, &token).into_bytes(),
            ),
            (binary, library),
            (resource(MANIFEST), serde_json::to_vec(&manifest)?),
            (resource(IMAGE), bootable),
            (resource(NAMES), elf),
            (resource(STEPPER), stepper),
        ];
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in parts {
            zip.start_file(name, SimpleFileOptions::default())?;
            zip.write_all(&bytes)?;
        }
        let bytes = zip.finish()?.into_inner();
        whole::write(file, bytes).with_context(|| format!("can't write {}", file.display()))
    }
}

fn resource(name: &str) -> String {
    format!("resources/{name}")
}

/// FMI's name of this machine (FMI 3.0, 2.5.1.4.1).
fn platform() -> anyhow::Result<String> {
    let (architecture, system) = (std::env::consts::ARCH, std::env::consts::OS);
    ensure!(
        system == "linux" && ["x86_64", "aarch64"].contains(&architecture),
        "a unit is for Linux on x86_64 or aarch64, not for {system} on {architecture}; make it there"
    );
    Ok(format!("{architecture}-{system}"))
}
