//! A run in the Best Trace Format 2.1.5 of automotive timing tools (Eclipse APP4MC, Trace Compass, TA Tool Suite):
//! a header, and a line of comma-separated values for each event.
//!
//! A vCPU is a task: each life of its partition is an instance of it, which its stimulus activates; a window
//! starts or resumes it, the window's end preempts it, or terminates it if its life is over. A message is a read
//! or a write of a signal, which only a tracer sees. All else is a `tag` with a note, `name key=value ...` where
//! text is as in JSON; a comma within it is `\u002c`.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use paratia_abi::call::{CALLS, SAMPLING_PORT_READ, SAMPLING_PORT_WRITE};

use super::timeline::{Exit, Timeline, Window, fields_of};
use crate::log::Value;

/// The header but for the timeline's own. The board's calendar clock begins at this date in each run.
const HEADER: &str = "#version 2.1.5\n#creator paratia\n#creationDate 2026-01-01T00:00:00Z\n";
/// The verdicts and starts with which a life is over.
const ENDS: [&str; 2] = ["started", "verdict"];
/// The actions of a verdict with which it isn't.
const GOES_ON: &str = "ignore";

/// In which order lines of one time stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Init,
    Begin,
    Leave,
    Trigger,
    Activate,
    Enter,
    Other,
    End,
}

/// The lines, each with its time.
#[derive(Default)]
struct Lines(Vec<(u64, Rank, String)>);

impl Lines {
    /// Adds a line; its end are source, source's instance, type, target, target's instance, event and note.
    fn add(&mut self, time_ns: u64, rank: Rank, columns: &str) {
        self.0.push((time_ns, rank, format!("{time_ns},{columns}")));
    }
}

/// A run as text.
#[must_use]
pub fn text(timeline: &Timeline) -> String {
    let mut lines = Lines::default();
    let choice = &timeline.choice;
    let board = choice.board.name;
    let init = |source: &str, what| format!("{source},-1,SIM,SIM,-1,tag,{what}");
    lines.add(0, Rank::Init, &init(board, "ECU_INIT"));
    lines.add(0, Rank::Init, &init("Processor", "PROCESSOR_INIT"));
    for cpu in timeline.cpus() {
        lines.add(0, Rank::Init, &init(&core(cpu), "CORE_INIT"));
    }
    lines.add(0, Rank::Begin, "SIM,-1,SYS,SYSTEM,0,start");
    lines.add(timeline.end_ns, Rank::End, "SIM,-1,SYS,SYSTEM,0,stop");

    let instances = add_tasks(&mut lines, timeline);
    for exit in &timeline.exits {
        add_exit(&mut lines, timeline, exit, &instances);
    }
    for interrupt in &timeline.interrupts {
        let note = format!("interrupt number={}", interrupt.number);
        let source = core(interrupt.cpu);
        let columns = format!("{source},0,SIM,SIM,-1,tag,{note}");
        lines.add(interrupt.time_ns, Rank::Other, &columns);
    }
    for moment in timeline.moments.iter().filter(|it| it.name != "window") {
        let source = moment.partition.map_or(board, |it| {
            timeline
                .system()
                .partitions
                .get(it)
                .map_or(board, |it| it.name)
        });
        let mut fields = moment.fields.clone();
        let ticks = Value::Integer(moment.time_ticks.into());
        fields.insert("time_ticks".to_owned(), ticks);
        let note = note(&moment.name, &fields);
        let columns = format!("{source},-1,SIM,SIM,-1,tag,{note}");
        lines.add(timeline.ns(moment.time_ticks), Rank::Other, &columns);
    }

    lines.0.sort_by_key(|(time_ns, rank, _)| (*time_ns, *rank));
    let mut text = HEADER.to_owned();
    let _ = writeln!(
        text,
        "#inputFile {}.elf\n#timeScale ns\n# {} on {board}",
        choice.name, choice.name
    );
    for (_, _, line) in lines.0 {
        text += &line;
        text.push('\n');
    }
    text
}

fn core(cpu: usize) -> String {
    format!("Core_{cpu}")
}

/// A vCPU's name as a task.
fn task(timeline: &Timeline, partition: usize, vcpu: usize) -> String {
    let declared = &timeline.system().partitions[partition];
    if declared.machine.vcpus > 1 {
        format!("{}_vCPU_{vcpu}", declared.name)
    } else {
        declared.name.to_owned()
    }
}

/// Of each vCPU, when which instance of it started.
type Instances = BTreeMap<(usize, usize), Vec<u64>>;

