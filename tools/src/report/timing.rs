//! Timing: who runs when by the plan, when each began in a run, and how long the ways between take.

use std::time::Duration;

use paratia_config::rules;
use paratia_config::system::System;
use paratia_verify::code::Report as Code;
use paratia_verify::code::bounded::Bounds;
use serde::Serialize;

use crate::catalog::Choice;
use crate::run::{RunReport, promise};

/// Nanoseconds of a second.
const SECOND: u128 = 1_000_000_000;

/// The schedule, a run of it, and the longest paths.
#[derive(Clone, Debug, Serialize)]
pub struct Timing {
    /// Length of the cycle.
    pub major_frame_ns: u64,
    /// The last part of each window, for the switch.
    pub guard_ns: u64,
    /// Every window, by CPU and start.
    pub windows: Vec<Window>,
    /// The run that was measured.
    pub run: Run,
    /// How long the hypervisor's own ways take.
    pub paths: Paths,
}

/// A window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Window {
    /// On which CPU.
    pub cpu: usize,
    /// Whose.
    pub partition: String,
    /// Which of its vCPUs.
    pub vcpu: u32,
    /// When it begins in the major frame.
    pub start_ns: u64,
    /// How long it is, guard included.
    pub length_ns: u64,
    /// How it began in the run; nothing if that system's windows aren't logged.
    pub measured: Option<Starts>,
}

/// How a window began, over all frames of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Starts {
    /// How often it was seen to.
    pub count: u64,
    /// The earliest after its tick; below zero if before.
    pub earliest_ns: i64,
    /// The latest.
    pub latest_ns: i64,
}

/// A run.
#[derive(Clone, Debug, Serialize)]
pub struct Run {
    /// Board time that was asked for.
    pub asked_ns: u64,
    /// The system counter's frequency: times are known to its tick.
    pub frequency_hz: Option<u64>,
    /// How it ended.
    pub outcome: String,
    /// Promises that it broke, in words.
    pub broken: Vec<String>,
    /// What each partition did.
    pub partitions: Vec<Counts>,
}

/// What a partition did in the run.
#[derive(Clone, Debug, Serialize)]
pub struct Counts {
    /// Which.
    pub partition: String,
    /// Windows that began.
    pub windows: u64,
    /// The latest start after its tick, of all windows.
    pub latest_start_ns: u64,
    /// Heartbeats that were due.
    pub heartbeats: u64,
    /// Those that didn't come in time.
    pub missed: u64,
    /// Health events.
    pub faults: u64,
    /// Restarts.
    pub restarts: u64,
}

/// How long the hypervisor's own ways take.
#[derive(Clone, Debug, Serialize)]
pub struct Paths {
    /// The least guard that the rules accept: their own sum for the longest path.
    pub rule_ns: u64,
    /// The longest in the run.
    pub measured: Option<Measured>,
    /// What the image's code can take at most; nothing if a loop has no bound.
    pub bound: Option<Bound>,
    /// Loops that have no bound, by place.
    pub without_bound: Vec<String>,
}

/// The longest ways in a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Measured {
    /// An exit that goes back to its guest.
    pub exit_ns: u64,
    /// A switch.
    pub switch_ns: u64,
    /// Both, as a guard has to cover them.
    pub path_ns: u64,
}

/// Upper bounds, in instructions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Bound {
    /// An exit that goes back to its guest.
    pub exit: u64,
    /// An exit by which a window ends, with the switch.
    pub end: u64,
    /// As a guard has to cover them.
    pub path: u64,
    /// Whether the last is within the guard, at an instruction a nanosecond.
    pub within_guard: bool,
    /// Each way in, with its own.
    pub entries: Vec<Entry>,
}

/// A way into the hypervisor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// Its function or vector.
    pub entry: String,
    /// Whether its window ends by it.
    pub ends_window: bool,
    /// At most.
    pub instructions: u64,
}

impl Timing {
    /// Of a system whose code was examined, and a run of it.
    #[must_use]
    pub fn of(choice: &Choice, code: &Code, report: &RunReport, asked: Duration) -> Self {
        let system = choice.system;
        let guard_ns = nanoseconds(system.schedule.guard);
        Self {
            major_frame_ns: nanoseconds(system.schedule.major_frame),
            guard_ns,
            windows: windows(system, report),
            run: run(report, asked),
            paths: Paths {
                rule_ns: nanoseconds(rules::longest_path(system, choice.board)),
                measured: measured(report),
                bound: code.bounds.as_ref().map(|it| bound(it, guard_ns)),
                without_bound: code.without_bound.clone(),
            },
        }
    }
}

pub(super) fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

/// Ticks as nanoseconds; nothing without the counter's frequency.
pub(super) fn of_ticks(ticks: u64, report: &RunReport) -> Option<u64> {
    let frequency = u128::from(report.frequency_hz?.max(1));
    u64::try_from(u128::from(ticks) * SECOND / frequency).ok()
}

