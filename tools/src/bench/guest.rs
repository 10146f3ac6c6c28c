//! The bench guest's figures, and its runs outside of Paratia.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{BufRead as _, BufReader};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};

use crate::qemu::{Process, version};

/// A CPU whose counter ticks once an instruction.
pub const CPU: &str = "cortex-a53,cntfrq=1000000000";
/// What a hundred `nop` must read on it: the reading itself is the 101st.
const NOPS: (&str, u64) = ("nops-100", 101);
/// How the guest's lines begin; others may stand before it.
const SPEAKER: &str = "bench ";
const LAST_LINE: &str = "bench end";
/// Longest run on the wall clock.
const LIMIT: Duration = Duration::from_secs(120);

/// The figures of one place, by name.
pub type Figures = BTreeMap<String, Samples>;

/// A figure: least, mean and greatest of a thousand samples, in instructions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Samples {
    /// The least.
    pub min: u64,
    /// The mean, rounded.
    pub mean: u64,
    /// The greatest.
    pub max: u64,
}

/// The figure in a line that the guest said, whoever prefixed it: `bench hvc-own min=2 mean=2
/// max=2`. Absent ones give none.
#[must_use]
pub fn figure(line: &str) -> Option<(String, Samples)> {
    let (_, said) = line.split_once(SPEAKER)?;
    let mut words = said.split_whitespace();
    let name = words.next()?.to_owned();
    let mut value = |key: &str| words.next()?.strip_prefix(key)?.parse().ok();
    let (min, mean, max) = (value("min=")?, value("mean=")?, value("max=")?);
    Some((name, Samples { min, mean, max }))
}

/// QEMU's arguments that all runs outside of Paratia share.
#[must_use]
pub fn common_arguments() -> Vec<OsString> {
    [
        "-cpu",
        CPU,
        "-nodefaults",
        "-display",
        "none",
        "-monitor",
        "none",
        "-serial",
        "stdio",
    ]
    .into_iter()
    .chain([
        "-icount",
        "shift=0,sleep=off",
        "-rtc",
        "base=2026-01-01,clock=vm",
    ])
    .map(OsString::from)
    .collect()
}

/// What two runs say, which must be the same. If it isn't, one of them may be a slip of the
/// simulator's: on a busy machine QEMU 7.2 counts a wait otherwise once in hundreds of runs. Then a
/// third has to agree with one of them.
///
/// # Errors
/// If the third fails, or no two agree.
pub fn agreed<T>(
    what: &str,
    [first, second]: [T; 2],
    again: impl FnOnce() -> anyhow::Result<T>,
    difference: impl Fn(&T, &T) -> Option<String>,
) -> anyhow::Result<T> {
    let Some(found) = difference(&first, &second) else {
        return Ok(first);
    };
    let third = again()?;
    let agrees = |other| difference(&third, other).is_none();
    ensure!(
        agrees(&first) || agrees(&second),
        "no two of three runs {what} agree, so their figures mean nothing: {found}; is this QEMU's \
         -icount deterministic?"
    );
    Ok(third)
}

/// The figures of two runs, which must say the same ([`agreed`]).
///
/// # Errors
/// If a run doesn't reach its end, the runs differ, or instructions aren't what is counted.
pub fn measure_twice(place: &str, arguments: &[OsString]) -> anyhow::Result<Figures> {
    let make = || lines(place, arguments);
    let agreed = agreed(
        &format!("on {place}"),
        [make()?, make()?],
        make,
        |one, other| {
            difference(one, other).or_else(|| (one != other).then(|| "one is longer".to_owned()))
        },
    )?;
    let figures: Figures = agreed.iter().filter_map(|line| figure(line)).collect();
    check_nops(place, &figures)?;
    Ok(figures)
}

/// The first lines in which two runs differ.
fn difference(one: &[String], other: &[String]) -> Option<String> {
    let pair = one.iter().zip(other).find(|(one, other)| one != other)?;
    Some(format!("{pair:?}"))
}

/// Whether ticks are instructions.
///
/// # Errors
/// If they aren't.
pub fn check_nops(place: &str, figures: &Figures) -> anyhow::Result<()> {
    let (name, expected) = NOPS;
    let seen = figures
        .get(name)
        .with_context(|| format!("{place}: no figure {name}"))?;
    ensure!(
        (seen.min, seen.max) == (expected, expected),
        "{place}: 100 nops read {} to {} ticks, not {expected}; a tick isn't an instruction",
        seen.min,
        seen.max
    );
    Ok(())
}

/// The guest's lines up to its last.
fn lines(place: &str, arguments: &[OsString]) -> anyhow::Result<Vec<String>> {
    let program = version::program(version::LEAST)?;
    let (mut process, output) = Process::start(&program, arguments)?;
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(output).split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line).trim_end().to_owned();
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    let until = Instant::now() + LIMIT;
    let mut all = Vec::new();
    while let Ok(line) = receiver.recv_timeout(until.saturating_duration_since(Instant::now())) {
        if line.contains(SPEAKER) {
            all.push(line.clone());
        }
        if line.ends_with(LAST_LINE) {
            return Ok(all);
        }
    }
    bail!(
        "the guest on {place} didn't reach its end; it said: {all:#?}\n{}",
        process.complaints().trim()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_figure_whoever_prefixed_it() {
        let (min, mean, max) = (1, 2, 3);
        let expected = Some(("hvc-own".to_owned(), Samples { min, mean, max }));
        assert_eq!(figure("bench hvc-own min=1 mean=2 max=3"), expected);
        assert_eq!(
            figure("(XEN) DOM1: bench hvc-own min=1 mean=2 max=3"),
            expected
        );
        assert_eq!(figure("bench hvc-own absent"), None);
        assert_eq!(figure("bench place=bare"), None);
    }
}
