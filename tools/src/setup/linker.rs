//! The linker for Debian's Rust, which brings none of its own.
//!
//! Debian's `/usr/bin/rust-lld` is a link to LLVM's `lld`, which may or may not be installed; a
//! Rust from `rustup` brings a working `rust-lld` in its own folder; and `lld` of any age links what
//! Rust emits (14 was tried).

use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

use super::facts::said;

/// The linker to use, if there is one. Looked for once: it mustn't change from build to build, or
/// `core` would be compiled anew.
pub(super) fn find() -> Option<PathBuf> {
    static FOUND: OnceLock<Option<PathBuf>> = OnceLock::new();
    FOUND.get_or_init(search).clone()
}

fn search() -> Option<PathBuf> {
    let places = [
        Some("/usr/bin/rust-lld".into()),
        own_of_current_rust(),
        Some("/usr/bin/ld.lld".into()),
    ];
    // A link to nothing doesn't exist.
    places
        .into_iter()
        .flatten()
        .find(|place: &PathBuf| place.exists())
}

fn own_of_current_rust() -> Option<PathBuf> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let folder = said(Command::new(rustc).args(["--print", "target-libdir"]))?;
    Some(PathBuf::from(folder).parent()?.join("bin/rust-lld"))
}
