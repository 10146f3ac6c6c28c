//! Queuing ports: every message, in the order of sending, passed between CPUs without a lock or a retry
//! (ARINC 653 P1-3, 2.3.5.6: queuing mode).
//!
//! A queue is a ring with one sender and one receiver. Each of its ends has counts that it alone writes, so
//! each takes bounded time whatever the other does. A full queue refuses: what waits is never lost, and what
//! is refused is counted where both ends see it. So a reader that never reads costs its own queue only.
//!
//! # The orders, by the Arm memory model
//! Arm ARM DDI 0487, B2.3. A `Release` store is `STLR`: all that the CPU accessed before is observed before it.
//! An `Acquire` load is `LDAR` (or `LDAPR`): all that the CPU accesses after it is observed after it. A load
//! that reads what a store-release wrote is therefore between everything before the one and everything after
//! the other, on all CPUs. The words of a message are `Relaxed`: two such pairs stand around
//! them, so that no two accesses to a word could be at the same time (`queue_orders` tries that).
//!
//! * **What is received is whole.** The sender stores the words, then `sent` with release. The receiver loads
//!   `sent` with acquire and then the words of messages below that count.
//! * **What waits isn't overwritten.** The receiver loads the words, then stores `taken` with release. The
//!   sender loads `taken` with acquire, and stores into a slot only if the message that was there before is
//!   below that count.
//! * **What was refused is told in time.** The sender counts a refusal before it sends any later message, so
//!   before the release of `sent`; the receiver looks at the count after the acquire. It is told of each
//!   refusal with the first message that was sent after it, or before.
//! * **Doorbells.** `sent` is stored and loaded in the one order of all `SeqCst` accesses, in which
//!   `policy/doorbell.rs` has its word: either the sender sees that the port was silenced and rings, or the
//!   receiver, who silenced it first, sees the message. On Arm that costs nothing: it is the same `STLR` and
//!   `LDAR`, which aren't reordered with each other.

use core::num::NonZeroU64;

use crate::base::atomic::{AtomicU64, Ordering, Word, own};

/// What the sending end alone writes. It fills a cache line, so that the ends don't slow each other down.
#[derive(Debug, Default)]
#[repr(C, align(64))]
pub struct SenderCounts {
    /// Messages that were taken into the queue.
    pub sent: AtomicU64,
    /// Messages for which there was no room.
    pub refused: AtomicU64,
}

/// What the receiving end alone writes, in a cache line of its own.
#[derive(Debug, Default)]
#[repr(C, align(64))]
pub struct ReceiverCounts {
    /// Messages that left the queue.
    pub taken: AtomicU64,
    /// Refusals of which the receiver has been told.
    pub told: AtomicU64,
    /// Messages of `taken` that nobody has read: the receiver dropped them, or it restarted.
    pub dropped: AtomicU64,
}

/// A queue. Its counts are since boot and never overflow in the life of a board.
#[derive(Clone, Copy, Debug)]
pub struct MessageQueue<'a> {
    /// The sending end's counts.
    pub sender: &'a SenderCounts,
    /// The receiving end's counts.
    pub receiver: &'a ReceiverCounts,
    /// The slots, one after the other: `depth * slot_words` words.
    pub words: &'a [Word],
    /// Messages that it holds.
    pub depth: NonZeroU64,
    /// Words of a slot: a message's length in bytes, then the message.
    pub slot_words: usize,
}

/// What became of a message that was offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct Offered {
    /// Whether the queue has it; else there was no room.
    pub is_sent: bool,
    /// Messages that wait now; the receiver may have taken some already.
    pub waiting: u64,
    /// Messages refused since boot, this one included.
    pub refused: u64,
}

/// What was received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct Taken {
    /// The message's length in bytes; nothing if none waited.
    pub length: Option<u64>,
    /// Messages refused since the receiver was told last.
    pub refused: u64,
    /// Messages that wait still.
    pub waiting: u64,
}

/// How a queue stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Messages that wait.
    pub waiting: u64,
    /// Messages refused since boot.
    pub refused: u64,
    /// Messages sent since boot.
    pub sent: u64,
    /// Messages that left the queue since boot and that nobody has read.
    pub dropped: u64,
}

