//! The memory of a direct channel: its header's words, and its slots, which hold a message each.
//!
//! Others write here at any time, so nothing here is ever a reference to plain memory: words are atomic, and
//! messages are copied by instructions of which the compiler knows nothing but that they copy.

#[cfg(target_arch = "aarch64")]
use core::arch::asm;
use core::mem::offset_of;
use core::ptr::NonNull;
use core::sync::atomic::AtomicU64;

use paratia_abi::direct::{
    HEADER_BYTES, QueuingHeader, QueuingReader, SAMPLING_SLOTS, SamplingHeader, SlotHeader,
};
use paratia_abi::passport::{MemoryRecord, PortRecord};
use paratia_direct::queuing::{Queue, ReceiverWords, SenderWords};
use paratia_direct::sampling::Header;

use crate::time::Instant;

/// Bytes of a slot before its message.
const BEFORE_MESSAGE: usize = size_of::<SlotHeader>();

/// The slots of a channel.
#[derive(Debug)]
pub struct Slots {
    first: NonNull<u8>,
    slot_bytes: usize,
    message_bytes: usize,
}

/// What a slot was found to hold.
#[derive(Clone, Copy, Debug)]
pub struct Taken {
    /// The message's length, by its writer's word.
    pub length: u64,
    /// When it was written, by its writer's word.
    pub written: Instant,
}

#[allow(clippy::cast_possible_truncation, reason = "usize is 64 bits")]
impl Taken {
    /// The message's length in a buffer that holds the largest, if it can be true.
    #[inline]
    pub fn length_within(self, slots: &Slots) -> Option<usize> {
        // One comparison: 0 less 1 is more than any.
        let is_true = self.length.wrapping_sub(1) < slots.message_bytes as u64;
        is_true.then_some(self.length as usize)
    }
}

#[allow(
    clippy::cast_possible_truncation,
    reason = "addresses and usize are 64 bits"
)]
impl Slots {
    /// The slots that a passport's records name.
    pub fn of(record: &PortRecord, memory: &MemoryRecord) -> Self {
        let first = record.window as usize + HEADER_BYTES;
        Self {
            first: NonNull::new(core::ptr::with_exposed_provenance_mut(first))
                .expect("a channel's memory doesn't lie at address 0"),
            slot_bytes: memory.slot_bytes as usize,
            message_bytes: record.message_bytes as usize,
        }
    }

    /// The largest message.
    pub fn message_bytes(&self) -> usize {
        self.message_bytes
    }

    /// Stores a message into a slot, with the time.
    ///
    /// # Panics
    /// If it is longer than the channel's messages.
    #[inline]
    pub fn put(&self, slot: usize, message: &[u8]) {
        assert!(message.len() <= self.message_bytes);
        let at = self.at(slot);
        // SAFETY: the slot lies in the channel's memory, which this partition may write and never has a reference
        // to; it has room for the largest message behind its header.
        unsafe {
            let header = at.cast::<u64>();
            header.write_volatile(message.len() as u64);
            header.add(1).write_volatile(Instant::now().0);
            copy(
                message.as_ptr(),
                at.add(BEFORE_MESSAGE).as_ptr(),
                message.len(),
            );
        }
    }

    /// Copies a slot's message, whatever there is of it, to a buffer that holds the largest.
    ///
    /// # Panics
    /// If the buffer is shorter than that.
    #[inline]
    pub fn take(&self, slot: usize, buffer: &mut [u8]) -> Taken {
        assert!(buffer.len() >= self.message_bytes);
        let at = self.at(slot);
        // SAFETY: the slot lies in the channel's memory, which this partition may read and never has a reference
        // to; what is copied is no more than a slot and the buffer hold, whatever length is found.
        unsafe {
            let header = at.cast::<u64>();
            let length = header.read_volatile();
            let written = Instant(header.add(1).read_volatile());
            let bytes = (length as usize).min(self.message_bytes);
            copy(at.add(BEFORE_MESSAGE).as_ptr(), buffer.as_mut_ptr(), bytes);
            Taken { length, written }
        }
    }

    /// Where a slot begins. The protocols give no index that isn't a slot's.
    #[inline]
    fn at(&self, slot: usize) -> NonNull<u8> {
        // SAFETY: all slots lie in the channel's memory, and this is one of them.
        unsafe { self.first.add(slot * self.slot_bytes) }
    }
}

