//! Calls: the answer to each with its arguments at their bounds, and what has a limit.

use std::time::Duration;

use paratia_tests::{assert_says, count, finish, run, verdicts};

#[test]
fn every_call_at_its_bounds_has_its_answer() {
    let report = finish(&run("test-calls").stop_after(Duration::from_secs(3)));
    let wrong = report
        .console_of("caller")
        .find(|line| line.contains("WRONG"));
    assert_eq!(wrong, None);
    assert_says(&report, "caller", "calls made, 0 with a wrong answer");
    // What a source sends is valid as long as the channel says, and no longer.
    assert_says(
        &report,
        "caller",
        "messages grow old: true, 0 with a wrong answer",
    );

    // A window bears as many refused calls as declared; one more is an event, whatever was refused.
    assert_says(&report, "caller", "64 unknown calls are borne");
    assert_says(&report, "caller", "64 invalid calls are borne");
    let refused: Vec<_> = verdicts(&report, "caller")
        .into_iter()
        .filter(|(event, _)| event != "missed_heartbeat" && event != "application_error")
        .collect();
    let restart = ("refused_calls".to_owned(), "restart".to_owned());
    assert_eq!(refused, [restart.clone(), restart]);
    assert_eq!(count(&report, "caller", "life "), 3);

    // Idle mode is for good: the run has many more windows.
    let windows: Vec<_> = report.about("window", "caller").collect();
    let last = windows.last().expect("it ran").time_ticks;
    let end = report.duration(report.time_ticks().expect("it ended"));
    assert!(end.saturating_sub(report.duration(last)) > Duration::from_millis(200));
}
