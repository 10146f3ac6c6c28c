//! Every message, in the order of sending, from one sender to one receiver: a ring whose ends each write a page
//! that the other one only reads.
//!
//! Neither waits. A full queue refuses, and counts that where the receiver sees it; nothing that waits is
//! overwritten.
//!
//! # The orders, by the Arm memory model
//! Arm ARM DDI 0487, B2.3: what a `Release` store (`STLR`) wrote, read by an `Acquire` load (`LDAR`), stands
//! between everything before the one and everything after the other, on all CPUs.
//!
//! * **What is received is whole.** The sender stores the slot and then `sent` with release; the receiver loads
//!   `sent` with acquire and then the slot.
//! * **What waits isn't overwritten.** The receiver loads the slot and then stores `taken` with release; the
//!   sender loads `taken` with acquire, and stores into the slot of a message only if the one that was there
//!   before is among what was taken.
//! * **What was refused is told in time.** The sender stores `refused` before it stores a later `sent`.
//! * **Restarts.** The sender's scrubs its page and slots, the header first (see [`crate::sampling`]): a
//!   receiver that is copying meanwhile loads `sent` once more, with `DMB ISHLD` between, and finds
//!   none that its own message could have. What waited is gone with the life that had sent it, and the receiver is told. The receiver's
//!   scrubs its own page: of a `taken` that isn't of the sender's life the sender takes nothing, so the slots
//!   of its life's first messages are free, and no others.
//!
//! What is said of kinds of memory in [`crate::sampling`] holds here, too.

use crate::atomic::{AtomicU64, Ordering, fence, own};
use crate::number;

/// The words that the sender writes.
#[derive(Clone, Copy, Debug)]
pub struct SenderWords<'a> {
    /// The number of the last message that was sent.
    pub sent: &'a AtomicU64,
    /// Messages that found no room in this life.
    pub refused: &'a AtomicU64,
}

/// The words that the receiver writes.
#[derive(Clone, Copy, Debug)]
pub struct ReceiverWords<'a> {
    /// The number of the last message that was taken.
    pub taken: &'a AtomicU64,
    /// Not 0 once the receiver has begun to look.
    pub opened: &'a AtomicU64,
}

/// A channel's words, and for how many messages it has room.
#[derive(Clone, Copy, Debug)]
pub struct Queue<'a> {
    /// The sender's.
    pub sender: SenderWords<'a>,
    /// The receiver's.
    pub receiver: ReceiverWords<'a>,
    /// As the passport says: not 0.
    pub slots: u32,
}

impl Queue<'_> {
    /// The slot of a message.
    #[inline]
    #[allow(
        clippy::cast_possible_truncation,
        reason = "the rest is below the number of slots"
    )]
    fn slot(&self, number: u64) -> usize {
        (number::count(number).wrapping_sub(1) % u64::from(self.slots.max(1))) as usize
    }
}

/// What wasn't sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full;

/// The sending end.
#[derive(Debug)]
pub struct Sender<'a> {
    queue: Queue<'a>,
    sent: u64,
    refused: u64,
}

impl<'a> Sender<'a> {
    /// The one sender, after so many restarts: it goes on where this life of it has come to.
    #[must_use]
    pub fn new(queue: Queue<'a>, restarts: u64) -> Self {
        let words = queue.sender;
        let sent = own(words.sent);
        let first = number::before_first(restarts);
        let goes_on = number::is_same_life(sent, first);
        let sent = if goes_on { sent } else { first };
        // So that a receiver knows the life before anything is sent in it.
        words.sent.store(sent, Ordering::Release);
        Self {
            queue,
            sent,
            refused: own(words.refused),
        }
    }

    /// Messages that wait, by what the receiver says: no more than there is room for.
    #[must_use]
    pub fn waiting(&self) -> u64 {
        let taken = self.queue.receiver.taken.load(Ordering::Acquire);
        let taken = if number::is_same_life(taken, self.sent) {
            taken
        } else {
            number::life(self.sent)
        };
        // A number beyond what was sent is a lie, and comes out as a full queue.
        self.sent
            .wrapping_sub(taken)
            .min(u64::from(self.queue.slots))
    }

