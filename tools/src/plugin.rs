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
        let options = ["--release", "--package", self.package];
        compile(self.name, &options, &folder(), progress)
    }

    /// Where it lies, once it is built.
    #[must_use]
    pub fn file(self) -> PathBuf {
        folder().join("release").join(file_name(self.package))
    }

    /// What QEMU's option `-plugin` takes to load it, given its arguments, each a name and a file.
    ///
    /// # Errors
    /// If a path isn't UTF-8.
    pub fn option(self, arguments: &[(&str, &Path)]) -> anyhow::Result<String> {
        let mut option = OsString::from("file=");
        option.push(self.file());
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

/// A library of ours for programs of others'. It is built as the tool itself is, with what is built for that.
#[derive(Clone, Copy, Debug)]
pub struct Library {
    /// Its package in this workspace.
    pub package: &'static str,
    /// What messages call it.
    pub name: &'static str,
}

impl Library {
    /// Builds it, and says where it lies.
    ///
    /// # Errors
    /// If it doesn't compile.
    pub fn build(self, progress: &mut dyn Progress) -> anyhow::Result<PathBuf> {
        let folder = workspace::root().join("target");
        compile(self.name, &["--package", self.package], &folder, progress)?;
        Ok(folder.join("debug").join(file_name(self.package)))
    }
}

fn file_name(package: &str) -> String {
    format!("lib{}.so", package.replace('-', "_"))
}

/// Has Cargo build a package.
fn compile(
    name: &str,
    options: &[&str],
    target: &Path,
    progress: &mut dyn Progress,
) -> anyhow::Result<()> {
    progress.begin(&format!("building the {name}"));
    let output = Toolchain::Current
        .cargo()
        .arg("build")
        .args(options)
        .arg("--target-dir")
        .arg(target)
        .current_dir(workspace::root())
        .stdin(Stdio::null())
        .output()
        .context("can't start Cargo")?;
    ensure!(
        output.status.success(),
        "the {name} wasn't built:\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    progress.done();
    Ok(())
}
