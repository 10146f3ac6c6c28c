//! Structures copied from and to where a guest's pointers say, each byte once.

use zerocopy::{FromBytes, Immutable, IntoBytes};

use super::memory::{Memory, Own, Page};
use super::stage1::{Access, Stage1};
use paratia_config::address::PAGE_BYTES;

/// The largest structure: no copy touches more than two pages, or takes longer.
pub const MOST_BYTES: usize = 128;

/// How a guest's pointers are followed now.
#[derive(Clone, Copy, Debug)]
pub struct Pointers {
    /// The guest's tables.
    pub stage1: Stage1,
    /// Its memory.
    pub own: Own,
}

/// The two pages that a structure may lie in.
struct Pages([Page; 2]);

impl Pages {
    /// The page of the byte at `address`, of a structure that begins at `start`.
    fn of(&self, start: u64, address: u64) -> Page {
        let [first, second] = self.0;
        let is_first = start / PAGE_BYTES == address / PAGE_BYTES;
        if is_first { first } else { second }
    }
}

impl Pointers {
    /// The structure that lies at a virtual address; nothing if the guest itself couldn't read it, or if a byte
    /// of it isn't the guest's own memory.
    pub fn read<T: FromBytes + IntoBytes>(&self, memory: &impl Memory, start: u64) -> Option<T> {
        let mut value = T::new_zeroed();
        self.read_bytes(memory, start, value.as_mut_bytes())?;
        Some(value)
    }

    /// Fills `bytes` with what lies at a virtual address; as [`Self::read`].
    pub fn read_bytes(&self, memory: &impl Memory, start: u64, bytes: &mut [u8]) -> Option<()> {
        let pages = self.pages(memory, start, bytes.len(), Access::Read)?;
        let mut word = 0;
        for (index, byte) in (0_u64..).zip(bytes) {
            let address = start.wrapping_add(index);
            if index == 0 || address.is_multiple_of(8) {
                word = memory.read(pages.of(start, address).word(address)) >> (8 * (address & 7));
            }
            *byte = word.to_le_bytes()[0];
            word >>= 8;
        }
        Some(())
    }

    /// Writes a structure to a virtual address; nothing is written if the guest itself couldn't.
    pub fn write<T: IntoBytes + Immutable>(
        &self,
        memory: &mut impl Memory,
        start: u64,
        value: &T,
    ) -> Option<()> {
        self.write_bytes(memory, start, value.as_bytes())
    }

    /// Writes bytes to a virtual address; as [`Self::write`].
    pub fn write_bytes(&self, memory: &mut impl Memory, start: u64, bytes: &[u8]) -> Option<()> {
        let pages = self.pages(memory, start, bytes.len(), Access::Write)?;
        for (index, byte) in (0_u64..).zip(bytes) {
            let address = start.wrapping_add(index);
            let lane = address & 7;
            let word = pages.of(start, address).word(address);
            memory.write(word, u64::from(*byte) << (8 * lane), 1 << lane);
        }
        Some(())
    }

    /// Whether the guest can do this to so many bytes, which are at most [`MOST_BYTES`], and their pages.
    fn pages(
        &self,
        memory: &impl Memory,
        start: u64,
        bytes: usize,
        access: Access,
    ) -> Option<Pages> {
        if bytes == 0 || bytes > MOST_BYTES {
            return None;
        }
        let last = start.checked_add(bytes as u64 - 1)?;
        let page = |address| {
            let ipa = self.stage1.translate(self.own, memory, address, access)?;
            self.own.page(ipa)
        };
        let first = page(start)?;
        let second = if start / PAGE_BYTES == last / PAGE_BYTES {
            first
        } else {
            page(last)?
        };
        Some(Pages([first, second]))
    }
}

#[cfg(test)]
mod tests;
