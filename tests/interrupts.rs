//! A partition's interrupt controller answers as the machine's own does.
//!
//! The guest runs its cases bare on QEMU's models of a GICv3 and a GICv2 as well, and both must say
//! what stands in `interrupts/`: answers that were checked against the architecture once.

use paratia_tests::essentials::{self, GIC_V2, GIC_V3, cases};
use paratia_tests::{assert_says, bare, board, count, finish, report, run};

fn expected(answers: &str) -> Vec<&str> {
    answers.lines().collect()
}

#[test]
fn a_bare_gicv3_is_the_reference() {
    assert_eq!(cases(&bare::lines("interrupts", 3)), expected(GIC_V3));
}

#[test]
fn a_bare_gicv2_is_the_reference() {
    assert_eq!(cases(&bare::lines("interrupts", 2)), expected(GIC_V2));
}

#[test]
fn a_partition_s_controller_gives_the_same_answers() {
    essentials::interrupts(&board());
}

/// A CPU with a GICv2 has no registers for it, on a board with a GICv3, too.
#[test]
fn a_guest_with_a_gicv2_finds_no_registers_of_a_gicv3() {
    let report = report("test-gicv2-only", 1);
    assert_says(&report, "seeker", "tried all");
    assert_eq!(count(&report, "seeker", "undefined"), 19);
    assert_eq!(count(&report, "seeker", "answers"), 0);
    assert_eq!(report.statistics("seeker").unwrap().faults, 0);
    assert_eq!(report.statistics("neighbour").unwrap().heartbeats_missed, 0);
}

/// Where the board's own is another, the hypervisor plays the CPU interface.
#[test]
fn a_linux_sees_a_gicv2_whatever_the_board_has() {
    let report = finish(&run("test-linux-gicv2").stop_after(std::time::Duration::from_secs(4)));
    assert_says(&report, "linux", "GIC-0  27 Level     arch_timer");
    assert_says(&report, "linux", "check: all is well");
}
