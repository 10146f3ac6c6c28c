//! The bench guest under Xen.

mod package;
mod tree;

use std::ffi::OsString;
use std::path::Path;

use super::guest::{self, Figures};
use crate::progress::Progress;

pub use package::PACKAGE;

/// Fetches Xen if need be, and runs the guest image in a domU of it, twice.
///
/// # Errors
/// If Xen can't be fetched, or doesn't run the guest to its end.
pub fn measure(image: &Path, progress: &mut dyn Progress) -> anyhow::Result<Figures> {
    let xen = package::image(progress)?;
    progress.begin("measuring Xen");
    let folder = tempfile::Builder::new().prefix("paratia-").tempdir()?;
    let tree = folder.path().join("xen.dtb");
    let guest_bytes = std::fs::metadata(image)?.len();
    crate::whole::write(&tree, tree::tree(guest_bytes)?)?;

    let mut loader = OsString::from("loader,force-raw=on,addr=");
    loader.push(format!("{:#x},file=", tree::GUEST_IMAGE));
    loader.push(image);
    let mut arguments: Vec<OsString> = [
        "-M",
        "virt,virtualization=on,gic-version=3",
        "-m",
        "512M",
        "-smp",
        "1",
    ]
    .map(OsString::from)
    .to_vec();
    arguments.extend(guest::common_arguments());
    arguments.extend(["-kernel".into(), xen.into_os_string()]);
    arguments.extend(["-dtb".into(), tree.into_os_string()]);
    arguments.extend(["-device".into(), loader]);
    let figures = guest::measure_twice("Xen", &arguments);
    progress.done();
    figures
}
