//! `cargo paratia run`: builds a system, runs it, and says whether it kept its promises.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use paratia::catalog::Choice;
use paratia::debugger::Session;
use paratia::qemu::Time;
use paratia::run::{Lines, Outcome, Run, RunReport, Sight, promise};
use paratia::{declared, workspace};

use super::clock::Clock;
use super::own::Own;
use super::page::Page;
use super::run_argument::{self, RunArgument};
use super::seed::Seed;
use super::selection::Selection;
use super::{built, interrupt};
use crate::keys::{self, Focus, Raw};
use crate::present::{self, Console, Status};

/// Board time of a run that nobody types for.
const DEFAULT_TIME: Duration = Duration::from_secs(20);

/// Set up what is missing, build a system, run it on QEMU and show what happens.
///
/// Succeeds only if the system kept its promises: the run reached its end, and no critical
/// partition missed a heartbeat, had a fault, was restarted or halted.
///
/// On a terminal, a system with an unmodified guest is run to be used: keys go to the guest's
/// console, board time passes with the clock on the wall, and the run ends by Ctrl-A x unless --for
/// says when. --icount is for looking on, as where there is no terminal.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    selection: Selection,
    #[command(flatten)]
    own: Own,
    /// Board time after which the system stops, such as 500ms, 10s or 2m [default: 20s, or never
    /// if keys go to a guest].
    #[arg(long = "for", value_name = "TIME")]
    stop_after: Option<humantime::Duration>,
    /// Where the picture on the display goes at the end [default: target/paratia/SYSTEM.png].
    #[arg(long, value_name = "FILE.png")]
    screenshot: Option<PathBuf>,
    /// Open QEMU's window; in real time unless --icount is given.
    #[arg(long)]
    display: bool,
    /// Write all that happens to a file as it happens, consoles included: one JSON object a line, in the
    /// order of time once the run has ended (docs/log.md has the schema).
    #[arg(long, value_name = "FILE.jsonl")]
    events: Option<PathBuf>,
    /// Write what ran, what happened and the consoles as a page with a timeline, which needs nothing else
    /// (docs/trace.md).
    #[arg(long, value_name = "FILE.html")]
    timeline: Option<PathBuf>,
    /// Board time passes with the clock on the wall.
    #[arg(long, conflicts_with = "icount")]
    realtime: bool,
    /// Board time passes by instructions, so that all runs are equal; the default.
    #[arg(long)]
    icount: bool,
    /// Show the console of this partition only, and type for it.
    #[arg(long, value_name = "PARTITION")]
    focus: Option<String>,
    /// Hand a number to a partition at each of its starts: its run argument, 0 without. May be given again
    /// for other partitions.
    #[arg(long = "argument", value_name = "PARTITION=NUMBER")]
    #[arg(conflicts_with = "gdb")]
    run_arguments: Vec<RunArgument>,
    /// Derive the random numbers that partitions are given from this number, so that the run repeats; or, with
    /// the word board, from what the board has, which differs from run to run.
    #[arg(long, value_name = "NUMBER|board", default_value = "0")]
    seed: Seed,
    /// What emulated clocks show when the schedule begins, such as "2026-07-01 12:00:00", in UTC.
    #[arg(long, value_name = "TIME", default_value = "2026-01-01 00:00:00")]
    clock: Clock,
    /// Let the board wait for gdb, which starts with the symbols of the hypervisor and, if one is named, of
    /// this partition: breakpoints in its program hit in it alone (docs/debugger.md).
    #[arg(long, value_name = "PARTITION", num_args = 0..=1, require_equals = false)]
    #[arg(conflicts_with_all = ["display", "realtime", "screenshot", "timeline"])]
    gdb: Option<Option<String>>,
    /// Arguments for gdb, such as -batch -ex 'break main' -ex continue.
    #[arg(last = true, requires = "gdb", value_name = "ARGUMENT")]
    gdb_arguments: Vec<String>,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let choice = arguments.own.choice(&arguments.selection)?;
    check_focus(arguments, &choice)?;
    ensure!(
        choice.system.display.is_some() || arguments.screenshot.is_none() && !arguments.display,
        "system '{}' has no display, so there is nothing to see or to take a picture of; leave \
         --screenshot and --display out, or declare one",
        choice.name
    );
    if let Some(partition) = &arguments.gdb {
        return debug(arguments, choice, partition.as_deref());
    }
    declared::keeps_rules(&choice, &[])?;
    // Who can't have it is told before anything is built.
    let events = arguments.events.as_deref();
    let mut events = events.map(|it| Lines::create(it, &choice)).transpose()?;
    let timeline = arguments.timeline.as_deref();
    let mut page = timeline.map(|it| Page::create(it, &choice)).transpose()?;
    built::image(&choice)?;
    // Until here Ctrl-C ends the tool, and Cargo with it.
    let interrupt = interrupt::flag()?;

    let focus = Focus::new(choice.system, arguments.focus.as_deref())
        .filter(|_| keys::are_there() && !arguments.icount);
    let run = run_argument::hand(Run::of(choice), &choice, &arguments.run_arguments)?;
    let mut run = run
        .seed(arguments.seed.number())
        .clock(arguments.clock.seconds())
        .stop_after(stop_after(arguments, focus.is_some()))
        .time(time(arguments, focus.is_some()))
        .window(arguments.display)
        .interrupted_by(Arc::clone(&interrupt));
    if choice.system.display.is_some() {
        let default = || workspace::screenshot(choice.name);
        run = run.screenshot(arguments.screenshot.clone().unwrap_or_else(default));
    }
    let mut console = Console::new(&choice, arguments.focus.as_deref());
    let is_interactive = focus.is_some();
    let report = if let Some(focus) = focus {
        console = console.typing(focus.clone());
        interactive(run, focus, interrupt, &mut |sight| {
            show(&mut console, &mut events, &mut page, sight);
        })?
    } else {
        run.execute_watched(&mut |sight| show(&mut console, &mut events, &mut page, sight))?
    };
    let status = conclude(&report, is_interactive);
    events.map_or(Ok(()), Lines::finish)?;
    page.map_or(Ok(()), |page| page.write(&choice, None))?;
    let is_real = time(arguments, is_interactive) == Time::Real;
    if is_real && !promise::broken(&report).is_empty() {
        anstream::println!("{}", on_the_wall(&host_load(), host_cpus()));
    }
    Ok(status)
}

