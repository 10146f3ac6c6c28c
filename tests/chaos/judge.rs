//! What must hold of every run, whatever the attacker did.

use std::collections::BTreeMap;
use std::time::Duration;

use paratia::log::Event;
use paratia::run::RunReport;
use paratia_config::system::{Schedule, Window};
use paratia_tests::moments;

use super::experiment::{ATTACKER, Experiment};
use super::script::Finding;

/// What a restart may take of the attacker's first vCPU's windows, guards left out: more than twice what
/// it does, for each MiB of memory and for the rest.
const RESTART_A_MIB: Duration = Duration::from_micros(700);
const RESTART: Duration = Duration::from_micros(700);
/// Frames before the first of these windows and after the last.
const FRAMES_BESIDE: u32 = 3;

/// The promise that is kept to the tick. With several CPUs, on a very busy host, one run in hundreds differed
/// by two nanoseconds and didn't when it was repeated; so what doesn't come again is told and not counted.
pub const TO_THE_TICK: &str = "a victim's windows and frames don't change";

/// A promise that was broken: a short name that is the same for all seeds, and what was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// Its name.
    pub promise: &'static str,
    /// What was seen.
    pub seen: String,
}

/// Everything that a run broke.
pub fn broken(experiment: &Experiment, report: &RunReport) -> Vec<Broken> {
    let mut all = Findings(Vec::new());
    if !report.reached_end() {
        let last = report.last_lines.join("\n");
        all.add(
            "the run comes to its end",
            format!("{}\n{last}", report.outcome),
        );
        return all.0;
    }
    if report.damaged_frames > 0 {
        all.add(
            "every record can be read",
            format!("{} can't", report.damaged_frames),
        );
    }
    plans(report, &mut all);
    victims(experiment, report, &mut all);
    records(experiment, report, &mut all);
    life(report, &mut all);
    told(report, &mut all);
    memory(experiment, report, &mut all);
    all.0
}

struct Findings(Vec<Broken>);

impl Findings {
    fn add(&mut self, promise: &'static str, seen: String) {
        self.0.push(Broken { promise, seen });
    }
}

/// No CPU comes late for a slot.
fn plans(report: &RunReport, all: &mut Findings) {
    for cpu in report.named("cpu-statistics") {
        let overruns = cpu.integer("overruns").unwrap_or(0);
        if overruns > 0 {
            all.add(
                "no CPU comes too late",
                format!("{overruns} slots: {:?}", cpu.fields),
            );
        }
    }
}

/// The victims' windows and frames are those of the run without an attack; no neighbour has a fault.
fn victims(experiment: &Experiment, report: &RunReport, all: &mut Findings) {
    for name in experiment.victims() {
        if is_beside(report, name) {
            let scheduled = |report: &RunReport| -> Vec<_> {
                report
                    .about("window", name)
                    .map(|event| event.integer("scheduled"))
                    .collect()
            };
            if scheduled(&experiment.idle) != scheduled(report) {
                all.add(
                    "a victim beside the attacker has all its windows",
                    name.to_owned(),
                );
            }
        } else {
            let (expected, seen) = (moments(&experiment.idle, name), moments(report, name));
            if expected != seen {
                all.add(TO_THE_TICK, difference(name, &expected, &seen));
            }
        }
        let of = report.statistics(name).unwrap_or_default();
        let expected = experiment.idle.statistics(name).unwrap_or_default();
        if of.heartbeats_missed != expected.heartbeats_missed {
            let missed = of.heartbeats_missed;
            all.add("a victim misses no heartbeat", format!("{name}: {missed}"));
        }
    }
    for name in experiment.neighbours() {
        let (allowed, latest) = (
            latest_start(&experiment.idle, name),
            latest_start(report, name),
        );
        // By less, QEMU's CPUs take turns.
        if report.duration(latest.saturating_sub(allowed)) > report.system.schedule.guard {
            all.add(
                "a neighbour's window starts in time",
                format!("{name}: {latest} ticks late"),
            );
        }
        let of = report.statistics(name).unwrap_or_default();
        if (of.faults, of.restarts) != (0, 0) {
            let says: Vec<_> = report
                .console_of(name)
                .filter(|line| line.contains('='))
                .collect();
            all.add(
                "a neighbour has no fault",
                format!("{name}: {of:?} {says:?}"),
            );
        }
    }
}

/// By how many ticks one of its windows started late at most.
fn latest_start(report: &RunReport, name: &str) -> u64 {
    let late = report.about("window", name).map(|event| {
        let [scheduled, start] = ["scheduled", "start"].map(|key| event.integer(key).unwrap_or(0));
        start.saturating_sub(scheduled)
    });
    late.max().unwrap_or(0)
}

