//! Exchange of information: who can tell whom what, by channels of every kind, and nothing else.

use paratia_config::BoardFacts;
use paratia_config::system::{self, ChannelKind, System};
use paratia_config::tables::channel_memory;
use serde::Serialize;

use super::timing::nanoseconds;

/// A channel.
#[derive(Clone, Debug, Serialize)]
pub struct Channel {
    /// Its name.
    pub name: String,
    /// How messages are kept.
    pub kind: Kind,
    /// How they come.
    pub transport: Transport,
    /// The largest message.
    pub message_bytes: u32,
    /// How long a sampled message is valid.
    pub valid_ns: Option<u64>,
    /// How many queued messages wait at most.
    pub depth: Option<u32>,
    /// How often an event may be signalled in a window of its source.
    pub signals_per_window: Option<u16>,
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
    /// There are none, but memory.
    SharedMemory,
    /// There are none, but an interrupt.
    Event,
}

/// How messages come from one end to the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Transport {
    /// The hypervisor copies them.
    Copied,
    /// Through memory that the ends share.
    Direct,
    /// Nothing is moved: a call interrupts.
    Called,
}

/// An end of a channel.
#[derive(Clone, Debug, Serialize)]
pub struct End {
    /// Whose.
    pub partition: String,
    /// Its name there.
    pub port: String,
    /// Where the partition has its message window, or sees the memory.
    pub window_ipa: u64,
    /// Where that lies, if it lies in memory.
    pub window_pa: Option<u64>,
    /// Whether the partition writes there.
    pub writes: bool,
    /// The interrupt that comes with a message.
    pub interrupt: Option<u32>,
}

/// All channels of a system on a board, in its order.
#[must_use]
pub fn channels(system: &System, board: &BoardFacts) -> Vec<Channel> {
    let of = |(index, it): (usize, &system::Channel)| {
        let (kind, depth) = match it.kind {
            ChannelKind::Sampling { .. } | ChannelKind::DirectSampling { .. } => {
                (Kind::Sampling, None)
            }
            ChannelKind::Queuing { depth } | ChannelKind::DirectQueuing { depth, .. } => {
                (Kind::Queuing, Some(depth))
            }
            ChannelKind::SharedMemory { .. } => (Kind::SharedMemory, None),
            ChannelKind::Event { .. } => (Kind::Event, None),
        };
        let memory = channel_memory::of(system, board, index);
        let end = |number: usize| {
            let port = it.end(number);
            let partitions = &mut system.partitions.iter();
            let partition = partitions.find(|it| it.name == port.partition);
            let partition = partition.filter(|_| it.kind.is_copied());
            let copied = partition.and_then(|of| of.ram_at(port.window, it.message_bytes.into()));
            let shared = (memory.size_bytes > 0).then_some(memory.base);
            End {
                partition: port.partition.to_owned(),
                port: port.port.to_owned(),
                window_ipa: port.window.0,
                window_pa: shared.or(copied).map(|it| it.0),
                writes: it.is_written_at(number),
                interrupt: port.interrupt,
            }
        };
        Channel {
            name: it.name.to_owned(),
            kind,
            transport: if it.kind.is_copied() {
                Transport::Copied
            } else if it.kind.is_event() {
                Transport::Called
            } else {
                Transport::Direct
            },
            message_bytes: it.message_bytes,
            valid_ns: (kind == Kind::Sampling).then(|| nanoseconds(it.kind.refresh())),
            depth,
            signals_per_window: it.kind.is_event().then_some(it.kind.signals()),
            source: end(0),
            destinations: (1..=it.destinations.len()).map(end).collect(),
        }
    };
    system.channels.iter().enumerate().map(of).collect()
}
