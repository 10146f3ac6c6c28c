//! Sampling ports: the newest message, passed between CPUs without a lock or a retry.
//!
//! One link is one source and one destination. It is Simpson's four-slot mechanism (H. R. Simpson,
//! "Four-slot fully asynchronous communication mechanism", IEE Proceedings 137 E, 1990): writer and
//! reader never wait for each other and never touch the same slot, so each takes a bounded time
//! whatever the other does, and what is read is always one whole message.

use core::sync::atomic::{AtomicU8, AtomicU64, Ordering};

use crate::base::time::Ticks;

/// A link with room for messages of `WORDS` 64-bit words.
#[derive(Debug)]
pub struct ChannelLink<const WORDS: usize> {
    slots: [[MessageSlot<WORDS>; 2]; 2],
    /// Which slot of each pair was written last.
    newest: [AtomicU8; 2],
    /// The pair that was written last.
    latest: AtomicU8,
    /// The pair that the reader is in or was in last.
    reading: AtomicU8,
}

#[derive(Debug)]
struct MessageSlot<const WORDS: usize> {
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

impl<const WORDS: usize> MessageSlot<WORDS> {
    const fn new() -> Self {
        Self {
            length: AtomicU64::new(0),
            written: AtomicU64::new(0),
            words: [const { AtomicU64::new(0) }; WORDS],
        }
    }
}

impl<const WORDS: usize> Default for ChannelLink<WORDS> {
    fn default() -> Self {
        Self::new()
    }
}

impl<const WORDS: usize> ChannelLink<WORDS> {
    /// A link on which nothing was written yet.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            slots: [const { [const { MessageSlot::new() }; 2] }; 2],
            newest: [const { AtomicU8::new(0) }; 2],
            latest: AtomicU8::new(0),
            reading: AtomicU8::new(0),
        }
    }

    /// Writes a message of `length` bytes, word by word from `message`; words beyond the link's
    /// room are dropped (the caller has checked the length). Only one CPU at a time may write. Returns
    /// what was written; it stays so until the next write.
    #[inline]
    fn put(&self, length: u64, now: Ticks, message: impl Iterator<Item = u64>) -> &[AtomicU64] {
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
        &slot.words
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

/// Writes a message of `length` bytes to these links, as `ChannelLink::put` does to one. Each of its words is
/// taken from `message` once, for where it lies another vCPU of the writer's partition may write
/// meanwhile: all readers get the same.
#[inline]
pub fn distribute<'a, const WORDS: usize>(
    mut links: impl Iterator<Item = &'a ChannelLink<WORDS>>,
    length: u64,
    now: Ticks,
    message: impl Iterator<Item = u64>,
) {
    let Some(first) = links.next() else {
        return;
    };
    let written = first.put(length, now, message);
    let words = usize::try_from(length.div_ceil(8)).unwrap_or(WORDS);
    for link in links {
        let message = written.iter().take(words);
        link.put(
            length,
            now,
            message.map(|word| word.load(Ordering::Relaxed)),
        );
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicBool;
    use std::vec::Vec;

    use super::*;

    /// Writes to one link alone.
    fn write<const WORDS: usize>(
        link: &ChannelLink<WORDS>,
        length: u64,
        now: Ticks,
        message: impl Iterator<Item = u64>,
    ) {
        distribute(core::iter::once(link), length, now, message);
    }

    fn read<const WORDS: usize>(link: &ChannelLink<WORDS>) -> Option<(u64, u64, Vec<u64>)> {
        let mut words = Vec::new();
        let received = link.read(|_, word| words.push(word))?;
        Some((received.length, received.written.0, words))
    }

    #[test]
    fn the_newest_message_is_read_again_and_again() {
        let link = ChannelLink::<2>::new();
        assert_eq!(read(&link), None);
        write(&link, 16, Ticks(7), [1, 2].into_iter());
        write(&link, 9, Ticks(8), [3, 4].into_iter());
        assert_eq!(read(&link), Some((9, 8, [3, 4].into())));
        assert_eq!(read(&link), Some((9, 8, [3, 4].into())));
        write(&link, 8, Ticks(9), [5].into_iter());
        assert_eq!(read(&link), Some((8, 9, [5].into())));
    }

    /// At each moment of a write, after any number of writes that had no reader: the writer may be in the
    /// pair that it wrote last, and must then be in its other slot.
    #[test]
    fn what_is_read_in_the_midst_of_a_write_is_the_message_before() {
        let link = ChannelLink::<4>::new();
        let mut number = 0;
        for moments in 1..16_u32 {
            for silent in 0..5 {
                for _ in 0..silent {
                    number += 1;
                    write(&link, 32, Ticks(number), [number; 4].into_iter());
                }
                let before = (number > 0).then(|| (32, number, [number; 4].into()));
                number += 1;
                let words = (0..4).map(|at| {
                    if moments & 1 << at != 0 {
                        assert_eq!(read(&link), before, "word {at} after {silent}");
                    }
                    number
                });
                write(&link, 32, Ticks(number), words);
            }
        }
    }

    /// At every moment of a read, whatever number of messages come.
    #[test]
    fn what_is_read_while_others_are_written_is_whole() {
        for writes in 0..6 {
            for moment in 0..4 {
                for before in 1..5_u64 {
                    let link = ChannelLink::<4>::new();
                    let send =
                        |number| write(&link, 32, Ticks(number), core::iter::repeat_n(number, 4));
                    (1..=before).for_each(send);
                    let mut words = Vec::new();
                    let received = link.read(|at, word| {
                        words.push(word);
                        if at == moment {
                            (before + 1..=before + writes).for_each(send);
                        }
                    });
                    let length = 32;
                    let written = Ticks(before);
                    assert_eq!(
                        received,
                        Some(Received { length, written }),
                        "{writes} {moment}"
                    );
                    assert_eq!(words, [before; 4], "{writes} {moment}");
                    let newest = before + writes;
                    assert_eq!(read(&link), Some((32, newest, [newest; 4].into())));
                }
            }
        }
    }

    /// A sibling of the writer changes the window while it is read.
    #[test]
    fn all_readers_get_the_same_words() {
        let links = [const { ChannelLink::<4>::new() }; 3];
        for length in [32, 17, 8, 1] {
            let mut reads = 0;
            let window = core::iter::from_fn(|| {
                reads += 1;
                Some(reads)
            });
            let words = usize::try_from(length).unwrap().div_ceil(8);
            distribute(links.iter(), length, Ticks(length), window.take(words));
            let expected: Vec<u64> = (1..).take(words).collect();
            for link in &links {
                assert_eq!(read(link), Some((length, length, expected.clone())));
            }
        }
        distribute(links[..0].iter(), 8, Ticks(1), core::iter::once(1));
    }

    #[test]
    fn what_is_read_beside_a_writer_is_always_whole_and_never_older_than_before() {
        let link = ChannelLink::<8>::new();
        let done = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                for number in 1..200_000_u64 {
                    write(&link, 64, Ticks(number), core::iter::repeat_n(number, 8));
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
