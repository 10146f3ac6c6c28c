//! The accesses of a direct channel's ends in every order that their orderings allow, old values included, as
//! [loom](https://docs.rs/loom) finds them: the sources are the guests' own, with loom's words in place of the
//! CPU's. Channels have fewer slots here than in a system, so that the ends meet in each.

mod atomic {
    pub use loom::sync::atomic::{AtomicU64, Ordering, fence};

    /// No access that could be ordered in another way: as a `load` it would hide others from loom
    /// (`findings/loom-own-load.sh`).
    pub fn own(word: &AtomicU64) -> u64 {
        // SAFETY: nobody but this thread writes the word, so there is no store beside this load.
        unsafe { word.unsync_load() }
    }
}

#[path = "../src/number.rs"]
#[allow(dead_code, reason = "the source is tried, not used whole")]
mod number;
#[path = "../src/queuing.rs"]
#[allow(dead_code, reason = "the source is tried, not used whole")]
mod queuing;
#[path = "../src/sampling.rs"]
#[allow(dead_code, reason = "the source is tried, not used whole")]
mod sampling;

use atomic::{AtomicU64, Ordering, fence};
use loom::sync::Arc;
use loom::thread;
use queuing::{Queue, Receiver, ReceiverWords, Sender, SenderWords};
use sampling::{Header, Missed, Reader, Writer};

/// Tries all orders with at most so many turns of a thread's that it didn't have to give away.
fn model(turns: usize, test: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = (turns > 0).then_some(turns);
    builder.check(test);
}

/// Memory of a sampling channel: slots of two words, each of which shows whose it is.
struct Sampling<const SLOTS: usize> {
    newest: AtomicU64,
    numbers: [AtomicU64; SLOTS],
    slots: [[AtomicU64; 2]; SLOTS],
}

impl<const SLOTS: usize> Sampling<SLOTS> {
    fn new() -> Self {
        Self {
            newest: AtomicU64::new(0),
            numbers: std::array::from_fn(|_| AtomicU64::new(0)),
            slots: std::array::from_fn(|_| [AtomicU64::new(0), AtomicU64::new(0)]),
        }
    }

    fn header(&self) -> Header<'_, SLOTS> {
        Header {
            newest: &self.newest,
            numbers: &self.numbers,
        }
    }

    fn write(&self, writer: &mut Writer<'_, SLOTS>, message: u64) {
        writer.write(|slot| {
            for word in &self.slots[slot] {
                word.store(message, Ordering::Relaxed);
            }
        });
    }

    fn read(&self) -> Result<u64, Missed> {
        let reader = Reader {
            header: self.header(),
        };
        let read =
            reader.read(|slot| [0, 1].map(|word| self.slots[slot][word].load(Ordering::Relaxed)));
        read.map(|(number, [one, other])| {
            assert_eq!(one, other, "torn");
            assert_eq!(
                number::count(number),
                one % 10,
                "another message than it says"
            );
            one
        })
    }

    /// As the hypervisor does in the writer's window: the header first, all of it before any slot.
    fn scrub(&self) {
        self.newest.store(0, Ordering::Relaxed);
        for number in &self.numbers {
            number.store(0, Ordering::Relaxed);
        }
        fence(Ordering::SeqCst);
        for word in self.slots.iter().flatten() {
            word.store(0, Ordering::Relaxed);
        }
        fence(Ordering::SeqCst);
    }
}

/// A writer that has written one message writes more while a reader looks.
fn sampled<const SLOTS: usize>(messages: u64) {
    model(2, move || {
        let memory = Arc::new(Sampling::<SLOTS>::new());
        memory.write(&mut Writer::new(memory.header(), 0), 1);
        let far = Arc::clone(&memory);
        let writer = thread::spawn(move || {
            let mut writer = Writer::new(far.header(), 0);
            (2..=messages).for_each(|message| far.write(&mut writer, message));
        });
        let mut last = 1;
        for _ in 0..2 {
            match memory.read() {
                Ok(message) => {
                    assert!(message >= last, "{message} after {last}");
                    last = message;
                }
                Err(missed) => assert_eq!(missed, Missed::Overtaken),
            }
        }
        writer.join().unwrap();
        assert_eq!(memory.read(), Ok(messages), "the newest is found");
    });
}

