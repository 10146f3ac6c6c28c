//! The way of a partition's records to the log: a queue of its own, in which what has consequences always
//! finds room.
//!
//! Nobody else's records are in that queue, so nobody else can fill it. What its guest can repeat at will
//! takes the room that is left beside what its lives take:
//!
//! | record | waits or is left out while there is less room than for |
//! |---|---|
//! | an end of its life: what led to it, the fault, the verdict | never: the start before it has waited |
//! | a start | a life: the start itself, and the end of what it starts |
//! | a fault that is ignored | itself, and all lives up to the halt |
//! | a window, a heartbeat | itself, a fault that is ignored, and these lives |
//!
//! A life ends once, so its start may promise that its end will be told. A start that waits is one more
//! than the partition may have within the period of its limit, with the log still behind by all of them;
//! it delays nobody but the partition itself, and by one window at a time.
//!
//! Shared words are the queue's two ends. Who holds the partition's lock moves one (its vCPUs take turns),
//! CPU 0 the other; neither waits for the other.

use heapless::spsc::Producer;

use crate::base::time::Ticks;
use crate::base::total;

/// Records of a life: its start; and at its end what led to it, the fault, and the verdict.
pub const LIFE: usize = 1 + INCIDENT;
/// Records of a fault: what led to it, if that has a record of its own, the fault, and the verdict.
pub const INCIDENT: usize = 3;
/// Heartbeats beyond those that were waited for that one vCPU has told in one window.
const HEARTBEATS_TOLD: u8 = 4;
/// Faults that are ignored, likewise.
const IGNORED_TOLD: u8 = 2;
/// The most room that is kept for what can be repeated: CPU 0 comes to the log more often than once in a
/// frame of many windows.
const MOST_REPEATED: usize = 60;

/// Records of a partition that may be restarted `restarts` times within a period: all lives up to the
/// halt, a fault that is ignored, and what else may be repeated.
#[must_use]
pub const fn room(restarts: u32, repeated: usize) -> usize {
    lives(restarts) + INCIDENT + repeated
}

/// Records of the lives up to the halt: the end of this one, and all of those that may follow.
const fn lives(restarts: u32) -> usize {
    INCIDENT + restarts as usize * LIFE
}

/// Records of what a partition with `windows` in a major frame may repeat in two of them.
#[must_use]
pub const fn repeated(windows: usize) -> usize {
    // The window, the heartbeat that was waited for, those beyond it, and faults that are ignored.
    let of_window = 2 + HEARTBEATS_TOLD as usize + IGNORED_TOLD as usize * INCIDENT;
    let records = windows.saturating_mul(2 * of_window);
    if records < MOST_REPEATED {
        records
    } else {
        MOST_REPEATED
    }
}

/// Puts a record into its queue: whether there was room.
#[inline(never)]
pub fn put<R>(queue: &mut Producer<'static, R>, record: R) -> bool {
    queue.enqueue(record).is_ok()
}

/// What a partition tells the log, by records of type `R`.
pub struct Sender<R: 'static> {
    queue: Option<Producer<'static, R>>,
    /// Records that its lives may take.
    lives: usize,
    /// Records that found no room.
    dropped: u64,
}

impl<R> Sender<R> {
    /// Of a partition that may be restarted so often within a period; with no way to the log yet.
    #[must_use]
    pub const fn new(restarts: u32) -> Self {
        Self {
            queue: None,
            lives: lives(restarts),
            dropped: 0,
        }
    }

    /// From now on this is the way: a queue with [`room`] for the partition's records.
    pub fn connect(&mut self, queue: Producer<'static, R>) {
        self.queue = Some(queue);
    }

    /// Tells what has consequences.
    pub fn tell(&mut self, record: R) {
        let is_told = self.queue.as_mut().is_some_and(|queue| put(queue, record));
        if !is_told {
            total::add(&mut self.dropped, 1);
        }
    }

    /// Tells what the guest can repeat at will, if there is room.
    #[inline(never)]
    pub fn trace(&mut self, record: R) {
        if self.has(self.lives.saturating_add(INCIDENT + 1)) {
            self.tell(record);
        } else {
            total::add(&mut self.dropped, 1);
        }
    }

    /// Whether there is room for a fault that is ignored.
    #[must_use]
    pub fn can_ignore(&self) -> bool {
        self.has(self.lives.saturating_add(INCIDENT))
    }

    /// Whether there is room for a start, and for the end of the life that it begins.
    #[must_use]
    pub fn can_start(&self) -> bool {
        self.has(LIFE)
    }

    /// Records that found no room.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    fn has(&self, count: usize) -> bool {
        let free = |queue: &Producer<R>| queue.capacity().saturating_sub(queue.len());
        self.queue
            .as_ref()
            .is_some_and(|queue| free(queue) >= count)
    }
}

