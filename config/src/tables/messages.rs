//! Where messages lie between their source and their destinations, as numbers: the links of sampling
//! channels and the queues of queuing ones.
//!
//! Every link of a system has room for its largest sampled message. A queue takes what its own depth and
//! messages need: all queues lie one after the other in one row of words.

use crate::each;
use crate::system::{ChannelKind, MAX_MESSAGE_BYTES, MAX_QUEUED_MESSAGES, System};

/// Channels whose messages are sampled.
#[must_use]
pub const fn sampling_channels(system: &System) -> usize {
    links_before(system, system.channels.len())
}

/// The place of a sampling channel among these: how many are declared before it.
#[must_use]
pub const fn links_before(system: &System, channel: usize) -> usize {
    let mut count = 0;
    each! { index below channel => {
        count += matches!(system.channels[index].kind, ChannelKind::Sampling { .. }) as usize;
    }}
    count
}

/// Size of the largest message that is sampled, in 64-bit words.
#[must_use]
pub const fn sampled_words(system: &System) -> usize {
    let mut words = 0;
    each! { channel in system.channels => {
        let needed = message_words(channel.message_bytes) as usize;
        if matches!(channel.kind, ChannelKind::Sampling { .. }) && needed > words {
            words = needed;
        }
    }}
    words
}

/// A queue's place among the words of all queues.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueuePlace {
    /// Its first word.
    pub first: usize,
    /// Messages that it holds.
    pub depth: u32,
    /// Words of each: its length in bytes, and the message.
    pub slot_words: usize,
}

impl QueuePlace {
    /// The words that it takes.
    #[must_use]
    pub const fn words(&self) -> usize {
        self.slot_words.saturating_mul(self.depth as usize)
    }
}

/// The queue of a channel, if its messages queue.
#[must_use]
pub const fn queue(system: &System, channel: usize) -> Option<QueuePlace> {
    let Some(queue) = size(system, channel) else {
        return None;
    };
    let first = words_before(system, channel);
    Some(QueuePlace { first, ..queue })
}

/// The words of all queues together.
#[must_use]
pub const fn queued_words(system: &System) -> usize {
    words_before(system, system.channels.len())
}

/// The words of the queues of the first channels.
const fn words_before(system: &System, channels: usize) -> usize {
    let mut words: usize = 0;
    each! { index below channels => {
        if let Some(queue) = size(system, index) {
            words = words.saturating_add(queue.words());
        }
    }}
    words
}

/// Queues of a system.
#[must_use]
pub const fn queue_count(system: &System) -> usize {
    let mut count = 0;
    each! { channel in system.channels => {
        count += matches!(channel.kind, ChannelKind::Queuing { .. }) as usize;
    }}
    count
}

/// The queue of a channel as if it lay first; one that breaks a rule is as large as the largest.
const fn size(system: &System, channel: usize) -> Option<QueuePlace> {
    let ChannelKind::Queuing { depth } = system.channels[channel].kind else {
        return None;
    };
    let depth = if depth > MAX_QUEUED_MESSAGES {
        MAX_QUEUED_MESSAGES
    } else {
        depth
    };
    Some(QueuePlace {
        first: 0,
        depth,
        slot_words: 1 + message_words(system.channels[channel].message_bytes) as usize,
    })
}

/// The words of a message; one that breaks a rule is as large as the largest.
const fn message_words(bytes: u32) -> u32 {
    let bytes = if bytes > MAX_MESSAGE_BYTES {
        MAX_MESSAGE_BYTES
    } else {
        bytes
    };
    bytes.div_ceil(8)
}
