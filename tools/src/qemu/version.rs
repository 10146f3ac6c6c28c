//! Which QEMU serves a machine: the one that is installed, or a newer one that the set-up has
//! unpacked beside it.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::bail;

use super::PROGRAM;
use crate::workspace;

/// Major and minor.
pub type Version = (u32, u32);

/// What Debian 12 has, which is installed on every machine that passed the set-up.
pub const COMMON: Version = (7, 2);

/// The QEMU for machines that need at least this version.
///
/// # Errors
/// If there is none: with both versions, and the command that fetches one.
pub fn program(least: Version) -> anyhow::Result<PathBuf> {
    if least <= COMMON {
        return Ok(PROGRAM.into());
    }
    let installed = of(PROGRAM.as_ref());
    if installed >= Some(least) {
        return Ok(PROGRAM.into());
    }
    let unpacked = unpacked();
    if of(unpacked.as_os_str()) >= Some(least) {
        return Ok(unpacked);
    }
    bail!(
        "the machine needs QEMU {} and this is {}; `cargo paratia setup --board NAME` fetches a \
         newer one for the boards that need it, and every other board runs without",
        shown(least),
        installed.map_or_else(|| "none".to_owned(), shown)
    )
}

/// Where the set-up unpacks a newer QEMU.
#[must_use]
pub fn folder() -> PathBuf {
    workspace::products().join("qemu")
}

fn unpacked() -> PathBuf {
    folder().join("usr/bin").join(PROGRAM)
}

/// The version that a program says it is; nothing if it can't be started.
#[must_use]
pub fn of(program: &OsStr) -> Option<Version> {
    let mut command = Command::new(program);
    let output = command
        .arg("--version")
        .stdin(Stdio::null())
        .output()
        .ok()?;
    parse(&String::from_utf8_lossy(&output.stdout))
}

/// `QEMU emulator version 7.2.22 (...)`.
fn parse(text: &str) -> Option<Version> {
    let (_, number) = text.split_once("version ")?;
    let mut parts = number.split(|character: char| !character.is_ascii_digit());
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

/// As people write it.
#[must_use]
pub fn shown((major, minor): Version) -> String {
    format!("{major}.{minor}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions() {
        let old = "QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7)\nCopyright (c) 2003";
        assert_eq!(parse(old), Some((7, 2)));
        assert_eq!(parse("QEMU emulator version 10.0"), Some((10, 0)));
        assert_eq!(parse("something else"), None);
        assert!(parse("version 10.0.2") >= Some((10, 0)));
        assert!(None < Some(COMMON), "a program that isn't there is too old");
    }

    #[test]
    fn what_every_machine_has_is_taken_as_it_is() {
        assert_eq!(program((7, 2)).unwrap(), PathBuf::from(PROGRAM));
        let message = program((9_999, 0)).unwrap_err().to_string();
        assert!(message.starts_with("the machine needs QEMU 9999.0 and this is "));
    }
}
