//! Which bytes the report is about, and what made and ran them.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::Context as _;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::catalog::Choice;
use crate::{pieces, qemu, workspace};

/// A file, and what is in it.
#[derive(Clone, Debug, Serialize)]
pub struct Digest {
    /// What it is.
    pub what: String,
    /// Its path, from the workspace's root if it is in it.
    pub file: String,
    /// Its size.
    pub bytes: usize,
    /// SHA-256 of all of it (FIPS 180-4), in hexadecimal.
    pub sha256: String,
}

/// A program that had a part in it.
#[derive(Clone, Debug, Serialize)]
pub struct Tool {
    /// What it did.
    pub part: &'static str,
    /// Its name and version, as it says.
    pub version: String,
}

/// The digests of an image, and of all that was built into it.
///
/// # Errors
/// If a file can't be read.
pub fn digests(choice: &Choice, image: &Path) -> anyhow::Result<Vec<Digest>> {
    let mut all = vec![digest(
        "the hypervisor with everything in it".to_owned(),
        image,
    )?];
    for piece in pieces::of(choice, None)? {
        let what = format!("partition '{}': {}", piece.partition, piece.kind.name());
        all.push(digest(what, &piece.file)?);
    }
    Ok(all)
}

fn digest(what: String, file: &Path) -> anyhow::Result<Digest> {
    let bytes = fs::read(file).with_context(|| format!("can't read {}", workspace::shown(file)))?;
    let hash = Sha256::digest(&bytes);
    Ok(Digest {
        what,
        file: workspace::shown(file),
        bytes: bytes.len(),
        sha256: hash.iter().map(|byte| format!("{byte:02x}")).collect(),
    })
}

/// The versions of what built, checked and ran the image. The compilers are those that the image names.
///
/// # Errors
/// If a file can't be read, or QEMU can't be asked.
pub fn tools(choice: &Choice, image: &Path) -> anyhow::Result<Vec<Tool>> {
    let bytes =
        fs::read(image).with_context(|| format!("can't read {}", workspace::shown(image)))?;
    let mut all = vec![Tool {
        part: "checked it and wrote this",
        version: concat!("paratia ", env!("CARGO_PKG_VERSION")).to_owned(),
    }];
    all.extend(compilers(&bytes).into_iter().map(|version| Tool {
        part: "compiled it",
        version,
    }));
    let qemu = qemu::version::program(choice.listed.qemu.least_version)?;
    all.push(Tool {
        part: "ran it",
        version: first_line(Command::new(qemu).arg("--version"))?,
    });
    Ok(all)
}

/// Compilers that debug information names as the producers of its units (DWARF 5, 3.1.1, `DW_AT_producer`).
fn compilers(image: &[u8]) -> BTreeSet<String> {
    const MARK: &[u8] = b"rustc version ";
    let starts = image.windows(MARK.len()).enumerate();
    let starts = starts
        .filter(|(_, window)| *window == MARK)
        .map(|(at, _)| at);
    let version = |at: usize| {
        let text = image[at..].split(|byte| *byte == 0).next()?;
        let text = std::str::from_utf8(text).ok()?;
        Some(
            text.replacen(" version", "", 1)
                .trim_end_matches(')')
                .to_owned(),
        )
    };
    starts.filter_map(version).map(closed).collect()
}

/// A version whose own parenthesis was cut with the one around all of it.
fn closed(version: String) -> String {
    match version.contains('(') {
        true => version + ")",
        false => version,
    }
}

fn first_line(command: &mut Command) -> anyhow::Result<String> {
    let output = command.stdin(Stdio::null()).output();
    let output = output.with_context(|| format!("can't start {:?}", command.get_program()))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let line = text.lines().next();
    Ok(line
        .with_context(|| format!("{:?} says no version", command.get_program()))?
        .to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compilers_are_those_that_an_image_names() {
        let image = b"\x7fELF\0clang LLVM (rustc version 1.96.0 (a1b2 2026-05-25))\0x\0(rustc version 1.90.0)\0\
                      clang LLVM (rustc version 1.96.0 (a1b2 2026-05-25))\0";
        let found: Vec<String> = compilers(image).into_iter().collect();
        assert_eq!(found, ["rustc 1.90.0", "rustc 1.96.0 (a1b2 2026-05-25)"]);
    }
}
