//! Exchange of information: channels as a graph and as a table, and whose each interrupt is.

use std::fmt::Write as _;

use paratia::report::Document;
use paratia::report::exchange::{Channel, End, Kind, Transport};

use super::owners;
use super::shown::{self, Cell, Unit};
use crate::present::page::{escaped, milliseconds};

/// Height of an end in the graph, and of what is between two.
const END: u64 = 36;
const GAP: u64 = 10;

pub(super) fn chapter(document: &Document) -> String {
    let is_direct = |it: &&Channel| it.transport == Transport::Direct;
    let direct: Vec<&Channel> = document.channels.iter().filter(is_direct).collect();
    let mut html = match direct[..] {
        [] => "<p>No byte is written by one partition and read by another. ".to_owned(),
        _ => "<p>Ends of the channels that are called direct share memory of the channel's own: what a writer \
              does there its readers must judge, and nothing else that they have can be harmed by it. Of all \
              other memory no byte is written by one partition and read by another. "
            .to_owned(),
    };
    html += "Copied messages are copied by the hypervisor, from the sender's message window to a place of its own, \
             and from there to the receiver's. Whether their contents are protected end to end is the partitions' \
             own affair, and not declared.</p>\n";
    for channel in direct {
        html += &several_writers(channel);
    }
    html += "<h3 id=\"graph\">Channels</h3>\n";
    if document.channels.is_empty() {
        html += "<p>There is none: no partition can tell another anything.</p>\n";
    } else {
        html += &graph(document);
        html += &table(document);
    }
    html += "<h3 id=\"interrupts\">Interrupts</h3>\n";
    html + &interrupts(document)
}

/// Says so where several partitions write the same memory.
fn several_writers(channel: &Channel) -> String {
    let writers = channel.destinations.iter().filter(|end| end.writes);
    let writers: Vec<String> = writers.map(|end| escaped(&end.partition)).collect();
    if writers.is_empty() {
        return String::new();
    }
    format!(
        "<p><b>Several write memory of '{}'</b>: {} and {}. Each can change what another has written.</p>\n",
        escaped(&channel.name),
        escaped(&channel.source.partition),
        writers.join(" and ")
    )
}

/// How messages are kept, in a few words.
fn kept(channel: &Channel) -> String {
    if channel.kind == Kind::SharedMemory {
        return "shared".to_owned();
    }
    if let Some(signals) = channel.signals_per_window {
        return format!("event, {signals} a window");
    }
    match (channel.valid_ns, channel.depth) {
        (_, Some(depth)) => format!("{depth} wait"),
        (Some(valid), None) => format!("valid {}", milliseconds(valid)),
        (None, None) => String::new(),
    }
}

fn graph(document: &Document) -> String {
    let (mut drawn, mut y) = (String::new(), 0);
    for channel in &document.channels {
        let ends = channel.destinations.len().max(1) as u64;
        let from = y + (ends - 1) * (END + GAP) / 2;
        drawn += &end(document, &channel.source, 0, from);
        for (index, destination) in channel.destinations.iter().enumerate() {
            let to = y + index as u64 * (END + GAP);
            let (one, other) = (from + END / 2, to + END / 2);
            let _ = writeln!(
                drawn,
                "<g class=\"way-of\"><title>{}: {} to {}</title><line class=\"way\" x1=\"34%\" x2=\"66%\" \
                 y1=\"{one}\" y2=\"{other}\"/><line class=\"way\" x1=\"64.5%\" x2=\"66%\" y1=\"{}\" y2=\"{other}\"/>\
                 <line class=\"way\" x1=\"64.5%\" x2=\"66%\" y1=\"{}\" y2=\"{other}\"/></g>",
                escaped(&channel.name),
                escaped(&channel.source.partition),
                escaped(&destination.partition),
                other - 5,
                other + 5
            );
            drawn += &end(document, destination, 66, to);
        }
        let _ = writeln!(
            drawn,
            "<text x=\"50%\" y=\"{}\" text-anchor=\"middle\">{} B</text><text x=\"50%\" y=\"{}\" \
             text-anchor=\"middle\">{}</text>",
            from + END / 2 - 6,
            channel.message_bytes,
            from + END / 2 + 14,
            kept(channel)
        );
        y += ends * (END + GAP);
    }
    format!(
        "<svg id=\"channels-drawn\" class=\"whole\" style=\"height:{y}px\" role=\"img\" aria-label=\"channels\">\n\
         {drawn}</svg>\n"
    )
}

