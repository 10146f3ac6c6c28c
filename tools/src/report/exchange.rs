//! Exchange of information: who can tell whom what, by channels, and nothing else.

use paratia_config::system::{self, ChannelKind, System};
use serde::Serialize;

use super::timing::nanoseconds;

/// A channel.
#[derive(Clone, Debug, Serialize)]
pub struct Channel {
    /// Its name.
    pub name: String,
    /// How messages are kept.
    pub kind: Kind,
    /// The largest message.
    pub message_bytes: u32,
    /// How long a sampled message is valid.
    pub valid_ns: Option<u64>,
    /// How many queued messages wait at most.
    pub depth: Option<u32>,
    /// Who sends.
    pub source: End,
    /// Who receives.
    pub destinations: Vec<End>,
}

/// How a channel keeps messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The newest replaces the one before it.
    Sampling,
    /// Each waits until it is read.
    Queuing,
}

/// An end of a channel.
#[derive(Clone, Debug, Serialize)]
pub struct End {
    /// Whose.
    pub partition: String,
    /// Its name there.
    pub port: String,
    /// Where the partition has its message window.
    pub window_ipa: u64,
    /// Where that lies, if it lies in its memory.
    pub window_pa: Option<u64>,
    /// The interrupt that comes with a message.
    pub interrupt: Option<u32>,
}

/// All channels of a system, in its order.
#[must_use]
pub fn channels(system: &System) -> Vec<Channel> {
    let of = |it: &system::Channel| {
        let end = |port: &system::Port| end(system, port, it.message_bytes);
        let (kind, valid_ns, depth) = match it.kind {
            ChannelKind::Sampling { refresh } => (Kind::Sampling, Some(nanoseconds(refresh)), None),
            ChannelKind::Queuing { depth } => (Kind::Queuing, None, Some(depth)),
        };
        Channel {
            name: it.name.to_owned(),
            kind,
            message_bytes: it.message_bytes,
            valid_ns,
            depth,
            source: end(&it.source),
            destinations: it.destinations.iter().map(end).collect(),
        }
    };
    system.channels.iter().map(of).collect()
}

fn end(system: &System, port: &system::Port, bytes: u32) -> End {
    let partition = system
        .partitions
        .iter()
        .find(|it| it.name == port.partition);
    let place = partition.and_then(|it| it.ram_at(port.window, bytes.into()));
    End {
        partition: port.partition.to_owned(),
        port: port.port.to_owned(),
        window_ipa: port.window.0,
        window_pa: place.map(|it| it.0),
        interrupt: port.interrupt,
    }
}
