//! The queues of this image, one for each channel whose messages queue (`policy/queue.rs`). A queue has one
//! sender and one receiver, on whatever CPUs, and neither waits for the other.

use core::num::NonZeroU64;

use paratia_config::each;
use paratia_config::messages;

use crate::base::atomic::{AtomicU64, Word};
use crate::built::chosen::{ANY, SYSTEM};
use crate::policy::queue::{MessageQueue, ReceiverCounts, SenderCounts};
use crate::state::channels::{Bell, bell};
use crate::state::constants::PartitionFacts;

const CHANNELS: usize = if ANY.queues { SYSTEM.channels.len() } else { 0 };

static WORDS: [Word; messages::queued_words(SYSTEM)] =
    [const { Word::new(0) }; messages::queued_words(SYSTEM)];

static SENDERS: [SenderCounts; messages::queue_count(SYSTEM)] = [const {
    SenderCounts {
        sent: AtomicU64::new(0),
        refused: AtomicU64::new(0),
    }
}; messages::queue_count(SYSTEM)];

static RECEIVERS: [ReceiverCounts; messages::queue_count(SYSTEM)] = [const {
    ReceiverCounts {
        taken: AtomicU64::new(0),
        told: AtomicU64::new(0),
        dropped: AtomicU64::new(0),
    }
};
    messages::queue_count(SYSTEM)];

/// A channel whose messages queue.
pub struct Queue {
    /// Where they do.
    pub messages: MessageQueue<'static>,
    /// Whom a message interrupts.
    pub bell: Option<Bell>,
}

static QUEUES: [Option<Queue>; CHANNELS] = {
    let mut all = [const { None }; CHANNELS];
    let mut count = 0;
    each! { channel below CHANNELS => {
        if let Some(place) = messages::queue(SYSTEM, channel)
            && let Some(depth) = NonZeroU64::new(place.depth as u64)
        {
            all[channel] = Some(Queue {
                messages: MessageQueue {
                    sender: &SENDERS[count],
                    receiver: &RECEIVERS[count],
                    words: WORDS.split_at(place.first).1.split_at(place.words()).0,
                    depth,
                    slot_words: place.slot_words,
                },
                bell: bell(channel, 0),
            });
            count += 1;
        }
    }}
    all
};

/// The queue of a channel, if its messages queue.
///
/// # Panics
/// If there is no such channel in a system with queues.
#[must_use]
pub const fn queue(channel: usize) -> Option<&'static Queue> {
    QUEUES[channel].as_ref()
}

/// Every queue, with its channel.
pub fn all() -> impl Iterator<Item = (usize, &'static Queue)> {
    let queues = QUEUES.iter().enumerate();
    queues.filter_map(|(channel, queue)| Some((channel, queue.as_ref()?)))
}

/// Begins anew with every queue from which a partition reads: it has restarted, and finds its ports as they
/// are created (ARINC 653 P1-3, 3.6.2.2: empty). What it has sent itself goes on waiting for its readers.
pub fn restart_receiver(facts: &PartitionFacts) {
    if !ANY.queues {
        return;
    }
    for (index, port) in facts.calls.iter().enumerate() {
        if let Some(queue) = port.receive {
            // What came before doesn't ring any more; what comes from now on does.
            facts.doorbell.silence(index);
            queue.messages.restart_receiver();
        }
    }
}
