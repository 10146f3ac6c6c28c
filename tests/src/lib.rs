//! What the tests of whole images share: runs by name, and questions to a report.

#![forbid(unsafe_code)]

pub mod bare;
pub mod browser;
pub mod code;
pub mod debugger;
pub mod essentials;
pub mod picture;
pub mod readers;
pub mod typed;

use std::path::{Path, PathBuf};
use std::time::Duration;

use object::{Object as _, ObjectSection as _, ObjectSymbol as _};

use paratia::catalog;
use paratia::log::Event;
use paratia::run::{Run, RunReport};

/// The board on which tests run that aren't about another, unless one is asked for.
pub const DEFAULT_BOARD: &str = "qemu-virt";

/// The board that was asked for: `cargo paratia test --board NAME`.
///
/// # Panics
/// If its name isn't UTF-8.
fn asked_for() -> Option<String> {
    let name = std::env::var_os(paratia::build::TEST_BOARD)?;
    Some(name.into_string().expect("a board's name is text"))
}

/// The board that tests run on unless they are about another.
#[must_use]
pub fn board() -> String {
    asked_for().unwrap_or_else(|| DEFAULT_BOARD.to_owned())
}

/// Whether tests run on every board: none was asked for.
#[must_use]
pub fn all_boards() -> bool {
    asked_for().is_none()
}

/// Whether a test that is about `board` has something to do: not if another one was asked for. Says
/// so.
#[must_use]
pub fn is_about(board: &str) -> bool {
    let chosen = self::board();
    if chosen != board {
        println!("nothing to do: this is about {board}, and {chosen} was asked for");
    }
    chosen == board
}

/// A CPU whose counter ticks once an instruction, for figures that are exact to the instruction.
const CPU_TICK_PER_INSTRUCTION: &str = "cortex-a57,cntfrq=1000000000";

/// `run` with one tick an instruction where QEMU lets the CPU be chosen, on its own machines. A real
/// board's CPUs are what they are; there a tick of the board's counter is the finest that shows.
#[must_use]
pub fn with_finest_ticks(run: Run) -> Run {
    let listed = catalog::board(&board()).expect("it exists");
    if listed.qemu.machine.starts_with("virt,") {
        run.cpu(CPU_TICK_PER_INSTRUCTION)
    } else {
        run
    }
}

/// The infotainment's run argument for which it plays and attacks nobody.
pub const CALM: u64 = 0xFF;

/// A run of `system`, whose image is built if need be.
///
/// # Panics
/// If it can't be built.
#[must_use]
pub fn run(system: &str) -> Run {
    run_on(&board(), system)
}

/// A run of `system` on `board`, whose image is built if need be.
///
/// # Panics
/// If it can't be built.
#[must_use]
pub fn run_on(board: &str, system: &str) -> Run {
    paratia::build::image(board, system).expect("the image builds");
    Run::new(board, system).expect("board and system exist")
}

/// The report of a run that must reach its end.
///
/// # Panics
/// If it doesn't; with the outcome and the last lines.
#[must_use]
pub fn finish(run: &Run) -> RunReport {
    let report = run.execute().expect("QEMU starts");
    assert!(
        report.reached_end(),
        "{}\n{:#?}",
        report.outcome,
        report.last_lines
    );
    assert_eq!(report.damaged_frames, 0, "every log frame can be decoded");
    for cpu in report.named("cpu-statistics") {
        assert_eq!(cpu.integer("overruns"), Some(0), "no slot went by unused");
    }
    for name in ["cpu-statistics", "statistics"] {
        for of in report.named(name) {
            let dropped = of.integer("records_dropped");
            assert_eq!(dropped, Some(0), "no record was lost: {of:?}");
        }
    }
    report
}

/// The report of `system` after so many seconds.
///
/// # Panics
/// As [`finish`].
#[must_use]
pub fn report(system: &str, seconds: u64) -> RunReport {
    report_on(&board(), system, seconds)
}

