//! Events: a bit without a message, which its source may signal so often in each of its windows, and which each
//! destination takes, with the count of the signals since it did so last.
//!
//! The bit itself, and whom it interrupts, is the doorbell's ([`crate::policy::doorbell`]); here is what is
//! counted. Each word has one writer: the source's are written under its partition's lock, and so is what a
//! destination was told, under that of its own.
//!
//! # What a source can't do
//! Windows are told apart by their start, which only grows on every CPU. The count begins anew with a window
//! that started later than all before; so each window of any of its vCPUs allows the declared number at most,
//! whatever the order in which these signal.

use crate::base::atomic::{AtomicU64, Ordering, own};
use crate::base::time::Ticks;

/// What the source alone writes. It fills a cache line, so that partitions don't slow each other down.
#[derive(Debug, Default)]
#[repr(C, align(64))]
pub struct EventCounts {
    signalled: AtomicU64,
    refused: AtomicU64,
    /// When the window began in which it was signalled last.
    window: AtomicU64,
    /// How often it was there.
    in_window: AtomicU64,
}

/// What became of a signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct Signalled {
    /// Whether it counts; else it was one too many in this window.
    pub is_taken: bool,
    /// Signals that are left in this window.
    pub left: u64,
    /// Signals refused since boot, this one included.
    pub refused: u64,
}

/// What a destination takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct Taken {
    /// Signals since it took the event last.
    pub count: u64,
    /// Signals refused since boot.
    pub refused: u64,
}

impl EventCounts {
    /// Never signalled.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            signalled: AtomicU64::new(0),
            refused: AtomicU64::new(0),
            window: AtomicU64::new(0),
            in_window: AtomicU64::new(0),
        }
    }

    /// Signals in the window that began at `window`, of which `most` are allowed in each. Only one CPU at a time
    /// may signal.
    pub fn signal(&self, window: Ticks, most: u64) -> Signalled {
        let mut here = own(&self.in_window);
        if window.0 > own(&self.window) {
            self.window.store(window.0, Ordering::Relaxed);
            here = 0;
        }
        let mut refused = own(&self.refused);
        let is_taken = here < most;
        if is_taken {
            here = here.wrapping_add(1);
            let all = own(&self.signalled).wrapping_add(1);
            // In the one order in which the doorbell has its word: either the source finds it silent and rings,
            // or the destination, which silenced it first, sees this count.
            self.signalled.store(all, Ordering::SeqCst);
        } else {
            refused = refused.wrapping_add(1);
            self.refused.store(refused, Ordering::Relaxed);
        }
        self.in_window.store(here, Ordering::Relaxed);
        Signalled {
            is_taken,
            left: most.saturating_sub(here),
            refused,
        }
    }

    /// Takes what a destination hasn't been `told`, after it has silenced its port. Only one CPU at a time may do
    /// so for the same destination.
    pub fn take(&self, told: &AtomicU64) -> Taken {
        let all = self.signalled.load(Ordering::SeqCst);
        let count = all.wrapping_sub(own(told));
        told.store(all, Ordering::Relaxed);
        Taken {
            count,
            refused: self.refused.load(Ordering::Relaxed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signalled(is_taken: bool, left: u64, refused: u64) -> Signalled {
        Signalled {
            is_taken,
            left,
            refused,
        }
    }

    #[test]
    fn each_window_allows_as_many_as_are_declared_and_what_goes_beyond_is_counted() {
        let (event, told) = (EventCounts::new(), AtomicU64::new(0));
        for (window, refused) in [(10, 0), (20, 1)] {
            assert_eq!(event.signal(Ticks(window), 2), signalled(true, 1, refused));
            assert_eq!(event.signal(Ticks(window), 2), signalled(true, 0, refused));
            let beyond = event.signal(Ticks(window), 2);
            assert_eq!(beyond, signalled(false, 0, refused + 1));
        }
        assert_eq!(
            event.take(&told),
            Taken {
                count: 4,
                refused: 2
            }
        );
        assert_eq!(event.take(&told).count, 0, "it was taken");
    }

    #[test]
    fn vcpus_that_take_turns_get_no_more_than_their_windows_allow() {
        let event = EventCounts::new();
        // Windows of two CPUs that began at 10 and at 11, signalled from by turns.
        let turns = (0..100).map(|turn| event.signal(Ticks(10 + turn % 2), 3));
        assert_eq!(turns.filter(|it| it.is_taken).count(), 1 + 3);
    }

    #[test]
    fn each_destination_is_told_of_every_signal_once() {
        let event = EventCounts::new();
        let told = [const { AtomicU64::new(0) }; 2];
        let _ = event.signal(Ticks(1), 9);
        assert_eq!(event.take(&told[0]).count, 1);
        let _ = event.signal(Ticks(1), 9);
        assert_eq!(event.take(&told[0]).count, 1);
        assert_eq!(event.take(&told[1]).count, 2);
    }
}
