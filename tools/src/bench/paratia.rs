//! Paratia's figures.

use std::fmt;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};

use super::counter::{self, Counts};
use super::guest::{self, CPU, Figures, Samples};
use super::{BOARD, Values, figures, size};
use crate::build::Progress;
use crate::run::{Run, RunReport};

/// How the neighbour of `bench-windows` tries to delay the other, as its run argument, and the
/// figure that it is for.
const NEIGHBOURS: [(u64, &str); 5] = [
    (0, "jitter-calm"),
    (1, "jitter-console"),
    (2, "jitter-interrupts"),
    (3, "jitter-restarts"),
    (4, "jitter-refused-calls"),
];
/// Board time of the systems: a little more than the guest takes.
const COSTS_TIME: Duration = Duration::from_millis(1_600);
const WINDOWS_TIME: Duration = Duration::from_millis(1_100);
/// In this time the cluster's infotainment makes every attack.
const ATTACKS_TIME: Duration = Duration::from_secs(15);
/// A window of `bench-windows`, in instructions.
const WINDOW: u64 = 1_000_000;
/// What boot does once a byte: the functions that hash, and those that copy and scrub.
const HASHING: [&str; 1] = ["sha2"];
const COPYING: [&str; 3] = ["load_at_boot", "reload", "memcpy"];

/// Everything that is measured on Paratia.
pub(super) fn measure(progress: &mut dyn Progress) -> anyhow::Result<Values> {
    let mut step = |text| progress.detail(text);
    step("calls and interrupts");
    let mut values = figures::of_guest(&costs("bench-costs")?);
    step("more partitions");
    values.extend(more_partitions()?);
    step("windows");
    values.extend(windows()?);
    step("switches");
    values.extend(switches()?);
    step("boot");
    values.extend(boot()?);
    step("every attack");
    values.insert("longest-path", longest_path()?);
    values.extend(size::measure()?);
    Ok(values)
}

fn run(system: &str, time: Duration) -> anyhow::Result<Run> {
    Ok(Run::new(BOARD, system)?.cpu(CPU).stop_after(time))
}

/// The report of a run that reaches its end, and that is the same when it is made again.
fn twice(run: &Run) -> anyhow::Result<RunReport> {
    let (first, second) = (run.execute()?, run.execute()?);
    ensure!(first.reached_end(), "{}", first.outcome);
    let name = first.system.name;
    if let Some(difference) = difference(&first, &second) {
        bail!("two runs of '{name}' differ; the figures aren't deterministic: {difference}");
    }
    Ok(first)
}

/// The first difference of two runs, in words.
fn difference(first: &RunReport, second: &RunReport) -> Option<String> {
    fn words<T: fmt::Debug + PartialEq>(first: &[T], second: &[T]) -> Option<String> {
        let common = first.iter().zip(second).find(|(one, other)| one != other);
        let longer = first.len() != second.len();
        common
            .map(|(one, other)| format!("{one:?} and {other:?}"))
            .or_else(|| longer.then(|| format!("{} lines and {}", first.len(), second.len())))
    }
    words(&first.events, &second.events).or_else(|| words(&first.console, &second.console))
}

/// The figures that the bench guest finds in a system where it is called `bench`.
fn costs(system: &str) -> anyhow::Result<Figures> {
    let report = twice(&run(system, COSTS_TIME)?)?;
    let figures = spoken(&report, "bench");
    guest::check_nops(system, &figures)?;
    Ok(figures)
}

fn spoken(report: &RunReport, partition: &str) -> Figures {
    report
        .console_of(partition)
        .filter_map(guest::figure)
        .collect()
}

/// What more partitions add to a call, an interrupt and a switch.
fn more_partitions() -> anyhow::Result<Values> {
    let (few, many) = ("bench-partitions-2", "bench-partitions-8");
    let (few_costs, many_costs) = (costs(few)?, costs(many)?);
    let added = |name: &str| {
        let most = |figures: &Figures| figures.get(name).map(|of| of.max);
        let most = most(&few_costs).zip(most(&many_costs));
        most.map(|(few, many)| many.abs_diff(few))
            .with_context(|| format!("no figure {name}"))
    };
    let switch = |system| -> anyhow::Result<u64> {
        Ok(counter::count(&run(system, COSTS_TIME)?)?.1.switches.least)
    };
    Ok(Values::from([
        ("more-partitions-call", added("hvc-own")?),
        ("more-partitions-timer", added("timer-spinning")?),
        (
            "more-partitions-switch",
            switch(many)?.abs_diff(switch(few)?),
        ),
    ]))
}

/// How the starts of a partition's windows scatter, beside each neighbour: the difference of the
/// latest and the earliest, as the partition sees them.
fn windows() -> anyhow::Result<Values> {
    let mut values = Values::new();
    let (mut least, mut most) = (u64::MAX, 0);
    for (manner, key) in NEIGHBOURS {
        let run = run("bench-windows", WINDOWS_TIME)?.argument("neighbour", manner);
        let report = run.execute()?;
        ensure!(report.reached_end(), "{}", report.outcome);
        let figures = spoken(&report, "punctual");
        let Samples { min, max, .. } = figures
            .get("window-late")
            .with_context(|| format!("{key}: the punctual partition has said nothing"))?;
        values.insert(key, max - min);
        (least, most) = (least.min(*min), most.max(*max));
    }
    values.insert("jitter-all", most - least);
    Ok(values)
}

/// The switch, from a guest's last instruction to the next one's first, and what all of them and
/// their exits take of a CPU's time.
fn switches() -> anyhow::Result<Values> {
    let (_, counts) = counter::count(&run("bench-windows", WINDOWS_TIME)?)?;
    let Counts {
        exits, switches, ..
    } = counts;
    let spent = exits.sum + exits.apart + switches.sum + switches.apart;
    let lost = u128::from(spent) * 1_000_000 / u128::from(switches.count * WINDOW).max(1);
    Ok(Values::from([
        ("partition-switch", switches.most),
        ("time-lost", u64::try_from(lost)?),
    ]))
}

/// From reset to the first guest's first instruction, what is done once a byte apart.
fn boot() -> anyhow::Result<Values> {
    let run = run("bench-costs", Duration::from_millis(100))?;
    let (report, counts) = counter::count(&run)?;
    let image_bytes: u64 = report
        .named("image-verified")
        .filter_map(|event| event.integer("bytes"))
        .sum();
    let regions = report.system.partitions.iter().flat_map(|it| it.regions);
    let memory_bytes: u64 = regions.map(|region| region.size_bytes).sum();
    let (hashing, copying) = (
        counts.boot_instructions(&HASHING),
        counts.boot_instructions(&COPYING),
    );
    let per_byte = |instructions: u64, bytes: u64| instructions * 100 / bytes.max(1);
    Ok(Values::from([
        ("boot", counts.boot_instructions(&[""]) - hashing - copying),
        ("boot-hash", per_byte(hashing, image_bytes)),
        ("boot-copy", per_byte(copying, memory_bytes)),
    ]))
}

/// The longest exit and, since it may have begun just before the window's end, the longest switch
/// after it, by the hypervisor's own count, under every attack.
fn longest_path() -> anyhow::Result<u64> {
    let report = run("cluster", ATTACKS_TIME)?.execute()?;
    ensure!(report.reached_end(), "{}", report.outcome);
    let worst = |event: &'static str, key| {
        let values = report.named(event).filter_map(|event| event.integer(key));
        values
            .max()
            .with_context(|| format!("no {event} names {key}"))
    };
    Ok(worst("statistics", "exit_worst")? + worst("cpu-statistics", "switch_worst")?)
}