    /// Sends a message, if there is room: `put` stores it into the slot with the index that it is given. How
    /// many wait then.
    ///
    /// # Errors
    /// [`Full`]; that is counted.
    #[inline]
    pub fn send(&mut self, put: impl FnOnce(usize)) -> Result<u64, Full> {
        let waiting = self.waiting();
        let words = self.queue.sender;
        if waiting >= u64::from(self.queue.slots) {
            self.refused = self.refused.wrapping_add(1);
            words.refused.store(self.refused, Ordering::Relaxed);
            return Err(Full);
        }
        let next = self.sent.wrapping_add(1);
        put(self.queue.slot(next));
        words.sent.store(next, Ordering::Release);
        self.sent = next;
        Ok(waiting + 1)
    }
}

/// What a receiver learns beside a message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct News {
    /// Messages that the sender refused since it was asked last.
    pub refused: u64,
    /// Whether the sender has begun a new life since, or says what can't be: what waited is lost.
    pub is_broken: bool,
}

/// The receiving end.
#[derive(Debug)]
pub struct Receiver<'a> {
    queue: Queue<'a>,
    taken: u64,
    told: u64,
}

impl<'a> Receiver<'a> {
    /// The one receiver. If it was restarted, it finds nothing waiting.
    #[must_use]
    pub fn new(queue: Queue<'a>, restarts: u64) -> Self {
        let words = queue.receiver;
        let is_new = own(words.opened) == 0;
        words.opened.store(1, Ordering::Relaxed);
        let sent = queue.sender.sent.load(Ordering::Acquire);
        let mut receiver = Self {
            queue,
            taken: own(words.taken),
            told: queue.sender.refused.load(Ordering::Relaxed),
        };
        if is_new && restarts > 0 {
            receiver.has_taken(sent);
        } else if is_new {
            receiver.told = 0;
        }
        receiver
    }

    /// Takes the oldest message: `take` copies it out of the slot with the index that it is given. Nothing if
    /// none waits. What is told of, was so before this message was sent, or since.
    #[inline]
    pub fn receive<T>(&mut self, take: impl FnOnce(usize) -> T) -> (Option<T>, News) {
        let mut news = News::default();
        let sent = self.queue.sender.sent.load(Ordering::Acquire);
        let waiting = sent.wrapping_sub(self.taken);
        if waiting > u64::from(self.queue.slots) {
            self.begin_anew(sent);
            news.is_broken = true;
        }
        news.refused = self.refused_anew();
        if sent == self.taken {
            return (None, news);
        }
        let next = self.taken.wrapping_add(1);
        let taken = take(self.queue.slot(next));
        fence(Ordering::Acquire);
        let now = self.queue.sender.sent.load(Ordering::Relaxed);
        // Nothing was taken since, so no more can wait than there is room for.
        if now.wrapping_sub(next) >= u64::from(self.queue.slots) {
            news.is_broken = true;
            self.begin_anew(now);
            return (None, news);
        }
        self.has_taken(next);
        (Some(taken), news)
    }

    /// Drops all that waits; how many these were, by the sender's word.
    pub fn clear(&mut self) -> u64 {
        let waiting = self.waiting();
        self.has_taken(self.queue.sender.sent.load(Ordering::Acquire));
        waiting
    }

    /// Messages that wait, by the sender's word.
    #[must_use]
    pub fn waiting(&self) -> u64 {
        let sent = self.queue.sender.sent.load(Ordering::Acquire);
        sent.wrapping_sub(self.taken)
            .min(u64::from(self.queue.slots))
    }

    /// Begins with what the sender says now: at its life's first message, if no more than fit were sent in it,
    /// else behind its last.
    fn begin_anew(&mut self, sent: u64) {
        let has_all = number::count(sent) <= u64::from(self.queue.slots);
        let is_new = !number::is_same_life(sent, self.taken);
        self.has_taken(if has_all && is_new {
            number::life(sent)
        } else {
            sent
        });
        self.told = 0;
    }

    fn has_taken(&mut self, number: u64) {
        self.queue.receiver.taken.store(number, Ordering::Release);
        self.taken = number;
    }

    fn refused_anew(&mut self) -> u64 {
        let refused = self.queue.sender.refused.load(Ordering::Relaxed);
        // In the sender's next life it is less.
        let anew = refused.checked_sub(self.told).unwrap_or(refused);
        self.told = refused;
        anew
    }
}
