//! Plugins of ours for QEMU: how one is built, and how QEMU is told to load it.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context as _, ensure};

use crate::progress::Progress;
use crate::setup::Toolchain;
use crate::workspace;

/// A plugin.
#[derive(Clone, Copy, Debug)]
pub struct Plugin {
    /// Its package in this workspace.
    pub package: &'static str,
    /// What messages call it.
    pub name: &'static str,
}

impl Plugin {
    /// Builds it.
    ///
    /// # Errors
    /// If it doesn't compile.
    pub fn build(self, progress: &mut dyn Progress) -> anyhow::Result<()> {
        progress.begin(&format!("building the {}", self.name));
        let output = Toolchain::Current
            .cargo()
            .args(["build", "--release", "--package", self.package])
            .arg("--target-dir")
            .arg(folder())
            .current_dir(workspace::root())
            .stdin(Stdio::null())
            .output()
            .context("can't start Cargo")?;
        ensure!(
            output.status.success(),
            "the {} wasn't built:\n{}",
            self.name,
            String::from_utf8_lossy(&output.stderr)
        );
        progress.done();
        Ok(())
    }

    /// What QEMU's option `-plugin` takes to load it, given its arguments, each a name and a file.
    ///
    /// # Errors
    /// If a path isn't UTF-8.
    pub fn option(self, arguments: &[(&str, &Path)]) -> anyhow::Result<String> {
        let library = format!("release/lib{}.so", self.package.replace('-', "_"));
        let mut option = OsString::from("file=");
        option.push(folder().join(library));
        for (name, file) in arguments {
            option.push(format!(",{name}="));
            option.push(file);
        }
        option.into_string().ok().context("a path isn't UTF-8")
    }
}

fn folder() -> PathBuf {
    workspace::products().join("counter")
}
