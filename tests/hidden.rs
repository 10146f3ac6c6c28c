//! What is hidden from a partition is as on a CPU without it.
//!
//! The guest tries everything bare on a Cortex-A53, which has nothing of it, and must say what stands in
//! `hidden.txt`; and then in partitions on CPUs that have more. Performance monitors are in every CPU
//! that QEMU knows, so there is no bare reference for these.

use std::collections::BTreeSet;
use std::time::Duration;

use paratia::run::RunReport;
use paratia::{catalog, pieces};
use paratia_tests::{DEFAULT_BOARD, assert_says, bare, board, finish, is_about, run, verdicts};

const EXPECTED: &str = include_str!("hidden.txt");

/// What no trap of the architecture's reaches, and so is hidden by ID registers alone. None of it carries a
/// value from one partition to another. Each must be seen, so that none stays here that is trapped by now.
const OUT_OF_REACH: &[(&str, &str)] = &[
    // HCR_EL2.TID5 traps it, but a CPU with IDST reports it like this whatever EL2 says.
    ("GMID_EL1", "0x62384101, undefined"),
    // The virtual one (VDISR_EL2), which is switched.
    ("DISR_EL1", "runs, runs"),
    // Only EL3 can trap them (SCR_EL3.TRNDR).
    ("RNDR", "runs, undefined"),
    ("RNDRRS", "runs, undefined"),
    // Tags: HCR_EL2.ATA, which is zero, traps their registers, and takes the tags away from their
    // instructions, which then make and read zeros (Arm ARM, "AllocationTagAccessIsEnabled"); nothing
    // traps the instructions themselves. Nor this bit of PSTATE, which SPSR_EL2 switches.
    ("TCO", "runs, runs"),
    ("irg", "runs"),
    ("ldg", "runs"),
    // Another bit of PSTATE: HCRX_EL2.TALLINT traps writes alone, and without them it reads as zero.
    ("ALLINT", "runs, undefined"),
    // HCR_EL2.TWI traps a wait that would wait; to a time that has come there is none to trap, and the
    // architecture leaves open whether it does. HCR_EL2.TWE would trap WFET together with every WFE,
    // which guests may run as the CPU does; it ends at its time, an event or an interrupt.
    ("wfit", "runs"),
    ("wfet", "runs"),
    // Trapped, and undefined by its syndrome on a CPU (`syndrome::tests::causes_are_told_apart`); QEMU 10
    // gives it that of WFI, and so it waits as that does.
    ("wfit-ahead", "runs"),
    // Strips a pointer: HCR_EL2.API traps no XPAC. Signs with no key enabled, which is nothing (HCR_EL2.API
    // traps where SCTLR_EL1 enables the key). Neither needs state.
    ("xpaci", "runs"),
    ("pacia", "runs"),
];

fn cases(said: &[String]) -> Vec<&str> {
    let cases = said.iter().map(String::as_str);
    cases
        .filter(|line| line.starts_with("hidden case="))
        .collect()
}

fn report_on(cpu: &str) -> RunReport {
    let report = finish(
        &run("test-hidden")
            .cpu(cpu)
            .stop_after(Duration::from_secs(2)),
    );
    for partition in ["hidden", "other"] {
        let of = report.statistics(partition).expect("it ran");
        assert_eq!((of.faults, of.restarts), (0, 0), "{partition}: {of:?}");
    }
    assert_neighbour_unharmed(&report);
    assert_says(&report, "hidden", "hidden end");
    report
}

/// The board's own CPU.
fn own_cpu() -> &'static str {
    catalog::board(&board()).expect("it exists").qemu.cpu
}

fn assert_neighbour_unharmed(report: &RunReport) {
    let neighbour = report.statistics("neighbour").expect("it ran");
    assert_eq!((neighbour.heartbeats_missed, neighbour.faults), (0, 0));
}

fn said_on(cpu: &str) -> Vec<String> {
    let report = report_on(cpu);
    report.console_of("hidden").map(str::to_owned).collect()
}

#[test]
fn what_is_hidden_a_bare_cpu_has_not() {
    let said = bare::lines("hidden", 3);
    let others = cases(&said).into_iter().zip(EXPECTED.lines());
    let others = others.filter(|(said, _)| !said.starts_with("hidden case=PM"));
    let (said, expected): (Vec<_>, Vec<_>) = others.unzip();
    assert_eq!(said, expected);
    assert!(said.len() > 90, "{said:?}");
}

