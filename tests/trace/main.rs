//! Is a trace what happened, whoever reads it, and does looking change nothing?

mod btf;
mod formats;
mod tracer;

use std::time::Duration;

use paratia::catalog;
use paratia::progress::Silent;
use paratia::run::{Run, RunReport};
use paratia::trace::{Recorder, Timeline, Tracer};

/// The infotainment's run argument for a stray write, after which it is restarted.
const STRAY_WRITE: u64 = 1;

/// A run with restarts, faults, messages, and consoles.
fn eventful() -> Run {
    paratia_tests::run("cluster")
        .stop_after(Duration::from_millis(600))
        .argument("infotainment", STRAY_WRITE)
}

/// What a run brings, looked at or not.
fn timeline(run: Run, system: &str, is_traced: bool) -> (RunReport, Timeline) {
    let choice = catalog::choose(&paratia_tests::board(), system).expect("it exists");
    let mut recorder = Recorder::new(&choice);
    let (run, tracer) = if is_traced {
        Tracer::build(&mut Silent).expect("the tracer is built");
        let (run, tracer) = Tracer::attach(run).expect("the tracer can be attached");
        (run, Some(tracer))
    } else {
        (run, None)
    };
    let report = run
        .execute_watched(&mut |sight| recorder.take(sight))
        .expect("QEMU starts");
    assert!(report.reached_end(), "{}", report.outcome);
    let notes = tracer.map(|tracer| tracer.notes().expect("it has left notes"));
    let timeline = Timeline::new(&choice, recorder.moments(), notes.as_deref());
    (report, timeline)
}
