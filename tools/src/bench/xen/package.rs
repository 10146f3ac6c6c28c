//! Xen's image, from Debian's package for arm64.

use std::path::PathBuf;

use anyhow::Context as _;

use crate::debian;
use crate::progress::Progress;

/// The package.
pub const PACKAGE: &str = "xen-hypervisor-4.17-arm64";
/// The file in it.
const IMAGE: &str = "boot/xen-4.17-arm64";

/// The image's path; fetches it if it isn't there.
///
/// # Errors
/// If the package can't be fetched, with what to do instead.
pub fn image(progress: &mut dyn Progress) -> anyhow::Result<PathBuf> {
    debian::file(PACKAGE, IMAGE, Some(progress)).context("`--peer none` leaves Xen out")
}