/// Whether a victim runs while the attacker does, on another CPU: then QEMU's taking turns shows in it.
pub fn is_beside(report: &RunReport, victim: &str) -> bool {
    let windows = || report.system.schedule.plans.iter().copied().flatten();
    let own = windows().filter(|window| window.partition == victim);
    own.into_iter().any(|own| {
        windows().any(|other| {
            other.partition == ATTACKER
                && own.start < other.start + other.length
                && other.start < own.start + own.length
        })
    })
}

fn difference(name: &str, expected: &[u64], seen: &[u64]) -> String {
    let first = expected
        .iter()
        .zip(seen)
        .position(|(expected, seen)| expected != seen);
    let first = first.map(|place| (place, expected[place], seen[place]));
    let (expected, seen) = (expected.len(), seen.len());
    format!(
        "{name}: {expected} moments, {seen} seen; first other one (place, expected, seen): {first:?}"
    )
}

/// What the statistics count is in the log, one by one. Of faults that are ignored, which a guest may
/// repeat as often as it likes, some are only counted as untold; never one that has consequences.
fn records(experiment: &Experiment, report: &RunReport, all: &mut Findings) {
    for partition in experiment.idle.system.partitions {
        let name = partition.name;
        let Some(of) = report.statistics(name) else {
            all.add("every partition has statistics", name.to_owned());
            continue;
        };
        let logged = |event| report.about(event, name).count() as u64;
        let restarts = report.about("verdict", name);
        let restarts = restarts
            .filter(|event| event.word("action") == Some("restart"))
            .count() as u64;
        let (faults, verdicts) = (logged("fault"), logged("verdict"));
        let told = of.faults - of.faults_untold;
        if (faults, verdicts, restarts) != (told, told, of.restarts) {
            let seen = format!(
                "{name}: {} faults, {} of them ignored and untold, and {} restarts, in the log {faults} \
                 faults, {verdicts} verdicts, {restarts} restarts",
                of.faults, of.faults_untold, of.restarts
            );
            all.add("every fault and verdict is in the log", seen);
        }
    }
}

/// Where a partition is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Running,
    /// Since when.
    Reloading(u64),
    /// Since when.
    Halted(u64),
}

/// The attacker's life is legal: nothing after a halt, a start after each restart, nothing in between.
fn life(report: &RunReport, all: &mut Findings) {
    let (mut state, mut restarts) = (State::Running, 0);
    let schedule = &report.system.schedule;
    let per_second = report.frequency_hz.unwrap_or(0);
    let index = report.system.partition_index(ATTACKER);
    let mut own: Vec<&Event> = report
        .events
        .iter()
        .filter(|event| event.partition() == index)
        .collect();
    // Several CPUs report; a fault's record comes before its verdict's.
    own.sort_by_key(|event| event.time_ticks);
    for event in own {
        let illegal = |state| {
            Some(format!(
                "{state:?}, then at {}: {} {:?}",
                event.time_ticks, event.name, event.fields
            ))
        };
        let mut seen = None;
        match (event.name.as_str(), state) {
            ("started", State::Reloading(_)) => {
                if event.integer("restarts") != Some(restarts) {
                    seen = illegal(state);
                }
                state = State::Running;
            }
            ("started", _) if event.integer("restarts") != Some(0) || event.time_ticks > 0 => {
                seen = illegal(state);
            }
            ("verdict", State::Running) => match event.word("action") {
                Some("restart") => {
                    restarts += 1;
                    state = State::Reloading(event.time_ticks);
                }
                Some("halt") => state = State::Halted(event.time_ticks),
                _ => {}
            },
            (
                "fault" | "verdict" | "heartbeat" | "heartbeat-missed",
                State::Halted(_) | State::Reloading(_),
            ) => {
                seen = illegal(state);
            }
            // Its record has the time of its start. A sibling whose window was chosen before is called back
            // as soon as it runs.
            ("window", State::Halted(since) | State::Reloading(since))
                if chosen(schedule, per_second, event) > since =>
            {
                seen = illegal(state);
            }
            _ => {}
        }
        if let Some(seen) = seen {
            all.add("its life is legal", seen);
            return;
        }
    }
    let end = report.time_ticks().unwrap_or(0);
    if let State::Reloading(since) = state
        && report.duration(end - since) > longest_restart(report)
    {
        let seen = format!("none since {since}, at {end}");
        all.add("a start follows each restart", seen);
    }
}

