//! Which QEMU runs everything: one of at least [`LEAST`], on the search path or unpacked by the
//! set-up, or the one that a person names.

use std::env;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};
use paratia_board_support::host;

use super::PROGRAM;
use crate::workspace;

/// Major and minor.
pub type Version = (u32, u32);

/// The least one that serves, for whatever board and guest.
pub const LEAST: Version = host::LEAST_QEMU;

/// The environment variable by which a person names the program to use, in place of any other.
pub const OWN: &str = "PARATIA_QEMU";

/// Why an older one is never used, in the words of the refusal.
const WHY: &str = "an older one can be stopped for good by a guest's timer, and lets busy CPUs take \
                   turns of any length";

/// The QEMU for a machine that needs at least this version, or [`LEAST`] if that is newer.
///
/// # Errors
/// If there is none: with each that was looked at, its version, and the remedy.
pub fn program(least: Version) -> anyhow::Result<PathBuf> {
    let own = env::var_os(OWN);
    let candidates = match &own {
        Some(own) => vec![PathBuf::from(own)],
        None => vec![PROGRAM.into(), unpacked()],
    };
    first_of(&candidates, least.max(LEAST), own.is_some())
}

/// The first of these programs that is new enough. Of each, nothing but its version is asked.
fn first_of(candidates: &[PathBuf], least: Version, is_own: bool) -> anyhow::Result<PathBuf> {
    let mut seen = Vec::new();
    for candidate in candidates {
        match of(candidate.as_os_str()) {
            Some(version) if version >= least => return Ok(candidate.clone()),
            Some(version) => seen.push(format!("{} is {}", name(candidate), shown(version))),
            None if is_own => seen.push(format!("{} can't be started", name(candidate))),
            None => {}
        }
    }
    if seen.is_empty() {
        seen.push("there is none".to_owned());
    }
    let remedy = if is_own {
        format!("name a newer one by {OWN}, or unset it")
    } else {
        format!("`cargo paratia setup` gets one, and {OWN}=/path/to/{PROGRAM} names your own")
    };
    bail!(
        "QEMU {} or newer is needed ({WHY}), and {}; {remedy}",
        shown(least),
        seen.join(", ")
    )
}

/// A program as it is called in messages.
fn name(program: &Path) -> String {
    workspace::shown(program)
}

