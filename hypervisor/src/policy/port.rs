//! Sampling ports: the newest message, passed between CPUs without a lock or a retry.
//!
//! One link is one source and one destination. It is Simpson's four-slot mechanism (H. R. Simpson,
//! "Four-slot fully asynchronous communication mechanism", IEE Proceedings 137 E, 1990): writer and
//! reader never wait for each other and never touch the same slot, so each takes a bounded time
//! whatever the other does, and what is read is always one whole message.

use core::sync::atomic::{AtomicU8, AtomicU64, Ordering};

use crate::base::time::Ticks;

/// A link with room for messages of `WORDS` 64-bit words. What chooses a slot comes first: it is nearest.
#[derive(Debug)]
#[repr(C)]
pub struct ChannelLink<const WORDS: usize> {
    /// The pair that the reader is in or was in last.
    reading: AtomicU8,
    /// The pair that was written last.
    latest: AtomicU8,
    /// The slot of each pair that was written last, by its number among all: no more than a load finds it.
    newest: [AtomicU8; 2],
    /// How old a message may be, in ticks, for its one reader.
    refresh: AtomicU64,
    /// The first pair, then the second.
    slots: [MessageSlot<WORDS>; 4],
}

#[derive(Debug)]
#[repr(C)]
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
    /// How long ago it was written, in ticks.
    pub age: u64,
    /// Whether that is no longer than it may be.
    pub is_valid: bool,
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
            reading: AtomicU8::new(0),
            latest: AtomicU8::new(0),
            newest: [AtomicU8::new(0), AtomicU8::new(2)],
            refresh: AtomicU64::new(0),
            slots: [const { MessageSlot::new() }; 4],
        }
    }

    /// Writes a message of `length` bytes, whose words `fill` stores to the slot that it is handed. Only one
    /// CPU at a time may write. Returns what was written; it stays so until the next write.
    #[inline]
    pub fn write(
        &self,
        length: u64,
        now: Ticks,
        fill: impl FnOnce(&[AtomicU64; WORDS]),
    ) -> &[AtomicU64; WORDS] {
        let pair = !self.reading.load(Ordering::SeqCst) & 1;
        let newest = &self.newest[usize::from(pair)];
        // The other slot of the pair.
        let number = newest.load(Ordering::SeqCst) & 3 ^ 1;
        let slot = &self.slots[usize::from(number)];
        fill(&slot.words);
        slot.written.store(now.0, Ordering::Relaxed);
        slot.length.store(length, Ordering::Relaxed);
        newest.store(number, Ordering::SeqCst);
        self.latest.store(pair, Ordering::SeqCst);
        &slot.words
    }

    /// Reads the newest message at `now`: `take` is handed its slot's words and its length in bytes, which is
    /// that of one that was written. Nothing if none ever was. Only one CPU at a time may read.
    ///
    /// One that was written after `now` has no age yet.
    #[inline]
    pub fn read(
        &self,
        now: Ticks,
        take: impl FnOnce(&[AtomicU64; WORDS], u64),
    ) -> Option<Received> {
        let pair = self.latest.load(Ordering::SeqCst);
        self.reading.store(pair, Ordering::SeqCst);
        let number = self.newest[usize::from(pair & 1)].load(Ordering::SeqCst) & 3;
        let slot = &self.slots[usize::from(number)];
        let length = slot.length.load(Ordering::Relaxed);
        if length == 0 {
            return None;
        }
        take(&slot.words, length);
        let age = now.since(Ticks(slot.written.load(Ordering::Relaxed)));
        let is_valid = age <= self.refresh.load(Ordering::Relaxed);
        Some(Received {
            length,
            age,
            is_valid,
        })
    }

    /// Sets how old a message may be, in ticks: once, before the schedule begins.
    pub fn set_refresh(&self, ticks: u64) {
        self.refresh.store(ticks, Ordering::Relaxed);
    }
}

/// Writes what was written to one link, `length` bytes, to these others, too. Where it came from another vCPU
/// of the writer's partition may write meanwhile, so it is read there once: all readers get the same.
pub fn spread<'a, const WORDS: usize>(
    written: &[AtomicU64; WORDS],
    others: impl Iterator<Item = &'a ChannelLink<WORDS>>,
    length: u64,
    now: Ticks,
) {
    let words = usize::try_from(length.div_ceil(8)).unwrap_or(WORDS);
    for link in others {
        link.write(length, now, |places| {
            for (place, word) in places.iter().zip(written).take(words) {
                place.store(word.load(Ordering::Relaxed), Ordering::Relaxed);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicBool;
    use std::vec::Vec;

    use super::*;

    /// When messages are read, later than any is written.
    const NOW: Ticks = Ticks(1 << 40);

    fn write<const WORDS: usize>(
        link: &ChannelLink<WORDS>,
        length: u64,
        now: Ticks,
        message: impl Iterator<Item = u64>,
    ) {
        distribute(core::slice::from_ref(link), length, now, message);
    }

    /// Writes to several links, word by word.
    fn distribute<const WORDS: usize>(
        links: &[ChannelLink<WORDS>],
        length: u64,
        now: Ticks,
        message: impl Iterator<Item = u64>,
    ) {
        let Some((first, others)) = links.split_first() else {
            return;
        };
        let written = first.write(length, now, |places| {
            for (place, word) in places.iter().zip(message) {
                place.store(word, Ordering::Relaxed);
            }
        });
        spread(written, others.iter(), length, now);
    }

    /// Reads the newest message, word by word.
    fn take<const WORDS: usize>(
        link: &ChannelLink<WORDS>,
        mut take: impl FnMut(usize, u64),
    ) -> Option<Received> {
        link.read(NOW, |words, length| {
            let count = usize::try_from(length.div_ceil(8)).unwrap();
            for (at, word) in words.iter().take(count).enumerate() {
                take(at, word.load(Ordering::Relaxed));
            }
        })
    }

    fn read<const WORDS: usize>(link: &ChannelLink<WORDS>) -> Option<(u64, u64, Vec<u64>)> {
        let mut words = Vec::new();
        let received = take(link, |_, word| words.push(word))?;
        Some((received.length, NOW.0 - received.age, words))
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

    #[test]
    fn a_message_grows_old_after_its_time_and_one_of_the_future_is_new() {
        let link = ChannelLink::<1>::new();
        link.set_refresh(10);
        write(&link, 8, Ticks(100), [1].into_iter());
        for (now, age, is_valid) in [
            (99, 0, true),
            (100, 0, true),
            (110, 10, true),
            (111, 11, false),
        ] {
            let received = link.read(Ticks(now), |_, _| ());
            let length = 8;
            assert_eq!(
                received,
                Some(Received {
                    length,
                    age,
                    is_valid
                })
            );
        }
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
                    let received = take(&link, |at, word| {
                        words.push(word);
                        if at == moment {
                            (before + 1..=before + writes).for_each(send);
                        }
                    });
                    let expected = Received {
                        length: 32,
                        age: NOW.0 - before,
                        is_valid: false,
                    };
                    assert_eq!(received, Some(expected), "{writes} {moment}");
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
            distribute(&links, length, Ticks(length), window.take(words));
            let expected: Vec<u64> = (1..).take(words).collect();
            for link in &links {
                assert_eq!(read(link), Some((length, length, expected.clone())));
            }
        }
        distribute(&links[..0], 8, Ticks(1), core::iter::once(1));
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