/// When the window of this record was chosen at the earliest. A CPU chooses whose window comes next once
/// the slot before is over, and then waits for its start: a vCPU may give its window back as soon as that
/// begins, so this is the start of the window before; or a guard before the chosen one, if a gap is in
/// between that is a slot of its own.
fn chosen(schedule: &Schedule, per_second: u64, event: &Event) -> u64 {
    let ticks = |time: Duration| (time.as_nanos() * u128::from(per_second) / 1_000_000_000) as u64;
    let cpu = event.integer("cpu").unwrap_or(0) as usize;
    let scheduled = event.integer("scheduled").unwrap_or(0);
    let plan = schedule.plans.get(cpu).copied().unwrap_or_default();
    let start = scheduled % ticks(schedule.major_frame).max(1);
    let Some(place) = plan.iter().position(|window| ticks(window.start) == start) else {
        return scheduled;
    };
    let own = plan[place].start;
    let (before, gaps) = if place > 0 {
        let last = &plan[place - 1];
        let gap = own.saturating_sub(last.start + last.length);
        (own - last.start, [gap, Duration::ZERO])
    } else {
        let last = &plan[plan.len() - 1];
        let gap = schedule
            .major_frame
            .saturating_sub(last.start + last.length);
        (own + schedule.major_frame - last.start, [gap, own])
    };
    let is_slot = gaps.into_iter().any(|gap| gap > schedule.guard);
    let before = if is_slot { schedule.guard } else { before };
    scheduled.saturating_sub(ticks(before) + 1)
}

/// How long a restart may take: it is done in windows of the attacker's first vCPU.
fn longest_restart(report: &RunReport) -> Duration {
    let schedule = &report.system.schedule;
    let windows = schedule.plans.iter().copied().flatten();
    let first = windows.filter(|window| window.partition == ATTACKER && window.vcpu == 0);
    let in_a_frame: Duration = first
        .map(|window| window.length.saturating_sub(schedule.guard * 2))
        .sum();
    let memory = report.system.partitions[0].regions[0].size_bytes;
    let needed = RESTART + RESTART_A_MIB * (memory >> 20) as u32;
    let frames = needed.as_nanos().div_ceil(in_a_frame.as_nanos().max(1));
    schedule.major_frame * (frames as u32 + FRAMES_BESIDE)
}

/// What the attacker itself found at its starts.
fn told(report: &RunReport, all: &mut Findings) {
    for fault in report.about("fault", ATTACKER) {
        let numbers: BTreeMap<_, _> = fault.fields.iter().collect();
        let details = ["esr", "far", "ipa", "elr"].map(|key| fault.integer(key).unwrap_or(0));
        if let Some(finding) = details.into_iter().find_map(Finding::of_detail) {
            all.add("a start is fresh", format!("{finding:?}: {numbers:?}"));
            return;
        }
    }
}

/// The hypervisor's constants and the memory that is nobody's are as they were.
fn memory(experiment: &Experiment, report: &RunReport, all: &mut Findings) {
    for (kept, seen) in experiment.kept.iter().zip(&report.memory) {
        if kept.bytes != *seen {
            let place = kept
                .bytes
                .iter()
                .zip(seen)
                .position(|(kept, seen)| kept != seen);
            let address = kept.base + place.unwrap_or(0) as u64;
            all.add(
                "memory of others doesn't change",
                format!("{} at {address:#x}", kept.name),
            );
        }
    }
    if experiment.kept.len() != report.memory.len() {
        all.add(
            "memory can be read",
            format!("{} of {}", report.memory.len(), experiment.kept.len()),
        );
    }
}

#[test]
fn a_window_is_chosen_once_the_one_before_may_be_over() {
    const PLANS: [&[Window]; 2] = [
        &[Window::us("a", 100, 200), Window::us("b", 300, 150)],
        &[Window::us("a", 10, 300), Window::us("b", 500, 150)],
    ];
    let schedule = Schedule {
        major_frame: Duration::from_micros(700),
        guard: Duration::from_micros(150),
        plans: &PLANS,
    };
    let chosen = |cpu: u64, scheduled: u64| {
        let record = format!("window cpu={cpu} scheduled={scheduled}");
        self::chosen(&schedule, 1_000_000, &Event::parse(scheduled, &record)) + 1
    };
    assert_eq!(chosen(0, 700 + 300), 700 + 100, "the one before it");
    assert_eq!(chosen(0, 700 + 100), 700 - 50, "a gap that is a slot");
    assert_eq!(chosen(1, 700 + 500), 700 + 350, "likewise");
    assert_eq!(
        chosen(1, 700 + 10),
        500,
        "across the frame's end, by gaps that are none"
    );
    assert_eq!(chosen(1, 10), 1, "the first");
}
