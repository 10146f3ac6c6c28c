//! The bench guest on the bare machine at EL1: the floor.

use std::ffi::OsString;
use std::path::Path;

use super::guest::{self, Figures};

/// Runs the guest image with nobody below it, twice.
///
/// # Errors
/// If it doesn't run to its end.
pub fn measure(image: &Path) -> anyhow::Result<Figures> {
    let mut arguments: Vec<OsString> = [
        "-M",
        "virt,gic-version=3",
        "-m",
        "256M",
        "-smp",
        "1",
        "-semihosting",
    ]
    .map(OsString::from)
    .to_vec();
    arguments.extend(guest::common_arguments());
    arguments.extend(["-kernel".into(), image.as_os_str().to_owned()]);
    guest::measure_twice("the bare machine", &arguments)
}
