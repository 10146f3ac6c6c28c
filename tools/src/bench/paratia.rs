//! Paratia's figures.

use std::collections::{BTreeMap, BTreeSet};
use std::thread;
use std::time::Duration;
use std::{fmt, fs};

use anyhow::{Context as _, anyhow, ensure};

use super::counter::{self, Counts};
use super::guest::{self, CPU, Figures, Samples};
use super::{BOARD, Values, figures, size};
use crate::log::Event;
use crate::progress::Progress;
use crate::run::{Run, RunReport};
use crate::sources::Sources;

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
const WINDOWS_TIME: Duration = Duration::from_millis(500);
const PORTS_TIME: Duration = Duration::from_millis(100);
const EVENTS_TIME: Duration = Duration::from_millis(60);
/// In this time the cluster's infotainment makes every attack.
const ATTACKS_TIME: Duration = Duration::from_secs(15);
/// A window of `bench-windows`, in instructions.
const WINDOW: u64 = 1_000_000;
/// What hashes the images at boot.
const HASHING: &str = "sha2";
/// What copies them and scrubs the memory around them.
const COPYING: &str = "restart::load_at_boot";

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
    step("events");
    values.insert("event-to-cpu", events("bench-events")?);
    values.insert("signal-to-cpu", events("bench-signals-cpus")?);
    values.extend(signals()?);
    step("messages");
    values.extend(ports()?);
    values.extend(direct()?);
    step("boot");
    values.extend(boot()?);
    step("every attack");
    values.insert("longest-path", longest_path()?);
    values.extend(size::measure()?);
    Ok(values)
}

/// A run on the one CPU that the systems use. QEMU's time is the sum over all CPUs, and what it does
/// to give several their turn would cost here and measure nothing.
fn run(system: &str, time: Duration) -> anyhow::Result<Run> {
    let run = Run::new(BOARD, system)?;
    Ok(run.cpu(CPU).cpu_count(1).stop_after(time))
}

/// The report of a run that reaches its end, and that is the same when it is made again
/// ([`guest::agreed`]).
fn twice(run: &Run) -> anyhow::Result<RunReport> {
    let (first, second) = at_once(|| run.execute(), || run.execute())?;
    let what = format!("of '{}'", first.system.name);
    let report = guest::agreed(&what, [first, second], || run.execute(), difference)?;
    ensure!(report.reached_end(), "{}", report.outcome);
    Ok(report)
}

/// Both results, made at the same time: QEMU keeps one CPU busy, and deterministic time doesn't mind
/// company.
fn at_once<T: Send>(
    first: impl FnOnce() -> anyhow::Result<T> + Send,
    second: impl FnOnce() -> anyhow::Result<T>,
) -> anyhow::Result<(T, T)> {
    thread::scope(|scope| {
        let first = scope.spawn(first);
        let second = second()?;
        let first = first.join().map_err(|_| anyhow!("a run panicked"))??;
        Ok((first, second))
    })
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
    let events = |report: &RunReport| report.events.iter().map(comparable).collect::<Vec<_>>();
    words(&first.console, &second.console).or_else(|| words(&events(first), &events(second)))
}