/// The report of `system` on `board` after so many seconds.
///
/// # Panics
/// As [`finish`].
#[must_use]
pub fn report_on(board: &str, system: &str, seconds: u64) -> RunReport {
    finish(&run_on(board, system).stop_after(Duration::from_secs(seconds)))
}

/// Asserts that the critical partitions of `cluster` kept every promise.
///
/// # Panics
/// If they didn't.
pub fn assert_critical_unharmed(report: &RunReport) {
    for name in ["vehicle", "speedometer"] {
        let of = report.statistics(name).expect("statistics at the end");
        let seen = (of.heartbeats_missed, of.faults, of.restarts);
        assert_eq!(
            seen,
            (0, 0, 0),
            "{name}: missed, faults, restarts in {of:?}"
        );
        assert!(of.heartbeats_expected > 0, "{name} was supervised");
    }
}

/// The verdicts on a partition, as (event, action).
#[must_use]
pub fn verdicts(report: &RunReport, partition: &str) -> Vec<(String, String)> {
    let word = |event: &Event, key| event.word(key).unwrap_or_default().to_owned();
    report
        .about("verdict", partition)
        .map(|event| (word(event, "event"), word(event, "action")))
        .collect()
}

/// Every start of a partition's windows and every one of its frames' ends, in ticks.
#[must_use]
pub fn moments(report: &RunReport, partition: &str) -> Vec<u64> {
    let starts = report.about("window", partition);
    let starts = starts.map(|event| event.integer("start").expect("a window has a start"));
    let frames = report.about("heartbeat", partition);
    starts.chain(frames.map(|event| event.time_ticks)).collect()
}

/// How many lines of a partition's console contain `text`.
#[must_use]
pub fn count(report: &RunReport, partition: &str, text: &str) -> usize {
    let lines = report.console_of(partition);
    lines.filter(|line| line.contains(text)).count()
}

/// A console line that contains `text`, or a failure that shows the console.
///
/// # Panics
/// If there is none.
pub fn assert_says(report: &RunReport, partition: &str, text: &str) {
    let lines: Vec<_> = report.console_of(partition).collect();
    assert!(
        lines.iter().any(|line| line.contains(text)),
        "'{partition}' doesn't say '{text}': {lines:#?}"
    );
}

/// The image file of a system.
///
/// # Panics
/// If it can't be built.
#[must_use]
pub fn image_of(system: &str) -> PathBuf {
    image_on(&board(), system)
}

/// The image file of a system on a board.
///
/// # Panics
/// If it can't be built.
#[must_use]
pub fn image_on(board: &str, system: &str) -> PathBuf {
    paratia::build::image(board, system).expect("the image builds")
}

/// How far into `.text` of an image the one function lies whose name contains `name`.
///
/// # Panics
/// If there is none, or more than one.
#[must_use]
pub fn offset_in_text(image: &Path, name: &str) -> u64 {
    let (text, function) = text_and_function(image, name);
    function - text
}

/// The address of the one function of an image whose name contains `name`.
///
/// # Panics
/// If there is none, or more than one.
#[must_use]
pub fn address_of(image: &Path, name: &str) -> u64 {
    let (_, function) = text_and_function(image, name);
    function
}

/// The addresses of `.text` and of the function.
fn text_and_function(image: &Path, name: &str) -> (u64, u64) {
    let bytes = std::fs::read(image).expect("the image is there");
    let file = object::File::parse(bytes.as_slice()).expect("an ELF file");
    let text = file
        .section_by_name(".text")
        .expect("a section of instructions");
    let symbols = file.symbols().filter(|symbol| {
        symbol.kind() == object::SymbolKind::Text
            && symbol.name().is_ok_and(|mangled| mangled.contains(name))
    });
    let addresses: Vec<_> = symbols.map(|symbol| symbol.address()).collect();
    let [address] = addresses[..] else {
        panic!("{} functions are called '{name}'", addresses.len());
    };
    (text.address(), address)
}
