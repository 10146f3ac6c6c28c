//! Single registers, each tried alone, on each CPU: every one is trapped by itself, and not by what stands
//! before it.

use std::time::Duration;

use paratia::run::RunReport;
use paratia_tests::{DEFAULT_BOARD, finish, is_about, run};

/// The registers in the order in which the guest tries them, with `Op0`, `Op1`, `CRn`, `CRm`, `Op2`
/// and the direction as they stand in `ESR_EL2` (Arm ARM DDI 0487, "ISS encoding for an exception from
/// MSR, MRS, or System instruction execution").
const CASES: [(&str, [u64; 5], Way); 20] = [
    ("mdscr_el1", [2, 0, 0, 2, 2], Way::Read),
    ("mdscr_el1", [2, 0, 0, 2, 2], Way::Write),
    ("dbgbvr0_el1", [2, 0, 0, 0, 4], Way::Read),
    ("dbgbcr1_el1", [2, 0, 0, 1, 5], Way::Read),
    ("dbgwvr0_el1", [2, 0, 0, 0, 6], Way::Read),
    ("dbgwcr1_el1", [2, 0, 0, 1, 7], Way::Read),
    ("mdccsr_el0", [2, 3, 0, 1, 0], Way::Read),
    ("oslar_el1", [2, 0, 1, 0, 4], Way::Write),
    ("oslsr_el1", [2, 0, 1, 1, 4], Way::Read),
    ("osdlr_el1", [2, 0, 1, 3, 4], Way::Read),
    ("osdlr_el1", [2, 0, 1, 3, 4], Way::Write),
    ("mdrar_el1", [2, 0, 1, 0, 0], Way::Read),
    ("pmcr_el0", [3, 3, 9, 12, 0], Way::Read),
    ("pmcr_el0", [3, 3, 9, 12, 0], Way::Write),
    ("pmcntenset_el0", [3, 3, 9, 12, 1], Way::Read),
    ("pmccntr_el0", [3, 3, 9, 13, 0], Way::Read),
    ("pmuserenr_el0", [3, 3, 9, 14, 0], Way::Read),
    ("pmintenset_el1", [3, 0, 9, 14, 1], Way::Write),
    ("actlr_el1", [3, 0, 1, 0, 1], Way::Read),
    ("actlr_el1", [3, 0, 1, 0, 1], Way::Write),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Read,
    Write,
}

/// The register of a syndrome, and the way; nothing of another class than a trapped register's.
fn accessed(esr: u64) -> Option<([u64; 5], Way)> {
    let field = |shift: u32, bits: u32| esr >> shift & ((1 << bits) - 1);
    let register = [(20, 2), (14, 3), (10, 4), (1, 4), (17, 3)];
    let register = register.map(|(shift, bits)| field(shift, bits));
    let way = if field(0, 1) == 1 {
        Way::Read
    } else {
        Way::Write
    };
    (esr >> 26 == 0x18).then_some((register, way))
}

/// Asserts that a partition died of each case, one a life, in order.
fn assert_each_is_trapped(report: &RunReport, partition: &str) {
    let said: Vec<_> = report.console_of(partition).collect();
    let names = CASES.map(|(name, ..)| format!("traps case={name}"));
    let expected: Vec<_> = names
        .iter()
        .map(String::as_str)
        .chain(["traps clock own", "traps end"])
        .collect();
    assert_eq!(said, expected, "{partition}");
    let faults = report.about("fault", partition);
    let found: Vec<_> = faults
        .map(|fault| accessed(fault.integer("esr").expect("a fault has a syndrome")))
        .collect();
    let expected = CASES.map(|(_, register, way)| Some((register, way)));
    assert_eq!(found, expected, "{partition}");
}

/// On each CPU, so that none has a trap less than another.
#[test]
fn each_register_is_trapped_by_itself() {
    let report = finish(&run("test-traps").stop_after(Duration::from_secs(3)));
    for partition in ["traps-0", "traps-1", "traps-2", "traps-3"] {
        assert_each_is_trapped(&report, partition);
    }
}

/// A guest's tables among a device's registers: reading these may do something, so the walk is refused
/// (HCR_EL2.PTW), and with its address: a permission fault of stage 2 in a walk of stage 1.
#[test]
fn no_table_is_read_from_a_device() {
    if !is_about(DEFAULT_BOARD) {
        return;
    }
    const CLOCK: u64 = 0x0901_0000;
    let run = run("test-clock").argument("clock", 2);
    let report = finish(&run.stop_after(Duration::from_millis(300)));
    let faults: Vec<_> = report.about("fault", "clock").collect();
    assert!(!faults.is_empty(), "{:#?}", report.last_lines);
    for fault in faults {
        let number = |key| fault.integer(key).expect("a fault has that");
        let (esr, ipa) = (number("esr"), number("ipa"));
        let (class, walks, status) = (esr >> 26, esr >> 7 & 1, esr & 0x3C);
        assert_eq!((class, walks, status), (0x20, 1, 0b0011 << 2), "{esr:#x}");
        assert_eq!(ipa & !0xFFF, CLOCK, "{ipa:#x}");
    }
}

/// What a partition isn't given is as on a CPU without it, whichever CPU it runs on: see `hidden.rs`.
#[test]
fn what_is_hidden_is_hidden_on_each_cpu() {
    const EXPECTED: &str = include_str!("hidden.txt");
    let report = finish(&run("test-traps").stop_after(Duration::from_secs(3)));
    for partition in ["hidden-0", "hidden-1", "hidden-2", "hidden-3"] {
        let lines = report.console_of(partition);
        let cases: Vec<_> = lines
            .filter(|line| line.starts_with("hidden case="))
            .collect();
        assert_eq!(cases, EXPECTED.lines().collect::<Vec<_>>(), "{partition}");
        let of = report.statistics(partition).expect("it ran");
        assert_eq!((of.faults, of.restarts), (0, 0), "{partition}: {of:?}");
    }
}
