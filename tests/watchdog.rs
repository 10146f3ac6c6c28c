//! What stock drivers of Linux make of an emulated watchdog and clock.

use std::time::Duration;

use paratia_tests::{assert_says, count, finish, run, verdicts};

/// The heartbeat's period, and the clock's date in the run.
const PERIOD_S: u64 = 1;
const JULY: u64 = 1_782_907_200;

/// Debian's driver and busybox feed; what stands still gets its verdict in the second period after it was fed last
/// at most, and the next life begins. The clock is what the run says.
#[test]
fn a_linux_that_hangs_gets_its_verdict_and_one_that_feeds_does_not() {
    let run = run("test-linux-watchdog").clock(JULY);
    let report = finish(&run.stop_after(Duration::from_secs(10)));
    assert_says(&report, "feeds", "watchdog: SBSA Generic Watchdog is fed");
    assert_says(&report, "feeds", "clock: rtc-pl031");
    assert_says(&report, "feeds", "clock: it is 2026-07-01 12:00");
    assert_eq!(verdicts(&report, "feeds"), []);
    let statistics = report.statistics("feeds").expect("it is said");
    assert!(statistics.heartbeats_expected > 3 && statistics.heartbeats_missed == 0);

    assert_eq!(
        count(&report, "hangs", "starve: the watchdog is fed no more"),
        2
    );
    let words = |event: &str, action: &str| (event.to_owned(), action.to_owned());
    let expected = ["restart", "halt"].map(|action| words("missed_heartbeat", action));
    assert_eq!(verdicts(&report, "hangs"), expected);
    let hertz = report.frequency_hz.expect("it is said");
    for verdict in report.about("verdict", "hangs") {
        let before = |it: &&paratia::log::Event| it.time_ticks < verdict.time_ticks;
        let fed = report.about("heartbeat", "hangs").filter(before).last();
        let late = verdict.time_ticks - fed.expect("it was fed").time_ticks;
        // Its own windows begin each 20 ms, at whose end it is looked for.
        assert!(late * 50 <= (2 * PERIOD_S * 50 + 2) * hertz, "{late} ticks");
    }
}
