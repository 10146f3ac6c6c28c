//! Sets up what is missing: QEMU and the Rust parts for the boards' targets.
//!
//! [`facts`] looks at the machine, [`plan`] decides (a pure function), and `apply` does it and says
//! so. Nothing is asked of the network if nothing is missing.

mod apply;
mod backports;
pub mod facts;
mod linker;
mod newer_qemu;
pub mod plan;
mod toolchain;

use anyhow::bail;

use crate::build::Progress;
use facts::Facts;
pub use newer_qemu::ready as qemu_for;
pub use toolchain::Toolchain;

/// The targets that the boards need.
pub const TARGETS: [&str; 2] = [crate::build::HYPERVISOR_TARGET, crate::build::GUEST_TARGET];

/// Installs what is missing and returns the toolchain to build with.
///
/// # Errors
/// If something is missing that can't be installed from here: with the exact command to run.
pub fn ready(progress: &mut dyn Progress) -> anyhow::Result<Toolchain> {
    settle(Facts::gather, |steps| apply::apply(steps, progress))
}

/// Plans and applies until nothing is missing. `apply` says whether `rustup` still is a way.
fn settle(
    mut gather: impl FnMut() -> Facts,
    mut apply: impl FnMut(&[plan::Step]) -> anyhow::Result<bool>,
) -> anyhow::Result<Toolchain> {
    let mut facts = gather();
    // Each round installs something or rules a way out, so a few rounds are enough.
    for _ in 0..3 {
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

    use super::facts::Privilege;
    use super::*;

    const BARE: Facts = Facts {
        targets: false,
        rustup: false,
        debian_rust: false,
        linker: false,
        qemu: false,
        apt: true,
        privilege: Privilege::Root,
    };
    const COMPLETE: Facts = Facts {
        debian_rust: true,
        linker: true,
        qemu: true,
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
