//! What the page has as text and tables, drawn or not.

use std::fmt::Write as _;

use paratia::log::Value;
use paratia::trace::{Basis, Moment, Timeline};
use paratia_config::system::Criticality;

use super::data::{is_notable, words};
use crate::present::page::{colour, escaped, milliseconds};

/// What is known of this run, in a sentence or two.
pub(super) fn known(timeline: &Timeline) -> String {
    let end = milliseconds(timeline.end_ns);
    let windows = &timeline.windows;
    let starts = windows.iter().filter(|it| it.basis.0 == Basis::Measured);
    let ends = windows.iter().filter(|it| it.basis.1 == Basis::Measured);
    format!(
        "{end} of board time, {} windows: {} starts and {} ends are measured, the others the plan's.",
        windows.len(),
        starts.count(),
        ends.count()
    )
}

/// A time that the script takes the reader to.
fn time(ns: u64) -> String {
    format!("<a href=\"#t{ns}\">{}</a>", milliseconds(ns))
}

/// A partition's name with its colour, as a cell; the board's for what is about none.
fn whose(timeline: &Timeline, partition: Option<usize>) -> String {
    let declared = partition.and_then(|it| Some((it, timeline.system().partitions.get(it)?)));
    match declared {
        Some((index, it)) => format!(
            "<td style=\"border-left:.5rem solid {};padding-left:.4rem\">{}</td>",
            colour(index),
            escaped(it.name)
        ),
        None => format!("<td>{}</td>", escaped(timeline.choice.board.name)),
    }
}

/// The lines of all consoles, in the order of time.
pub(super) fn consoles(timeline: &Timeline) -> String {
    let mut text = "<ol id=\"consoles\">\n".to_owned();
    let mut none = true;
    let is_line = |it: &&Moment| ["console", "hypervisor"].contains(&it.name.as_str());
    for moment in timeline.moments.iter().filter(is_line) {
        none = false;
        let ns = timeline.ns(moment.time_ticks);
        let name = moment.partition.map_or("paratia", |it| {
            timeline
                .system()
                .partitions
                .get(it)
                .map_or("?", |it| it.name)
        });
        let colour = moment.partition.map_or("transparent".to_owned(), colour);
        let line = moment.fields.get("text").and_then(Value::as_str);
        let goes_on = moment.fields.get("goes_on").and_then(Value::as_bool);
        let more = if goes_on == Some(true) {
            "\u{2026}"
        } else {
            ""
        };
        let _ = writeln!(
            text,
            "<li data-t=\"{ns}\" style=\"border-color:{colour}\">{} <b>{}</b> {}{more}</li>",
            time(ns),
            escaped(name),
            escaped(line.unwrap_or_default())
        );
    }
    text += "</ol>\n";
    if none {
        text += "<p>Nobody wrote a line.</p>\n";
    }
    text
}

/// Faults, verdicts, starts and whatever else is looked for.
pub(super) fn happened(timeline: &Timeline) -> String {
    let mut text =
        "<div class=\"wide\">\n<table id=\"happened\">\n<thead><tr><th>time</th><th>whose</th>\
                    <th>what</th></tr></thead>\n<tbody>\n"
            .to_owned();
    let mut none = true;
    for moment in timeline.moments.iter().filter(|it| is_notable(it)) {
        none = false;
        let _ = writeln!(
            text,
            "<tr class=\"{}\"><td class=\"n\">{}</td>{}<td>{}</td></tr>",
            moment.name,
            time(timeline.ns(moment.time_ticks)),
            whose(timeline, moment.partition),
            escaped(&words(moment))
        );
    }
    if none {
        return "<p>No fault, no verdict, no restart.</p>\n".to_owned();
    }
    text + "</tbody>\n</table>\n</div>\n"
}

/// How often what happened to whom.
pub(super) fn numbers(timeline: &Timeline) -> String {
    let mut text =
        "<div class=\"wide\">\n<table id=\"numbers\">\n<thead><tr><th>partition</th>".to_owned();
    let mut heads = vec![
        "windows",
        "heartbeats",
        "missed",
        "faults",
        "verdicts",
        "starts",
    ];
    if timeline.is_traced {
        heads.extend(["exits", "calls", "in EL2"]);
    }
    for head in &heads {
        let _ = write!(text, "<th>{head}</th>");
    }
    text += "</tr></thead>\n<tbody>\n";
    for (index, partition) in timeline.system().partitions.iter().enumerate() {
        let named = |name: &str| {
            let own = timeline
                .moments
                .iter()
                .filter(|it| it.partition == Some(index));
            own.filter(|it| it.name == name).count().to_string()
        };
        let windows = timeline.windows.iter().filter(|it| it.partition == index);
        let missed = timeline
            .moments
            .iter()
            .filter(|it| it.name == "heartbeat-missed");
        let missed = missed.filter(|it| it.partition == Some(index));
        let missed = missed.filter_map(|it| it.fields.get("count")?.as_u64());
        let mut cells = vec![
            windows.count().to_string(),
            named("heartbeat"),
            missed.sum::<u64>().to_string(),
            named("fault"),
            named("verdict"),
            named("started"),
        ];
        if timeline.is_traced {
            let exits = || timeline.exits.iter().filter(|it| it.partition == index);
            cells.push(exits().count().to_string());
            cells.push(
                exits()
                    .filter(|it| it.cause.name == "call")
                    .count()
                    .to_string(),
            );
            // What ends a window includes the sleep until the next one.
            let within = exits().filter(|it| !it.ends_window);
            cells.push(milliseconds(within.map(|it| it.ran.1 - it.ran.0).sum()));
        }
        let mark = match partition.criticality {
            Criticality::Critical => " *",
            _ => "",
        };
        let name = whose(timeline, Some(index)).replace("</td>", &format!("{mark}</td>"));
        let _ = write!(text, "<tr>{name}");
        for cell in cells {
            let _ = write!(text, "<td class=\"n\">{cell}</td>");
        }
        text += "</tr>\n";
    }
    text += "</tbody>\n</table>\n</div>\n<p>* critical";
    if timeline.is_traced {
        text += "; in EL2: without what ends a window";
    }
    text + "</p>\n"
}