#[test]
fn the_newest_message_in_one_slot_is_whole() {
    sampled::<1>(2);
}

#[test]
fn the_newest_message_in_two_slots_is_whole() {
    sampled::<2>(3);
}

/// Numbers of two lives don't meet: a reader that began in one doesn't take the other's for its own.
#[test]
fn a_sampling_writer_that_restarts() {
    model(2, || {
        let memory = Arc::new(Sampling::<1>::new());
        memory.write(&mut Writer::new(memory.header(), 0), 1);
        let far = Arc::clone(&memory);
        let writer = thread::spawn(move || {
            far.scrub();
            far.write(&mut Writer::new(far.header(), 1), 11);
        });
        let first = memory.read();
        assert!(
            matches!(first, Ok(1 | 11) | Err(_)),
            "{first:?} is of no life"
        );
        writer.join().unwrap();
        assert_eq!(memory.read(), Ok(11));
    });
}

/// Memory of a queuing channel, whose words no two threads may touch at the same time.
struct Queuing {
    words: [AtomicU64; 4],
    slots: Vec<[Cell; 2]>,
}

/// A word of which loom says when two threads are at it that nothing orders, whatever they would read there.
struct Cell(loom::cell::UnsafeCell<u64>);

// SAFETY: loom runs one thread at a time, and stops where two accesses aren't ordered.
unsafe impl Sync for Cell {}

impl Queuing {
    fn new(slots: usize) -> Arc<Self> {
        let cell = || Cell(loom::cell::UnsafeCell::new(0));
        Arc::new(Self {
            words: std::array::from_fn(|_| AtomicU64::new(0)),
            slots: (0..slots).map(|_| [cell(), cell()]).collect(),
        })
    }

    fn queue(&self) -> Queue<'_> {
        let [sent, refused, taken, opened] = &self.words;
        Queue {
            sender: SenderWords { sent, refused },
            receiver: ReceiverWords { taken, opened },
            slots: u32::try_from(self.slots.len()).unwrap(),
        }
    }

    fn send(&self, sender: &mut Sender<'_>, message: u64) -> bool {
        let sent = sender.send(|slot| {
            for word in &self.slots[slot] {
                // SAFETY: loom has seen that no other access is beside this.
                word.0.with_mut(|word| unsafe { *word = message });
            }
        });
        sent.is_ok()
    }

    fn receive(&self, receiver: &mut Receiver<'_>) -> (Option<u64>, queuing::News) {
        // SAFETY: loom has seen that no store is beside this.
        let load = |word: &Cell| word.0.with(|word| unsafe { *word });
        let (taken, news) = receiver.receive(|slot| {
            let [one, other] = [0, 1].map(|word| load(&self.slots[slot][word]));
            assert_eq!(one, other, "torn");
            one
        });
        (taken, news)
    }
}

/// One sender, one receiver: whole, in order, and told of every loss before it shows.
fn crossing(slots: usize, messages: u64, looks: usize) {
    model(0, move || {
        let memory = Queuing::new(slots);
        let far = Arc::clone(&memory);
        let sender = thread::spawn(move || {
            let mut sender = Sender::new(far.queue(), 0);
            (1..=messages)
                .filter(|message| far.send(&mut sender, *message))
                .count()
        });
        let mut receiver = Receiver::new(memory.queue(), 0);
        let (mut last, mut lost, mut told, mut received) = (0, 0, 0, 0);
        let mut look = || {
            let (message, news) = memory.receive(&mut receiver);
            assert!(!news.is_broken);
            told += news.refused;
            if let Some(message) = message {
                assert!(message > last, "{message} after {last}");
                lost += message - last - 1;
                assert!(lost <= told, "{lost} lost and {told} told");
                last = message;
                received += 1;
            }
        };
        (0..looks).for_each(|_| look());
        let sent = sender.join().unwrap();
        // One more, which finds nothing and is told of the rest.
        (0..=slots).for_each(|_| look());
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
