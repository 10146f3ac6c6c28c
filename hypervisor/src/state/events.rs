//! The events of this image, one for each channel that is one (`policy/event.rs`): what its source and what each of
//! its destinations needs.

use paratia_config::each;

use crate::base::atomic::AtomicU64;
use crate::built::chosen::{ANY, SYSTEM};
use crate::policy::doorbell::Doorbell;
use crate::policy::event::EventCounts;
use crate::state::channels::{Bell, MOST_DESTINATIONS, bell};
use crate::state::shared::DOORBELLS;

const CHANNELS: usize = if ANY.events { SYSTEM.channels.len() } else { 0 };

static COUNTS: [EventCounts; CHANNELS] = [const { EventCounts::new() }; CHANNELS];

/// The signals of which each destination was told.
static TOLD: [[AtomicU64; MOST_DESTINATIONS]; CHANNELS] =
    [const { [const { AtomicU64::new(0) }; MOST_DESTINATIONS] }; CHANNELS];

/// What an event's source needs.
pub struct EventSource {
    /// What it counts.
    pub counts: &'static EventCounts,
    /// How often it may signal in a window.
    pub most: u64,
    /// Whom it interrupts.
    pub bells: [Option<Bell>; MOST_DESTINATIONS],
}

/// What an event's destination needs.
pub struct EventDestination {
    /// What its source counts.
    pub counts: &'static EventCounts,
    /// The signals of which it was told.
    pub told: &'static AtomicU64,
    /// Its partition's doorbell.
    pub doorbell: &'static Doorbell,
}

static SOURCES: [Option<EventSource>; CHANNELS] = {
    let mut all = [const { None }; CHANNELS];
    each! { channel below CHANNELS => {
        if SYSTEM.channels[channel].kind.is_event() {
            let mut bells = [const { None }; MOST_DESTINATIONS];
            each! { end below SYSTEM.channels[channel].destinations.len() => {
                bells[end] = bell(channel, end);
            }}
            all[channel] = Some(EventSource {
                counts: &COUNTS[channel],
                most: SYSTEM.channels[channel].kind.signals() as u64,
                bells,
            });
        }
    }}
    all
};

static DESTINATIONS: [[Option<EventDestination>; MOST_DESTINATIONS]; CHANNELS] = {
    let mut all = [const { [const { None }; MOST_DESTINATIONS] }; CHANNELS];
    each! { channel below CHANNELS => {
        if SYSTEM.channels[channel].kind.is_event() {
            each! { end, port in SYSTEM.channels[channel].destinations => {
                if let Some(partition) = SYSTEM.partition_index(port.partition) {
                    all[channel][end] = Some(EventDestination {
                        counts: &COUNTS[channel],
                        told: &TOLD[channel][end],
                        doorbell: &DOORBELLS[partition],
                    });
                }
            }}
        }
    }}
    all
};

/// What the source of a channel needs, if that is an event.
///
/// # Panics
/// If there is no such channel in a system with events.
#[must_use]
pub const fn source(channel: usize) -> Option<&'static EventSource> {
    if ANY.events {
        SOURCES[channel].as_ref()
    } else {
        None
    }
}

/// What a destination of a channel needs, if that is an event.
///
/// # Panics
/// If there is no such destination in a system with events.
#[must_use]
pub const fn destination(channel: usize, end: usize) -> Option<&'static EventDestination> {
    if ANY.events {
        DESTINATIONS[channel][end].as_ref()
    } else {
        None
    }
}
