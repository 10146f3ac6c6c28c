//! Timing: the schedule as it is planned with what was measured on it, and how long the ways between take.

use std::fmt::Write as _;

use paratia::report::Document;
use paratia::report::timing::{Bound, Measured, Paths, Timing, Window};

use super::owners;
use super::shown::{self, Cell, Unit};
use crate::present::page::{escaped, milliseconds};

/// Height of a CPU's lane and of what is between two, in points.
const LANE: u64 = 40;
const BETWEEN: u64 = 34;
/// Percent of the width from which on a window has room for its number, and for its name.
const ROOM_FOR_NUMBER: f64 = 2.5;
const ROOM_FOR_NAME: f64 = 28.0;

pub(super) fn chapter(document: &Document) -> String {
    let timing = &document.timing;
    let at = |field: &str| format!("/timing/{field}");
    let mut html = format!(
        "<p>Every {} the windows repeat (the major frame). The last {} of each are its guard, in which the next \
         partition is switched in.</p>\n<h3 id=\"schedule\">The schedule, and where windows began</h3>\n\
         <p>Bars are the plan, their dark ends the guard. Strokes below are the starts in the measured run, all \
         frames on top of each other: one thin stroke where none deviates.</p>\n",
        shown::number(&at("major_frame_ns"), timing.major_frame_ns, Unit::Time),
        shown::number(&at("guard_ns"), timing.guard_ns, Unit::Time),
    );
    html += &gantt(document);
    html += &windows(document);
    html += &run(document);
    html + &paths(timing)
}

/// A time as its share of the frame, in percent.
fn percent(ns: u64, timing: &Timing) -> f64 {
    ns as f64 * 100.0 / timing.major_frame_ns.max(1) as f64
}

fn gantt(document: &Document) -> String {
    let timing = &document.timing;
    let cpus = timing
        .windows
        .iter()
        .map(|it| it.cpu as u64 + 1)
        .max()
        .unwrap_or(0);
    let height = cpus * (LANE + BETWEEN) + 18;
    let mut html = format!(
        "<svg id=\"gantt\" class=\"whole\" style=\"height:{height}px\" role=\"img\" aria-label=\"schedule of each \
         CPU\">\n"
    );
    for cpu in 0..cpus {
        let y = cpu * (LANE + BETWEEN) + 12;
        let _ = writeln!(html, "<text x=\"0\" y=\"{y}\">CPU {cpu}</text>");
    }
    for (index, window) in timing.windows.iter().enumerate() {
        html += &bar(document, index, window);
    }
    let _ = writeln!(
        html,
        "<text x=\"0\" y=\"{0}\">0</text><text x=\"100%\" y=\"{0}\" text-anchor=\"end\">{1}</text>\n</svg>",
        height - 4,
        milliseconds(timing.major_frame_ns)
    );
    html
}

fn bar(document: &Document, index: usize, window: &Window) -> String {
    let timing = &document.timing;
    let y = window.cpu as u64 * (LANE + BETWEEN) + 16;
    let (start, length) = (
        percent(window.start_ns, timing),
        percent(window.length_ns, timing),
    );
    let guard = percent(timing.guard_ns.min(window.length_ns), timing);
    let place = format!("x=\"{start:.3}%\" y=\"{y}\" width=\"{length:.3}%\" height=\"{LANE}\"");
    let name = escaped(&window.partition);
    let mut html = format!(
        "<g class=\"window\" data-index=\"{index}\"><title>{name}, vCPU {}, CPU {}: from {} for {}{}</title>{}\
         <rect x=\"{:.3}%\" y=\"{y}\" width=\"{guard:.3}%\" height=\"{LANE}\" fill=\"#000b\"/>",
        window.vcpu,
        window.cpu,
        milliseconds(window.start_ns),
        milliseconds(window.length_ns),
        begun(window),
        owners::filled(document, &window.partition, &place),
        start + length - guard
    );
    if length >= ROOM_FOR_NUMBER {
        let number = owners::number(document, &window.partition);
        let label = if length >= ROOM_FOR_NAME {
            format!("{number} {name}")
        } else {
            number
        };
        let (x, y) = (start + length / 2.0, y + LANE / 2 + 4);
        let _ = write!(
            html,
            "<text class=\"in\" x=\"{x:.3}%\" y=\"{y}\" text-anchor=\"middle\">{label}</text>"
        );
    }
    if let Some(starts) = window.measured {
        for after_ns in [starts.earliest_ns, starts.latest_ns] {
            let from_ns = window.start_ns.saturating_add_signed(after_ns);
            let x = percent(from_ns, timing);
            let (top, bottom) = (y + LANE + 2, y + LANE + 12);
            let _ = write!(
                html,
                "<line class=\"begun\" x1=\"{x:.4}%\" x2=\"{x:.4}%\" y1=\"{top}\" y2=\"{bottom}\"/>"
            );
        }
    }
    html + "</g>\n"
}

