//! `cargo paratia report`: the evidence for one image as a page for a reviewer, and as JSON.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use paratia::report::{self, Document};
use paratia::{whole, workspace};

use super::selection::Selection;
use super::verify;
use crate::present;
use crate::present::paint::{BAD, BOLD, GOOD, PLAIN};

/// Write the evidence for an image down for a reviewer: DIR/report.html, a page that needs nothing else, and
/// DIR/report.json (docs/report.md has the schema).
///
/// The image is checked as `verify` does, then run for a while. Fails if the checker finds something, the run
/// breaks a promise, or a claim's test isn't there; what was found stands in the report then.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    selection: Selection,
    /// Where the two files go; made if it isn't there.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Board time of the measured run, such as 1s: one major frame at least.
    #[arg(long = "for", value_name = "TIME", default_value = "1s")]
    time: humantime::Duration,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let choice = arguments.selection.choice()?;
    let time: Duration = arguments.time.into();
    let frame = choice.system.schedule.major_frame;
    ensure!(
        time >= frame,
        "a run of {} has no whole major frame of system '{}', which is {}; let it run for longer",
        humantime::format_duration(time),
        choice.name,
        humantime::format_duration(frame)
    );
    let folder = &arguments.out;
    std::fs::create_dir_all(folder)
        .with_context(|| format!("can't make {}", workspace::shown(folder)))?;
    let image = verify::built(&choice)?;
    let derived = verify::derive(&choice, &image)?;
    let ran = report::run(&choice, &image, time)?;
    let parts = (&derived.reach, &derived.code);
    let document = report::document(&choice, &image, parts, (&ran, time))?;
    write(&folder.join("report.json"), &document.json()?)?;
    write(
        &folder.join("report.html"),
        &present::report::page(&document),
    )?;
    Ok(conclude(&document))
}

fn write(file: &Path, text: &str) -> anyhow::Result<()> {
    whole::write(file, text).with_context(|| format!("can't write {}", workspace::shown(file)))?;
    anstream::println!("{}", workspace::shown(file));
    Ok(())
}

fn conclude(document: &Document) -> ExitCode {
    let wrong = document.checks.findings.iter().map(|it| ("finding", it));
    let wrong = wrong.chain(document.timing.run.broken.iter().map(|it| ("broken", it)));
    let mut count = 0;
    for (kind, sentence) in wrong {
        anstream::println!("{BAD}{kind}{PLAIN}: {sentence}");
        count += 1;
    }
    let subject = format!("system '{}' on {}", document.system, document.board);
    if count == 0 {
        anstream::println!("{BOLD}{subject}{PLAIN}: {GOOD}nothing was found{PLAIN}");
        return ExitCode::SUCCESS;
    }
    ExitCode::FAILURE
}
