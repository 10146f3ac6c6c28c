//! QEMU from Debian's backports, where a stable release has too old a one.
//!
//! Beside an installed one it is unpacked, not installed: that takes no rights, what a person has
//! installed stays, and its libraries are the same packages as the installed one's. Where none is
//! installed, it is installed with what it needs.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};

use super::backports;
use crate::debian::Apt;
use crate::progress::Progress;
use crate::qemu::version::{self, LEAST};
use crate::whole;
use crate::workspace;

/// Debian's packages of QEMU for Arm boards.
const PACKAGES: [&str; 3] = ["qemu-system-arm", "qemu-system-common", "qemu-system-data"];

/// Fetches the packages and unpacks them.
///
/// # Errors
/// If they can't be fetched, or what they hold doesn't run: with what to do instead.
pub(super) fn unpack(progress: &mut dyn Progress) -> anyhow::Result<()> {
    progress.begin(&format!("fetching QEMU {}", version::shown(LEAST)));
    fetch_packages().with_context(|| {
        format!(
            "QEMU {} or newer is needed, and Debian's backports can't be fetched from. Install \
             it, or unpack its packages yourself:\n\n    for package in {}_*.deb; do dpkg-deb -x \
             $package {}; done\n",
            version::shown(LEAST),
            PACKAGES.join("_*.deb "),
            workspace::shown(&version::folder())
        )
    })?;
    version::program(LEAST).context("what was fetched doesn't serve")?;
    Ok(())
}

fn fetch_packages() -> anyhow::Result<()> {
    let folder = version::folder();
    let parts = sources(&folder.join("sources"), &[])?;
    let options = vec![
        ("Dir::Etc::SourceList", "/dev/null".to_owned()),
        ("Dir::Etc::SourceParts", parts.display().to_string()),
    ];
    let apt = Apt::new(folder.join("apt"), options)?;
    PACKAGES
        .iter()
        .try_for_each(|name| apt.unpack(name, &folder))
}

/// QEMU's packages with the suite that they are to be taken from, as `apt-get install` is told.
///
/// # Errors
/// If this isn't a Debian.
pub(super) fn packages() -> anyhow::Result<Vec<String>> {
    let suite = backports::suite().context("this machine isn't a Debian")?;
    Ok(PACKAGES.map(|name| format!("{name}/{suite}")).to_vec())
}

/// Options by which apt also knows of the backports. The system's own configuration stays as it is.
///
/// # Errors
/// If this machine's package sources can't be read.
pub(super) fn options() -> anyhow::Result<Vec<String>> {
    let configured = fs::read_dir("/etc/apt/sources.list.d").ok();
    let configured = configured.into_iter().flatten().flatten();
    let configured: Vec<PathBuf> = configured.map(|entry| entry.path()).collect();
    let parts = sources(&version::folder().join("all-sources"), &configured)?;
    Ok(vec![
        format!("Dir::Etc::SourceParts={}", parts.display()),
        // What other sources offer is still known afterwards.
        "APT::Get::List-Cleanup=false".to_owned(),
    ])
}

/// A folder of apt's sources with the backports and these others.
fn sources(folder: &Path, others: &[PathBuf]) -> anyhow::Result<PathBuf> {
    let source = backports::source();
    let source = source.context("this machine's package sources name no Debian release")?;
    ensure!(folder.is_absolute(), "{} isn't absolute", folder.display());
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder)?;
    whole::write(&folder.join("backports.list"), format!("{source}\n"))?;
    for other in others {
        if let Some(name) = other.file_name() {
            symlink(other, folder.join(name))?;
        }
    }
    Ok(folder.to_owned())
}
