//! Where sampled messages lie and go: each channel's links, one to each of its destinations, and whom a message there
//! interrupts. A link has one writer and one reader, on whatever CPUs, and neither waits for the other
//! (`policy/port.rs`).

use paratia_config::each;
use paratia_config::machines;
use paratia_config::messages;
use paratia_config::system::ChannelKind;

use crate::built::chosen::{AFFINITY_OF, KICKS, SYSTEM};
use crate::policy::doorbell::Doorbell;
use crate::policy::port::ChannelLink;
use crate::state::shared::DOORBELLS;

/// Size of the largest message of a link in 64-bit words.
pub const WORDS: usize = messages::sampled_words(SYSTEM);

/// Channels that have links; the messages of others queue (`state/queues.rs`).
const CHANNELS: usize = messages::sampling_channels(SYSTEM);

/// Whether any messages are sampled.
#[allow(
    clippy::absurd_extreme_comparisons,
    reason = "a system without such channels has none"
)]
pub const ANY_SAMPLED: bool = CHANNELS > 0;

/// Most destinations of a channel.
pub const MOST_DESTINATIONS: usize = machines::most_destinations(SYSTEM);

/// A link of this image.
pub type Link = ChannelLink<WORDS>;

static LINKS: [[Link; MOST_DESTINATIONS]; CHANNELS] =
    [const { [const { ChannelLink::new() }; MOST_DESTINATIONS] }; CHANNELS];

/// Where a message of a channel goes.
pub struct Destination {
    /// The link to there.
    pub link: &'static Link,
    /// Whom it interrupts.
    pub bell: Option<Bell>,
}

/// A partition that a message interrupts.
pub struct Bell {
    /// Its doorbell.
    pub doorbell: &'static Doorbell,
    /// Its port.
    pub port: usize,
    /// The number by which CPUs are interrupted for it.
    pub kick: u32,
    /// The affinities of the CPUs on which its vCPUs run.
    pub cpus: &'static [u64],
}

static DESTINATIONS: [[Option<Destination>; MOST_DESTINATIONS]; SYSTEM.channels.len()] = {
    let mut all = [const { [const { None }; MOST_DESTINATIONS] }; SYSTEM.channels.len()];
    each! { channel below SYSTEM.channels.len() => {
        if !matches!(SYSTEM.channels[channel].kind, ChannelKind::Sampling { .. }) {
            continue;
        }
        each! { end below SYSTEM.channels[channel].destinations.len() => {
            all[channel][end] = Some(Destination {
                link: &LINKS[messages::links_before(SYSTEM, channel)][end],
                bell: bell(channel, end),
            });
        }}
    }}
    all
};

/// At which partition, and at which of its ports, a message of a channel rings for each of its
/// destinations.
const TO_RING: [[Option<(usize, usize)>; MOST_DESTINATIONS]; SYSTEM.channels.len()] =
    machines::to_ring(SYSTEM);

/// Whom a message of a channel interrupts at one of its destinations.
#[must_use]
pub const fn bell(channel: usize, end: usize) -> Option<Bell> {
    let Some((partition, port)) = TO_RING[channel][end] else {
        return None;
    };
    let Some(kick) = KICKS[partition] else {
        return None;
    };
    let count = SYSTEM.partitions[partition].machine.vcpus as usize;
    let cpus = AFFINITY_OF.split_at(SYSTEM.first_vcpu(partition)).1;
    Some(Bell {
        doorbell: &DOORBELLS[partition],
        port,
        kick,
        cpus: cpus.split_at(count).0,
    })
}

/// Where a message of a sampling channel goes, by the number of the destination; nowhere for another.
///
/// # Panics
/// If there is no such channel.
#[must_use]
pub const fn destinations(channel: usize) -> &'static [Option<Destination>; MOST_DESTINATIONS] {
    &DESTINATIONS[channel]
}

/// The link to a destination of a channel, if its messages are sampled.
///
/// # Panics
/// If there is no such destination.
#[must_use]
pub const fn link(channel: usize, end: usize) -> Option<&'static Link> {
    match &DESTINATIONS[channel][end] {
        Some(destination) => Some(destination.link),
        None => None,
    }
}
