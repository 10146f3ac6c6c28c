//! From what the machine has to what is to be done: a pure function.

use super::TARGETS;
use super::facts::{Facts, Privilege};
use super::toolchain::Toolchain;

/// Debian's newest Rust (packaged for web browsers) with the sources of `core`.
const RUST_PACKAGES: [&str; 3] = ["rustc-web", "cargo-web", "rust-web-src"];
/// A linker, which Debian's Rust doesn't bring along.
const LINKER_PACKAGE: &str = "lld";
/// Debian's QEMU for Arm boards.
const QEMU_PACKAGE: &str = "qemu-system-arm";

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
    if !facts.qemu {
        packages.push(QEMU_PACKAGE);
    }
    if !packages.is_empty() {
        steps.push(install(facts, packages));
    }
    Plan { steps, toolchain }
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

/// Systems without `apt-get`: say what is needed by its general name.
fn ask_without_apt(packages: &[&'static str]) -> Step {
    let qemu = packages.contains(&QEMU_PACKAGE);
    let rust = packages.iter().any(|package| *package != QEMU_PACKAGE);
    let missing = match (rust, qemu) {
        (true, true) => {
            "QEMU for Arm (qemu-system-aarch64, 7.2 or newer) and Rust's bare-metal targets are missing"
        }
        (true, false) => "Rust's bare-metal targets are missing",
        (false, _) => {
            "QEMU for Arm (qemu-system-aarch64, 7.2 or newer) is missing; install it with your system's package manager"
        }
    };
    let targets = format!("rustup target add {}", TARGETS.join(" "));
    Step::Ask {
        missing: missing.to_owned(),
        command: if rust {
            targets
        } else {
            "qemu-system-aarch64 --version".to_owned()
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMPLETE: Facts = Facts {
        targets: true,
        rustup: true,
        debian_rust: false,
        linker: true,
        qemu: true,
        apt: true,
        privilege: Privilege::Root,
    };

    #[test]
    fn nothing_is_done_if_nothing_is_missing() {
        let expected = Plan {
            steps: vec![],
            toolchain: Toolchain::Current,
        };
        assert_eq!(plan(&COMPLETE), expected);
        assert_eq!(
            plan(&Facts {
                privilege: Privilege::None,
                apt: false,
                ..COMPLETE
            }),
            expected
        );
    }

    #[test]
    fn rustup_comes_before_debian() {
        let facts = Facts {
            targets: false,
            debian_rust: true,
            ..COMPLETE
        };
        let plan = plan(&facts);
        assert_eq!(
            (plan.steps, plan.toolchain),
            (vec![Step::AddTargets], Toolchain::Current)
        );
    }

    #[test]
    fn without_rustup_debian_serves() {
        let facts = Facts {
            targets: false,
            rustup: false,
            debian_rust: true,
            ..COMPLETE
        };
        assert_eq!(
            plan(&facts),
            Plan {
                steps: vec![],
                toolchain: Toolchain::Debian
            }
        );
    }

    #[test]
    fn without_anything_debian_packages_are_installed() {
        let facts = Facts {
            targets: false,
            rustup: false,
            linker: false,
            qemu: false,
            privilege: Privilege::Sudo,
            ..COMPLETE
        };
        let mut packages = RUST_PACKAGES.to_vec();
        packages.extend([LINKER_PACKAGE, QEMU_PACKAGE]);
        let plan = plan(&facts);
        assert_eq!(
            plan.steps,
            [Step::Install {
                packages,
                sudo: true
            }]
        );
        assert_eq!(plan.toolchain, Toolchain::Debian);
    }

    #[test]
    fn without_privilege_the_exact_command_is_given() {
        let facts = Facts {
            qemu: false,
            privilege: Privilege::None,
            ..COMPLETE
        };
        let [Step::Ask { command, .. }] = &plan(&facts).steps[..] else {
            panic!("one question");
        };
        assert_eq!(
            command,
            "sudo apt-get update && sudo apt-get install --no-install-recommends qemu-system-arm"
        );
    }

    #[test]
    fn without_apt_the_targets_are_asked_for_by_name() {
        let facts = Facts {
            targets: false,
            rustup: false,
            apt: false,
            ..COMPLETE
        };
        let [Step::Ask { missing, command }] = &plan(&facts).steps[..] else {
            panic!("one question");
        };
        assert_eq!(missing, "Rust's bare-metal targets are missing");
        assert!(command.starts_with("rustup target add aarch64-unknown-none"));
    }
}
