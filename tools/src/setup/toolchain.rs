//! The two ways to compile for a board.

use std::env;
use std::ffi::OsStr;
use std::process::Command;

use super::facts::{DEBIAN_CARGO, DEBIAN_CLIPPY, DEBIAN_RUSTC, DEBIAN_RUSTDOC};
use super::{TARGETS, linker};

/// The way to compile for a board.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Toolchain {
    /// The Rust that runs now, which has `core` for the targets.
    Current,
    /// Debian's Rust, which has the sources of `core` and compiles them along. That needs
    /// `-Zbuild-std`, hence `RUSTC_BOOTSTRAP`.
    Debian,
}

impl Toolchain {
    /// Cargo, free of what an outer `cargo run` put into the environment.
    #[must_use]
    pub fn cargo(self) -> Command {
        self.prepared(match self {
            Self::Current => Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into())),
            Self::Debian => Command::new(DEBIAN_CARGO),
        })
    }

    /// The command with an environment in which it finds this toolchain only.
    fn prepared(self, mut command: Command) -> Command {
        for (name, _) in env::vars_os() {
            if self.is_foreign(&name) {
                command.env_remove(name);
            }
        }
        if self == Self::Debian {
            command
                .env("RUSTC", DEBIAN_RUSTC)
                .env("RUSTDOC", DEBIAN_RUSTDOC)
                .env("RUSTC_BOOTSTRAP", "1");
            if let Some(linker) = linker::find() {
                command.envs(TARGETS.map(|target| (linker_variable(target), &linker)));
            }
        }
        command
    }

    /// `cargo clippy`; Debian's has to be told whose it is.
    #[must_use]
    pub fn clippy(self) -> Command {
        match self {
            Self::Current => {
                let mut command = self.cargo();
                command.arg("clippy");
                command
            }
            Self::Debian => {
                let mut command = self.prepared(Command::new(DEBIAN_CLIPPY));
                command
                    .arg("clippy")
                    .env("CARGO", DEBIAN_CARGO)
                    .env("SYSROOT", "/usr");
                command
            }
        }
    }

    /// What `cargo build` (or `clippy`) needs beside `--target`.
    #[must_use]
    pub fn build_arguments(self) -> &'static [&'static str] {
        match self {
            Self::Current => &[],
            Self::Debian => &[
                "-Zbuild-std=core",
                "-Zbuild-std-features=compiler-builtins-mem",
            ],
        }
    }

    /// What the toolchain is called in messages.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Current => "the current Rust",
            Self::Debian => "Debian's Rust with core built from source",
        }
    }

    /// Whether an environment variable must not reach Cargo.
    fn is_foreign(self, name: &OsStr) -> bool {
        let name = name.to_string_lossy();
        let leaked = matches!(
            &*name,
            "CARGO"
                | "CARGO_MANIFEST_DIR"
                | "CARGO_MANIFEST_PATH"
                | "CARGO_CRATE_NAME"
                | "CARGO_BIN_NAME"
                | "CARGO_PRIMARY_PACKAGE"
                | "CARGO_TARGET_TMPDIR"
                | "OUT_DIR"
        ) || name.starts_with("CARGO_PKG_")
            || name.starts_with("CARGO_BIN_EXE_");
        let other_rust = matches!(
            &*name,
            "RUSTUP_TOOLCHAIN"
                | "RUSTUP_HOME"
                | "RUST_RECURSION_COUNT"
                | "LD_LIBRARY_PATH"
                | "RUSTC"
                | "RUSTDOC"
                | "RUSTFLAGS"
                | "RUSTDOCFLAGS"
                | "CARGO_ENCODED_RUSTFLAGS"
                | "RUSTC_WRAPPER"
                | "RUSTC_WORKSPACE_WRAPPER"
        ) || name.starts_with("CARGO_BUILD_")
            || name.starts_with("CARGO_TARGET_");
        leaked || (self == Self::Debian && other_rust)
    }
}

/// The variable by which Cargo is told a target's linker.
fn linker_variable(target: &str) -> String {
    format!(
        "CARGO_TARGET_{}_LINKER",
        target.replace('-', "_").to_uppercase()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_outer_cargo_leaks_is_removed() {
        for toolchain in [Toolchain::Current, Toolchain::Debian] {
            assert!(toolchain.is_foreign(OsStr::new("CARGO_PKG_NAME")));
            assert!(!toolchain.is_foreign(OsStr::new("CARGO_HOME")));
            assert!(!toolchain.is_foreign(OsStr::new("PATH")));
        }
    }

    #[test]
    fn the_linkers_variable() {
        assert_eq!(
            linker_variable("aarch64-unknown-none"),
            "CARGO_TARGET_AARCH64_UNKNOWN_NONE_LINKER"
        );
    }

    #[test]
    fn debian_sees_nothing_of_another_rust() {
        assert!(Toolchain::Debian.is_foreign(OsStr::new("RUSTUP_TOOLCHAIN")));
        assert!(!Toolchain::Current.is_foreign(OsStr::new("RUSTUP_TOOLCHAIN")));
    }
}