/// Whether a person has named the program to use.
#[must_use]
pub fn is_own() -> bool {
    env::var_os(OWN).is_some()
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
fn of(program: &OsStr) -> Option<Version> {
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
    numbers(number)
}

/// `10.0.2+ds-2` and the like.
#[must_use]
pub fn numbers(text: &str) -> Option<Version> {
    let mut parts = text.split(|character: char| !character.is_ascii_digit());
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

/// As people write it.
#[must_use]
pub fn shown((major, minor): Version) -> String {
    format!("{major}.{minor}")
}

/// A command line for [`program`], as it would be typed.
#[must_use]
pub fn typed(program: &Path, arguments: &[OsString]) -> String {
    let words = arguments.iter().map(|word| word.to_string_lossy());
    let all = [name(program).into()].into_iter().chain(words);
    let all: Vec<String> = all.map(|word| quoted(&word)).collect();
    all.join(" ")
}

/// A word as a shell takes it for one (POSIX.1-2024, Shell Command Language, 2.2).
fn quoted(word: &str) -> String {
    let is_plain = |it: char| it.is_ascii_alphanumeric() || "-_./,=:+@%".contains(it);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// The kinds of windows that a QEMU can open on this machine, of those that it says it has.
const WINDOWS: [&str; 3] = ["gtk", "sdl", "cocoa"];

/// Whether a QEMU can open a window: without, it runs and shows nothing.
///
/// # Errors
/// If it can't: with what it has, and what to install.
pub fn has_window(program: &Path) -> anyhow::Result<()> {
    let mut command = Command::new(program);
    command.args(["-display", "help"]).stdin(Stdio::null());
    let output = command
        .output()
        .with_context(|| format!("can't start {}", name(program)))?;
    let said = String::from_utf8_lossy(&output.stdout);
    let has: Vec<&str> = said.lines().map(str::trim).collect();
    if WINDOWS.iter().any(|window| has.contains(window)) {
        return Ok(());
    }
    let version = of(program.as_os_str()).map_or_else(String::new, |it| format!(" {}", shown(it)));
    bail!(
        "QEMU{version}, {}, can open no window: it has neither {}; install Debian's package \
         qemu-system-gui for it, or leave --display out and look at the picture that is taken at the end",
        name(program),
        WINDOWS.join(" nor ")
    );
}

/// What a QEMU that ended by itself is, and what helps.
#[must_use]
pub fn ended(program: &Path, said: &str, status: &str) -> String {
    let version = of(program.as_os_str()).map_or_else(|| "?".to_owned(), shown);
    let said = if said.is_empty() {
        format!("without a word ({status})")
    } else {
        said.to_owned()
    };
    format!(
        "{said}; it was {}, version {version}: start it by hand to see more, or name another by {OWN}",
        name(program)
    )
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn versions() {
        let old = "QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7)\nCopyright (c) 2003";
        assert_eq!(parse(old), Some((7, 2)));
        assert_eq!(parse("QEMU emulator version 10.0"), Some((10, 0)));
        assert_eq!(parse("something else"), None);
        assert!(parse("version 10.0.2") >= Some((10, 0)));
    }

    #[test]
    fn what_is_typed_can_be_typed() {
        let words = ["-M", "virt,gic-version=3", "a b", "", "it's", "$HOME"].map(OsString::from);
        assert_eq!(
            typed(Path::new("my qemu"), &words),
            r"'my qemu' -M virt,gic-version=3 'a b' '' 'it'\''s' '$HOME'"
        );
    }

    /// A program that says the displays that it has.
    fn with_displays(displays: &str) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("qemu");
        let text = format!(
            "#!/bin/sh\nif [ \"$*\" = --version ]; then echo 'QEMU emulator version 10.0.2'; exit; fi\n\
             printf 'Available display backend types:\\n{displays}'\n"
        );
        fs::write(&file, text).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
        (folder, file)
    }

    #[test]
    fn a_qemu_without_windows_is_refused_for_one() {
        let (_folder, file) = with_displays("none\\ngtk\\n");
        assert!(has_window(&file).is_ok());
        let (_folder, file) = with_displays("none\\nsdl-lookalike\\ncurses\\n");
        let said = has_window(&file).unwrap_err().to_string();
        assert!(said.starts_with("QEMU 10.0, /"), "{said}");
        assert!(
            said.contains("has neither gtk nor sdl nor cocoa; install"),
            "{said}"
        );
    }

    #[test]
    fn a_qemu_that_ends_at_once_is_named_with_version_and_remedy() {
        let (_folder, file) = with_displays("");
        let said = ended(&file, "", "exit status: 1");
        assert!(
            said.starts_with("without a word (exit status: 1); it was /"),
            "{said}"
        );
        assert!(said.ends_with(
            "version 10.0: start it by hand to see more, or name another by PARATIA_QEMU"
        ));
        assert!(ended(&file, "no such board", "").starts_with("no such board; it was /"));
    }

    /// Programs that do nothing but say a version; asked anything else, they leave a mark.
    fn fakes(versions: &[&str]) -> (tempfile::TempDir, Vec<PathBuf>) {
        let folder = tempfile::tempdir().unwrap();
        let make = |version: &&str| {
            let file = folder.path().join(format!("qemu-{version}"));
            let text = format!(
                "#!/bin/sh\nif [ \"$*\" = --version ]; then echo 'QEMU emulator version {version}'\n\
                 else echo \"$*\" >> '{}'; fi\n",
                folder.path().join("used").display()
            );
            fs::write(&file, text).unwrap();
            fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
            file
        };
        let files = versions.iter().map(make).collect();
        (folder, files)
    }

    #[test]
    fn the_first_that_is_new_enough_is_taken() {
        let (folder, mut files) = fakes(&["7.2.22", "10.0.2", "10.1.0"]);
        files.insert(0, folder.path().join("no-such-program"));
        assert_eq!(first_of(&files, (10, 0), false).unwrap(), files[2]);
        assert_eq!(first_of(&files, (10, 1), false).unwrap(), files[3]);
        assert!(!folder.path().join("used").exists());
    }

    #[test]
    fn older_ones_are_refused_by_name_with_version_and_remedy() {
        let (folder, files) = fakes(&["7.2.22", "9.2.0"]);
        let message = first_of(&files, (10, 0), false).unwrap_err().to_string();
        let [old, newer] = [&files[0], &files[1]].map(|file| name(file));
        assert_eq!(
            message,
            format!(
                "QEMU 10.0 or newer is needed (an older one can be stopped for good by a guest's \
                 timer, and lets busy CPUs take turns of any length), and {old} is 7.2, {newer} is \
                 9.2; `cargo paratia setup` gets one, and \
                 PARATIA_QEMU=/path/to/qemu-system-aarch64 names your own"
            )
        );
        assert!(!folder.path().join("used").exists());
    }

    #[test]
    fn ones_own_is_refused_alone() {
        let message = |file: &str| {
            let files = [PathBuf::from(file)];
            first_of(&files, (10, 0), true).unwrap_err().to_string()
        };
        assert!(message("/no/such/qemu").contains("and /no/such/qemu can't be started; name a"));
        let none = first_of(&[], (10, 0), false).unwrap_err().to_string();
        assert!(none.contains("and there is none; `cargo paratia setup` gets one"));
    }
}