/// How a window began, for its hover.
fn begun(window: &Window) -> String {
    window.measured.map_or_else(String::new, |it| {
        format!(
            "; began {} times, {} to {} ns after its tick",
            it.count, it.earliest_ns, it.latest_ns
        )
    })
}

fn windows(document: &Document) -> String {
    let row = |(index, it): (usize, &Window)| {
        let at = |field: &str| format!("/timing/windows/{index}/{field}");
        let mut row = vec![
            Cell::Number(shown::count(&at("cpu"), it.cpu)),
            Cell::Short(format!(
                "{}{}",
                owners::mark(document, &it.partition),
                shown::text(&at("partition"), &it.partition)
            )),
            Cell::Number(shown::number(&at("vcpu"), it.vcpu.into(), Unit::Count)),
            Cell::Number(shown::number(&at("start_ns"), it.start_ns, Unit::Time)),
            Cell::Number(shown::number(&at("length_ns"), it.length_ns, Unit::Time)),
        ];
        if let Some(starts) = it.measured {
            row.extend([
                Cell::Number(shown::number(
                    &at("measured/count"),
                    starts.count,
                    Unit::Count,
                )),
                Cell::Number(shown::signed(
                    &at("measured/earliest_ns"),
                    starts.earliest_ns,
                )),
                Cell::Number(shown::signed(&at("measured/latest_ns"), starts.latest_ns)),
                Cell::Number(format!("{} ns", starts.latest_ns - starts.earliest_ns)),
            ]);
        } else {
            row.extend(std::iter::repeat_with(|| Cell::Number("not logged".to_owned())).take(4));
        }
        row
    };
    let rows: Vec<_> = document
        .timing
        .windows
        .iter()
        .enumerate()
        .map(row)
        .collect();
    let heads = [
        "CPU",
        "partition",
        "vCPU",
        "start",
        "length",
        "starts seen",
        "earliest after its tick",
        "latest",
        "jitter",
    ];
    shown::table("windows", &heads, &rows)
}

fn run(document: &Document) -> String {
    let run = &document.timing.run;
    let mut html = format!(
        "<h3 id=\"run\">The measured run</h3>\n<p>{} of board time on QEMU, where an instruction takes a nanosecond: \
         caches, pipelines and buses aren't in it. {}. End: {}.</p>\n",
        shown::number("/timing/run/asked_ns", run.asked_ns, Unit::Time),
        run.frequency_hz.map_or_else(
            || "The counter's frequency isn't known".to_owned(),
            |it| format!(
                "The counter ticks at {} Hz",
                shown::number("/timing/run/frequency_hz", it, Unit::Count)
            )
        ),
        shown::text("/timing/run/outcome", &run.outcome)
    );
    let row = |(index, it): (usize, &paratia::report::timing::Counts)| {
        let at = |field: &str| format!("/timing/run/partitions/{index}/{field}");
        let count =
            |field: &str, value| Cell::Number(shown::number(&at(field), value, Unit::Count));
        vec![
            Cell::Short(format!(
                "{}{}",
                owners::mark(document, &it.partition),
                shown::text(&at("partition"), &it.partition)
            )),
            count("windows", it.windows),
            Cell::Number(shown::nanoseconds(
                &at("latest_start_ns"),
                it.latest_start_ns,
            )),
            count("heartbeats", it.heartbeats),
            count("missed", it.missed),
            count("faults", it.faults),
            count("restarts", it.restarts),
        ]
    };
    let rows: Vec<_> = run.partitions.iter().enumerate().map(row).collect();
    let heads = [
        "partition",
        "windows",
        "latest start after its tick",
        "heartbeats due",
        "missed",
        "faults",
        "restarts",
    ];
    html += &shown::table("counts", &heads, &rows);
    let broken = run.broken.iter().enumerate();
    let broken = broken.map(|(index, it)| {
        vec![Cell::Words(shown::text(
            &format!("/timing/run/broken/{index}"),
            it,
        ))]
    });
    html += "<p>Promises broken:</p>\n";
    html + &shown::table("broken", &["promise"], &broken.collect::<Vec<_>>())
}

