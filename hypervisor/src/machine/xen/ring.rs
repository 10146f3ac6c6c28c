//! The console's ring in a page that guest and hypervisor share (`xen/include/public/io/console.h`): bytes to the
//! guest, bytes from it, and four counts that only grow. Each side writes two of them; what the guest writes
//! is looked at once, and counts that can't be leave nothing to be moved.

use super::memory::{Memory, Page, Word};

/// One direction of the ring.
#[derive(Clone, Copy, Debug)]
pub struct Ring {
    page: Page,
    /// Where its bytes lie, and how many: a power of two.
    first: u64,
    bytes: u32,
    /// Where its two counts lie, of what was taken and of what was put: halves of one word.
    counts: u64,
}

/// The counts of a direction, as they were when they were looked at.
#[derive(Clone, Copy, Debug)]
struct Counts {
    taken: u32,
    put: u32,
}

impl Ring {
    /// What is typed for the guest.
    #[must_use]
    pub const fn to_guest(page: Page) -> Self {
        Self {
            page,
            first: 0,
            bytes: 1024,
            counts: 3072,
        }
    }

    /// What the guest says.
    #[must_use]
    pub const fn from_guest(page: Page) -> Self {
        Self {
            page,
            first: 1024,
            bytes: 2048,
            counts: 3080,
        }
    }

    /// The counts, and how many bytes are in the ring: none if they can't be.
    fn look(&self, memory: &impl Memory) -> (Counts, u32) {
        let word = memory.read(self.page.word(self.counts));
        #[allow(clippy::cast_possible_truncation, reason = "the lower half")]
        let (taken, put) = (word as u32, (word >> 32) as u32);
        let waiting = put.wrapping_sub(taken);
        (Counts { taken, put }, waiting)
    }

    fn place(&self, count: u32) -> (Word, u32) {
        let at = count & (self.bytes - 1);
        (self.page.word(self.first + u64::from(at)), at % 8)
    }

    /// Takes at most `most` bytes that the guest has put, as long as `give` has room for them; how many.
    pub fn take(
        &self,
        memory: &mut impl Memory,
        most: usize,
        mut give: impl FnMut(u8) -> bool,
    ) -> u32 {
        let (counts, waiting) = self.look(memory);
        if waiting > self.bytes {
            return 0;
        }
        let mut moved = 0;
        for _ in 0..most.min(waiting as usize) {
            let (word, lane) = self.place(counts.taken.wrapping_add(moved));
            let byte = memory
                .read(word)
                .to_le_bytes()
                .into_iter()
                .nth(lane as usize);
            if !give(byte.unwrap_or(0)) {
                break;
            }
            moved = moved.wrapping_add(1);
        }
        if moved > 0 {
            let taken = counts.taken.wrapping_add(moved);
            memory.write(self.page.word(self.counts), taken.into(), 0x0F);
        }
        moved
    }

    /// Puts bytes for the guest as long as there is room and `next` has any; how many.
    pub fn put(&self, memory: &mut impl Memory, mut next: impl FnMut() -> Option<u8>) -> u32 {
        let (counts, waiting) = self.look(memory);
        let mut moved = 0;
        while waiting.saturating_add(moved) < self.bytes {
            let Some(byte) = next() else { break };
            let (word, lane) = self.place(counts.put.wrapping_add(moved));
            memory.write(word, u64::from(byte) << (8 * lane), 1 << lane);
            moved = moved.wrapping_add(1);
        }
        if moved > 0 {
            let put = counts.put.wrapping_add(moved);
            memory.write(self.page.word(self.counts), u64::from(put) << 32, 0xF0);
        }
        moved
    }
}

#[cfg(test)]
mod tests;