/// The words of a sampling channel's header.
#[allow(
    clippy::cast_possible_truncation,
    reason = "addresses and usize are 64 bits"
)]
pub fn sampling_header(record: &PortRecord) -> Header<'static> {
    let base = record.window as usize;
    let numbers = base + offset_of!(SamplingHeader, numbers);
    // SAFETY: the passport says that these words are there, and they are aligned as its record is; they are
    // only ever used as atomic ones, of which readers but load.
    unsafe {
        Header {
            newest: word(base + offset_of!(SamplingHeader, newest)),
            numbers: &*core::ptr::with_exposed_provenance::<[AtomicU64; SAMPLING_SLOTS]>(numbers),
        }
    }
}

/// The words of a queuing channel.
#[allow(
    clippy::cast_possible_truncation,
    reason = "addresses and usize are 64 bits"
)]
pub fn queue(record: &PortRecord, memory: &MemoryRecord) -> Queue<'static> {
    let (header, page) = (record.window as usize, memory.reader_page as usize);
    // SAFETY: the passport says that these words are there, and pages are aligned; they are only ever used as
    // atomic ones, of which each end stores its own alone.
    unsafe {
        Queue {
            sender: SenderWords {
                sent: word(header + offset_of!(QueuingHeader, sent)),
                refused: word(header + offset_of!(QueuingHeader, refused)),
            },
            receiver: ReceiverWords {
                taken: word(page + offset_of!(QueuingReader, taken)),
                opened: word(page + offset_of!(QueuingReader, opened)),
            },
            slots: memory.slots,
        }
    }
}

/// A word of a channel's memory.
///
/// # Safety
/// It is there for good, is a multiple of 8, and nothing but atomic accesses are made to it here.
unsafe fn word(address: usize) -> &'static AtomicU64 {
    // SAFETY: the caller promises all that a reference to an atomic needs.
    unsafe { &*core::ptr::with_exposed_provenance(address) }
}

/// Copies bytes, each once, in no order that anybody may rely on. What others store meanwhile may be in it.
///
/// # Safety
/// Both ranges are valid for the accesses, and don't overlap.
#[cfg(target_arch = "aarch64")]
#[inline]
unsafe fn copy(from: *const u8, to: *mut u8, bytes: usize) {
    // SAFETY: the caller promises valid ranges; each access is within them, whole or in parts of 16, 8, 4, 2 and 1
    // bytes at the end. As assembly it has no data races that the compiler could build on.
    unsafe {
        asm!(
            "subs {left}, {left}, #32",
            "b.lo 3f",
            "2:",
            "ldp {a}, {b}, [{from}], #16",
            "ldp {c}, {d}, [{from}], #16",
            "stp {a}, {b}, [{to}], #16",
            "stp {c}, {d}, [{to}], #16",
            "subs {left}, {left}, #32",
            "b.hs 2b",
            "3:",
            "ands {left}, {left}, #31", // what is left, since 32 were taken off once too often
            "b.eq 8f",
            "tbz {left}, #4, 4f",
            "ldp {a}, {b}, [{from}], #16",
            "stp {a}, {b}, [{to}], #16",
            "4:",
            "tbz {left}, #3, 5f",
            "ldr {a}, [{from}], #8",
            "str {a}, [{to}], #8",
            "5:",
            "tbz {left}, #2, 6f",
            "ldr {a:w}, [{from}], #4",
            "str {a:w}, [{to}], #4",
            "6:",
            "tbz {left}, #1, 7f",
            "ldrh {a:w}, [{from}], #2",
            "strh {a:w}, [{to}], #2",
            "7:",
            "tbz {left}, #0, 8f",
            "ldrb {a:w}, [{from}]",
            "strb {a:w}, [{to}]",
            "8:",
            from = inout(reg) from => _,
            to = inout(reg) to => _,
            left = inout(reg) bytes => _,
            a = out(reg) _, b = out(reg) _, c = out(reg) _, d = out(reg) _,
            options(nostack),
        );
    }
}

/// The same where documentation is compiled.
///
/// # Safety
/// As above: both ranges are valid for the accesses, and don't overlap.
#[cfg(not(target_arch = "aarch64"))]
unsafe fn copy(from: *const u8, to: *mut u8, bytes: usize) {
    for at in 0..bytes {
        // SAFETY: the caller promises that both bytes are there.
        unsafe { to.add(at).write_volatile(from.add(at).read_volatile()) };
    }
}
