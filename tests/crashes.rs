//! A fault of the hypervisor itself: last words, a crash record and the safe state; and bus errors that
//! come late, which are a guest's.

use std::time::Duration;

use paratia::run::{Outcome, RunReport};
use paratia_tests::code::{Code, Instruction};
use paratia_tests::{image_of, run, verdicts};

/// An instruction that is undefined on every CPU: `udf #0`.
const UDF: [u8; 4] = [0; 4];

/// Puts an undefined instruction at the start of a function of the hypervisor.
fn crash_in(function: &str) -> RunReport {
    let image = paratia_tests::image_of("cluster");
    let offset = paratia_tests::offset_in_text(&image, function);
    run("cluster")
        .stop_after(Duration::from_secs(2))
        .argument("infotainment", 1)
        .patch(".text", offset, &UDF)
        .wall_clock_limit(Duration::from_secs(20))
        .execute()
        .expect("QEMU starts")
}

#[test]
fn a_crash_says_last_words_and_stops() {
    // Called for the first fault of a partition, some 100 ms into the run.
    const FUNCTION: &str = "5fault11raise_after";
    let report = crash_in(FUNCTION);
    let Outcome::Crashed(words) = &report.outcome else {
        panic!("not crashed: {}", report.outcome);
    };
    // Exception class 0: undefined instruction, 32 bits long; vector 4: same level, own stack.
    let address = paratia_tests::address_of(&paratia_tests::image_of("cluster"), FUNCTION);
    let place = format!("elr={address:#x}");
    for word in ["cpu=0", "kind=4", "esr=0x2000000", &place] {
        assert!(words.contains(word), "'{word}' is missing in: {words}");
    }
}

/// `ISR_EL1`.
const PENDING: [u32; 5] = [3, 0, 12, 1, 0];
/// The vector of an SError at EL2 (Arm ARM DDI 0487, D1.3.1.5).
const VECTOR: u64 = 0x380;

/// QEMU has no SErrors. So the image is told that one is pending, and where it would be taken it goes to
/// the vector with the registers as the CPU would have set them; `skipped` bytes behind the instruction
/// that is taken for.
#[allow(clippy::cast_possible_truncation, reason = "fields of instructions")]
fn with_an_error_at_each_windows_end(skipped: u64) -> RunReport {
    let image = std::fs::read(image_of("hello")).expect("it was built");
    let code = Code::of(&image);
    let start = code.function("_start").start;
    let (place, register) = code
        .instructions()
        .find_map(|(at, it)| match it {
            Instruction::Read(PENDING, register) => Some((at, register)),
            _ => None,
        })
        .expect("the end of a window looks for one");
    let awaited = code.function("awaited").start;
    // One CPU never starts another.
    let unused = code.function("boot_secondary").start;
    let returns = awaited + skipped;
    let branch =
        |from: u64, to: u64| 0x1400_0000 | (to.wrapping_sub(from) / 4) as u32 & 0x03FF_FFFF;
    let taken = [
        0xD280_0004 | (returns as u32 & 0xFFFF) << 5, // movz x4, low half
        0xF2A0_0004 | (returns as u32 >> 16) << 5,    // movk x4, high half
        0xD51C_4024,                                  // msr elr_el2, x4
        0xD280_7924,                                  // mov x4, EL2h, masked
        0xD51C_4004,                                  // msr spsr_el2, x4
        branch(unused + 20, code.function("vectors").start + VECTOR),
    ];
    let taken: Vec<u8> = taken.into_iter().flat_map(u32::to_le_bytes).collect();
    let pending = 0xD280_2000 | register; // mov, bit 8
    run("hello")
        .stop_after(Duration::from_secs(1))
        .patch(".text", place - start, &pending.to_le_bytes())
        .patch(
            ".text",
            awaited - start,
            &branch(awaited, unused).to_le_bytes(),
        )
        .patch(".text", unused - start, &taken)
        .wall_clock_limit(Duration::from_secs(60))
        .execute()
        .expect("QEMU starts")
}

/// An error that a guest leaves at its window's end is taken there, and is that guest's; it then goes on
/// where it was to.
#[test]
fn a_bus_error_at_a_windows_end_is_its_owners() {
    let report = with_an_error_at_each_windows_end(4);
    assert!(report.reached_end(), "{}", report.outcome);
    let of_error = |action: &str| ("system_error".to_owned(), action.to_owned());
    let expected = ["restart", "restart", "restart", "halt"].map(of_error);
    assert_eq!(verdicts(&report, "hello"), expected);
    for fault in report.about("fault", "hello") {
        let goes_on = fault.integer("elr").expect("where it goes on");
        assert!(
            (0x4000_0000..0x4020_0000).contains(&goes_on),
            "{goes_on:#x}"
        );
    }
}

/// At any other place of EL2 it is the hypervisor's own.
#[test]
fn a_bus_error_elsewhere_is_the_hypervisors() {
    let report = with_an_error_at_each_windows_end(64);
    let Outcome::Crashed(words) = &report.outcome else {
        panic!("not crashed: {}", report.outcome);
    };
    assert!(words.contains("kind=7"), "{words}");
}
