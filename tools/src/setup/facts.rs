//! What this machine has.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::{TARGETS, backports, linker};
use crate::qemu::version::{self, LEAST, Version};

/// Debian's Rust for the web browsers: the newest one in a stable release.
pub(super) const DEBIAN_CARGO: &str = "/usr/bin/cargo";
pub(super) const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
pub(super) const DEBIAN_CLIPPY: &str = "/usr/bin/cargo-clippy";
pub(super) const DEBIAN_RUSTDOC: &str = "/usr/bin/rustdoc";
/// Least minor version of Rust 1 that builds the workspace (`rust-version` in Cargo.toml).
const LEAST_MINOR: u32 = 92;

/// By what right packages can be installed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Privilege {
    /// As root.
    Root,
    /// By `sudo`, which doesn't ask for a password.
    Sudo,
    /// Not at all.
    None,
}

/// Where a QEMU that is new enough is to be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Qemu {
    /// It is there.
    Serves,
    /// apt's sources have it.
    Offered,
    /// apt's sources have an older one, Debian's backports the right one.
    Backported {
        /// The older one is installed, and so are the libraries of both.
        has_older: bool,
    },
    /// apt's sources have this one, and nobody is known to have a newer one.
    TooOld(Version),
    /// apt has no lists yet of what its sources have.
    Unlisted,
    /// There is no apt to ask, or none of its sources has any.
    Unknown,
}

/// What this machine has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    /// The Rust that runs now has `core` for both targets.
    pub targets: bool,
    /// `rustup` is there and may be asked (`RUSTUP_AUTO_INSTALL` isn't 0).
    pub rustup: bool,
    /// Debian's own Rust is there, new enough and with the sources of `core`.
    pub debian_rust: bool,
    /// There is a linker for Debian's Rust.
    pub linker: bool,
    /// QEMU, in a version that serves.
    pub qemu: Qemu,
    /// `apt-get` is there.
    pub apt: bool,
    /// By what right packages can be installed.
    pub privilege: Privilege,
}

impl Facts {
    /// Looks at this machine.
    #[must_use]
    pub fn gather() -> Self {
        Self {
            targets: TARGETS.iter().all(|target| has_core(target)),
            rustup: env::var_os("RUSTUP_AUTO_INSTALL").is_none_or(|value| value != "0")
                && on_path("rustup"),
            debian_rust: has_debian_rust(),
            linker: linker::find().is_some(),
            qemu: qemu(),
            apt: on_path("apt-get"),
            privilege: privilege(),
        }
    }
}

/// Debian's QEMU for Arm boards.
pub(super) const QEMU_PACKAGE: &str = "qemu-system-arm";

fn qemu() -> Qemu {
    if version::program(LEAST).is_ok() {
        return Qemu::Serves;
    }
    if !on_path("apt-get") {
        return Qemu::Unknown;
    }
    if !has_lists() {
        return Qemu::Unlisted;
    }
    let policy = said(Command::new("apt-cache").args(["policy", QEMU_PACKAGE]));
    match policy.as_deref().and_then(candidate) {
        Some(offered) if offered >= LEAST => Qemu::Offered,
        Some(_) if backports::source().is_some() => Qemu::Backported {
            has_older: has_package(QEMU_PACKAGE),
        },
        Some(offered) => Qemu::TooOld(offered),
        None => Qemu::Unknown,
    }
}

/// Whether apt knows what its sources have; a container's image often comes without.
fn has_lists() -> bool {
    let entries = std::fs::read_dir("/var/lib/apt/lists");
    entries.is_ok_and(|entries| {
        let mut names = entries.flatten().map(|entry| entry.file_name());
        names.any(|name| name.to_string_lossy().contains("_Packages"))
    })
}

/// The version in `Candidate: 1:7.2+dfsg-7`, which `apt-cache policy` prints.
fn candidate(policy: &str) -> Option<Version> {
    let mut lines = policy.lines();
    let version = lines.find_map(|line| line.trim().strip_prefix("Candidate: "))?;
    version::numbers(version.split_once(':').map_or(version, |(_, rest)| rest))
}

/// Whether the Rust that runs now has `core` for a target.
fn has_core(target: &str) -> bool {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let folder = said(Command::new(rustc).args(["--print", "target-libdir", "--target", target]));
    let entries = folder.and_then(|folder| std::fs::read_dir(folder).ok());
    entries.is_some_and(|entries| {
        let mut names = entries.flatten().map(|entry| entry.file_name());
        names.any(|name| name.to_string_lossy().starts_with("libcore-"))
    })
}

fn has_debian_rust() -> bool {
    let tools = [DEBIAN_CARGO, DEBIAN_RUSTDOC];
    if !tools.iter().all(|tool| Path::new(tool).exists()) {
        return false;
    }
    let version = said(&mut debian_rustc("--version"));
    let new_enough = version
        .and_then(|text| minor_version(&text))
        .is_some_and(|it| it >= LEAST_MINOR);
    let sysroot = said(debian_rustc("--print").arg("sysroot"));
    let sources = sysroot.map(|root| PathBuf::from(root).join("lib/rustlib/src/rust/library/core"));
    new_enough && sources.is_some_and(|folder| folder.exists())
}

/// Debian's compiler; the outer `cargo run` points the library path at another Rust's libraries.
fn debian_rustc(argument: &str) -> Command {
    let mut command = Command::new(DEBIAN_RUSTC);
    command.arg(argument).env_remove("LD_LIBRARY_PATH");
    command
}

/// The minor version in `rustc 1.96.0 (...)`.
fn minor_version(text: &str) -> Option<u32> {
    text.strip_prefix("rustc 1.")?
        .split('.')
        .next()?
        .parse()
        .ok()
}

fn privilege() -> Privilege {
    if said(Command::new("id").arg("-u")).is_some_and(|id| id == "0") {
        Privilege::Root
    } else if said(Command::new("sudo").args(["-n", "true"])).is_some() {
        Privilege::Sudo
    } else {
        Privilege::None
    }
}

/// What a command prints, if it succeeds.
pub(super) fn said(command: &mut Command) -> Option<String> {
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}

/// Whether a Debian package is installed.
pub(super) fn has_package(name: &str) -> bool {
    let status = said(Command::new("dpkg-query").args(["--show", "--showformat=${Status}", name]));
    status.is_some_and(|status| status == "install ok installed")
}

/// Whether a program is on the search path.
#[must_use]
pub fn on_path(program: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions() {
        assert_eq!(
            minor_version("rustc 1.96.0 (ac68faa20 2026-05-25)"),
            Some(96)
        );
        assert_eq!(minor_version("rustc 2.0.0"), None);
        assert_eq!(minor_version(""), None);
    }

    #[test]
    fn what_apt_would_install() {
        let policy = "qemu-system-arm:\n  Installed: (none)\n  Candidate: 1:10.0.2+ds-2\n";
        assert_eq!(candidate(policy), Some((10, 0)));
        assert_eq!(candidate("  Candidate: 8.2.2"), Some((8, 2)));
        assert_eq!(candidate("  Candidate: (none)"), None);
        assert_eq!(candidate(""), None);
    }

    #[test]
    fn the_search_path() {
        assert!(on_path("sh"));
        assert!(!on_path("no-such-program"));
    }
}
