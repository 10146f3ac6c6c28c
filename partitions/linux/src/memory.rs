//! The memory of a channel, mapped into this program.
//!
//! Linux maps what isn't its RAM as Device memory: accesses are aligned and of one word each, as a message is
//! copied here, and in the order of the program.

use core::arch::asm;
use core::mem::offset_of;
use core::ptr::NonNull;
use core::sync::atomic::AtomicU64;

use paratia_abi::direct::{
    HEADER_BYTES, QueuingHeader, QueuingReader, SAMPLING_SLOTS, SamplingHeader, SlotHeader,
};
use paratia_direct::queuing::{Queue, ReceiverWords, SenderWords};
use paratia_direct::sampling::Header;

use crate::channel::{Channel, Form};
use crate::linux::File;
use crate::{Failure, wrong};

/// Bytes of a slot before its message.
const BEFORE_MESSAGE: usize = size_of::<SlotHeader>();

/// A channel's memory. It stays mapped to the program's end.
pub struct Memory {
    base: NonNull<u64>,
    bytes: usize,
    reader_page: Option<NonNull<u64>>,
    slots: u32,
    slot_bytes: usize,
}

/// The board's counter, in ticks.
pub fn counter() -> u64 {
    let ticks;
    // SAFETY: reads a counter that Linux lets programs read.
    unsafe { asm!("mrs {}, cntvct_el0", out(reg) ticks, options(nomem, nostack)) };
    ticks
}

impl Memory {
    /// Maps a channel's memory: to write there if this Linux is its source, and the reader's page if it isn't.
    pub fn of(channel: &Channel) -> Result<Self, Failure> {
        let queue = channel.queue;
        let numbers = [channel.bytes, queue.slot_bytes].map(|it| usize::try_from(it).unwrap_or(0));
        let [bytes, slot_bytes] = numbers;
        let slots = if channel.form == Form::Shared {
            0
        } else {
            queue.slots.max(1)
        };
        let all = (slots as usize)
            .checked_mul(slot_bytes)
            .and_then(|it| it.checked_add(HEADER_BYTES));
        let is_sound = all.is_some_and(|all| all <= bytes || channel.form == Form::Shared)
            && (channel.form == Form::Shared || slot_bytes > BEFORE_MESSAGE)
            && (channel.form != Form::Sampling || queue.slots as usize == SAMPLING_SLOTS);
        if !is_sound {
            return Err(wrong("its node says slots that don't fit"));
        }
        let map = |from, bytes, writable| {
            let file = File::open_memory(c"/dev/mem", writable);
            let file = file.ok_or(wrong("/dev/mem can't be opened; it wants root"))?;
            let address = file.map(from, bytes, writable);
            let address =
                address.and_then(|it| NonNull::new(core::ptr::with_exposed_provenance_mut(it)));
            address.ok_or(wrong("its memory can't be mapped"))
        };
        let page = |from| map(from, HEADER_BYTES as u64, !channel.is_writable);
        Ok(Self {
            base: map(channel.base, channel.bytes, channel.is_writable)?,
            bytes,
            reader_page: queue.reader_page.map(page).transpose()?,
            slots,
            slot_bytes,
        })
    }

    /// All of it, in bytes.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// The largest message that a slot holds.
    pub fn message_bytes(&self) -> usize {
        self.slot_bytes - BEFORE_MESSAGE
    }

