//! The run as the page's script has it: short names and lists, times in nanoseconds since the epoch.

use paratia::log::Value;
use paratia::trace::{Basis, Moment, Timeline};
use serde::Serialize;

use crate::present::page::colour;

/// Events that are looked for: they are marked in the drawing and listed.
const NOTABLE: [&str; 7] = [
    "fault",
    "verdict",
    "started",
    "heartbeat-missed",
    "console-overflow",
    "overrun",
    "refused",
];

/// Whether an event is one of those that are looked for.
pub(super) fn is_notable(moment: &Moment) -> bool {
    NOTABLE.contains(&moment.name.as_str())
}

/// An event in words: its name and its fields, but for what the page shows beside it.
pub(super) fn words(moment: &Moment) -> String {
    let mut words = moment.name.clone();
    for (name, value) in moment
        .fields
        .iter()
        .filter(|(name, _)| *name != "partition")
    {
        words += &match value {
            Value::Integer(number) if ["esr", "far", "ipa", "elr"].contains(&name.as_str()) => {
                format!(" {name}={number:#x}")
            }
            Value::Text(text) if name == "text" => format!(" {text}"),
            value => format!(" {name}={value}"),
        };
    }
    words
}

/// The run.
#[derive(Serialize)]
struct Data<'a> {
    frame: u64,
    end: u64,
    traced: bool,
    cpus: Vec<usize>,
    partitions: Vec<Partition<'a>>,
    /// CPU, partition, vCPU, start and end in a frame.
    plan: Vec<[u64; 5]>,
    /// CPU, partition, vCPU, start, end, planned start, planned end, whether start and end were measured.
    windows: Vec<[u64; 9]>,
    /// CPU, partition, vCPU, start, end, why, and whether its window was over.
    exits: Vec<(usize, usize, usize, u64, u64, String, bool)>,
    /// CPU, time, number.
    interrupts: Vec<[u64; 3]>,
    /// Time, partition, whether it is looked for, words.
    events: Vec<(u64, Option<usize>, bool, String)>,
}

#[derive(Serialize)]
struct Partition<'a> {
    name: &'a str,
    vcpus: u32,
    colour: String,
}

/// The run as JSON that can stand in a page: nothing in it ends a script.
pub(super) fn json(timeline: &Timeline) -> String {
    let system = timeline.system();
    let frame = system.schedule.major_frame.as_nanos();
    let partitions = system.partitions.iter().enumerate();
    let measured = |basis| u64::from(basis == Basis::Measured);
    let windows = timeline.windows.iter().map(|it| {
        let [start, end] = [it.basis.0, it.basis.1].map(measured);
        let (planned, ran) = (it.planned, it.ran);
        let whose = [it.cpu, it.partition, it.vcpu].map(|it| it as u64);
        let [cpu, partition, vcpu] = whose;
        [
            cpu, partition, vcpu, ran.0, ran.1, planned.0, planned.1, start, end,
        ]
    });
    let exits = timeline.exits.iter().map(|it| {
        let word = |name: &str| it.cause.fields.get(name).and_then(Value::as_str);
        let mut why = word("call").unwrap_or(it.cause.name).to_owned();
        if let Some(port) = word("port") {
            why += &format!(" '{port}'");
        }
        if let Some(ipa) = it.cause.fields.get("ipa").and_then(Value::as_u64) {
            why += &format!(" at {ipa:#x}");
        }
        (
            it.cpu,
            it.partition,
            it.vcpu,
            it.ran.0,
            it.ran.1,
            why,
            it.ends_window,
        )
    });
    let interrupts = timeline.interrupts.iter();
    let is_event = |it: &&Moment| !["window", "console", "hypervisor"].contains(&it.name.as_str());
    let events = timeline.moments.iter().filter(is_event).map(|it| {
        let time = timeline.ns(it.time_ticks);
        (time, it.partition, is_notable(it), words(it))
    });
    let data = Data {
        frame: u64::try_from(frame).unwrap_or(u64::MAX),
        end: timeline.end_ns,
        traced: timeline.is_traced,
        cpus: timeline.cpus().collect(),
        partitions: partitions
            .map(|(index, it)| Partition {
                name: it.name,
                vcpus: it.machine.vcpus,
                colour: colour(index),
            })
            .collect(),
        plan: plan(timeline),
        windows: windows.collect(),
        exits: exits.collect(),
        interrupts: interrupts
            .map(|it| [it.cpu as u64, it.time_ns, it.number])
            .collect(),
        events: events.collect(),
    };
    let json = serde_json::to_string(&data).unwrap_or_default();
    json.replace('<', "\\u003c")
}

fn plan(timeline: &Timeline) -> Vec<[u64; 5]> {
    let system = timeline.system();
    let ns = |time: std::time::Duration| u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
    let plans = system.schedule.plans.iter().enumerate();
    let windows = plans.flat_map(|(cpu, plan)| plan.iter().map(move |it| (cpu, it)));
    windows
        .map(|(cpu, it)| {
            let partition = system.partition_index(it.partition).unwrap_or(0);
            let end = ns(it.start.saturating_add(it.length));
            [
                cpu as u64,
                partition as u64,
                it.vcpu.into(),
                ns(it.start),
                end,
            ]
        })
        .collect()
}
