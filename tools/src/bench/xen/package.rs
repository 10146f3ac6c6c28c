//! Xen's image, from Debian's package for arm64.
//!
//! It is a hypervisor to boot a board with, not a program of this machine, so nothing is installed:
//! the package is fetched by its name with lists of its own, and unpacked below `target/paratia`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};

use crate::build::Progress;
use crate::workspace;

/// The package.
pub const PACKAGE: &str = "xen-hypervisor-4.17-arm64";
/// The file in it.
const IMAGE: &str = "boot/xen-4.17-arm64";

/// The image's path; fetches it if it isn't there.
///
/// # Errors
/// If the package can't be fetched, with what to do instead.
pub fn image(progress: &mut dyn Progress) -> anyhow::Result<PathBuf> {
    let folder = workspace::products().join("xen");
    let image = folder.join(IMAGE);
    if !image.exists() {
        progress.begin(&format!("fetching {PACKAGE}"));
        fetch(&folder).with_context(|| {
            format!(
                "can't fetch Debian's package {PACKAGE}; `--peer none` leaves Xen out, or unpack \
                 it yourself: dpkg-deb -x {PACKAGE}_*.deb {}",
                workspace::shown(&folder)
            )
        })?;
        progress.done();
    }
    Ok(image)
}

fn fetch(folder: &Path) -> anyhow::Result<()> {
    let state = folder.join("apt");
    fs::create_dir_all(state.join("lists/partial"))?;
    fs::create_dir_all(state.join("cache/archives/partial"))?;
    fs::write(state.join("status"), "")?;
    let apt = |arguments: &[&str]| {
        let mut command = Command::new("apt-get");
        for (key, value) in [
            ("APT::Architecture", "arm64".to_owned()),
            ("APT::Architectures", "arm64".to_owned()),
            ("APT::Sandbox::User", String::new()),
            ("Acquire::Languages", "none".to_owned()),
            ("Dir::State", state.display().to_string()),
            (
                "Dir::State::status",
                state.join("status").display().to_string(),
            ),
            ("Dir::Cache", state.join("cache").display().to_string()),
        ] {
            command.args(["-o", &format!("{key}={value}")]);
        }
        command.args(arguments).current_dir(folder);
        said(&mut command)
    };
    apt(&["update"])?;
    apt(&["download", PACKAGE])?;
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "deb") {
            said(Command::new("dpkg-deb").arg("-x").args([&path, folder]))?;
        }
    }
    Ok(())
}

/// Runs a command silently; its own words are in the error if it fails.
fn said(command: &mut Command) -> anyhow::Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("can't start {name}"))?;
    if !output.status.success() {
        bail!("{name}: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(())
}
