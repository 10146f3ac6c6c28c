//! `cargo paratia trace`: a run, looked at from QEMU, as a trace for others' tools.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, ensure};
use paratia::run::Run;
use paratia::trace::{Format, Recorder, Timeline, Tracer};
use paratia::{declared, whole, workspace};

use super::selection::Selection;
use super::{built, interrupt, page};
use crate::present::Status;
use crate::present::paint::{BOLD, PLAIN};

/// Run a system and write what happens in it as a trace: who runs when, each exit and interrupt, the log's
/// events and the consoles.
///
/// QEMU looks on: the image is the one that ships, and board time passes as without (docs/trace.md).
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    selection: Selection,
    /// Board time after which the system stops, such as 500ms or 10s.
    #[arg(long = "for", value_name = "TIME", default_value = "1s")]
    stop_after: humantime::Duration,
    /// Where the trace goes; its ending says the format: .pftrace for Perfetto, .ctf for a folder in the
    /// Common Trace Format, .btf for the Best Trace Format. More than one may be asked for.
    #[arg(long, value_name = "FILE")]
    out: Vec<PathBuf>,
    /// Write it as a page that needs nothing else: a timeline to look at.
    #[arg(long, value_name = "FILE.html")]
    timeline: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let formats = arguments.out.iter().map(|file| Format::of(file));
    let formats: Vec<Format> = formats.collect::<anyhow::Result<_>>()?;
    ensure!(
        !formats.is_empty() || arguments.timeline.is_some(),
        "nothing would be written; say where by --out FILE or --timeline FILE.html"
    );
    ensure!(
        !arguments.stop_after.is_zero(),
        "--for takes more than 0: a trace is written at the end"
    );
    let choice = arguments.selection.choice()?;
    declared::keeps_rules(&choice, &[])?;
    // Who can't have a file is told before anything is built.
    for (format, file) in formats.iter().zip(&arguments.out) {
        format.is_writable(file)?;
    }
    arguments
        .timeline
        .as_deref()
        .map_or(Ok(()), whole::is_writable)?;
    built::image(&choice)?;
    Tracer::build(&mut Status::new())?;

    let run = Run::of(choice)
        .stop_after(arguments.stop_after.into())
        .interrupted_by(interrupt::flag()?);
    let (run, tracer) = Tracer::attach(run)?;
    let mut recorder = Recorder::new(&choice);
    let report = run.execute_watched(&mut |sight| recorder.take(sight))?;
    // What was seen until then is worth a look, however the run has ended.
    let notes = tracer.notes().with_context(|| report.outcome.to_string())?;
    let timeline = Timeline::new(&choice, recorder.moments(), Some(&notes));
    for (format, file) in formats.into_iter().zip(&arguments.out) {
        format.write(&timeline, file)?;
    }
    if let Some(file) = &arguments.timeline {
        page::write(file, &timeline)?;
    }
    let files = arguments.out.iter().chain(&arguments.timeline);
    let files: Vec<String> = files.map(|file| workspace::shown(file)).collect();
    anstream::println!(
        "{} events, {} windows, {} exits and {} interrupts in {BOLD}{}{PLAIN}",
        timeline.moments.len(),
        timeline.windows.len(),
        timeline.exits.len(),
        timeline.interrupts.len(),
        files.join(", ")
    );
    ensure!(report.reached_end(), "{}", report.outcome);
    Ok(ExitCode::SUCCESS)
}