fn windows(system: &System, report: &RunReport) -> Vec<Window> {
    let mut all = Vec::new();
    for (cpu, plan) in system.schedule.plans.iter().enumerate() {
        all.extend(plan.iter().map(|it| Window {
            cpu,
            partition: it.partition.to_owned(),
            vcpu: it.vcpu,
            start_ns: nanoseconds(it.start),
            length_ns: nanoseconds(it.length),
            measured: None,
        }));
    }
    let frame = nanoseconds(system.schedule.major_frame);
    for event in report.named("window") {
        let numbers = ["cpu", "partition", "scheduled", "start"].map(|key| event.integer(key));
        if let [Some(cpu), Some(partition), Some(scheduled), Some(start)] = numbers
            && let Some(after_ns) = after(scheduled, start, report)
            && let Some(planned) = of_ticks(scheduled, report)
            && let Some(window) = nearest(&mut all, cpu, frame, planned)
            && system
                .partition_index(&window.partition)
                .map(|it| it as u64)
                == Some(partition)
        {
            let starts = window.measured.get_or_insert(Starts {
                count: 0,
                earliest_ns: after_ns,
                latest_ns: after_ns,
            });
            starts.count += 1;
            starts.earliest_ns = starts.earliest_ns.min(after_ns);
            starts.latest_ns = starts.latest_ns.max(after_ns);
        }
    }
    all
}

/// How long after its tick a window began.
fn after(scheduled: u64, start: u64, report: &RunReport) -> Option<i64> {
    let ns = i64::try_from(of_ticks(start.abs_diff(scheduled), report)?).ok()?;
    Some(if start < scheduled { -ns } else { ns })
}

/// The window of a CPU's plan that begins nearest to a time: a tick falls between nanoseconds.
fn nearest(all: &mut [Window], cpu: u64, frame: u64, ns: u64) -> Option<&mut Window> {
    let frame = frame.max(1);
    let distance = |window: &Window| {
        let there = (ns % frame).abs_diff(window.start_ns);
        there.min(frame - there.min(frame))
    };
    let of_cpu = all.iter_mut().filter(|it| it.cpu as u64 == cpu);
    of_cpu.min_by_key(|it| distance(it))
}

fn run(report: &RunReport, asked: Duration) -> Run {
    let partitions = report.system.partitions.iter().filter_map(|it| {
        let counted = report.statistics(it.name)?;
        Some(Counts {
            partition: it.name.to_owned(),
            windows: counted.windows,
            latest_start_ns: of_ticks(counted.jitter_worst, report)?,
            heartbeats: counted.heartbeats_expected,
            missed: counted.heartbeats_missed,
            faults: counted.faults,
            restarts: counted.restarts,
        })
    });
    Run {
        asked_ns: nanoseconds(asked),
        frequency_hz: report.frequency_hz,
        outcome: report.outcome.to_string(),
        broken: promise::broken(report),
        partitions: partitions.collect(),
    }
}

fn measured(report: &RunReport) -> Option<Measured> {
    let worst = |event, key: &str| {
        let ticks = report.named(event).filter_map(|it| it.integer(key)).max()?;
        of_ticks(ticks, report)
    };
    let (exit_ns, switch_ns) = (
        worst("exits", "worst")?,
        worst("cpu-statistics", "switch_worst")?,
    );
    Some(Measured {
        exit_ns,
        switch_ns,
        path_ns: exit_ns + switch_ns,
    })
}

fn bound(bounds: &Bounds, guard_ns: u64) -> Bound {
    let entries = |of: &[paratia_verify::code::bounded::Bound], ends_window| {
        let entry = move |it: &paratia_verify::code::bounded::Bound| Entry {
            entry: it.entry.clone(),
            ends_window,
            instructions: it.instructions,
        };
        of.iter().map(entry).collect::<Vec<_>>()
    };
    let mut all = entries(&bounds.exits, false);
    all.extend(entries(&bounds.ends, true));
    Bound {
        exit: bounds.exit,
        end: bounds.end,
        path: bounds.path,
        within_guard: bounds.path <= guard_ns,
        entries: all,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_start_belongs_to_the_window_that_is_nearest_around_the_frame_too() {
        let window = |cpu, start_ns| Window {
            cpu,
            partition: String::new(),
            vcpu: 0,
            start_ns,
            length_ns: 10,
            measured: None,
        };
        let mut all = [window(0, 0), window(0, 40), window(1, 15)];
        let mut start = |cpu, ns| nearest(&mut all, cpu, 100, ns).map(|it| it.start_ns);
        assert_eq!(start(0, 541), Some(40));
        assert_eq!(
            start(0, 599),
            Some(0),
            "a tick before the frame's beginning"
        );
        assert_eq!(start(1, 300), Some(15));
        assert_eq!(start(2, 300), None);
    }
}