impl<'a> MessageQueue<'a> {
    /// Sends a message of `length` bytes, if there is room: `fill` stores its words to those that it is
    /// handed, as many as the queue's largest message has. Only one CPU at a time may send.
    #[inline]
    pub fn send(&self, length: u64, fill: impl FnOnce(&[Word])) -> Offered {
        let SenderCounts { sent, refused } = self.sender;
        let number = own(sent);
        let taken = self.receiver.taken.load(Ordering::Acquire);
        let waiting = number.wrapping_sub(taken);
        let mut refusals = own(refused);
        let is_sent = waiting < self.depth.get();
        if is_sent {
            if let Some((first, places)) = self.slot(number).split_first() {
                first.store(length, Ordering::Relaxed);
                fill(places);
            }
            sent.store(number.wrapping_add(1), Ordering::SeqCst);
        } else {
            refusals = refusals.wrapping_add(1);
            refused.store(refusals, Ordering::Relaxed);
        }
        Offered {
            is_sent,
            waiting: waiting.wrapping_add(u64::from(is_sent)),
            refused: refusals,
        }
    }

    /// Takes the oldest message: `take` is handed its slot's words and its length in bytes, which is that of
    /// one that was sent. Only one CPU at a time may receive.
    #[inline]
    pub fn receive(&self, take: impl FnOnce(&[Word], u64)) -> Taken {
        let number = own(&self.receiver.taken);
        let sent = self.sender.sent.load(Ordering::SeqCst);
        let refused = self.refused_anew();
        let waiting = sent.wrapping_sub(number);
        let slot = self.slot(number).split_first();
        let Some((length, words)) = slot.filter(|_| waiting > 0) else {
            return Taken {
                length: None,
                refused,
                waiting: 0,
            };
        };
        let length = length.load(Ordering::Relaxed);
        take(words, length);
        let next = number.wrapping_add(1);
        self.receiver.taken.store(next, Ordering::Release);
        Taken {
            length: Some(length),
            refused,
            waiting: waiting.wrapping_sub(1),
        }
    }

    /// Drops all messages that wait; how many these were. Whoever may receive may do this.
    #[must_use]
    pub fn clear(&self) -> u64 {
        let number = own(&self.receiver.taken);
        let sent = self.sender.sent.load(Ordering::SeqCst);
        self.receiver.taken.store(sent, Ordering::Release);
        let count = sent.wrapping_sub(number);
        let dropped = own(&self.receiver.dropped).wrapping_add(count);
        self.receiver.dropped.store(dropped, Ordering::Relaxed);
        count
    }

    /// Begins anew for a receiver that has restarted: nothing waits, and of no refusal it hasn't been told.
    pub fn restart_receiver(&self) {
        let _ = self.clear();
        let _ = self.refused_anew();
    }

    /// How the queue stands. Either end may ask; what the other one does meanwhile may be in it or not.
    #[must_use]
    pub fn standing(&self) -> Standing {
        // In this order no more is taken than was sent.
        let taken = self.receiver.taken.load(Ordering::Acquire);
        let sent = self.sender.sent.load(Ordering::SeqCst);
        Standing {
            waiting: sent.wrapping_sub(taken).min(self.depth.get()),
            refused: self.sender.refused.load(Ordering::Relaxed),
            sent,
            dropped: self.receiver.dropped.load(Ordering::Relaxed),
        }
    }

    /// Refusals since the receiver was told last; now it is.
    #[inline]
    fn refused_anew(&self) -> u64 {
        let all = self.sender.refused.load(Ordering::Relaxed);
        let told = own(&self.receiver.told);
        self.receiver.told.store(all, Ordering::Relaxed);
        all.wrapping_sub(told)
    }

    /// The slot of the message with this number.
    #[inline]
    #[allow(
        clippy::cast_possible_truncation,
        reason = "the rest is below the depth, which a rule bounds"
    )]
    fn slot(&self, number: u64) -> &'a [Word] {
        let first = ((number % self.depth) as usize).wrapping_mul(self.slot_words);
        let end = first.wrapping_add(self.slot_words);
        self.words.get(first..end).unwrap_or(&[])
    }
}
