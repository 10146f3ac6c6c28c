//! Channels as arrows: `vehicle.speed ──64 B, valid 60 ms──▶ speedometer.speed`, or with `4 × 64 B queued`; double
//! ones where messages go through memory that the ends share. An event is `──event, 4 a window──▶`.

use anstyle::Style;
use paratia_config::System;
use paratia_config::system::{ChannelKind, Port};

use crate::present::paint::{self, BOLD, PLAIN};
use crate::present::quantity::{milliseconds, size};

/// One line a destination; a channel's further destinations stand below its first.
pub(super) fn lines(system: &System) -> Vec<String> {
    let mut lines = Vec::new();
    for channel in system.channels {
        let (source, width) = (end(system, &channel.source), length(&channel.source));
        let bytes = channel.message_bytes;
        let arrow = match channel.kind {
            ChannelKind::Sampling { refresh } => {
                format!("──{bytes} B, valid {} ms──▶", milliseconds(refresh))
            }
            ChannelKind::Queuing { depth } => format!("──{depth} × {bytes} B queued──▶"),
            ChannelKind::DirectSampling { refresh, .. } => {
                format!("══{bytes} B direct, valid {} ms══▶", milliseconds(refresh))
            }
            ChannelKind::DirectQueuing { depth, .. } => {
                format!("══{depth} × {bytes} B queued direct══▶")
            }
            ChannelKind::Event { per_window } => format!("──event, {per_window} a window──▶"),
            ChannelKind::SharedMemory { .. } => format!("══{} shared══▶", size(bytes.into())),
        };
        for (index, destination) in channel.destinations.iter().enumerate() {
            let mut reader = reader(system, destination);
            if channel.is_written_at(1 + index) {
                reader += &format!(" {BOLD}writes, too{PLAIN}");
            }
            let destination = reader;
            lines.push(if index == 0 {
                format!(
                    "  {source} {arrow} {destination}   {BOLD}{}{PLAIN}",
                    channel.name
                )
            } else {
                let stem = arrow.chars().count() - 3;
                format!("  {:width$} {:stem$}└─▶ {destination}", "", "")
            });
        }
    }
    lines
}

/// `vehicle.speed`, in the partition's colour.
fn end(system: &System, port: &Port) -> String {
    let index = system.partition_index(port.partition);
    let colour = index.map_or(Style::new(), paint::partition);
    format!("{colour}{}{PLAIN}.{}", port.partition, port.port)
}

/// The same, with the interrupt that comes with its messages.
fn reader(system: &System, port: &Port) -> String {
    let end = end(system, port);
    match port.interrupt {
        Some(interrupt) => format!("{end}, interrupt {interrupt}"),
        None => end,
    }
}

/// Columns that [`end`] takes.
fn length(port: &Port) -> usize {
    port.partition.len() + 1 + port.port.len()
}
