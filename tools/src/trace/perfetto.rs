//! A run for Perfetto (`ui.perfetto.dev`): protocol buffers, one message a track and an event.
//!
//! Tracks, all below the board's, in this order: each CPU with who runs on it, and then EL2 with interrupts; each partition with what is
//! said of it, and below it its vCPUs. A log event is an instant with its fields as annotations; that of a
//! window is the window.

mod messages;

use std::collections::BTreeMap;

use prost::Message as _;

use super::recorder::Moment;
use super::timeline::{Timeline, Window, fields_of};
use crate::log::Value;
use messages::{Annotation, Packet, Track, TrackEvent, kind};

/// The one sequence of packets; any number but 0.
const SEQUENCE: u32 = 1;
/// Nothing of the sequence was said before (`SEQ_INCREMENTAL_STATE_CLEARED`).
const BEGINS: u32 = 1;

/// Children are in the order of their ranks (`ChildTracksOrdering.EXPLICIT`).
const EXPLICIT: i32 = 3;

/// Identities of tracks; any but 0.
fn board() -> u64 {
    1
}
fn cpu(index: usize) -> u64 {
    0x1_0000 + index as u64
}
fn el2(cpu: usize) -> u64 {
    0x2_0000 + cpu as u64
}
fn partition(index: usize) -> u64 {
    0x3_0000 + index as u64
}
fn vcpu(partition: usize, number: usize) -> u64 {
    0x4_0000 + ((partition as u64) << 16) + number as u64
}

/// A run as Perfetto reads it.
#[must_use]
pub fn bytes(timeline: &Timeline) -> Vec<u8> {
    let mut packets = tracks(timeline);
    let mut events: Vec<(u64, TrackEvent)> = Vec::new();
    for window in &timeline.windows {
        add_window(&mut events, timeline, window);
    }
    for exit in &timeline.exits {
        let mut fields = exit.cause.fields.clone();
        fields.insert("ends_window".to_owned(), Value::Boolean(exit.ends_window));
        let name = exit.cause.name.to_owned();
        let begin = event(kind::BEGIN, el2(exit.cpu), Some(name), "exit", &fields);
        events.push((exit.ran.0, begin));
        events.push((exit.ran.1, end(el2(exit.cpu))));
    }
    for interrupt in &timeline.interrupts {
        let number = Value::Integer(interrupt.number.into());
        let fields = BTreeMap::from([("number".to_owned(), number)]);
        let name = format!("interrupt {}", interrupt.number);
        let instant = event(
            kind::INSTANT,
            el2(interrupt.cpu),
            Some(name),
            "interrupt",
            &fields,
        );
        events.push((interrupt.time_ns, instant));
    }
    for moment in timeline.moments.iter().filter(|it| it.name != "window") {
        events.push((timeline.ns(moment.time_ticks), instant(moment)));
    }
    // What ends comes before what begins at the same time, and otherwise all stays in its order.
    events.sort_by_key(|(time, event)| (*time, event.kind != Some(kind::END)));
    packets.extend(events.into_iter().map(|(time_ns, event)| Packet {
        timestamp: Some(time_ns),
        trusted_packet_sequence_id: Some(SEQUENCE),
        track_event: Some(event),
        ..Packet::default()
    }));
    messages::Trace { packet: packets }.encode_to_vec()
}

/// A window, on the track of its CPU and on that of its vCPU; the annotations are on the latter.
fn add_window(events: &mut Vec<(u64, TrackEvent)>, timeline: &Timeline, window: &Window) {
    let name = timeline.system().partitions[window.partition].name;
    let on_cpu = if timeline.system().partitions[window.partition].machine.vcpus > 1 {
        format!("{name} vCPU {}", window.vcpu)
    } else {
        name.to_owned()
    };
    let mut fields = fields_of(window);
    if let Some(moment) = window.moment.and_then(|it| timeline.moments.get(it)) {
        fields.extend(moment.fields.clone());
        fields.insert("time_ticks".to_owned(), ticks(moment));
    }
    let on_vcpu = vcpu(window.partition, window.vcpu);
    let nothing = BTreeMap::new();
    for (track, name, fields) in [
        (cpu(window.cpu), on_cpu, &nothing),
        (on_vcpu, format!("CPU {}", window.cpu), &fields),
    ] {
        let begin = event(kind::BEGIN, track, Some(name), "window", fields);
        events.push((window.ran.0, begin));
        events.push((window.ran.1, end(track)));
    }
}

