//! The accesses of a queue's two ends in every order that their orderings allow, old values included, as
//! [loom](https://docs.rs/loom) finds them: the source is the hypervisor's own, with loom's words in place of
//! the CPU's.

/// Where the source below looks for its words.
mod base {
    pub mod atomic {
        pub use loom::sync::atomic::{AtomicU64, Ordering};

        /// No access that could be ordered in another way, to loom as to a CPU. As a `load` it would be the
        /// word's last access before the store that follows, the one that loom compares the store with: of
        /// the other thread's loads before it would try no other order (loom 0.7.3, `rt/atomic.rs`).
        pub fn own(word: &AtomicU64) -> u64 {
            // SAFETY: nobody but this thread writes the word, so there is no store beside this load.
            unsafe { word.unsync_load() }
        }

        /// A word of which loom says when two threads are at it that nothing orders, whatever they would
        /// read there.
        pub struct Word(loom::cell::UnsafeCell<u64>);

        // SAFETY: loom runs one thread at a time, and stops where two accesses aren't ordered.
        unsafe impl Sync for Word {}

        impl Word {
            pub fn new(word: u64) -> Self {
                Self(loom::cell::UnsafeCell::new(word))
            }

            pub fn load(&self, _: Ordering) -> u64 {
                // SAFETY: loom has seen that no store is beside this.
                self.0.with(|word| unsafe { *word })
            }

            pub fn store(&self, value: u64, _: Ordering) {
                // SAFETY: loom has seen that no other access is beside this.
                self.0.with_mut(|word| unsafe { *word = value });
            }
        }

        impl std::fmt::Debug for Word {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("Word")
            }
        }
    }
}

#[path = "../src/policy/queue.rs"]
#[allow(
    dead_code,
    reason = "the source is here to be tried, not to be used whole"
)]
mod queue;

use std::num::NonZeroU64;

use base::atomic::{Ordering, Word};
use loom::sync::Arc;
use loom::thread;
use queue::{MessageQueue, ReceiverCounts, SenderCounts};

/// Words of a slot: the length, and two of which each shows whose it is.
const SLOT_WORDS: usize = 3;

struct Queue {
    sender: SenderCounts,
    receiver: ReceiverCounts,
    words: Vec<Word>,
}

impl Queue {
    fn new(depth: usize) -> Arc<Self> {
        Arc::new(Self {
            sender: SenderCounts::default(),
            receiver: ReceiverCounts::default(),
            words: (0..depth * SLOT_WORDS).map(|_| Word::new(0)).collect(),
        })
    }

    fn messages(&self) -> MessageQueue<'_> {
        MessageQueue {
            sender: &self.sender,
            receiver: &self.receiver,
            words: &self.words,
            depth: NonZeroU64::new((self.words.len() / SLOT_WORDS) as u64).unwrap(),
            slot_words: SLOT_WORDS,
        }
    }

    fn send(&self, number: u64) -> bool {
        let fill = |places: &[Word]| {
            places
                .iter()
                .for_each(|place| place.store(number, Ordering::Relaxed));
        };
        self.messages().send(16, fill).is_sent
    }

    /// A message's number, if one waited, and how many refusals were told.
    fn receive(&self) -> (Option<u64>, u64) {
        let mut words = [0; 2];
        let taken = self.messages().receive(|places, _| {
            for (word, place) in words.iter_mut().zip(places) {
                *word = place.load(Ordering::Relaxed);
            }
        });
        let number = taken.length.map(|length| {
            assert_eq!(length, 16, "a length of no message");
            assert_eq!(words[0], words[1], "torn");
            words[0]
        });
        (number, taken.refused)
    }
}

/// One sender, one receiver: whole, in order, and told of every loss before it shows.
fn crossing(depth: usize, messages: u64, looks: usize) {
    loom::model(move || {
        let queue = Queue::new(depth);
        let far = Arc::clone(&queue);
        let sender = thread::spawn(move || (1..=messages).filter(|n| far.send(*n)).count());
        let (mut last, mut lost, mut told, mut received) = (0, 0, 0, 0);
        let mut look = || {
            let (number, refused) = queue.receive();
            told += refused;
            if let Some(number) = number {
                assert!(number > last, "{number} after {last}");
                lost += number - last - 1;
                assert!(lost <= told, "{lost} lost and {told} told");
                last = number;
                received += 1;
            }
        };
        (0..looks).for_each(|_| look());
        let sent = sender.join().unwrap();
        (0..depth).for_each(|_| look());
        assert_eq!(received, sent, "what was sent is received");
        assert_eq!(told, messages - sent as u64, "what was refused is told");
    });
}

#[test]
fn a_queue_of_one() {
    crossing(1, 3, 2);
}

#[test]
fn a_queue_of_two() {
    crossing(2, 3, 2);
}

/// What came before a receiver's restart isn't seen after it, and what comes then is whole.
#[test]
fn a_receiver_that_restarts() {
    loom::model(|| {
        let queue = Queue::new(1);
        let far = Arc::clone(&queue);
        let sender = thread::spawn(move || (1..=3).filter(|n| far.send(*n)).count());
        let _ = queue.receive();
        queue.messages().restart_receiver();
        let _ = queue.receive();
        let sent = sender.join().unwrap();
        let _ = queue.receive();
        let standing = queue.messages().standing();
        assert_eq!(standing.waiting, 0);
        assert_eq!(
            (standing.sent, standing.refused),
            (sent as u64, 3 - sent as u64)
        );
    });
}
