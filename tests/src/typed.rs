//! Runs in which somebody types: what stands on a console decides what is typed next.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use paratia::run::{Outcome, Run, RunReport, Sight};

/// Longest run on the wall clock.
const LIMIT: Duration = Duration::from_secs(600);

/// Makes a run that goes step by step: waits until a partition's console shows the first text, then
/// types the second for it. The run ends with the last step. A line that waits for its end, such as a
/// prompt, is seen so far. When what is typed arrives depends on the clock on the wall, so no two of
/// these runs are equal; all else is as the run's time makes it.
///
/// # Panics
/// If the run ends before.
#[must_use]
pub fn dialogue(run: Run, partition: &str, steps: &[(&str, &str)]) -> RunReport {
    let done = Arc::new(AtomicBool::new(false));
    let (run, keyboard) = run
        .stop_after(Duration::ZERO)
        .wall_clock_limit(LIMIT)
        .interrupted_by(Arc::clone(&done))
        .focus(partition)
        .keyboard();
    let mut rest = steps.iter();
    let mut step = rest.next();
    let report = run.execute_watched(&mut |sight| {
        let Sight::Console {
            partition: speaker,
            line,
            ..
        } = sight
        else {
            return;
        };
        let Some((awaited, typed)) = step else { return };
        if speaker == partition && line.contains(awaited) {
            keyboard.press(typed.as_bytes());
            step = rest.next();
            done.store(step.is_none(), Ordering::Relaxed);
        }
    });
    let report = report.expect("QEMU starts");
    assert_eq!(
        (&report.outcome, step),
        (&Outcome::Interrupted, None),
        "{:#?}",
        report.last_lines
    );
    report
}