/// An event without the sum of all times asleep, the one number that was seen to differ: by 18 ticks
/// in 40 million, in a run of a busy machine, with everything else the same (QEMU 7.2).
fn comparable(event: &Event) -> Event {
    let mut event = event.clone();
    event.fields.remove("idle_ticks");
    event
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

/// What more partitions change of a call, an interrupt and a switch: the greatest difference from two
/// partitions. Of switches, those by the same way are compared, through the same functions of the sources:
/// each with the one that is nearest to it, for a way may pass by a window that nobody uses or not.
fn more_partitions() -> anyhow::Result<Values> {
    let of = |system| -> anyhow::Result<([u64; 2], Ways)> {
        let costs = costs(system)?;
        let most = |name: &str| {
            let figure = costs.get(name).map(|of| of.max);
            figure.with_context(|| format!("'{system}' has no figure {name}"))
        };
        let run = run(system, COSTS_TIME)?;
        let (_, counts) = counter::count(&run)?;
        let image = fs::read(run.image())?;
        let ways = ways(&counts, &Sources::of(&image)?)?;
        Ok(([most("hvc-own")?, most("timer-spinning")?], ways))
    };
    let (few, few_ways) = of("bench-partitions-2")?;
    let mut added = [0; 2];
    let mut switch = 0;
    for system in ["bench-partitions-16", "bench-partitions-128"] {
        let (many, many_ways) = of(system)?;
        for index in 0..added.len() {
            added[index] = added[index].max(many[index].abs_diff(few[index]));
        }
        let differences = few_ways.iter().filter_map(|(way, few)| {
            let many = many_ways.get(way)?;
            let nearest = |few: &u64| many.iter().map(|many| many.abs_diff(*few)).min();
            few.iter().filter_map(nearest).max()
        });
        let difference = differences.max();
        switch = switch.max(difference.with_context(|| {
            format!("no switch of '{system}' goes by a way of one with two partitions")
        })?);
    }
    let [call, timer] = added;
    Ok(Values::from([
        ("more-partitions-call", call),
        ("more-partitions-timer", timer),
        ("more-partitions-switch", switch),
    ]))
}

/// What a partition's own end goes through, in the switch that follows it.
const END_OF_LIFE: &str = "exits/fault: end_life";

/// The longest of the switches, and of those by which a partition ends its life itself, which are told.
fn longest(counts: &Counts, sources: &Sources<'_>) -> anyhow::Result<(u64, u64)> {
    let (mut plain, mut last) = (0, 0);
    for (way, lengths) in ways(counts, sources)? {
        let is_last = way.iter().any(|function| function.contains(END_OF_LIFE));
        let most = if is_last { &mut last } else { &mut plain };
        *most = lengths.into_iter().fold(*most, u64::max);
    }
    Ok((plain, last))
}

/// The instructions of switches, by the functions that they go through, in their order.
type Ways = BTreeMap<Vec<String>, BTreeSet<u64>>;

fn ways(counts: &Counts, sources: &Sources<'_>) -> anyhow::Result<Ways> {
    let mut ways = Ways::new();
    for trace in counts.traces.iter().filter(|trace| trace.kind == "switch") {
        let functions = trace.addresses.iter().map(|it| sources.function(*it));
        let mut way: Vec<String> = functions.collect::<Result<_, _>>()?;
        way.dedup();
        let lengths = ways.entry(way).or_default();
        lengths.insert(trace.addresses.len() as u64);
    }
    Ok(ways)
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
    let run = run("bench-windows", WINDOWS_TIME)?;
    let (_, counts) = counter::count(&run)?;
    let image = fs::read(run.image())?;
    let (plain, last) = longest(&counts, &Sources::of(&image)?)?;
    let Counts {
        exits, switches, ..
    } = counts;
    let spent = exits.sum + exits.apart + switches.sum + switches.apart;
    let lost = u128::from(spent) * 1_000_000 / u128::from(switches.count * WINDOW).max(1);
    Ok(Values::from([
        ("partition-switch", plain),
        ("last-switch", last),
        ("time-lost", u64::try_from(lost)?),
    ]))
}

/// From a partition's call, which writes a message or signals, to the first instruction of another one's vector,
/// which was running on another CPU: what the hypervisor runs on both, the most of all. Time would tell nothing,
/// since QEMU's CPUs take turns.
fn events(system: &str) -> anyhow::Result<u64> {
    let run = Run::new(BOARD, system)?.stop_after(EVENTS_TIME);
    let (_, counts) = counter::count(&run)?;
    let events = counts.events;
    ensure!(events.count >= 1_000, "{} events came", events.count);
    Ok(events.most)
}

/// An event's way to a partition of the same CPU.
fn signals() -> anyhow::Result<Values> {
    let report = twice(&run("bench-signals", PORTS_TIME)?)?;
    let mut said = spoken(&report, "bench");
    said.extend(spoken(&report, "partner"));
    let values = figures::of_guest(&said);
    ensure!(
        values.len() == 2,
        "'bench-signals' has said only {values:?}"
    );
    Ok(values)
}

/// A message's way into a channel and out of it, sampled and queued.
fn ports() -> anyhow::Result<Values> {
    let report = twice(&run("bench-ports", PORTS_TIME)?)?;
    let values = figures::of_guest(&spoken(&report, "bench"));
    ensure!(values.len() == 8, "'bench-ports' has said only {values:?}");
    Ok(values)
}

/// How long these take, whose reader begins when the writer is done.
const DIRECT_TIME: Duration = Duration::from_millis(400);
/// What the ends of `test-direct` are told to do: measure.
const DIRECT_COSTS: u64 = 6;
/// Its figures, as its ends say them and as they are called here.
const DIRECT: [(&str, &str); 5] = [
    ("write64", "direct-write"),
    ("read64", "direct-read"),
    ("write4096", "direct-write-4096"),
    ("read4096", "direct-read-4096"),
    ("copy4096", "direct-copy-4096"),
];

/// A message's way through memory that both ends share, and a plain copy beside it. No exit is in it, which
/// would be in these figures, since QEMU counts EL2's instructions like others.
fn direct() -> anyhow::Result<Values> {
    let ends = ["writer", "reader"];
    let run = Run::new(BOARD, "test-direct")?.stop_after(DIRECT_TIME);
    let run = ends
        .iter()
        .fold(run, |run, end| run.argument(end, DIRECT_COSTS));
    let report = twice(&run)?;
    let said = ends.iter().flat_map(|end| report.console_of(end));
    let words = said.flat_map(|line| line.split_whitespace());
    let said: BTreeMap<&str, &str> = words.filter_map(|word| word.split_once('=')).collect();
    let figure = |(name, key): (&str, &'static str)| {
        let number = said.get(name).and_then(|number| number.parse().ok());
        let number = number.with_context(|| format!("'test-direct' hasn't said {name}"))?;
        Ok((key, number))
    };
    DIRECT.into_iter().map(figure).collect()
}

/// From reset to the first guest's first instruction, without what is done for each byte of a
/// partition: hashing, and copying and scrubbing, known by their functions and all that these call.
fn boot() -> anyhow::Result<Values> {
    let (report, counts) = counter::count(&run("bench-costs", Duration::from_millis(100))?)?;
    let verified = report.named("image-verified");
    let image_bytes: u64 = verified.filter_map(|event| event.integer("bytes")).sum();
    let regions = report.system.partitions.iter().flat_map(|it| it.regions);
    let memory_bytes: u64 = regions.map(|region| region.size_bytes).sum();
    let (hash, copy) = (
        counts.boot_instructions(HASHING),
        counts.boot_instructions(COPYING),
    );
    ensure!(
        hash > image_bytes && copy > 0,
        "no function of a boot is called {HASHING} or {COPYING}, so its bytes can't be told apart"
    );
    Ok(Values::from([
        ("boot", counts.boot_instructions("") - hash - copy),
        ("boot-hash", hash * 100 / image_bytes.max(1)),
        ("boot-copy", copy * 100 / memory_bytes.max(1)),
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
    Ok(worst("exits", "worst")? + worst("cpu-statistics", "switch_worst")?)
}
