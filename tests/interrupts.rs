//! A partition's interrupt controller answers as the machine's own does.
//!
//! The guest runs its cases bare on QEMU's models of a GICv3 and a GICv2 as well, and both must say
//! what stands in `interrupts/`: answers that were checked against the architecture once.

use paratia_tests::{assert_says, bare, finish, run};

const GIC_V3: &str = include_str!("interrupts/gic-v3.txt");
const GIC_V2: &str = include_str!("interrupts/gic-v2.txt");
/// The lines before and after the cases, which say where the guest ran.
const FIRST: &str = "interrupts place=";
const LAST: &str = "interrupts end";

/// The cases among the lines that a guest said, which must be whole.
fn cases(said: &[String]) -> Vec<&str> {
    let [first, cases @ .., last] = said else {
        panic!("it said {said:#?}");
    };
    assert!(first.starts_with(FIRST) && last == LAST, "{said:#?}");
    cases.iter().map(String::as_str).collect()
}

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
fn a_partition_s_gicv3_gives_the_same_answers() {
    let report = finish(&run("test-interrupts").stop_after(std::time::Duration::from_secs(5)));
    let said: Vec<_> = report.console_of("interrupts").map(str::to_owned).collect();
    assert_eq!(cases(&said), expected(GIC_V3));
    let neighbour = report.statistics("neighbour").expect("it ran");
    assert_eq!((neighbour.heartbeats_missed, neighbour.faults), (0, 0));
    assert_eq!(report.statistics("interrupts").expect("it ran").faults, 0);
}

/// Where the board's own is another, the hypervisor plays the CPU interface.
#[test]
fn a_linux_sees_a_gicv2_whatever_the_board_has() {
    let report = finish(&run("test-linux-gicv2").stop_after(std::time::Duration::from_secs(3)));
    assert_says(&report, "linux", "GIC-0  27 Level     arch_timer");
    assert_says(&report, "linux", "check: all is well");
}
