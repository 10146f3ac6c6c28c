//! Sets up what is missing: QEMU and the Rust parts for the boards' targets.
//!
//! [`facts`] looks at the machine, [`plan`] decides (a pure function), and `apply` does it and says
//! so. Nothing is asked of the network if nothing is missing.

mod apply;
mod backports;
pub mod facts;
mod linker;
pub mod plan;
mod qemu;
mod toolchain;

use anyhow::bail;

use crate::progress::Progress;
use crate::qemu::version::{self, LEAST};
use facts::Facts;
pub use toolchain::Toolchain;

/// The target of guests.
pub const GUEST_TARGET: &str = "aarch64-unknown-none";
/// The target of the hypervisor: soft-float, so that it never touches a guest's FP registers.
pub const HYPERVISOR_TARGET: &str = "aarch64-unknown-none-softfloat";
/// The targets that the boards need.
pub const TARGETS: [&str; 2] = [HYPERVISOR_TARGET, GUEST_TARGET];

/// Installs what is missing and returns the toolchain to build with.
///
/// # Errors
/// If something is missing that can't be installed from here: with the exact command to run.
pub fn ready(progress: &mut dyn Progress) -> anyhow::Result<Toolchain> {
    if version::is_own() {
        // A person's own choice is taken or refused, and nothing is fetched in its place.
        version::program(LEAST)?;
    }
    settle(Facts::gather, |steps| apply::apply(steps, progress))
}

/// Plans and applies until nothing is missing. `apply` says whether `rustup` still is a way.
fn settle(
    mut gather: impl FnMut() -> Facts,
    mut apply: impl FnMut(&[plan::Step]) -> anyhow::Result<bool>,
) -> anyhow::Result<Toolchain> {
    let mut facts = gather();
    // Each round installs something, finds out more or rules a way out, so a few rounds are enough.
    for _ in 0..4 {
        let plan = plan::plan(&facts);
        if plan.steps.is_empty() {
            return Ok(plan.toolchain);
        }
        let rustup_works = apply(&plan.steps)?;
        let rustup_allowed = facts.rustup && rustup_works;
        facts = gather();
        facts.rustup &= rustup_allowed;
    }
    bail!(
        "what was installed is still missing, as this machine looks from here: {facts:?}; install it \
         by hand, or look at PATH"
    )
}

/// Installs Debian packages that aren't installed yet.
///
/// # Errors
/// If they can't be installed from here: with the exact command to run.
pub fn packages(names: &[&'static str], progress: &mut dyn Progress) -> anyhow::Result<()> {
    let missing: Vec<&'static str> = names
        .iter()
        .copied()
        .filter(|name| !facts::has_package(name))
        .collect();
    if !missing.is_empty() {
        let steps = vec![plan::install(&Facts::gather(), missing)];
        apply::apply(&steps, progress)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::facts::{Privilege, Qemu};
    use super::*;

    const BARE: Facts = Facts {
        targets: false,
        rustup: false,
        debian_rust: false,
        linker: false,
        qemu: Qemu::Offered,
        apt: true,
        privilege: Privilege::Root,
    };
    const COMPLETE: Facts = Facts {
        debian_rust: true,
        linker: true,
        qemu: Qemu::Serves,
        ..BARE
    };

    #[test]
    fn a_machine_without_rustup_gets_its_packages() {
        let installed = Cell::new(false);
        let gather = || if installed.get() { COMPLETE } else { BARE };
        let toolchain = settle(gather, |steps| {
            assert!(matches!(steps, [plan::Step::Install { .. }]), "{steps:?}");
            installed.set(true);
            Ok(true)
        });
        assert_eq!(toolchain.unwrap(), Toolchain::Debian);
        assert!(installed.get());
    }

    #[test]
    fn what_apt_offers_is_known_only_once_it_has_its_lists() {
        let rounds = Cell::new(0);
        let unknown = Facts {
            qemu: Qemu::Unlisted,
            ..COMPLETE
        };
        let offered = Facts {
            qemu: Qemu::Backported { has_older: false },
            ..COMPLETE
        };
        let gather = || [unknown, offered, COMPLETE][rounds.get()];
        let toolchain = settle(gather, |steps| {
            let expected = [
                plan::Step::UpdateLists { sudo: false },
                plan::Step::InstallBackport { sudo: false },
            ];
            assert_eq!(steps, &expected[rounds.get()..=rounds.get()]);
            rounds.set(rounds.get() + 1);
            Ok(true)
        });
        assert_eq!(toolchain.unwrap(), Toolchain::Debian);
        assert_eq!(rounds.get(), 2);
    }

    #[test]
    fn a_rustup_that_fails_is_not_asked_again() {
        let rounds = Cell::new(0);
        let gather = || {
            let rustup = true;
            if rounds.get() < 2 {
                Facts { rustup, ..BARE }
            } else {
                Facts { rustup, ..COMPLETE }
            }
        };
        let toolchain = settle(gather, |steps| {
            rounds.set(rounds.get() + 1);
            Ok(!steps.contains(&plan::Step::AddTargets))
        });
        assert_eq!(toolchain.unwrap(), Toolchain::Debian);
        assert_eq!(rounds.get(), 2);
    }
}