/// What a vCPU had told in its window of what can be repeated at will.
#[derive(Clone, Copy, Debug)]
pub struct Told {
    window: Ticks,
    heartbeats: u8,
    ignored: u8,
}

impl Told {
    /// Nothing yet.
    pub const NONE: Self = Self {
        window: Ticks(0),
        heartbeats: 0,
        ignored: 0,
    };

    /// Counts a heartbeat for which nobody waited, in the window that began then: whether it is told.
    pub fn heartbeat(&mut self, window: Ticks) -> bool {
        let told = &mut self.of(window).heartbeats;
        count(told, HEARTBEATS_TOLD)
    }

    /// Counts a fault that is ignored, likewise.
    pub fn ignored(&mut self, window: Ticks) -> bool {
        let told = &mut self.of(window).ignored;
        count(told, IGNORED_TOLD)
    }

    /// Of the window that began then.
    fn of(&mut self, window: Ticks) -> &mut Self {
        if self.window != window {
            *self = Self {
                window,
                ..Self::NONE
            };
        }
        self
    }
}

/// Counts one; whether it is within what is told.
fn count(told: &mut u8, most: u8) -> bool {
    let is_within = *told < most;
    *told = told.saturating_add(1);
    is_within
}

#[cfg(test)]
mod tests {
    use heapless::spsc::{Consumer, Queue};
    use proptest::prelude::*;

    use super::*;

    const RESTARTS: u32 = 2;
    const TRACED: usize = 6;
    const ROOM: usize = room(RESTARTS, TRACED);

    fn connected() -> (Sender<u32>, Consumer<'static, u32>) {
        let queue = std::boxed::Box::leak(std::boxed::Box::new(Queue::<u32, { ROOM + 1 }>::new()));
        let (sending, receiving) = queue.split();
        let mut sender = Sender::new(RESTARTS);
        sender.connect(sending);
        (sender, receiving)
    }

    #[test]
    fn each_kind_leaves_the_room_of_those_above_it() {
        let (mut sender, _receiver) = connected();
        for record in 0..100 {
            sender.trace(record);
        }
        assert_eq!(sender.dropped(), 100 - TRACED as u64);
        assert!(sender.can_ignore());
        (0..3).for_each(|record| sender.tell(record));
        assert!(!sender.can_ignore());
        (0..3).for_each(|record| sender.tell(record));
        for life in 0..RESTARTS {
            assert!(sender.can_start(), "{life}");
            (0..4).for_each(|record| sender.tell(record));
        }
        assert!(!sender.can_start(), "one life more than its limit");
        assert_eq!(sender.dropped(), 100 - TRACED as u64);
    }

    #[test]
    fn before_there_is_a_way_nothing_is_told() {
        let mut sender = Sender::new(0);
        assert!(!sender.can_start() && !sender.can_ignore());
        sender.tell(1);
        sender.trace(2);
        assert_eq!(sender.dropped(), 2);
    }

    #[test]
    fn a_window_tells_a_few_and_the_next_one_again() {
        let mut told = Told::NONE;
        for window in [5, 9] {
            let heartbeats = (0..1_000).filter(|_| told.heartbeat(Ticks(window)));
            assert_eq!(heartbeats.count(), 4);
            let ignored = (0..1_000).filter(|_| told.ignored(Ticks(window)));
            assert_eq!(ignored.count(), 2);
        }
    }

    #[test]
    fn there_is_room_for_two_frames() {
        assert_eq!(repeated(0), 0);
        assert_eq!(repeated(1), 24);
        assert_eq!(repeated(16), 60, "and no more than this");
        assert_eq!(room(3, 24), 3 + 3 * 4 + 3 + 24);
        assert_eq!(room(0, 0), 6);
    }

    proptest! {
        /// Whatever is repeated, and however slow the log is: no end of a life and no start is lost.
        #[test]
        fn what_has_consequences_always_finds_room(
            turns in proptest::collection::vec((0..5_u8, 1..40_u32), 1..400),
        ) {
            let (mut sender, mut log) = connected();
            let (mut runs, mut traces) = (true, 0);
            for (turn, times) in turns {
                match turn {
                    0 => {
                        for _ in 0..times {
                            traces += 1;
                            sender.trace(0);
                        }
                    }
                    1 => {
                        for _ in 0..times {
                            if runs && sender.can_ignore() {
                                (0..3).for_each(|_| sender.tell(1));
                            }
                        }
                    }
                    2 if runs => {
                        (0..3).for_each(|_| sender.tell(2));
                        runs = false;
                    }
                    3 if !runs && sender.can_start() => {
                        sender.tell(3);
                        runs = true;
                    }
                    _ => {
                        for _ in 0..times {
                            traces -= u64::from(log.dequeue() == Some(0));
                        }
                    }
                }
            }
            while let Some(record) = log.dequeue() {
                traces -= u64::from(record == 0);
            }
            prop_assert_eq!(sender.dropped(), traces, "nothing but traces");
        }
    }
}
