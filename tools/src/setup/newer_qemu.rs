//! A newer QEMU for the boards that need it, beside the one that is installed.
//!
//! It is unpacked, not installed: the figures in `tests/budgets.toml` and the pictures of the tests
//! are those of the installed one, and no rights are needed. Its libraries are the same packages as
//! the installed one's.

use std::fs;

use anyhow::{Context as _, ensure};

use super::backports;
use crate::build::Progress;
use crate::debian::Apt;
use crate::qemu::version::{self, Version};
use crate::workspace;

/// Debian's packages of QEMU for Arm boards.
const PACKAGES: [&str; 3] = ["qemu-system-arm", "qemu-system-common", "qemu-system-data"];

/// Sees to it that there is a QEMU of at least this version.
///
/// # Errors
/// If there is none and none can be fetched: with what to do instead.
pub fn ready(least: Version, progress: &mut dyn Progress) -> anyhow::Result<()> {
    if version::program(least).is_ok() {
        return Ok(());
    }
    progress.begin(&format!("fetching QEMU {}", version::shown(least)));
    fetch_packages().with_context(|| {
        format!(
            "this board needs QEMU {} or newer, and Debian's backports can't be fetched from. \
             Install it, or unpack its packages yourself:\n\n    for package in {}_*.deb; do \
             dpkg-deb -x $package {}; done\n\nEvery other board runs without",
            version::shown(least),
            PACKAGES.join("_*.deb "),
            workspace::shown(&version::folder())
        )
    })?;
    version::program(least).context("what was fetched doesn't serve")?;
    progress.done();
    Ok(())
}

fn fetch_packages() -> anyhow::Result<()> {
    let source = backports::source();
    let source = source.context("this machine's package sources name no Debian release")?;
    let folder = version::folder();
    let parts = folder.join("sources");
    fs::create_dir_all(&parts)?;
    ensure!(parts.is_absolute(), "{} isn't absolute", parts.display());
    fs::write(parts.join("backports.list"), format!("{source}\n"))?;
    let options = vec![
        ("Dir::Etc::SourceList", "/dev/null".to_owned()),
        ("Dir::Etc::SourceParts", parts.display().to_string()),
    ];
    let apt = Apt::new(folder.join("apt"), options)?;
    PACKAGES
        .iter()
        .try_for_each(|name| apt.unpack(name, &folder))
}
