//! A partition's ports by their index, and the words of a message in a port's window.

use paratia_abi::status::NOT_FOUND;
use paratia_config::ports::PortPlace;

use crate::arch::memory;
use crate::built::chosen::ANY;
use crate::state::partition::Partition;
use crate::state::queues::{self, Queue};

/// The partition's sampling port at `index`, and that index; the status if there is none.
#[inline]
pub fn sampling(partition: &Partition, index: u64) -> Result<(usize, &'static PortPlace), i64> {
    let (index, port) = at(partition, index)?;
    if ANY.queues && port.depth > 0 {
        return Err(NOT_FOUND);
    }
    Ok((index, port))
}

/// The partition's queuing port at `index`, that index, and the queue; the status if there is none.
#[inline]
pub fn queuing(
    partition: &Partition,
    index: u64,
) -> Result<(usize, &'static PortPlace, &'static Queue), i64> {
    let (index, port) = at(partition, index)?;
    let queue = queues::queue(port.channel).ok_or(NOT_FOUND)?;
    Ok((index, port, queue))
}

#[inline]
fn at(partition: &Partition, index: u64) -> Result<(usize, &'static PortPlace), i64> {
    let index = usize::try_from(index).unwrap_or(usize::MAX);
    let port = partition.facts.ports.get(index).and_then(Option::as_ref);
    port.map(|port| (index, port)).ok_or(NOT_FOUND)
}

/// The words of a message of `length` bytes, each read from its window once.
///
/// # Safety
/// The message is no longer than its channel's largest.
#[inline]
pub unsafe fn message(port: &PortPlace, length: u64) -> impl Iterator<Item = u64> {
    let base = port.window.base.0;
    // SAFETY: the window is a constant place in the partition's RAM, a multiple of 8, as large as the channel's
    // largest message, within which the caller promises to be.
    (0..length.div_ceil(8))
        .map(move |word| unsafe { memory::read_word(base.wrapping_add(word.wrapping_mul(8))) })
}

/// Puts a word of a message into the port's window.
///
/// # Safety
/// The message is no longer than its channel's largest, and this is one of its words.
#[inline]
pub unsafe fn put(port: &PortPlace, at: usize, word: u64) {
    // SAFETY: the window is a constant place in the partition's RAM, a multiple of 8, as large as the channel's
    // largest message, within which the caller promises to be.
    unsafe { memory::write_word(port.window.base.0.wrapping_add(8 * at as u64), word) };
}
