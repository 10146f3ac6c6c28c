//! Which pointers of a unikernel its tender follows.

/// A unikernel's memory, as far as its pointers may name it.
#[derive(Clone, Copy, Debug)]
pub struct Memory {
    /// The first address.
    pub base: u64,
    /// One past the last.
    pub end: u64,
}

impl Memory {
    /// Whether all of `bytes` bytes from `pointer` on are in it.
    ///
    /// ```
    /// let memory = paratia_tender::memory::Memory { base: 0x1_0000, end: 0x20_0000 };
    /// assert!(memory.has(0x1F_FFF0, 16));
    /// assert!(!memory.has(0x1F_FFF1, 16) && !memory.has(0xFFFF, 1) && !memory.has(u64::MAX, 2));
    /// ```
    #[must_use]
    pub const fn has(&self, pointer: u64, bytes: u64) -> bool {
        match pointer.checked_add(bytes) {
            Some(end) => pointer >= self.base && end <= self.end,
            None => false,
        }
    }
}

/// What a transfer to or from a block device is answered, before anything is moved.
///
/// ```
/// use paratia_tender::memory::is_on_device;
///
/// assert!(is_on_device(0, 512, 1024) && is_on_device(512, 512, 1024));
/// assert!(!is_on_device(1024, 0, 1024) && !is_on_device(512, 513, 1024) && !is_on_device(u64::MAX, 512, 1024));
/// ```
#[must_use]
pub const fn is_on_device(offset: u64, bytes: u64, capacity: u64) -> bool {
    match offset.checked_add(bytes) {
        Some(end) => offset < capacity && end <= capacity,
        None => false,
    }
}