/// Makes the run with a debugger at the board, for as long as that one wants unless --for says when.
fn debug(
    arguments: &Arguments,
    choice: Choice,
    partition: Option<&str>,
) -> anyhow::Result<ExitCode> {
    let events = arguments.events.as_deref();
    let mut events = events.map(|it| Lines::create(it, &choice)).transpose()?;
    let session = Session::prepare(choice, partition, &mut Status::new())?;
    // Ctrl-C is for the debugger, which interrupts the board by it.
    let _interrupt = interrupt::flag()?;
    let run = Run::of(choice)
        .seed(arguments.seed.number())
        .clock(arguments.clock.seconds())
        .stop_after(stop_after(arguments, true))
        .time(Time::Paced);
    let mut console = Console::new(&choice, arguments.focus.as_deref());
    let (_, status) = session.run(run, &arguments.gdb_arguments, &mut |sight| {
        show(&mut console, &mut events, &mut None, sight);
    })?;
    events.map_or(Ok(()), Lines::finish)?;
    let status = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(status.map_or(ExitCode::FAILURE, ExitCode::from))
}

/// What a run in real time proves nothing of.
fn on_the_wall(load: &str, cpus: usize) -> String {
    format!(
        "Board time passed with the clock on the wall, and what else this machine does delays the board: \
         its {cpus} CPUs had a load of {load} in the last minute. --icount leaves that out."
    )
}

/// The load of this machine in the last minute, where that can be known (Linux).
fn host_load() -> String {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split_whitespace().next().unwrap_or("?").to_owned()
}

fn host_cpus() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// Shows what happens, and writes it down.
fn show(
    console: &mut Console<'_>,
    events: &mut Option<Lines>,
    page: &mut Option<Page>,
    sight: Sight<'_>,
) {
    console.show(sight);
    if let Some(lines) = events {
        lines.take(sight);
    }
    if let Some(page) = page {
        page.take(sight);
    }
}

/// Makes the run with the terminal as its keyboard.
fn interactive(
    run: Run,
    focus: Focus,
    interrupt: Arc<AtomicBool>,
    observer: &mut dyn FnMut(Sight<'_>),
) -> anyhow::Result<RunReport> {
    let (run, keyboard) = run.focus(focus.name()).keyboard();
    anstream::eprintln!("Keys go to '{}'. {}.", focus.name(), keys::HELP);
    let _raw = Raw::begin().context("can't prepare the terminal for typing")?;
    keys::forward(keyboard, focus, interrupt);
    run.execute_watched(observer)
}

/// When the system stops; zero is never.
fn stop_after(arguments: &Arguments, interactive: bool) -> Duration {
    let default = if interactive {
        Duration::ZERO
    } else {
        DEFAULT_TIME
    };
    arguments.stop_after.map_or(default, Into::into)
}

fn check_focus(arguments: &Arguments, choice: &Choice) -> anyhow::Result<()> {
    ensure!(
        arguments
            .stop_after
            .is_none_or(|time| Duration::from(time) > Duration::ZERO),
        "--for takes more than 0"
    );
    let Some(focus) = &arguments.focus else {
        return Ok(());
    };
    choice.partition(focus).map(drop)
}

fn time(arguments: &Arguments, interactive: bool) -> Time {
    if arguments.realtime {
        Time::Real
    } else if interactive {
        Time::Paced
    } else if arguments.display && !arguments.icount {
        Time::Real
    } else {
        Time::Deterministic
    }
}

/// The closing words and the exit status. Who types ends the run at will, and breaks nothing by that.
fn conclude(report: &RunReport, is_interactive: bool) -> ExitCode {
    let broken = promise::broken(report);
    present::closing(report, &broken);
    match (&report.outcome, broken.is_empty()) {
        (Outcome::Interrupted, _) if is_interactive => ExitCode::SUCCESS,
        (Outcome::Interrupted, _) => ExitCode::from(interrupt::EXIT_STATUS),
        (_, true) => ExitCode::SUCCESS,
        (_, false) => ExitCode::FAILURE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_busy_host_is_named() {
        let said = on_the_wall("11.80", 2);
        assert!(
            said.contains("its 2 CPUs had a load of 11.80 in the last minute"),
            "{said}"
        );
        assert!(!host_load().is_empty() && host_cpus() > 0);
    }
}
