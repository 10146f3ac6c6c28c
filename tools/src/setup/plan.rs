//! From what the machine has to what is to be done: a pure function.

use super::TARGETS;
use super::facts::{Facts, Privilege, QEMU_PACKAGE, Qemu};
use super::toolchain::Toolchain;
use crate::qemu::version::{self, LEAST};

/// Debian's newest Rust (packaged for web browsers) with the sources of `core`.
const RUST_PACKAGES: [&str; 3] = ["rustc-web", "cargo-web", "rust-web-src"];
/// A linker, which Debian's Rust doesn't bring along.
const LINKER_PACKAGE: &str = "lld";

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The steps, in order; none if nothing is missing.
    pub steps: Vec<Step>,
    /// The toolchain to build with after the steps.
    pub toolchain: Toolchain,
}

/// A step of the set-up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// `rustup target add`.
    AddTargets,
    /// Install Debian packages, by `sudo` or not.
    Install {
        /// Their names.
        packages: Vec<&'static str>,
        /// Whether `sudo` is needed.
        sudo: bool,
    },
    /// Have apt fetch the lists of what its sources have, by `sudo` or not.
    UpdateLists {
        /// Whether `sudo` is needed.
        sudo: bool,
    },
    /// Install QEMU from Debian's backports, by `sudo` or not.
    InstallBackport {
        /// Whether `sudo` is needed.
        sudo: bool,
    },
    /// Unpack QEMU from Debian's backports beside an older one.
    UnpackBackport,
    /// Only a person can do it: what is missing and what to run.
    Ask {
        /// What is missing.
        missing: String,
        /// What to run.
        command: String,
    },
}

/// Decides what is to be done.
///
/// Rust for the boards comes from the Rust that runs now, else from `rustup`, else from Debian.
#[must_use]
pub fn plan(facts: &Facts) -> Plan {
    let mut steps = Vec::new();
    let mut packages = Vec::new();
    let toolchain = if facts.targets {
        Toolchain::Current
    } else if facts.rustup {
        steps.push(Step::AddTargets);
        Toolchain::Current
    } else {
        if !facts.debian_rust {
            packages.extend(RUST_PACKAGES);
        }
        if !facts.linker {
            packages.push(LINKER_PACKAGE);
        }
        Toolchain::Debian
    };
    if facts.qemu == Qemu::Offered {
        packages.push(QEMU_PACKAGE);
    }
    if !packages.is_empty() {
        steps.push(install(facts, packages));
    }
    steps.extend(get_qemu(facts));
    Plan { steps, toolchain }
}

/// The step towards a QEMU that isn't among the packages that apt's sources have.
fn get_qemu(facts: &Facts) -> Option<Step> {
    let sudo = match facts.privilege {
        Privilege::Root => Some(false),
        Privilege::Sudo => Some(true),
        Privilege::None => None,
    };
    Some(match (facts.qemu, sudo) {
        (Qemu::Serves | Qemu::Offered, _) => return None,
        (Qemu::Unlisted, Some(sudo)) => Step::UpdateLists { sudo },
        (Qemu::Unlisted, None) => Step::Ask {
            missing: "apt has no lists of what its sources have".to_owned(),
            command: "sudo apt-get update".to_owned(),
        },
        (Qemu::Backported { has_older: true }, _) => Step::UnpackBackport,
        (Qemu::Backported { has_older: false }, Some(sudo)) => Step::InstallBackport { sudo },
        (Qemu::Backported { has_older: false }, None) => Step::Ask {
            missing: format!(
                "{} is missing; Debian's backports have it, and it is unpacked beside the older one, \
                 whose libraries it needs",
                qemu_by_name()
            ),
            command: format!(
                "sudo apt-get update && sudo apt-get install --no-install-recommends {QEMU_PACKAGE}"
            ),
        },
        (Qemu::TooOld(offered), _) => Step::Ask {
            missing: format!(
                "{} is missing, and this system's packages have {}; build it, or get it from a newer \
                 release",
                qemu_by_name(),
                version::shown(offered)
            ),
            command: own_qemu(),
        },
        (Qemu::Unknown, _) => Step::Ask {
            missing: format!(
                "{} is missing; install it with your system's package manager, or name your own",
                qemu_by_name()
            ),
            command: own_qemu(),
        },
    })
}

fn qemu_by_name() -> String {
    format!(
        "QEMU for Arm (qemu-system-aarch64, {} or newer)",
        version::shown(LEAST)
    )
}

fn own_qemu() -> String {
    format!(
        "{}=/path/to/{} cargo paratia setup",
        version::OWN,
        crate::qemu::PROGRAM
    )
}

/// The step that installs packages, or asks a person to.
pub(super) fn install(facts: &Facts, packages: Vec<&'static str>) -> Step {
    match (facts.apt, facts.privilege) {
        (true, Privilege::Root) => Step::Install {
            packages,
            sudo: false,
        },
        (true, Privilege::Sudo) => Step::Install {
            packages,
            sudo: true,
        },
        (true, Privilege::None) => Step::Ask {
            missing: format!("Debian packages are missing: {}", packages.join(", ")),
            command: format!(
                "sudo apt-get update && sudo apt-get install --no-install-recommends {}",
                packages.join(" ")
            ),
        },
        (false, _) => ask_without_apt(&packages),
    }
}

/// Systems without `apt-get`: say what is needed by its general name. QEMU isn't among these packages, but
/// asked for beside them.
fn ask_without_apt(packages: &[&'static str]) -> Step {
    let is_rust = |package: &str| package == LINKER_PACKAGE || RUST_PACKAGES.contains(&package);
    let others: Vec<_> = packages.iter().copied().filter(|it| !is_rust(it)).collect();
    if others.is_empty() {
        return Step::Ask {
            missing: "Rust's bare-metal targets are missing, and rustup that gets them (https://rustup.rs)"
                .to_owned(),
            command: format!("rustup target add {}", TARGETS.join(" ")),
        };
    }
    let names = others.join(" ");
    Step::Ask {
        missing: format!(
            "what Debian's packages {names} have is missing; install it with your system's package \
             manager"
        ),
        command: format!("apt-get install {names}"),
    }
}

#[cfg(test)]
mod tests;