/// The windows as what happens to tasks.
fn add_tasks(lines: &mut Lines, timeline: &Timeline) -> Instances {
    let mut by_vcpu: BTreeMap<(usize, usize), Vec<&Window>> = BTreeMap::new();
    for window in &timeline.windows {
        let of_vcpu = by_vcpu.entry((window.partition, window.vcpu)).or_default();
        of_vcpu.push(window);
    }
    let mut instances = Instances::new();
    for (vcpu, mut windows) in by_vcpu {
        windows.sort_by_key(|window| window.ran.0);
        let task = task(timeline, vcpu.0, vcpu.1);
        let begun = instances.entry(vcpu).or_default();
        let mut is_new = true;
        for (index, window) in windows.iter().enumerate() {
            let (begin, end) = window.ran;
            if is_new {
                let instance = begun.len();
                begun.push(begin);
                let trigger = format!("SIM,-1,STI,STI_{task},{instance},trigger");
                lines.add(begin, Rank::Trigger, &trigger);
                let activate = format!("STI_{task},{instance},T,{task},{instance},activate");
                lines.add(begin, Rank::Activate, &activate);
            }
            let instance = begun.len() - 1;
            let core = core(window.cpu);
            let event = if is_new { "start" } else { "resume" };
            let mut fields = fields_of(window);
            if let Some(moment) = window.moment.and_then(|it| timeline.moments.get(it)) {
                fields.extend(moment.fields.clone());
                let ticks = Value::Integer(moment.time_ticks.into());
                fields.insert("time_ticks".to_owned(), ticks);
            }
            let note = note("window", &fields);
            let enter = format!("{core},0,T,{task},{instance},{event},{note}");
            lines.add(begin, Rank::Enter, &enter);
            let next = windows.get(index + 1).map(|next| next.ran.0);
            is_new = is_over(timeline, vcpu.0, begin, next);
            let event = if is_new { "terminate" } else { "preempt" };
            let leave = format!("{core},0,T,{task},{instance},{event}");
            lines.add(end, Rank::Leave, &leave);
        }
    }
    instances
}

/// Whether a partition's life ends after one window's begin and before the next one's.
fn is_over(timeline: &Timeline, partition: usize, begin: u64, next: Option<u64>) -> bool {
    let mut events = timeline.moments.iter().filter(|moment| {
        moment.partition == Some(partition) && ENDS.contains(&moment.name.as_str())
    });
    events.any(|moment| {
        let time = timeline.ns(moment.time_ticks);
        let action = moment.fields.get("action").and_then(Value::as_str);
        begin < time && next.is_none_or(|next| time <= next) && action != Some(GOES_ON)
    })
}

/// An exit as a tag of its task, and as what happens to a signal if it was about a message.
fn add_exit(lines: &mut Lines, timeline: &Timeline, exit: &Exit, instances: &Instances) {
    let vcpu = (exit.partition, exit.vcpu);
    let begun = instances.get(&vcpu).map_or(&[][..], Vec::as_slice);
    let instance = begun
        .partition_point(|begin| *begin <= exit.ran.0)
        .saturating_sub(1);
    let task = task(timeline, exit.partition, exit.vcpu);
    let mut fields = exit.cause.fields.clone();
    let number = |it: u64| Value::Integer(it.into());
    fields.insert("cause".to_owned(), Value::Text(exit.cause.name.to_owned()));
    fields.insert("cpu".to_owned(), number(exit.cpu as u64));
    fields.insert("until_ns".to_owned(), number(exit.ran.1));
    fields.insert("ends_window".to_owned(), Value::Boolean(exit.ends_window));
    let note = note("exit", &fields);
    let tag = format!("{task},{instance},SIM,SIM,-1,tag,{note}");
    lines.add(exit.ran.0, Rank::Other, &tag);
    let text = |name: &str| exit.cause.fields.get(name).and_then(Value::as_str);
    if let (Some(call), Some(port)) = (text("call"), text("port")) {
        let is = |id: u32| CALLS.iter().any(|it| it.id == id && it.name == call);
        let event = match (is(SAMPLING_PORT_WRITE), is(SAMPLING_PORT_READ)) {
            (true, _) => "write",
            (_, true) => "read",
            _ => return,
        };
        let access = format!("{task},{instance},SIG,{port},0,{event}");
        lines.add(exit.ran.0, Rank::Other, &access);
    }
}

/// A note: a name and what is known, without a comma.
fn note(name: &str, fields: &BTreeMap<String, Value>) -> String {
    let mut note = name.to_owned();
    for (key, value) in fields {
        let value = serde_json::to_string(value).unwrap_or_default();
        // Writing to a string can't fail.
        let _ = write!(note, " {key}={}", value.replace(',', "\\u002c"));
    }
    note
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_has_no_comma_and_no_end_of_line() {
        let text = Value::Text("a, \"b\"\nc".to_owned());
        let fields = BTreeMap::from([
            ("text".to_owned(), text),
            ("so".to_owned(), Value::Boolean(true)),
        ]);
        assert_eq!(
            note("console", &fields),
            r#"console so=true text="a\u002c \"b\"\nc""#
        );
    }
}
