//! The VideoCore's mailbox: a message is told by its address, and answered in its place.

use paratia_config::address::{MemoryRange, Pa};
use safe_mmio::fields::{ReadOnly, ReadPure, WriteOnly};
use safe_mmio::{UniqueMmioPointer, field, field_shared};

use super::Message;
use crate::refusal::{Reason, Refusal};
use crate::{cache, registers};

/// Mailbox 0, from the VideoCore, and mailbox 1, to it (BCM2835 mailboxes; the firmware's wiki).
#[repr(C)]
#[cfg_attr(
    test,
    derive(zerocopy::FromBytes, zerocopy::IntoBytes, zerocopy::KnownLayout)
)]
struct Registers {
    read: ReadOnly<u32>,
    reserved_04: [u32; 5],
    read_status: ReadPure<u32>,
    reserved_1c: u32,
    write: WriteOnly<u32>,
    reserved_24: [u32; 5],
    write_status: ReadPure<u32>,
}

const FULL: u32 = 1 << 31;
const EMPTY: u32 = 1 << 30;
/// The channel of properties, from Arm to the VideoCore; an address is aligned to 16.
const CHANNEL: u32 = 8;
const CHANNEL_MASK: u32 = 0xF;
/// The VideoCore's way to memory past its own caches.
const UNCACHED: u32 = 0xC000_0000;
/// How often a mailbox is looked at. The VideoCore takes up to some ten milliseconds for a frame
/// buffer; a read of its registers takes a tenth of a microsecond or more.
const MAX_POLLS: u32 = 5_000_000;

/// The mailbox.
pub(super) struct Mailbox {
    registers: UniqueMmioPointer<'static, Registers>,
    max_polls: u32,
}

impl Mailbox {
    /// The mailbox at `address`, or nothing if no registers can lie there.
    ///
    /// # Safety
    ///
    /// A VideoCore's mailbox must be mapped as device memory at its physical address, and used by
    /// nothing else.
    pub(super) unsafe fn claim(address: Pa) -> Result<Self, Refusal> {
        let range = MemoryRange::new(address, size_of::<Registers>() as u64);
        // SAFETY: the caller's promise, passed on.
        let registers = unsafe { registers::claim(range, 0) }?;
        Ok(Self {
            registers,
            max_polls: MAX_POLLS,
        })
    }

    /// Hands `message` over and waits for it to be answered in its place.
    pub(super) fn call(&mut self, message: &mut Message) -> Result<(), Refusal> {
        let place = (&raw mut *message).addr();
        let place = u32::try_from(place & 0x3FFF_FFF0).map_err(|_| Reason::NoAnswer)?;
        cache::clean_and_invalidate(message);
        self.wait(|this| field_shared!(this.registers, write_status).read() & FULL == 0)?;
        field!(self.registers, write).write(place | UNCACHED | CHANNEL);
        self.wait(|this| {
            let come = field_shared!(this.registers, read_status).read() & EMPTY == 0;
            come && {
                let answer = field!(this.registers, read).read();
                answer & CHANNEL_MASK == CHANNEL && answer & 0x3FFF_FFF0 == place
            }
        })?;
        cache::clean_and_invalidate(message);
        Ok(())
    }

    fn wait(&mut self, mut done: impl FnMut(&mut Self) -> bool) -> Result<(), Refusal> {
        (0..self.max_polls)
            .find(|_| done(self))
            .map(drop)
            .ok_or(Reason::NoAnswer.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fake::Registers as Fake;

    fn place(message: &mut Message) -> u32 {
        u32::try_from((&raw mut *message).addr() & 0x3FFF_FFF0).unwrap()
    }

    #[test]
    fn the_messages_place_is_told_with_the_channel() {
        let mut fake = Fake::new();
        let mut message = Message::EMPTY;
        let place = place(&mut message);
        fake.put(0x00, place | UNCACHED | 8);
        let mut mailbox = Mailbox {
            registers: fake.leak(),
            max_polls: 3,
        };
        mailbox.call(&mut message).unwrap();
        assert_eq!(fake.get(0x20), place | UNCACHED | 8);
    }

    #[test]
    fn nothing_waits_for_ever() {
        let mut message = Message::EMPTY;
        let place = place(&mut message);
        // Never room; never an answer; an answer to something else; on another channel.
        for (offset, value, read) in [
            (0x38, FULL, place | 8),
            (0x18, EMPTY, place | 8),
            (0x38, 0, place ^ 0x40 | 8),
            (0x38, 0, place | 1),
        ] {
            let mut fake = Fake::new();
            fake.put(offset, value);
            fake.put(0x00, read);
            let mut mailbox = Mailbox {
                registers: fake.leak(),
                max_polls: 3,
            };
            let refused = Err(Reason::NoAnswer.into());
            assert_eq!(
                mailbox.call(&mut message),
                refused,
                "{offset:#x} {value:#x}"
            );
        }
    }
}