fn end(document: &Document, end: &End, x: u64, y: u64) -> String {
    let place = format!("x=\"{x}%\" y=\"{y}\" width=\"34%\" height=\"{END}\"");
    let middle = x + 17;
    format!(
        "<g>{}<text class=\"in\" x=\"{middle}%\" y=\"{}\" text-anchor=\"middle\">{} {}</text><text class=\"in\" \
         x=\"{middle}%\" y=\"{}\" text-anchor=\"middle\">{}</text></g>\n",
        owners::filled(document, &end.partition, &place),
        y + 15,
        owners::number(document, &end.partition),
        escaped(&end.partition),
        y + 30,
        escaped(&end.port)
    )
}

fn table(document: &Document) -> String {
    let mut rows = Vec::new();
    for (index, channel) in document.channels.iter().enumerate() {
        let at = |field: &str| format!("/channels/{index}/{field}");
        let mut kept = format!(
            "{}, {}",
            shown::word(&at("kind"), channel.kind),
            shown::word(&at("transport"), channel.transport)
        );
        if let Some(valid) = channel.valid_ns {
            let _ = write!(
                kept,
                ", valid for {}",
                shown::number(&at("valid_ns"), valid, Unit::Time)
            );
        }
        if let Some(depth) = channel.depth {
            let _ = write!(
                kept,
                ", {} wait at most",
                shown::number(&at("depth"), depth.into(), Unit::Count)
            );
        }
        if let Some(signals) = channel.signals_per_window {
            let _ = write!(
                kept,
                ", {} a window at most",
                shown::number(&at("signals_per_window"), signals.into(), Unit::Count)
            );
        }
        // Who and how is told again in each row, which stands alone on a phone.
        let begin = || {
            vec![
                Cell::Short(shown::text(&at("name"), &channel.name)),
                Cell::Short(kept.clone()),
                Cell::Number(shown::number(
                    &at("message_bytes"),
                    channel.message_bytes.into(),
                    Unit::Bytes,
                )),
            ]
        };
        let transport = channel.transport;
        let mut add = |place: &str, end: &End| {
            let does = match transport {
                Transport::Copied => ["sends", "receives"],
                Transport::Direct => ["writes", "reads"],
                Transport::Called => ["signals", "takes"],
            };
            let mut row = begin();
            row.extend(cells(document, &at(place), end, does));
            rows.push(row);
        };
        add("source", &channel.source);
        for (of, destination) in channel.destinations.iter().enumerate() {
            add(&format!("destinations/{of}"), destination);
        }
    }
    let heads = [
        "channel",
        "kept",
        "message",
        "partition",
        "port",
        "window, guest-physical",
        "physical",
        "it",
        "interrupt",
    ];
    shown::table("channels", &heads, &rows)
}

fn cells(document: &Document, at: &str, end: &End, does: [&str; 2]) -> Vec<Cell> {
    let at = |field: &str| format!("{at}/{field}");
    let place = end
        .window_pa
        .map(|it| shown::number(&at("window_pa"), it, Unit::Address));
    let interrupt = end
        .interrupt
        .map(|it| shown::number(&at("interrupt"), it.into(), Unit::Count));
    vec![
        Cell::Short(format!(
            "{}{}",
            owners::mark(document, &end.partition),
            shown::text(&at("partition"), &end.partition)
        )),
        Cell::Short(shown::text(&at("port"), &end.port)),
        Cell::Short(shown::number(
            &at("window_ipa"),
            end.window_ipa,
            Unit::Address,
        )),
        Cell::Short(place.unwrap_or_default()),
        Cell::Short(shown::either(&at("writes"), end.writes, does)),
        Cell::Number(interrupt.unwrap_or_default()),
    ]
}

fn interrupts(document: &Document) -> String {
    let row = |(index, it): (usize, &paratia::report::Interrupt)| {
        let at = |field: &str| format!("/interrupts/{index}/{field}");
        vec![
            Cell::Number(shown::number(
                &at("physical"),
                it.physical.into(),
                Unit::Count,
            )),
            Cell::Short(shown::text(&at("who"), &it.who)),
            Cell::Number(shown::number(&at("guest"), it.guest.into(), Unit::Count)),
        ]
    };
    let rows: Vec<_> = document.interrupts.iter().enumerate().map(row).collect();
    shown::table(
        "owned",
        &["the board's number", "who has it", "its number there"],
        &rows,
    )
}
