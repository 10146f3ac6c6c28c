//! How often a property is tried.

use proptest::test_runner::Config;

/// Tries a property with as many cases as it takes to find what is rare: `usual`, or what
/// `PROPTEST_CASES` says, which also holds for the properties that name no number.
pub fn cases(usual: u32) -> Config {
    let own = Config::default();
    Config {
        cases: match std::env::var_os("PROPTEST_CASES") {
            Some(_) => own.cases,
            None => usual,
        },
        failure_persistence: None,
        ..own
    }
}
