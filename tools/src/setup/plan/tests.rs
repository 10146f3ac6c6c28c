//! What is planned on machines that have this and lack that.

use super::*;

const COMPLETE: Facts = Facts {
    targets: true,
    rustup: true,
    debian_rust: false,
    linker: true,
    qemu: Qemu::Serves,
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
        qemu: Qemu::Offered,
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
        qemu: Qemu::Offered,
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

/// The one step for a machine that lacks nothing but QEMU.
fn step(qemu: Qemu, privilege: Privilege) -> Step {
    let facts = Facts {
        qemu,
        privilege,
        ..COMPLETE
    };
    let mut steps = plan(&facts).steps;
    assert_eq!(steps.len(), 1, "{steps:?}");
    steps.remove(0)
}

#[test]
fn only_one_qemu_is_ever_fetched() {
    let root = Privilege::Root;
    assert_eq!(
        step(Qemu::Offered, root),
        Step::Install {
            packages: vec![QEMU_PACKAGE],
            sudo: false
        }
    );
    assert_eq!(
        step(Qemu::Unlisted, Privilege::Sudo),
        Step::UpdateLists { sudo: true }
    );
    assert_eq!(
        step(Qemu::Backported { has_older: false }, root),
        Step::InstallBackport { sudo: false }
    );
    // What is installed stays as it is, and no rights are needed.
    for privilege in [root, Privilege::Sudo, Privilege::None] {
        let step = step(Qemu::Backported { has_older: true }, privilege);
        assert_eq!(step, Step::UnpackBackport);
    }
}

#[test]
fn a_qemu_that_cant_be_got_is_asked_for_with_its_version() {
    for (qemu, words) in [
        (
            Qemu::TooOld((8, 2)),
            "QEMU for Arm (qemu-system-aarch64, 10.0 or newer) is missing, and this system's \
             packages have 8.2; ",
        ),
        (
            Qemu::Unknown,
            "QEMU for Arm (qemu-system-aarch64, 10.0 or newer) is missing; install it",
        ),
    ] {
        let Step::Ask { missing, command } = step(qemu, Privilege::Root) else {
            panic!("a question");
        };
        assert!(missing.starts_with(words), "{missing}");
        assert_eq!(
            command,
            "PARATIA_QEMU=/path/to/qemu-system-aarch64 cargo paratia setup"
        );
    }
}

#[test]
fn without_apt_other_programs_are_asked_for_by_their_package() {
    let facts = Facts {
        apt: false,
        ..COMPLETE
    };
    let Step::Ask { missing, .. } = install(&facts, vec!["device-tree-compiler"]) else {
        panic!("a question");
    };
    assert!(missing.starts_with("what Debian's packages device-tree-compiler have is missing"));
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
    assert!(missing.starts_with("Rust's bare-metal targets are missing, and rustup"));
    assert!(command.starts_with("rustup target add aarch64-unknown-none"));
}

#[test]
fn without_apt_every_missing_part_is_asked_for() {
    let facts = Facts {
        targets: false,
        rustup: false,
        linker: false,
        qemu: Qemu::Unknown,
        apt: false,
        privilege: Privilege::None,
        ..COMPLETE
    };
    let asked: Vec<_> = plan(&facts).steps;
    let is_about = |word: &str| {
        let has =
            |step: &&Step| matches!(step, Step::Ask { missing, .. } if missing.contains(word));
        asked.iter().filter(has).count()
    };
    assert_eq!(
        (asked.len(), is_about("Rust"), is_about("QEMU")),
        (2, 1, 1),
        "{asked:?}"
    );
}
