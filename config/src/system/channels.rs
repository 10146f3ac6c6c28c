//! Channels: how messages flow from one partition to others.

use core::time::Duration;

use crate::address::{Ipa, Pa};

/// A one-way connection from one partition to others.
#[derive(Clone, Copy, Debug)]
pub struct Channel {
    /// Its name, for messages.
    pub name: &'static str,
    /// How messages are kept.
    pub kind: ChannelKind,
    /// Largest message in bytes: a multiple of 8, at most [`MAX_MESSAGE_BYTES`], or [`MAX_DIRECT_BYTES`] where
    /// its ends share memory; of [`ChannelKind::SharedMemory`] the size of all of it.
    pub message_bytes: u32,
    /// The one end that writes.
    pub source: Port,
    /// The ends that read.
    pub destinations: &'static [Port],
}

/// Largest message of any channel in bytes; bounds the longest copy that the hypervisor makes with
/// interrupts masked.
pub const MAX_MESSAGE_BYTES: u32 = 512;

/// Largest message of a channel whose ends share memory, in bytes: nobody copies it but they.
pub const MAX_DIRECT_BYTES: u32 = 64 << 10;

/// How a channel keeps messages (ARINC 653 P1-3, 2.3.5.6), and by what transport they come.
///
/// Sampled and queued messages are *copied*: by the hypervisor, so that no end has to trust another. *Direct*
/// ones lie in memory of the channel's own, which its source maps writable and its readers read-only, never
/// executable: no call, and no copy but the reader's. What holds if the source lies is in
/// `docs/guest-interface.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChannelKind {
    /// Copied: the newest message replaces the one before it.
    Sampling {
        /// A message older than this is no longer valid.
        refresh: Duration,
    },
    /// Copied: every message is kept until it is read, and read once, in the order of sending. What finds the
    /// queue full is refused and counted. Such a channel has one destination.
    Queuing {
        /// Messages that wait at most: 1 to [`MAX_QUEUED_MESSAGES`].
        depth: u32,
    },
    /// Direct, as [`Self::Sampling`].
    DirectSampling {
        /// A message older than this, by its writer's word, is no longer valid.
        refresh: Duration,
        /// Where it lies.
        memory: ChannelMemory,
    },
    /// Direct, as [`Self::Queuing`]: a page more, in which the reader says what it has taken.
    DirectQueuing {
        /// Messages that wait at most: 1 to [`MAX_QUEUED_MESSAGES`].
        depth: u32,
        /// Where it lies.
        memory: ChannelMemory,
    },
    /// Memory, without any form: what its ends do there is their own affair.
    SharedMemory {
        /// Who writes.
        writers: Writers,
        /// Where it lies.
        memory: ChannelMemory,
    },
    /// No message: a bit that interrupts each destination, pending until its window and until it is taken.
    /// Its `message_bytes` are 0, and its ports have no window.
    Event {
        /// How often the source may signal in each window of its own: 1 at least. What goes beyond is refused
        /// and counted.
        per_window: u16,
    },
}

/// Who writes a channel's memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writers {
    /// Its source, and nobody else.
    SourceAlone,
    /// Its source and these of its destinations, by their partitions' names: each can change what another
    /// has written.
    Several(&'static [&'static str]),
}

/// Memory that a channel has of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChannelMemory {
    /// Where it lies; whole pages.
    pub place: Place,
    /// Whether it is cached. An end whose MMU is off, or that takes the memory for a device's as Linux does
    /// for its user space, sees what others write, and is seen, only if nobody caches it.
    pub is_cached: bool,
}

/// Where memory lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Behind all regions of partitions, and the memory of channels declared before.
    Automatic,
    /// Here.
    At(Pa),
}

impl ChannelMemory {
    /// Cached, wherever there is room.
    pub const CACHED: Self = Self {
        place: Place::Automatic,
        is_cached: true,
    };
    /// Not cached, wherever there is room.
    pub const UNCACHED: Self = Self {
        place: Place::Automatic,
        is_cached: false,
    };
}

impl ChannelKind {
    /// How long a message stays valid, where there is a newest one; else no time.
    #[must_use]
    pub const fn refresh(self) -> Duration {
        match self {
            Self::Sampling { refresh } | Self::DirectSampling { refresh, .. } => refresh,
            _ => Duration::ZERO,
        }
    }

    /// Messages that wait at most, where the hypervisor queues them; else none.
    #[must_use]
    pub const fn depth(self) -> u32 {
        match self {
            Self::Queuing { depth } => depth,
            _ => 0,
        }
    }

    /// The channel's own memory, if it has some.
    #[must_use]
    pub const fn memory(self) -> Option<ChannelMemory> {
        match self {
            Self::DirectSampling { memory, .. }
            | Self::DirectQueuing { memory, .. }
            | Self::SharedMemory { memory, .. } => Some(memory),
            Self::Sampling { .. } | Self::Queuing { .. } | Self::Event { .. } => None,
        }
    }

    /// Whether the hypervisor copies its messages, from and to windows in its ends' RAM.
    #[must_use]
    pub const fn is_copied(self) -> bool {
        matches!(self, Self::Sampling { .. } | Self::Queuing { .. })
    }

    /// How often its source may signal in a window, if it is an event; else never.
    #[must_use]
    pub const fn signals(self) -> u16 {
        match self {
            Self::Event { per_window } => per_window,
            _ => 0,
        }
    }

    /// Whether it is an event.
    #[must_use]
    pub const fn is_event(self) -> bool {
        matches!(self, Self::Event { .. })
    }

    /// Whether its ends tell each other by calls.
    #[must_use]
    pub const fn has_calls(self) -> bool {
        self.is_copied() || self.is_event()
    }
}

/// Most messages that any queue holds.
pub const MAX_QUEUED_MESSAGES: u32 = 256;

/// A partition's end of a channel. A port's index is its place among its partition's ports, in the
/// order of the system's channels.
#[derive(Clone, Copy, Debug)]
pub struct Port {
    /// The partition's name.
    pub partition: &'static str,
    /// The port's name, as the partition knows it; unique within the partition.
    pub port: &'static str,
    /// Guest-physical address of its message window, within the partition's RAM; a multiple of 8. Of a channel
    /// with memory of its own: where the partition sees that; whole pages that are nothing else's. Of an event: 0.
    pub window: Ipa,
    /// At a destination: the shared interrupt of its partition's controller that comes with the first
    /// message since it last read the port, if it wants one. Nothing at a source.
    pub interrupt: Option<u32>,
}
