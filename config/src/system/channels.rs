//! Channels: how messages flow from one partition to others.

use core::time::Duration;

use crate::address::Ipa;

/// A one-way connection from one partition to others.
#[derive(Clone, Copy, Debug)]
pub struct Channel {
    /// Its name, for messages.
    pub name: &'static str,
    /// How messages are kept.
    pub kind: ChannelKind,
    /// Largest message in bytes: a multiple of 8, at most [`MAX_MESSAGE_BYTES`].
    pub message_bytes: u32,
    /// The one end that writes.
    pub source: Port,
    /// The ends that read.
    pub destinations: &'static [Port],
}

/// Largest message of any channel in bytes; bounds the longest copy that the hypervisor makes with
/// interrupts masked.
pub const MAX_MESSAGE_BYTES: u32 = 512;

/// How a channel keeps messages (ARINC 653 P1-3, 2.3.5.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChannelKind {
    /// The newest message replaces the one before it.
    Sampling {
        /// A message older than this is no longer valid.
        refresh: Duration,
    },
    /// Every message is kept until it is read, and read once, in the order of sending. What finds the
    /// queue full is refused and counted. Such a channel has one destination.
    Queuing {
        /// Messages that wait at most: 1 to [`MAX_QUEUED_MESSAGES`].
        depth: u32,
    },
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
    /// Guest-physical address of its message window, within the partition's RAM; a multiple of 8.
    pub window: Ipa,
    /// At a destination: the shared interrupt of its partition's controller that comes with the first
    /// message since it last read the port, if it wants one. Nothing at a source.
    pub interrupt: Option<u32>,
}
