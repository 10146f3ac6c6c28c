//! Words that several CPUs touch, by names of their own: the test `orders` puts others in their place, of which
//! it tries every order of accesses, old values included.

pub use core::sync::atomic::{AtomicU64, Ordering, fence};

/// A word that nobody but the caller writes: it is what the caller stored last.
#[inline]
pub fn own(word: &AtomicU64) -> u64 {
    word.load(Ordering::Relaxed)
}