fn paths(timing: &Timing) -> String {
    let paths = &timing.paths;
    let mut html = "<h3 id=\"paths\">The longest paths, against the guard</h3>\n<p>A guard has to cover an exit that \
                    begins just before the window's end, and the switch after it. Bars are nanoseconds or \
         instructions, of which one takes a nanosecond here.</p>\n"
        .to_owned();
    html += &bars(timing);
    let at = |field: &str| format!("/timing/paths/{field}");
    let mut rows = vec![vec![
        Cell::Words("least guard that the rules accept: their own sum of what the declaration can make long".to_owned()),
        Cell::Number(shown::nanoseconds(&at("rule_ns"), paths.rule_ns)),
    ]];
    let mut add = |what: &str, value: String| {
        rows.push(vec![Cell::Words(what.to_owned()), Cell::Number(value)]);
    };
    if let Some(it) = paths.measured {
        add(
            "measured in this run: an exit",
            shown::nanoseconds(&at("measured/exit_ns"), it.exit_ns),
        );
        add(
            "measured: a switch",
            shown::nanoseconds(&at("measured/switch_ns"), it.switch_ns),
        );
        add(
            "measured: both",
            shown::nanoseconds(&at("measured/path_ns"), it.path_ns),
        );
    }
    if let Some(it) = &paths.bound {
        let count =
            |field: &str, value| shown::number(&at(&format!("bound/{field}")), value, Unit::Count);
        add(
            "bound by the code, in instructions: an exit that goes back",
            count("exit", it.exit),
        );
        add(
            "bound: an exit that ends its window, with the switch",
            count("end", it.end),
        );
        add(
            "bound: as the guard has to cover them",
            count("path", it.path),
        );
    }
    html += &shown::table("longest", &["path", "longest"], &rows);
    html += &said(timing);
    if let Some(bound) = &paths.bound {
        html += &entries(bound);
    }
    html + &without_bound(paths)
}

/// What the figures mean and don't, in words.
fn said(timing: &Timing) -> String {
    let Some(bound) = &timing.paths.bound else {
        return "<p><strong>There is no bound for this image.</strong> The loops below have none, so nothing is \
                derived of how long an exit can take; the guard rests on the rule's sum and on what is \
                measured.</p>\n"
            .to_owned();
    };
    let within = shown::either(
        "/timing/paths/bound/within_guard",
        bound.within_guard,
        [
            "it is within the guard",
            "it is more than the guard, so it doesn't prove the guard",
        ],
    );
    let loose = timing
        .paths
        .measured
        .map_or_else(String::new, |Measured { path_ns, .. }| {
            let tenths = bound.path.saturating_mul(10) / path_ns.max(1);
            format!(
                ", {}.{} times what this run measured",
                tenths / 10,
                tenths % 10
            )
        });
    format!(
        "<p><strong>The bound is loose{loose}; {within}.</strong> It counts every way that the code has, also those \
         that no guest can make happen together, and instructions, not cycles. The rule's sum is what the guard is \
         checked against.</p>\n"
    )
}

/// The figures as bars over the same axis.
fn bars(timing: &Timing) -> String {
    let paths = &timing.paths;
    let mut all = vec![("guard", timing.guard_ns), ("rule", paths.rule_ns)];
    all.extend(paths.bound.as_ref().map(|it| ("bound", it.path)));
    all.extend(paths.measured.map(|it| ("measured", it.path_ns)));
    let most = all
        .iter()
        .map(|(_, value)| *value)
        .max()
        .unwrap_or(1)
        .max(1);
    let mut html = format!(
        "<svg id=\"bars\" class=\"whole\" style=\"height:{}px\" role=\"img\" aria-label=\"longest paths\">\n",
        24 * all.len()
    );
    for (index, (what, value)) in all.iter().enumerate() {
        let (y, width) = (24 * index, *value as f64 * 55.0 / most as f64);
        let _ = writeln!(
            html,
            "<text x=\"0\" y=\"{0}\">{what}</text><rect x=\"18%\" y=\"{1}\" width=\"{width:.2}%\" height=\"16\" \
             fill=\"#8888\" stroke=\"currentColor\"/><text x=\"{2:.2}%\" y=\"{0}\">{value}</text>",
            y + 15,
            y + 2,
            width + 20.0
        );
    }
    html + "</svg>\n"
}

fn entries(bound: &Bound) -> String {
    let row = |(index, it): (usize, &paratia::report::timing::Entry)| {
        let at = |field: &str| format!("/timing/paths/bound/entries/{index}/{field}");
        vec![
            Cell::Words(shown::code(&at("entry"), &it.entry)),
            Cell::Short(shown::either(
                &at("ends_window"),
                it.ends_window,
                ["window ends", "goes back"],
            )),
            Cell::Number(shown::number(
                &at("instructions"),
                it.instructions,
                Unit::Count,
            )),
        ]
    };
    let rows: Vec<_> = bound.entries.iter().enumerate().map(row).collect();
    "<h4>By entry</h4>\n".to_owned()
        + &shown::table("entries", &["entry", "then", "instructions at most"], &rows)
}

fn without_bound(paths: &Paths) -> String {
    if paths.without_bound.is_empty() {
        return String::new();
    }
    let row = |(index, it): (usize, &String)| {
        vec![Cell::Words(shown::code(
            &format!("/timing/paths/without_bound/{index}"),
            it,
        ))]
    };
    let rows: Vec<_> = paths.without_bound.iter().enumerate().map(row).collect();
    "<h4>Loops without a bound</h4>\n".to_owned() + &shown::table("unbounded", &["loop"], &rows)
}
