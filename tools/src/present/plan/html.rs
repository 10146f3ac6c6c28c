//! A system's plan as one page that needs nothing else: no script, no other file, no network. It fits a
//! phone's width and a sheet of paper.

use std::fmt::Write as _;

use super::document::{Document, Schedule};
use crate::present::page::{self, colour, escaped, milliseconds};
use crate::present::quantity::{address, range, size};

/// Width of the drawing of the schedule, and of what stands before its rows, in its own units.
const WIDTH: u64 = 1000;
const LABEL: u64 = 60;
/// Height of a CPU's row, and of what is between two.
const ROW: u64 = 36;
const GAP: u64 = 10;

/// The page.
pub(super) fn page(plan: &Document) -> String {
    let title = format!("{} on {}", plan.system, plan.board);
    let mut page = page::begin(&title, "");
    page += &format!("<p>{}</p>\n", escaped(plan.summary));
    page += "<h2>Schedule</h2>\n";
    page += &schedule(plan);
    page += &windows(plan);
    page += "<h2>Physical memory</h2>\n";
    page += &memory(plan);
    page += "<h2>What each partition sees</h2>\n";
    page += &views(plan);
    page += "<h2>Channels</h2>\n";
    page += &channels(plan);
    page + page::END
}

fn colour_of(plan: &Document, name: &str) -> String {
    let index = plan.partitions.iter().position(|it| it.name == name);
    colour(index.unwrap_or(0))
}

/// The windows of all CPUs over one major frame, each as wide as it is long.
pub(super) fn schedule(plan: &Document) -> String {
    let Schedule {
        major_frame_ns,
        guard_ns,
        cpus,
    } = &plan.schedule;
    let height = cpus.len() as u64 * (ROW + GAP) + 20;
    let mut text = format!(
        "<p>Major frame {}, of which the last {} of each window are its guard.</p>\n<div class=\"wide\">\n\
         <svg viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-label=\"schedule\">\n",
        milliseconds(*major_frame_ns),
        milliseconds(*guard_ns)
    );
    let place = |ns: u64| {
        let (ns, frame) = (u128::from(ns), u128::from((*major_frame_ns).max(1)));
        let tenths = ns * u128::from((WIDTH - LABEL) * 10) / frame + u128::from(LABEL * 10);
        format!("{}.{}", tenths / 10, tenths % 10)
    };
    let width = |from: u64, to: u64| {
        let units = (to - from) as f64 / (*major_frame_ns).max(1) as f64 * (WIDTH - LABEL) as f64;
        format!("{units:.2}")
    };
    for (cpu, windows) in cpus.iter().enumerate() {
        let y = cpu as u64 * (ROW + GAP);
        let middle = y + ROW / 2 + 4;
        let _ = writeln!(text, "<text x=\"0\" y=\"{middle}\">CPU {cpu}</text>");
        for window in windows {
            let end = window.start_ns + window.length_ns;
            let name = escaped(window.partition);
            let _ = writeln!(
                text,
                "<g><title>{name}, vCPU {}: {} to {}</title><rect x=\"{}\" y=\"{y}\" width=\"{}\" \
                 height=\"{ROW}\" fill=\"{}\" stroke=\"#0006\"/>",
                window.vcpu,
                milliseconds(window.start_ns),
                milliseconds(end),
                place(window.start_ns),
                width(window.start_ns, end),
                colour_of(plan, window.partition)
            );
            // As much of the name as the window is wide for.
            let room = window.length_ns * (WIDTH - LABEL) / (*major_frame_ns).max(1) / 8;
            if room >= window.partition.len() as u64 {
                let x = place(window.start_ns + window.length_ns / 40);
                let _ = writeln!(
                    text,
                    "<text class=\"in\" x=\"{x}\" y=\"{middle}\">{name}</text>"
                );
            }
            text += "</g>\n";
        }
    }
    let bottom = height - 4;
    let _ = writeln!(
        text,
        "<text x=\"{LABEL}\" y=\"{bottom}\">0</text>\n<text x=\"{WIDTH}\" y=\"{bottom}\" \
         text-anchor=\"end\">{}</text>\n</svg>\n</div>",
        milliseconds(*major_frame_ns)
    );
    text + "\n"
}

/// The same windows as a table.
fn windows(plan: &Document) -> String {
    let mut rows = Vec::new();
    for (cpu, windows) in plan.schedule.cpus.iter().enumerate() {
        for window in windows {
            rows.push(vec![
                Cell::Number(cpu.to_string()),
                Cell::Of(
                    window.partition.to_owned(),
                    colour_of(plan, window.partition),
                ),
                Cell::Number(window.vcpu.to_string()),
                Cell::Number(milliseconds(window.start_ns)),
                Cell::Number(milliseconds(window.length_ns)),
            ]);
        }
    }
    table(&["CPU", "partition", "vCPU", "start", "length"], &rows)
}