    /// The words of a sampling channel's header.
    pub fn sampling(&self) -> Header<'static> {
        let numbers = self
            .base
            .as_ptr()
            .wrapping_byte_add(offset_of!(SamplingHeader, numbers));
        // SAFETY: the header is the memory's first page, mapped for good. Its words are used as atomic ones alone,
        // of which a reader but loads.
        unsafe {
            Header {
                newest: word(self.base, offset_of!(SamplingHeader, newest)),
                numbers: &*numbers.cast::<[AtomicU64; SAMPLING_SLOTS]>(),
            }
        }
    }

    /// The words of a queuing channel.
    pub fn queue(&self) -> Result<Queue<'static>, Failure> {
        let page = self
            .reader_page
            .ok_or(wrong("its node says no reader's page"))?;
        // SAFETY: the header is the memory's first page and the reader's another, both mapped for good. Their words
        // are used as atomic ones alone, of which each end stores its own.
        unsafe {
            Ok(Queue {
                sender: SenderWords {
                    sent: word(self.base, offset_of!(QueuingHeader, sent)),
                    refused: word(self.base, offset_of!(QueuingHeader, refused)),
                },
                receiver: ReceiverWords {
                    taken: word(page, offset_of!(QueuingReader, taken)),
                    opened: word(page, offset_of!(QueuingReader, opened)),
                },
                slots: self.slots,
            })
        }
    }

    /// Stores a message into a slot, with the time.
    ///
    /// # Panics
    /// If it is longer than a slot's messages.
    pub fn put(&self, slot: usize, message: &[u8]) {
        assert!(message.len() <= self.message_bytes());
        let at = self.at(slot);
        self.store(at, message.len() as u64);
        self.store(at + 8, counter());
        self.copy_in(at + BEFORE_MESSAGE, message);
    }

    /// Copies a slot's message, as much of it as there can be, to a buffer: its length, by its writer's word.
    pub fn take(&self, slot: usize, buffer: &mut [u8]) -> u64 {
        let at = self.at(slot);
        let length = self.load(at);
        let most = self.message_bytes().min(buffer.len());
        let bytes = usize::try_from(length).map_or(most, |length| length.min(most));
        self.copy_out(at + BEFORE_MESSAGE, &mut buffer[..bytes]);
        // One that a slot can't hold is longer than any buffer.
        if length > most as u64 {
            u64::MAX
        } else {
            length
        }
    }

    /// Where a slot begins, as a distance from the memory's beginning.
    fn at(&self, slot: usize) -> usize {
        HEADER_BYTES + slot * self.slot_bytes
    }

    /// Copies bytes out of the memory, from a multiple of 8 on, word by word.
    pub fn copy_out(&self, from: usize, bytes: &mut [u8]) {
        for (at, part) in (from..).step_by(8).zip(bytes.chunks_mut(8)) {
            part.copy_from_slice(&self.load(at).to_le_bytes()[..part.len()]);
        }
    }

    /// Copies bytes into the memory, from a multiple of 8 on, word by word; zeroes end the last one.
    pub fn copy_in(&self, to: usize, bytes: &[u8]) {
        for (at, part) in (to..).step_by(8).zip(bytes.chunks(8)) {
            let mut word = [0; 8];
            word[..part.len()].copy_from_slice(part);
            self.store(at, u64::from_le_bytes(word));
        }
    }

    /// # Panics
    /// If no word of the memory begins there.
    fn place(&self, at: usize) -> NonNull<u64> {
        assert!(at.is_multiple_of(8) && at + 8 <= self.bytes);
        // SAFETY: it lies in the memory, which was looked at just now.
        unsafe { self.base.byte_add(at) }
    }

    fn load(&self, at: usize) -> u64 {
        // SAFETY: the word is mapped and aligned, and never a reference.
        unsafe { self.place(at).read_volatile() }
    }

    fn store(&self, at: usize, word: u64) {
        // SAFETY: the word is mapped and aligned, and never a reference. Where it may not be written, the program
        // ends by the signal of that.
        unsafe { self.place(at).write_volatile(word) };
    }
}

/// A word of a channel's memory.
///
/// # Safety
/// It is mapped for good, is a multiple of 8, and nothing but atomic accesses are made to it.
unsafe fn word(base: NonNull<u64>, at: usize) -> &'static AtomicU64 {
    // SAFETY: the caller promises all that a reference to an atomic needs.
    unsafe { &*base.as_ptr().wrapping_byte_add(at).cast::<AtomicU64>() }
}
