//! Records in the memory of direct channels: messages that go from one partition to others without a call.
//!
//! Nothing here passes through the hypervisor, which only maps the memory: writable for its one writer,
//! read-only for all others, executable for nobody. Where the memory is and how it is cut says the passport
//! ([`crate::passport::MemoryRecord`]), a constant, so that no end has to believe another about a place. A
//! number that another end writes is judged by whoever reads it.
//!
//! The first page has the header; slots follow it, each a [`SlotHeader`] and a message. A message's *number*
//! is a count, from 1 on, below the writer's restarts so far in the bits from [`COUNT_BITS`] on: so no number
//! comes twice. The writer's start scrubs what it writes, the header first.
//!
//! # Sampling
//! The writer, for the message with number `n` and the slot `s`, which is the count modulo the slots:
//! stores 0 to `numbers[s]`, and then (`DMB ISH`) the slot; stores `n` to `numbers[s]` and then to `newest`,
//! this with release (`STLR`). A reader loads `n` from `newest` with acquire (`LDAR`), 0 being none; copies the
//! slot; and then (`DMB ISHLD`) loads `numbers[s]`. What it copied is the message `n` if that is `n`; else the
//! writer has come round to this slot, and it looks anew.
//!
//! # Queuing
//! The message with number `n` lies in the slot that is its count less 1, modulo the slots. The writer may
//! store into it when `n - taken` is at most the number of slots, as loaded from the reader's page with
//! acquire, and then stores `n` to `sent` with release. The reader takes messages from `taken + 1` up to
//! `sent`, as loaded with acquire, and then stores the number to `taken` with release. A `taken` of other
//! restarts than `sent` stands for none of this life.

use core::mem::size_of;

use static_assertions::const_assert;

/// Slots of a sampling channel: a reader meets the writer only if that has written as many messages less
/// one while the reader copied one.
pub const SAMPLING_SLOTS: usize = 4;
/// Bytes before the first slot.
pub const HEADER_BYTES: usize = 4096;
/// Slots lie on multiples of this many bytes.
pub const SLOT_ALIGNMENT: usize = 64;
/// Bits of a message's number that count; above them are the writer's restarts.
pub const COUNT_BITS: u32 = 48;

const_assert!(size_of::<SamplingHeader>() <= HEADER_BYTES);
const_assert!(size_of::<QueuingHeader>() <= HEADER_BYTES);

/// The header of a sampling channel, which its source writes.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct SamplingHeader {
    /// The number of the newest message; 0 if there is none.
    pub newest: u64,
    /// Zero, up to the next cache line.
    pub reserved: [u64; 7],
    /// The number of the message in each slot; 0 while it changes.
    pub numbers: [u64; SAMPLING_SLOTS],
}

/// The header of a queuing channel, which its source writes.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct QueuingHeader {
    /// The number of the last message that was sent.
    pub sent: u64,
    /// Messages that found no room since the source's start.
    pub refused: u64,
}

/// What the reader of a queuing channel says, in a page of its own.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct QueuingReader {
    /// The number of the last message that was taken.
    pub taken: u64,
    /// Not 0 once the reader has begun to look.
    pub opened: u64,
}

/// What lies before a message in its slot.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct SlotHeader {
    /// Its length in bytes.
    pub length: u64,
    /// When it was written, by its writer's word: ticks of `CNTVCT_EL0`.
    pub written: u64,
}
