//! Sampling ports: the newest message, passed between CPUs without a lock or a retry.
//!
//! One link is one source and one destination. It is Simpson's four-slot mechanism (H. R. Simpson,
//! "Four-slot fully asynchronous communication mechanism", IEE Proceedings 137 E, 1990): writer and
//! reader never wait for each other and never touch the same slot, so each takes a bounded time
//! whatever the other does, and what is read is always one whole message.

use core::sync::atomic::{AtomicU8, AtomicU64, Ordering};

use crate::time::Ticks;

/// A link with room for messages of `WORDS` 64-bit words.
#[derive(Debug)]
pub struct Link<const WORDS: usize> {
    slots: [[Slot<WORDS>; 2]; 2],
    /// Which slot of each pair was written last.
    newest: [AtomicU8; 2],
    /// The pair that was written last.
    latest: AtomicU8,
    /// The pair that the reader is in or was in last.
    reading: AtomicU8,
}

#[derive(Debug)]
struct Slot<const WORDS: usize> {
    /// Length in bytes; 0 if nothing was ever written.
    length: AtomicU64,
    written: AtomicU64,
    words: [AtomicU64; WORDS],
}

/// What was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Received {
    /// Length in bytes.
    pub length: u64,
    /// When it was written.
    pub written: Ticks,
}

impl<const WORDS: usize> Slot<WORDS> {
    const fn new() -> Self {
        Self {
            length: AtomicU64::new(0),
            written: AtomicU64::new(0),
            words: [const { AtomicU64::new(0) }; WORDS],
        }
    }
}

impl<const WORDS: usize> Default for Link<WORDS> {
    fn default() -> Self {
        Self::new()
    }
}

impl<const WORDS: usize> Link<WORDS> {
    /// A link on which nothing was written yet.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            slots: [const { [const { Slot::new() }; 2] }; 2],
            newest: [const { AtomicU8::new(0) }; 2],
            latest: AtomicU8::new(0),
            reading: AtomicU8::new(0),
        }
    }

    /// Writes a message of `length` bytes, word by word from `message`; words beyond the link's
    /// room are dropped (the caller has checked the length). Only one CPU at a time may write.
    pub fn write(&self, length: u64, now: Ticks, message: impl Iterator<Item = u64>) {
        let pair = usize::from(!self.reading.load(Ordering::SeqCst) & 1);
        let index = usize::from(!self.newest[pair].load(Ordering::SeqCst) & 1);
        let slot = &self.slots[pair][index];
        for (place, word) in slot.words.iter().zip(message) {
            place.store(word, Ordering::Relaxed);
        }
        slot.written.store(now.0, Ordering::Relaxed);
        slot.length.store(length, Ordering::Relaxed);
        self.newest[pair].store(u8::from(index == 1), Ordering::SeqCst);
        self.latest.store(u8::from(pair == 1), Ordering::SeqCst);
    }

    /// Reads the newest message, handing each of its words to `take`; nothing if none was ever
    /// written. Only one CPU at a time may read.
    pub fn read(&self, mut take: impl FnMut(usize, u64)) -> Option<Received> {
        let pair = self.latest.load(Ordering::SeqCst);
        self.reading.store(pair, Ordering::SeqCst);
        let pair = usize::from(pair & 1);
        let index = usize::from(self.newest[pair].load(Ordering::SeqCst) & 1);
        let slot = &self.slots[pair][index];
        let length = slot.length.load(Ordering::Relaxed);
        if length == 0 {
            return None;
        }
        let words = usize::try_from(length.div_ceil(8)).unwrap_or(WORDS);
        for (at, word) in slot.words.iter().take(words).enumerate() {
            take(at, word.load(Ordering::Relaxed));
        }
        let written = Ticks(slot.written.load(Ordering::Relaxed));
        Some(Received { length, written })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicBool;
    use std::vec::Vec;

    use super::*;

    fn read<const WORDS: usize>(link: &Link<WORDS>) -> Option<(u64, u64, Vec<u64>)> {
        let mut words = Vec::new();
        let received = link.read(|_, word| words.push(word))?;
        Some((received.length, received.written.0, words))
    }

    #[test]
    fn the_newest_message_is_read_again_and_again() {
        let link = Link::<2>::new();
        assert_eq!(read(&link), None);
        link.write(16, Ticks(7), [1, 2].into_iter());
        link.write(9, Ticks(8), [3, 4].into_iter());
        assert_eq!(read(&link), Some((9, 8, [3, 4].into())));
        assert_eq!(read(&link), Some((9, 8, [3, 4].into())));
        link.write(8, Ticks(9), [5].into_iter());
        assert_eq!(read(&link), Some((8, 9, [5].into())));
    }

    #[test]
    fn what_is_read_beside_a_writer_is_always_whole_and_never_older_than_before() {
        let link = Link::<8>::new();
        let done = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                for number in 1..200_000_u64 {
                    link.write(64, Ticks(number), core::iter::repeat_n(number, 8));
                }
                done.store(true, Ordering::SeqCst);
            });
            let mut last = 0;
            while !done.load(Ordering::SeqCst) {
                if let Some((_, written, words)) = read(&link) {
                    assert!(
                        words.iter().all(|word| *word == written),
                        "torn: {written} {words:?}"
                    );
                    assert!(written >= last);
                    last = written;
                }
            }
        });
    }
}
