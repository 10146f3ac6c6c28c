//! Words that several CPUs touch, by names of their own: the test `queue_orders` puts others in their place, of
//! which it tries every order of accesses, old values included.

pub use core::sync::atomic::{AtomicU64, Ordering};

/// A word of which other words say whose turn it is: no two accesses are at the same time, unless both read.
pub type Word = AtomicU64;

/// A word that nobody but the caller writes: it is what the caller stored last.
#[inline]
#[must_use]
pub fn own(word: &AtomicU64) -> u64 {
    word.load(Ordering::Relaxed)
}