fn memory(plan: &Document) -> String {
    let mut all = vec![(
        plan.hypervisor.base,
        plan.hypervisor.size_bytes,
        Cell::Text("hypervisor".to_owned()),
    )];
    for (index, partition) in plan.partitions.iter().enumerate() {
        let own = partition.mappings.iter().filter(|it| it.rights != "r--");
        all.extend(own.map(|it| {
            let text = format!("{}: {}", partition.name, it.what);
            (it.pa, it.size_bytes, Cell::Of(text, colour(index)))
        }));
    }
    all.sort_by_key(|(base, _, _)| *base);
    let rows: Vec<Vec<Cell>> = all
        .into_iter()
        .map(|(base, bytes, cell)| {
            vec![
                Cell::Address(range(base, bytes)),
                Cell::Number(size(bytes)),
                cell,
            ]
        })
        .collect();
    let ram: Vec<String> = plan
        .ram
        .iter()
        .map(|it| range(it.base, it.size_bytes))
        .collect();
    format!(
        "<p>RAM: <code>{}</code></p>\n{}",
        ram.join("</code>, <code>"),
        table(&["physical", "size", "what"], &rows)
    )
}

fn views(plan: &Document) -> String {
    let mut rows = Vec::new();
    for (index, partition) in plan.partitions.iter().enumerate() {
        let mark = if partition.critical { " *" } else { "" };
        for mapping in &partition.mappings {
            rows.push(vec![
                Cell::Of(format!("{}{mark}", partition.name), colour(index)),
                Cell::Address(range(mapping.ipa, mapping.size_bytes)),
                Cell::Address(address(mapping.pa)),
                Cell::Number(size(mapping.size_bytes)),
                Cell::Address(mapping.rights.to_owned()),
                Cell::Text(mapping.what.clone()),
            ]);
        }
    }
    let heads = [
        "partition",
        "guest-physical",
        "physical",
        "size",
        "rights",
        "what",
    ];
    format!("<p>* critical</p>\n{}", table(&heads, &rows))
}

fn channels(plan: &Document) -> String {
    let mut rows = Vec::new();
    for channel in &plan.channels {
        for end in &channel.to {
            let interrupt = end.interrupt.map_or_else(String::new, |it| it.to_string());
            rows.push(vec![
                Cell::Text(channel.name.to_owned()),
                Cell::Of(
                    channel.from.partition.to_owned(),
                    colour_of(plan, channel.from.partition),
                ),
                Cell::Of(end.partition.to_owned(), colour_of(plan, end.partition)),
                Cell::Text(format!("{}, {}", channel.kind, channel.transport)),
                Cell::Text(if end.writes { "both" } else { "source" }.to_owned()),
                Cell::Number(size(channel.message_bytes.into())),
                Cell::Number(interrupt),
            ]);
        }
    }
    if rows.is_empty() {
        return "<p>none</p>\n".to_owned();
    }
    let heads = [
        "channel",
        "from",
        "to",
        "kind",
        "writers",
        "message",
        "interrupt",
    ];
    table(&heads, &rows)
}

/// What stands in a table.
enum Cell {
    Text(String),
    Number(String),
    Address(String),
    /// Something of a partition's, with its colour.
    Of(String, String),
}

fn table(heads: &[&str], rows: &[Vec<Cell>]) -> String {
    let mut text = "<div class=\"wide\">\n<table>\n<thead><tr>".to_owned();
    for head in heads {
        let _ = write!(text, "<th>{head}</th>");
    }
    text += "</tr></thead>\n<tbody>\n";
    for row in rows {
        text += "<tr>";
        for cell in row {
            let _ = match cell {
                Cell::Text(it) => write!(text, "<td>{}</td>", escaped(it)),
                Cell::Number(it) => write!(text, "<td class=\"n\">{}</td>", escaped(it)),
                Cell::Address(it) => write!(text, "<td class=\"a\">{}</td>", escaped(it)),
                Cell::Of(it, colour) => write!(
                    text,
                    "<td style=\"border-left:.5rem solid {colour};padding-left:.4rem\">{}</td>",
                    escaped(it)
                ),
            };
        }
        text += "</tr>\n";
    }
    text + "</tbody>\n</table>\n</div>\n"
}

#[cfg(test)]
mod tests {
    use paratia::catalog;

    use super::*;
    use crate::present::page::tests::assert_balanced;

    #[test]
    fn a_page_needs_nothing_else_and_says_everything() {
        for listed in catalog::boards() {
            for (name, system) in catalog::systems(listed) {
                let choice = catalog::choose(listed.facts.name, name).unwrap();
                let page = page(&Document::of(&choice));
                assert_balanced(&page);
                for outside in ["<script", "http", "src=", "@import", "url("] {
                    assert!(!page.contains(outside), "{name}: {outside}");
                }
                let windows: usize = system.schedule.plans.iter().map(|plan| plan.len()).sum();
                assert_eq!(page.matches("<rect ").count(), windows, "{name}");
                for partition in system.partitions {
                    assert!(page.contains(&escaped(partition.name)), "{name}");
                    assert!(page.contains(&address(partition.passport.0)), "{name}");
                }
            }
        }
    }
}