/// On the board's own CPU, none of which has more than a Cortex-A72, and on the oldest.
#[test]
fn what_is_hidden_a_partition_has_not_on_an_older_cpu() {
    let oldest = (board() == DEFAULT_BOARD).then_some("cortex-a53");
    for cpu in oldest.into_iter().chain([own_cpu()]) {
        assert_eq!(
            cases(&said_on(cpu)),
            EXPECTED.lines().collect::<Vec<_>>(),
            "{cpu}"
        );
    }
}

/// On a CPU that has nearly all of it: the same, but for what is out of reach.
#[test]
fn what_is_hidden_a_partition_has_not_on_the_newest_cpu() {
    if !is_about(DEFAULT_BOARD) {
        return;
    }
    let report = report_on("max");
    for partition in ["hidden", "other"] {
        let mut lines = report.console_of(partition);
        let is_own = |line: &str| {
            line == "machine case=second-thread-id entry=0 kept=true"
                || line == "machine case=second-thread-id absent"
        };
        assert!(lines.any(is_own), "{partition}");
    }
    let said: Vec<_> = report.console_of("hidden").map(str::to_owned).collect();
    let said = cases(&said);
    assert_eq!(said.len(), EXPECTED.lines().count());
    let others = said.into_iter().zip(EXPECTED.lines());
    let others = others.filter(|(said, expected)| said != expected);
    let seen: BTreeSet<_> = others.map(|(said, _)| said.to_owned()).collect();
    let known = |(case, result): &(&str, &str)| format!("hidden case={case} result={result}");
    assert_eq!(seen, OUT_OF_REACH.iter().map(known).collect());
}

/// A machine without a firmware of its own: calls answer as their specifications say, and stolen is the
/// time of others' windows, exactly, but only from who had something to do.
#[test]
fn what_is_not_hidden_answers_as_specified() {
    let report = report_on(own_cpu());
    for line in [
        "machine case=pv-time-features st=0 self=0 other=-1 arch=0",
        "machine case=psci [0, -1, 0, -2, -2, -4, -2, -2, -2, 2, -1]",
        "machine case=makers-registers result=undefined, undefined",
        "machine case=hvc-with-immediate result=2 times, 0x2000000 last, then 2",
        "machine case=psci-32 [-4, -2, -1, -1, -1]",
        // Three times a frame of 5 ms without 2.95 ms: the window, but for its guard.
        "machine case=stolen-time busy=6150000 waiting=0",
    ] {
        assert_says(&report, "hidden", line);
    }
}

/// `CPU_SUSPEND`: standby goes on after the call; a power-down state begins anew at its entry as after a
/// reset, woken by its window or by an interrupt that was pending before.
#[test]
fn a_cpu_that_was_suspended_begins_anew() {
    let report = report_on("cortex-a57");
    for partition in ["hidden", "other"] {
        for line in [
            "machine case=standby result=0",
            "machine case=suspended times=1 level=1 masks=0x3c0 mmu=0 thread=0",
            "machine case=suspended times=2 level=1 masks=0x3c0 mmu=0 thread=0",
            "hidden end",
        ] {
            assert_says(&report, partition, line);
        }
    }
}

/// An emulated device can't be accessed by pairs: what they should do isn't known, and an abort as if
/// nothing were there would be a lie. The event has what its words are made of: the address and the
/// instruction, which the image has.
#[test]
fn what_is_hidden_in_no_syndrome_is_a_health_event() {
    const LOAD_PAIR: u32 = 0xA940_0000;
    const STORE_PAIR: u32 = 0xA900_0000;
    let choice = catalog::choose(&board(), "test-hidden").expect("it exists");
    let distributor = choice.system.partitions[0].machine.gic.distributor.0;
    for (pair, opcode) in [(1, LOAD_PAIR), (2, STORE_PAIR)] {
        let run = run("test-hidden").stop_after(Duration::from_millis(200));
        let report = finish(&run.argument("hidden", pair));
        let expected = ("undescribed_access".to_owned(), "halt".to_owned());
        assert_eq!(verdicts(&report, "hidden"), [expected]);
        let fault = report.about("fault", "hidden").next().expect("a fault");
        assert_eq!(fault.integer("ipa"), Some(distributor));
        let at = fault.integer("elr").expect("an address");
        let word = pieces::instruction(&choice, "hidden", at);
        assert_eq!(word.map(|word| word & 0xFFC0_0000), Some(opcode));
        assert_neighbour_unharmed(&report);
    }
}
