//! Message windows: the places in the partition's RAM through which messages go. The configuration fixes
//! them, and the hypervisor reads or writes one during a call, and only then.

use core::ptr::NonNull;

use paratia_abi::passport::PortRecord;

/// A message window: bytes that belong to one port.
#[derive(Debug)]
pub struct Window {
    base: NonNull<u8>,
    length_bytes: usize,
}

impl Window {
    #[allow(
        clippy::cast_possible_truncation,
        reason = "addresses and usize are 64 bits"
    )]
    /// The window that a passport's record names.
    pub fn of(record: &PortRecord) -> Self {
        Self {
            base: NonNull::new(core::ptr::with_exposed_provenance_mut(
                record.window as usize,
            ))
            .expect("a message window doesn't lie at address 0"),
            length_bytes: record.message_bytes as usize,
        }
    }

    /// The largest message.
    pub fn length_bytes(&self) -> usize {
        self.length_bytes
    }

    /// Puts a message into it.
    pub fn fill(&mut self, message: &[u8]) {
        assert!(message.len() <= self.length_bytes);
        for (offset, byte) in message.iter().enumerate() {
            // SAFETY: the offset is within the window (asserted), which the configuration's rules
            // place in this partition's RAM, at its end, away from image and stacks.
            unsafe { self.base.add(offset).write_volatile(*byte) };
        }
    }

    /// Takes a message out of it.
    pub fn copy_to(&self, buffer: &mut [u8]) {
        assert!(buffer.len() <= self.length_bytes);
        for (offset, byte) in buffer.iter_mut().enumerate() {
            // SAFETY: the offset is within the window (asserted), which the configuration's rules place in this
            // partition's RAM, at its end, away from image and stacks.
            *byte = unsafe { self.base.add(offset).read_volatile() };
        }
    }
}