fn ticks(moment: &Moment) -> Value {
    Value::Integer(moment.time_ticks.into())
}

/// An event of the log, or a line of a console.
fn instant(moment: &Moment) -> TrackEvent {
    let mut fields = moment.fields.clone();
    fields.insert("time_ticks".to_owned(), ticks(moment));
    let track = moment.partition.map_or_else(board, partition);
    let name = Some(moment.name.clone());
    event(kind::INSTANT, track, name, "log", &fields)
}

fn end(track: u64) -> TrackEvent {
    TrackEvent {
        kind: Some(kind::END),
        track_uuid: Some(track),
        ..TrackEvent::default()
    }
}

fn event(
    kind: i32,
    track: u64,
    name: Option<String>,
    category: &str,
    fields: &BTreeMap<String, Value>,
) -> TrackEvent {
    TrackEvent {
        kind: Some(kind),
        track_uuid: Some(track),
        name,
        categories: vec![category.to_owned()],
        debug_annotations: fields
            .iter()
            .map(|(name, it)| annotation(name, it))
            .collect(),
    }
}

fn annotation(name: &str, value: &Value) -> Annotation {
    let mut annotation = Annotation {
        name: Some(name.to_owned()),
        ..Annotation::default()
    };
    match value {
        Value::Boolean(truth) => annotation.bool_value = Some(*truth),
        Value::Text(text) => annotation.string_value = Some(text.clone()),
        Value::Integer(number) => match (u64::try_from(*number), i64::try_from(*number)) {
            (Ok(number), _) => annotation.uint_value = Some(number),
            (_, Ok(number)) => annotation.int_value = Some(number),
            _ => annotation.string_value = Some(number.to_string()),
        },
    }
    annotation
}

/// The tracks, in the order in which they are to stand.
fn tracks(timeline: &Timeline) -> Vec<Packet> {
    let choice = &timeline.choice;
    let title = format!("{} on {}", choice.name, choice.board.name);
    let below = Some(board());
    let mut tracks = vec![track(board(), &title, None)];
    for index in timeline.cpus() {
        tracks.push(track(cpu(index), &format!("CPU {index}"), below));
        if timeline.is_traced {
            let name = format!("CPU {index}: EL2");
            tracks.push(track(el2(index), &name, below));
        }
    }
    for (index, declared) in timeline.system().partitions.iter().enumerate() {
        tracks.push(track(partition(index), declared.name, below));
        for number in 0..declared.machine.vcpus as usize {
            let name = format!("vCPU {number}");
            let parent = Some(partition(index));
            tracks.push(track(vcpu(index, number), &name, parent));
        }
    }
    let mut packets: Vec<_> = tracks
        .into_iter()
        .zip(0..)
        .map(|(mut track, rank)| {
            track.sibling_order_rank = Some(rank);
            Packet {
                trusted_packet_sequence_id: Some(SEQUENCE),
                track_descriptor: Some(track),
                ..Packet::default()
            }
        })
        .collect();
    if let Some(first) = packets.first_mut() {
        first.sequence_flags = Some(BEGINS);
    }
    packets
}

fn track(uuid: u64, name: &str, parent_uuid: Option<u64>) -> Track {
    Track {
        uuid: Some(uuid),
        name: Some(name.to_owned()),
        parent_uuid,
        // A rank counts among the children of one that says so.
        child_ordering: Some(EXPLICIT),
        sibling_order_rank: None,
    }
}
