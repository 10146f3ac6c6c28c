//! The initial RAM disk made of Debian's busybox: a shell on the console, and workloads.

use super::count;
use super::cpio::Archive;

/// The package and its file.
pub(super) const PACKAGE: &str = "busybox-static";
pub(super) const PATH: &str = "bin/busybox";

/// Modules of Debian's kernels for a watchdog, in the order in which they are loaded. Newer ones are packed.
pub(super) const WATCHDOG: [&str; 2] = [
    "lib/modules/*/kernel/drivers/watchdog/watchdog.ko*",
    "lib/modules/*/kernel/drivers/watchdog/sbsa_gwdt.ko*",
];

const INIT: &[u8] = include_bytes!("../../initrd/init");

/// What `workload=NAME` on a kernel's command line can name.
const WORKLOADS: [(&str, &[u8]); 10] = [
    ("calls", include_bytes!("../../initrd/workload/calls")),
    ("channels", include_bytes!("../../initrd/workload/channels")),
    ("check", include_bytes!("../../initrd/workload/check")),
    ("clock", include_bytes!("../../initrd/workload/clock")),
    ("crash", include_bytes!("../../initrd/workload/crash")),
    ("load", include_bytes!("../../initrd/workload/load")),
    ("poweroff", include_bytes!("../../initrd/workload/poweroff")),
    ("reboot", include_bytes!("../../initrd/workload/reboot")),
    ("starve", include_bytes!("../../initrd/workload/starve")),
    ("watchdog", include_bytes!("../../initrd/workload/watchdog")),
];

/// Programs that scripts and people call by their names; busybox itself finds all its others.
const LINKS: [&str; 8] = ["sh", "ls", "cat", "mount", "dmesg", "vi", "top", "poweroff"];

/// The archive, around a busybox that is linked statically, with programs of our own and modules, each by their
/// names.
pub(super) fn archive(
    busybox: &[u8],
    programs: &[(&str, Vec<u8>)],
    modules: &[(String, Vec<u8>)],
) -> anyhow::Result<Vec<u8>> {
    let mut archive = Archive::default();
    for folder in ["bin", "dev", "proc", "sys", "tmp", "workload"] {
        archive = archive.directory(folder);
    }
    archive = archive
        .program("bin/busybox", busybox)
        .program("bin/count", &count::counter()?)
        .program("bin/count-calls", &count::calls()?)
        .program("init", INIT);
    for (name, bytes) in programs {
        archive = archive.program(&format!("bin/{name}"), bytes);
    }
    for name in LINKS {
        archive = archive.link(&format!("bin/{name}"), "busybox");
    }
    if !modules.is_empty() {
        archive = archive.directory("modules");
    }
    for (name, module) in modules {
        archive = archive.program(&format!("modules/{name}"), module);
    }
    for (name, script) in WORKLOADS {
        archive = archive.program(&format!("workload/{name}"), script);
    }
    Ok(archive.finish())
}
