//! The newest message, from one writer to any number of readers, which write nothing: the non-blocking write
//! protocol (H. Kopetz, J. Reisinger, "The non-blocking write protocol NBW", RTSS 1993) with several slots.
//!
//! The writer never waits and takes no notice of readers. A reader copies a slot and then looks whether the
//! writer has come round to it meanwhile, for which that has to write [`SAMPLING_SLOTS`] messages less one; it
//! tries again, [`TRIES`] times at most, and says so if they weren't enough. Who is preempted in the midst of
//! copying is so only once in a window, so that one more try has a window for itself.
//!
//! # The orders, by the Arm memory model
//! Arm ARM DDI 0487, B2.3. What a slot holds is copied by plain loads and stores of any size; what follows
//! doesn't ask more of them than that each is ordered by the barriers around it.
//!
//! * **What is taken for whole is whole.** Let a reader's copy have a byte that the writer stored for a later
//!   message. The writer stored 0 to `numbers[s]` before it, with `DMB ISH` between: whoever observes the byte
//!   observes that 0, or what came after. The reader's load of `numbers[s]` comes after its loads of the
//!   slot, with `DMB ISHLD` between, so it isn't `n`, and `n` never comes again in this slot. Let it have an
//!   older byte instead: the writer stored the slot before it stored `n` to `newest` with release (`STLR`), the
//!   reader loaded `n` there with acquire (`LDAR`) and the slot after it, so that can't be.
//! * **What is read is never older than what was read before.** `newest` only grows, and loads of one address
//!   by one CPU observe its stores in their order (internal visibility, B2.3.6).
//! * **A message once written is found.** `numbers[s]` is stored before `newest`, by the same release: who loads
//!   `n` there with acquire finds `n` or something later in the slot's number.
//! * **A restart scrubs.** The header's page is zero before the slots change, for the hypervisor completes each
//!   page by a `DSB`: to a reader that is the writer coming round.
//!
//! All of that holds for memory that both map as Normal memory of the same kind. Where an end's MMU is off, its
//! accesses are to Device memory, in order by themselves, and coherent with the others' only if these don't
//! cache: then the channel's memory must be declared uncached.

use paratia_abi::direct::SAMPLING_SLOTS;

use crate::atomic::{AtomicU64, Ordering, fence, own};
use crate::number;

/// How often a reader looks before it gives up.
pub const TRIES: u32 = 3;

/// The words of a channel's header.
#[derive(Clone, Copy, Debug)]
pub struct Header<'a, const SLOTS: usize = SAMPLING_SLOTS> {
    /// The number of the newest message.
    pub newest: &'a AtomicU64,
    /// The number of each slot's message; 0 while it changes.
    pub numbers: &'a [AtomicU64; SLOTS],
}

/// The writing end.
#[derive(Debug)]
pub struct Writer<'a, const SLOTS: usize = SAMPLING_SLOTS> {
    header: Header<'a, SLOTS>,
    /// The number of the last message.
    number: u64,
}

impl<'a, const SLOTS: usize> Writer<'a, SLOTS> {
    /// The one writer, after so many restarts: it goes on where this life of it has come to.
    #[must_use]
    pub fn new(header: Header<'a, SLOTS>, restarts: u64) -> Self {
        let newest = own(header.newest);
        let first = number::before_first(restarts);
        Self {
            header,
            number: if number::is_same_life(newest, first) {
                newest
            } else {
                first
            },
        }
    }

    /// Writes a message: `put` stores it into the slot with the index that it is given.
    #[inline]
    pub fn write(&mut self, put: impl FnOnce(usize)) {
        let next = self.number.wrapping_add(1);
        let slot = slot::<SLOTS>(next);
        let number = &self.header.numbers[slot];
        number.store(0, Ordering::Relaxed);
        fence(Ordering::Release);
        put(slot);
        number.store(next, Ordering::Relaxed);
        self.header.newest.store(next, Ordering::Release);
        self.number = next;
    }
}

/// Why nothing was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missed {
    /// Nothing was written since the writer's start.
    Empty,
    /// The writer was too fast, each time; or it lies.
    Overtaken,
}

/// A reading end.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a, const SLOTS: usize = SAMPLING_SLOTS> {
    /// What the writer says.
    pub header: Header<'a, SLOTS>,
}

impl<const SLOTS: usize> Reader<'_, SLOTS> {
    /// Reads the newest message: `take` copies it out of the slot with the index that it is given, and may be
    /// called again; what it took last is whole if this says so, with the message's number.
    ///
    /// # Errors
    /// [`Missed`]; what was taken is nothing then.
    #[inline]
    pub fn read<T>(&self, mut take: impl FnMut(usize) -> T) -> Result<(u64, T), Missed> {
        for _ in 0..TRIES {
            let newest = self.header.newest.load(Ordering::Acquire);
            if newest == 0 {
                return Err(Missed::Empty);
            }
            let slot = slot::<SLOTS>(newest);
            let taken = take(slot);
            fence(Ordering::Acquire);
            if self.header.numbers[slot].load(Ordering::Relaxed) == newest {
                return Ok((newest, taken));
            }
        }
        Err(Missed::Overtaken)
    }
}

/// The slot of a message: its number is nobody's index before this.
#[inline]
#[allow(
    clippy::cast_possible_truncation,
    reason = "the rest is below the number of slots"
)]
const fn slot<const SLOTS: usize>(number: u64) -> usize {
    (number::count(number) % SLOTS as u64) as usize
}
