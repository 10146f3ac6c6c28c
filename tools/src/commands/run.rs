//! `cargo paratia run`: builds a system, runs it, and says whether it kept its promises.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use paratia::build::Builder;
use paratia::catalog::Choice;
use paratia::log::jsonl;
use paratia::qemu::Time;
use paratia::run::{Outcome, Run, RunReport, promise};
use paratia::{setup, workspace};

use super::interrupt;
use super::selection::Selection;
use crate::present::{self, Console, Status};

/// Set up what is missing, build a system, run it on QEMU and show what happens.
///
/// Succeeds only if the system kept its promises: the run reached its end, and no critical
/// partition missed a heartbeat, had a fault, was restarted or halted.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    selection: Selection,
    /// Board time after which the system stops, such as 500ms, 10s or 2m.
    #[arg(long = "for", value_name = "TIME", default_value = "20s")]
    stop_after: humantime::Duration,
    /// Where the picture on the display goes at the end [default: target/paratia/SYSTEM.png].
    #[arg(long, value_name = "FILE.png")]
    screenshot: Option<PathBuf>,
    /// Open QEMU's window; in real time unless --icount is given.
    #[arg(long)]
    display: bool,
    /// Write every event to a file, one JSON object a line.
    #[arg(long, value_name = "FILE.jsonl")]
    events: Option<PathBuf>,
    /// Board time passes with the clock on the wall.
    #[arg(long, conflicts_with = "icount")]
    realtime: bool,
    /// Board time passes by instructions, so that all runs are equal; the default.
    #[arg(long)]
    icount: bool,
    /// Show the console of this partition only.
    #[arg(long, value_name = "PARTITION")]
    focus: Option<String>,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let choice = arguments.selection.choice()?;
    check_focus(arguments, &choice)?;
    let interrupt = interrupt::flag()?;
    build(&choice)?;
    setup::qemu_for(choice.least_qemu(), &mut Status::new())?;

    let mut run = Run::new(choice.board.name, choice.name)?
        .stop_after(arguments.stop_after.into())
        .time(time(arguments))
        .window(arguments.display)
        .interrupted_by(interrupt);
    if choice.system.display.is_some() {
        let default = || workspace::screenshot(choice.name);
        run = run.screenshot(arguments.screenshot.clone().unwrap_or_else(default));
    }
    let mut console = Console::new(choice.system, arguments.focus.as_deref());
    let report = run.execute_watched(&mut |sight| console.show(sight))?;
    if let Some(file) = &arguments.events {
        write_events(&report, file).with_context(|| format!("can't write {}", file.display()))?;
    }
    Ok(conclude(&report))
}

fn check_focus(arguments: &Arguments, choice: &Choice) -> anyhow::Result<()> {
    ensure!(
        Duration::from(arguments.stop_after) > Duration::ZERO,
        "--for takes more than 0"
    );
    let Some(focus) = &arguments.focus else {
        return Ok(());
    };
    let names: Vec<&str> = choice.system.partitions.iter().map(|it| it.name).collect();
    ensure!(
        names.contains(&focus.as_str()),
        "system '{}' has no partition '{focus}'; it has: {}",
        choice.name,
        names.join(", ")
    );
    Ok(())
}

fn build(choice: &Choice) -> anyhow::Result<()> {
    let toolchain = setup::ready(&mut Status::new())?;
    let mut status = Status::new();
    let mut builder = Builder::new(toolchain, &mut status)?;
    builder.guests()?;
    builder.hypervisor(choice)?;
    Ok(())
}

fn time(arguments: &Arguments) -> Time {
    if arguments.realtime || (arguments.display && !arguments.icount) {
        Time::Real
    } else {
        Time::Deterministic
    }
}

fn write_events(report: &RunReport, file: &PathBuf) -> anyhow::Result<()> {
    let names: Vec<&str> = report.system.partitions.iter().map(|it| it.name).collect();
    let mut out = BufWriter::new(File::create(file)?);
    for event in &report.events {
        writeln!(out, "{}", jsonl::line(event, &names))?;
    }
    Ok(out.flush()?)
}

/// The closing words and the exit status.
fn conclude(report: &RunReport) -> ExitCode {
    let broken = promise::broken(report);
    present::closing(report, &broken);
    match (&report.outcome, broken.is_empty()) {
        (Outcome::Interrupted, _) => ExitCode::from(interrupt::EXIT_STATUS),
        (_, true) => ExitCode::SUCCESS,
        (_, false) => ExitCode::FAILURE,
    }
}
