//! What several vCPUs of one partition share, each on its own CPU.
//!
//! A partition waits for nobody but itself: there is one lock a partition, and those who wait get it in
//! the order in which they came. A partition with one vCPU needs none and pays for none.
//!
//! # How long it is held
//! For one exit of a vCPU, the end of its window included, or for what connects it before the next; never
//! while a CPU waits, sleeps or scrubs. So it is held as long as the longest exit at most
//! ([`paratia_config::rules::longest_hold`]), and an exit waits for it once: a vCPU whose window ends waits
//! twice at most, for one hold of each other CPU that runs its siblings, which the rules demand of the guard
//! (`guard_covers_longest_path`). What the next one waits for is its own siblings' doing, and delays its
//! window alone. Who has nothing
//! to do in a window learns that without it ([`crate::policy::lifecycle::Occasions`]).

use core::cell::UnsafeCell;
use core::ops::{Deref, DerefMut};
use core::sync::atomic::{AtomicU32, Ordering};

use crate::arch::timer;
use crate::built::chosen::ANY;

/// A value that is touched by the one who holds its lock.
pub struct Lock<T> {
    /// Whether there is anybody to share it with.
    is_shared: bool,
    next_ticket: AtomicU32,
    served: AtomicU32,
    value: UnsafeCell<T>,
}

// SAFETY: the value is reached through a `Guard` only. Of a shared one there is one at a time; the
// only vCPU of one that isn't shared is on one CPU, which `lock`'s caller promises.
unsafe impl<T> Sync for Lock<T> {}

/// The proof that the lock is held, and the only way to its value; dropped, it lets the next one in.
pub struct Guard<'a, T> {
    lock: &'a Lock<T>,
}

impl<T> Lock<T> {
    /// Holds `value`, for one CPU or for several.
    pub const fn new(value: T, is_shared: bool) -> Self {
        Self {
            is_shared,
            next_ticket: AtomicU32::new(0),
            served: AtomicU32::new(0),
            value: UnsafeCell::new(value),
        }
    }

    /// Whether several CPUs use it; else nobody ever waits for it.
    #[inline]
    pub fn is_shared(&self) -> bool {
        ANY.most_vcpus > 1 && self.is_shared
    }

    /// The value, without waiting for anybody: in the safe state.
    ///
    /// # Safety
    /// Nobody else changes the value as long as the reference is used: nobody holds the lock, or whoever
    /// does will never go on.
    pub unsafe fn peek(&self) -> &T {
        // SAFETY: the caller promises that nobody changes the value meanwhile.
        unsafe { &*self.value.get() }
    }

    /// Waits for the lock: as long as those before it take, one exit each.
    ///
    /// # Safety
    /// If it isn't shared, the caller is on the one CPU that uses it, and has no other guard.
    #[inline]
    pub unsafe fn lock(&self) -> Guard<'_, T> {
        if self.is_shared() {
            // Nothing hangs on the ticket but the turn; what the last holder wrote comes with `served`.
            let ticket = self.next_ticket.fetch_add(1, Ordering::Relaxed);
            while self.served.load(Ordering::Acquire) != ticket {
                timer::yield_processor();
            }
        }
        Guard { lock: self }
    }
}

impl<T> Lock<T> {
    /// The lock, if nobody has it or waits for it.
    ///
    /// # Safety
    /// If it isn't shared, the caller is on the one CPU that uses it, and has no other guard.
    #[inline]
    pub unsafe fn try_lock(&self) -> Option<Guard<'_, T>> {
        if self.is_shared() {
            let served = self.served.load(Ordering::Acquire);
            let next = served.wrapping_add(1);
            // Had now, it orders as a lock that was waited for; not had, nothing is read on its account.
            let (taken, seldom) = (Ordering::Acquire, Ordering::Relaxed);
            let tickets = &self.next_ticket;
            tickets.compare_exchange(served, next, taken, seldom).ok()?;
        }
        Some(Guard { lock: self })
    }
}

impl<T> Guard<'_, T> {
    /// Whether there is anybody who may wait for it.
    #[inline]
    #[must_use]
    pub fn is_shared(&self) -> bool {
        self.lock.is_shared()
    }
}

impl<T> Drop for Guard<'_, T> {
    #[inline]
    fn drop(&mut self) {
        if self.is_shared() {
            // Only the holder writes it.
            let served = &self.lock.served;
            let next = served.load(Ordering::Relaxed).wrapping_add(1);
            served.store(next, Ordering::Release);
        }
    }
}

impl<T> Deref for Guard<'_, T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        // SAFETY: the guard is the only way to the value: of a shared one by its ticket, of another by the
        // promise of whoever locked it.
        unsafe { &*self.lock.value.get() }
    }
}

impl<T> DerefMut for Guard<'_, T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: the guard is the only way to the value, and it is borrowed for as long as the reference.
        unsafe { &mut *self.lock.value.get() }
    }
}
