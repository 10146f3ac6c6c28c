//! The interface has no pointers, and no number or argument that it doesn't answer as documented.

use std::time::Duration;

use paratia::run::RunReport;
use paratia_tests::{finish, moments, run, with_finest_ticks};

/// Seeds of the callers on the two CPUs, and what each of them makes.
const SEEDS: [[u64; 2]; 2] = [[1, 2], [0xB57A_11ED, 77]];
const CALLS: u64 = 500_000;

/// The callers idle with seed 0.
fn called([one, other]: [u64; 2]) -> RunReport {
    finish(&with_finest_ticks(
        run("test-every-call")
            .argument("one", one)
            .argument("other", other)
            .stop_after(Duration::from_millis(3_500)),
    ))
}

/// Every number of six ranges, and half as many calls again of those that exist, from each of two CPUs at the
/// same time: a million in a run.
#[test]
fn a_million_calls_have_documented_answers_and_neighbours_notice_none() {
    let calm = called([0, 0]);
    for seeds in SEEDS {
        let report = called(seeds);
        for partition in ["one", "other"] {
            let wrong = report
                .console_of(partition)
                .find(|line| line.contains("WRONG"));
            assert_eq!(wrong, None, "{partition} with {seeds:?}");
            let mut lines = report.console_of(partition);
            let done = lines.find_map(|line| line.strip_prefix("calls="));
            let done = done.unwrap_or_else(|| panic!("{partition} with {seeds:?} isn't done"));
            println!("{partition}: {done}");
            assert!(done.starts_with(&format!("{CALLS} ")), "{done}");
            assert!(done.ends_with("wrong=0"), "{done}");
        }
        for partition in ["neighbour", "passer-by"] {
            let (expected, seen) = (moments(&calm, partition), moments(&report, partition));
            assert!(expected.len() > 200, "{}", expected.len());
            assert_eq!(expected, seen, "{partition} with {seeds:?}");
        }
    }
}
