//! Memory that stands in for a register block in the host's tests: what is written is there to
//! read, and nothing else happens.

use core::ptr::NonNull;

use safe_mmio::UniqueMmioPointer;
use zerocopy::{FromBytes, IntoBytes, KnownLayout};

/// A register block of type `T`, all zero at first, with 32-bit access by offset.
pub(crate) struct Registers<T> {
    block: NonNull<T>,
}

impl<T: FromBytes + IntoBytes + KnownLayout + 'static> Registers<T> {
    pub(crate) fn new() -> Self {
        Self {
            block: NonNull::from(Box::leak(Box::new(T::new_zeroed()))),
        }
    }

    /// A pointer that outlives this value, as real registers do.
    pub(crate) fn leak(&mut self) -> UniqueMmioPointer<'static, T> {
        // SAFETY: `new` leaked the block, so that it lives for ever, and a test is one thread.
        unsafe { UniqueMmioPointer::new(self.block) }
    }

    pub(crate) fn put(&mut self, offset: usize, value: u32) {
        self.bytes()[offset..offset + 4].copy_from_slice(&value.to_le_bytes());
    }

    pub(crate) fn get(&mut self, offset: usize) -> u32 {
        u32::from_le_bytes(self.bytes()[offset..offset + 4].try_into().unwrap())
    }

    fn bytes(&mut self) -> &mut [u8] {
        // SAFETY: `new` leaked the block, so that it lives for ever, and a test is one thread; no other reference
        // to the block exists, only pointers.
        unsafe { self.block.as_mut() }.as_mut_bytes()
    }
}
