//! Shared memory: what a channel of that kind is, without any form. Who may write it says the configuration;
//! what its ends do there is their own affair.

use core::ptr::NonNull;

use paratia_abi::passport::{MEMORY_SHARED, PORT_DESTINATION, PORT_SOURCE, Passport};

use crate::passport;

/// Memory that the partition shares with others.
///
/// ```no_run
/// use paratia_runtime::passport;
/// use paratia_runtime::shared_memory::SharedMemory;
///
/// let board = SharedMemory::find(passport::own(), "board");
/// ```
#[derive(Debug)]
pub struct SharedMemory {
    base: NonNull<u8>,
    size_bytes: usize,
    is_writable: bool,
}

impl SharedMemory {
    /// The shared memory at the port called `name`, if the partition has one.
    ///
    /// ```no_run
    /// use paratia_runtime::passport;
    /// use paratia_runtime::shared_memory::SharedMemory;
    ///
    /// let board = SharedMemory::find(passport::own(), "board").expect("memory");
    /// ```
    #[must_use]
    #[allow(
        clippy::cast_possible_truncation,
        reason = "addresses and usize are 64 bits"
    )]
    pub fn find(passport: &'static Passport, name: &str) -> Option<Self> {
        let at = |direction| passport::memory_port(passport, name, direction, MEMORY_SHARED);
        let (record, memory) = at(PORT_SOURCE).or_else(|| at(PORT_DESTINATION))?;
        let base = core::ptr::with_exposed_provenance_mut(record.window as usize);
        Some(Self {
            base: NonNull::new(base)?,
            size_bytes: memory.size_bytes as usize,
            is_writable: memory.rights & 0b10 != 0,
        })
    }

    /// Where it begins. Others may change it at any time, so it is to be read and written as volatile or
    /// atomic; a store is an abort where it isn't [writable](Self::is_writable).
    ///
    /// ```no_run
    /// use paratia_runtime::passport;
    /// use paratia_runtime::shared_memory::SharedMemory;
    ///
    /// let board = SharedMemory::find(passport::own(), "board").expect("memory");
    /// // SAFETY: a word of memory that is there; others may write it at any time.
    /// let word = unsafe { board.base().cast::<u64>().read_volatile() };
    /// ```
    #[must_use]
    pub fn base(&self) -> NonNull<u8> {
        self.base
    }

    /// Its size.
    ///
    /// ```no_run
    /// use paratia_runtime::passport;
    /// use paratia_runtime::shared_memory::SharedMemory;
    ///
    /// let board = SharedMemory::find(passport::own(), "board").expect("memory");
    /// let words = board.size_bytes() / 8;
    /// ```
    #[must_use]
    pub fn size_bytes(&self) -> usize {
        self.size_bytes
    }

    /// Whether this partition may write it.
    ///
    /// ```no_run
    /// use paratia_runtime::passport;
    /// use paratia_runtime::shared_memory::SharedMemory;
    ///
    /// let board = SharedMemory::find(passport::own(), "board").expect("memory");
    /// assert!(board.is_writable());
    /// ```
    #[must_use]
    pub fn is_writable(&self) -> bool {
        self.is_writable
    }
}
