//! Statics with one owner: what belongs to one CPU or one partition needs no lock.

use core::cell::UnsafeCell;

/// A value in a static that only its owner touches.
pub struct Owned<T>(UnsafeCell<T>);

// SAFETY: the value is reached by `get` alone, whose callers promise that one CPU at a time is its owner, and
// by `pointer`, whose use is the user's own promise.
unsafe impl<T> Sync for Owned<T> {}

impl<T> Owned<T> {
    /// Holds `value`.
    pub const fn new(value: T) -> Self {
        Self(UnsafeCell::new(value))
    }

    /// The value, for its owner.
    ///
    /// # Safety
    /// The caller is the owner (the CPU that it belongs to, or that runs the partition that it
    /// belongs to), and has no other reference to it in use.
    #[allow(
        clippy::mut_from_ref,
        reason = "the caller's promise makes it the only one"
    )]
    pub unsafe fn get(&self) -> &mut T {
        // SAFETY: the caller promises to be the owner and to have no other reference in use, so this is the
        // only one.
        unsafe { &mut *self.0.get() }
    }

    /// Its address.
    pub const fn pointer(&self) -> *mut T {
        self.0.get()
    }
}
