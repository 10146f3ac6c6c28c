//! The matrix: what must hold on every board, on each board other than the default one, on which
//! the tests by subject ask the same.
//!
//! `cargo paratia test --board NAME` runs all tests on that board instead, and leaves the matrix out.

use paratia_tests::{all_boards, essentials};

/// A module of tests for each board.
macro_rules! matrix {
    ($($module:ident: $board:literal,)+) => {
        /// The boards of the matrix.
        const BOARDS: &[&str] = &[$($board),+];

        $(mod $module {
            use super::on;
            use paratia_tests::essentials;

            #[test]
            fn a_first_partition_runs() {
                on($board, essentials::first_partition);
            }

            #[test]
            fn the_cluster_withstands_every_attack_and_shows_the_speed() {
                on($board, essentials::cluster_under_attack);
            }

            #[test]
            fn four_cpus_are_in_step_to_one_tick() {
                on($board, essentials::cpus_in_step);
            }

            #[test]
            fn the_virtual_timer_in_and_out_of_the_window() {
                on($board, essentials::virtual_timer);
            }

            #[test]
            fn an_interrupt_controller_gives_the_stored_answers() {
                on($board, essentials::interrupts);
            }

            #[test]
            fn registers_do_not_leak() {
                on($board, essentials::registers_do_not_leak);
            }
        })+
    };
}

matrix! {
    qemu_virt_gicv2: "qemu-virt-gicv2",
    raspi3b: "raspi3b",
    raspi4b: "raspi4b",
    zcu102: "zcu102",
}

fn on(board: &str, check: fn(&str)) {
    if all_boards() {
        check(board);
    }
}

#[test]
fn no_board_is_left_out() {
    let listed = paratia::catalog::boards().iter().map(|it| it.facts.name);
    let others: Vec<_> = listed
        .filter(|name| *name != paratia_tests::DEFAULT_BOARD)
        .collect();
    assert_eq!(BOARDS, others);
}

/// The same answers on every board with the same version, and so with whatever controller it has.
#[test]
fn both_versions_of_the_stored_answers_are_used() {
    let versions = paratia::catalog::boards()
        .iter()
        .map(|it| it.facts.gic_version());
    let versions: std::collections::BTreeSet<_> = versions.collect();
    assert_eq!(versions, [2, 3].into());
    assert_ne!(essentials::GIC_V2, essentials::GIC_V3);
}
