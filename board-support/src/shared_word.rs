//! Words of a controller that hold something of several owners and are changed by being read and
//! written: one CPU at a time does so.
//!
//! # Why no single atomic operation does
//! Registers have none. A copy in memory that is changed atomically would be stored to the register by a
//! second operation, and two CPUs' stores may come in the other order: then the register has, for good
//! or until somebody looks again, what the first of them had read, and with it a neighbour's old bit.
//!
//! # How long a CPU waits
//! Turns go in the order in which they were asked for, and whoever has one runs with everything masked
//! and makes two accesses to a device: so at most for one change of each other CPU. The rule on the
//! guard counts that (`paratia_config::rules`).

use core::sync::atomic::{AtomicU32, Ordering};

use safe_mmio::UniqueMmioPointer;
use safe_mmio::fields::ReadPureWrite;

use crate::barrier;

/// Turns at the words of one controller.
#[derive(Debug)]
pub(crate) struct Turns {
    next: AtomicU32,
    served: AtomicU32,
}

/// A word that holds something of several owners.
pub(crate) trait Word {
    /// What it holds.
    fn get(&self) -> u32;
    /// Makes it hold `value`.
    fn put(&mut self, value: u32);
}

impl Word for UniqueMmioPointer<'_, ReadPureWrite<u32>> {
    #[inline]
    fn get(&self) -> u32 {
        self.read()
    }

    #[inline]
    fn put(&mut self, value: u32) {
        self.write(value);
    }
}

impl Turns {
    pub(crate) const fn new() -> Self {
        Self {
            next: AtomicU32::new(0),
            served: AtomicU32::new(0),
        }
    }

    /// Clears the bits in `clear` of `word`, then sets those in `set`. The others stay as they are,
    /// whatever other CPUs do to them by this function at the same time.
    pub(crate) fn change(&self, word: &mut impl Word, clear: u32, set: u32) {
        let turn = self.next.fetch_add(1, Ordering::Relaxed);
        while self.served.load(Ordering::Acquire) != turn {
            barrier::yield_processor();
        }
        let others = word.get() & !clear;
        word.put(others | set);
        // The write has reached the device before the next one reads there.
        barrier::synchronise();
        self.served.store(turn.wrapping_add(1), Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::time::Duration;

    use super::*;

    const OURS: u32 = 1 << 5;
    const THEIRS: u32 = 1 << 15;

    /// A word in memory, as any CPU sees it.
    struct Plain<'a>(&'a AtomicU32);

    impl Word for Plain<'_> {
        fn get(&self) -> u32 {
            self.0.load(Ordering::SeqCst)
        }

        fn put(&mut self, value: u32) {
            self.0.store(value, Ordering::SeqCst);
        }
    }

    /// The same, but that between the reading and the writing of it another CPU has all the time that
    /// it needs for a change of its own.
    struct Slow<'a> {
        word: Plain<'a>,
        go: mpsc::Sender<()>,
        changed: mpsc::Receiver<()>,
    }

    impl Word for Slow<'_> {
        fn get(&self) -> u32 {
            let value = self.word.get();
            self.go.send(()).unwrap();
            let _ = self.changed.recv_timeout(Duration::from_millis(200));
            value
        }

        fn put(&mut self, value: u32) {
            self.word.put(value);
        }
    }

    /// Without turns the neighbour's bit is set in between, and lost by the write.
    #[test]
    fn what_another_cpu_changes_between_a_read_and_a_write_stays() {
        let (turns, register) = (&Turns::new(), &AtomicU32::new(OURS));
        let (go, may_go) = mpsc::channel();
        let (done, changed) = mpsc::channel();
        std::thread::scope(|threads| {
            threads.spawn(move || {
                may_go.recv().unwrap();
                turns.change(&mut Plain(register), 0, THEIRS);
                let _ = done.send(());
            });
            let word = Plain(register);
            turns.change(&mut Slow { word, go, changed }, OURS, 0);
        });
        assert_eq!(register.load(Ordering::SeqCst), THEIRS);
    }

    #[test]
    fn a_change_leaves_other_bits_alone() {
        let register = AtomicU32::new(0xF0F0);
        Turns::new().change(&mut Plain(&register), 0x00F0, 0x000F);
        assert_eq!(register.load(Ordering::SeqCst), 0xF00F);
    }
}
