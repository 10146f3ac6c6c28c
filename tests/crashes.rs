//! A fault of the hypervisor itself: last words, a crash record and the safe state.

use std::time::Duration;

use paratia::run::Outcome;
use paratia_tests::run;

/// An instruction that is undefined on every CPU: `udf #0`.
const UDF: [u8; 4] = [0; 4];

/// Puts an undefined instruction at the start of a function of the hypervisor.
fn crash_in(function: &str) -> paratia::run::RunReport {
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
    const FUNCTION: &str = "5fault5raise";
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
