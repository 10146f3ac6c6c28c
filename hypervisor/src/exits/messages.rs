//! The calls by which messages come and go, in a few instructions each: what can be decided when the image is
//! built stands in the port's record ([`PortCalls`]), and one reading of the time serves the whole exit.
//!
//! Each does all that it has to, or changes nothing and leaves the answer to the long way, which knows why
//! there is none ([`crate::exits::ports`]). A partition with one vCPU comes here without more ado; one
//! with several comes by the long way, with its lock held, for a link has one writer at a time.
//!
//! What a sender can't change is looked at once: its window's words are read once, and the length, the port's
//! number and what hangs on it come from registers and constants.

use core::sync::atomic::AtomicU64;

use paratia_abi::status::{BUSY, EMPTY, SUCCESS};

use crate::arch::memory;
use crate::base::time::Ticks;
use crate::built::chosen::ANY;
use crate::interrupts::kicks;
use crate::policy::port;
use crate::state::channels::{self, MOST_DESTINATIONS, WORDS};
use crate::state::cpu::Cpu;
use crate::state::ports::{Beyond, PortCalls, Ports};
use crate::state::vcpu::Vcpu;

/// Whether a message has several destinations anywhere in the system.
#[allow(
    clippy::absurd_extreme_comparisons,
    reason = "a system without channels has none"
)]
pub const SOME_HAVE_SEVERAL: bool = MOST_DESTINATIONS > 1;

/// Writes the message in a source port's window to the one destination of its channel, at `now`. Whether that
/// could be done.
#[inline(always)]
pub fn write<'a>(
    vcpu: &mut Vcpu,
    ports: &'static Ports,
    now: Ticks,
    cpu: impl FnOnce() -> &'a mut Cpu,
) -> Option<()> {
    let [_, index, length, ..] = vcpu.context.x;
    let port = at(ports, index)?;
    if SOME_HAVE_SEVERAL && matches!(port.beyond, Beyond::Destinations(_)) {
        return None;
    }
    write_to_first(port, length, now)?;
    ring(port, cpu);
    vcpu.context.x[0] = SUCCESS.cast_unsigned();
    Some(())
}

/// Writes the message in a source port's window to the several destinations of its channel, at `now`. Whether
/// that could be done.
#[inline]
pub fn write_to_several<'a>(
    vcpu: &mut Vcpu,
    ports: &'static Ports,
    now: Ticks,
    cpu: impl FnOnce() -> &'a mut Cpu,
) -> Option<()> {
    let [_, index, length, ..] = vcpu.context.x;
    let port = at(ports, index)?;
    let Beyond::Destinations(all) = &port.beyond else {
        return None;
    };
    let written = write_to_first(port, length, now)?;
    let others = all.iter().flatten().skip(1);
    port::spread(written, others.map(|other| other.link), length, now);
    if ANY.kicks {
        let cpu = cpu();
        for bell in all.iter().flatten().filter_map(|it| it.bell.as_ref()) {
            kicks::ring(cpu, bell);
        }
    }
    vcpu.context.x[0] = SUCCESS.cast_unsigned();
    Some(())
}

/// Writes the message in a source port's window to the first destination of its channel: what was written.
#[inline(always)]
fn write_to_first(
    port: &PortCalls,
    length: u64,
    now: Ticks,
) -> Option<&'static [AtomicU64; WORDS]> {
    let link = port.write.filter(|_| channels::ANY_SAMPLED)?;
    let last = last_to_send(port, length)?;
    Some(link.write(length, now, |places| {
        // SAFETY: the length was looked at just now.
        unsafe { copy_out(port, places, last) };
    }))
}

/// Interrupts the one reader of a message, if it wants that.
#[inline(always)]
fn ring<'a>(port: &PortCalls, cpu: impl FnOnce() -> &'a mut Cpu) {
    if let Beyond::Bell(bell) = &port.beyond
        && ANY.kicks
    {
        kicks::ring(cpu(), bell);
    }
}

/// Reads the newest message into a destination port's window. It is as old as it was at `now`, when the exit
/// began; one that came since has no age yet. Whether that could be done.
#[inline(always)]
pub fn read(vcpu: &mut Vcpu, ports: &'static Ports, now: Ticks) -> Option<()> {
    let [_, index, ..] = vcpu.context.x;
    let port = at(ports, index)?;
    let link = port.read.filter(|_| channels::ANY_SAMPLED)?;
    silence(port, index);
    let received = link.read(now, |words, length| {
        // SAFETY: whoever wrote to the link was held to the channel's largest message.
        unsafe { copy_in(port, words, length) };
    })?;
    let (status, is_valid) = (SUCCESS.cast_unsigned(), u64::from(received.is_valid));
    let answer = [status, received.length, is_valid, received.age];
    vcpu.context.x[..4].copy_from_slice(&answer);
    Some(())
}

/// Sends the message in a source port's window. Whether that could be done; a full queue is an answer.
#[inline(always)]
pub fn send<'a>(
    vcpu: &mut Vcpu,
    ports: &'static Ports,
    cpu: impl FnOnce() -> &'a mut Cpu,
) -> Option<()> {
    let [_, index, length, reserved, ..] = vcpu.context.x;
    let port = at(ports, index)?;
    let queue = port.send.filter(|_| ANY.queues && reserved == 0)?;
    let last = last_to_send(port, length)?;
    let offered = queue.messages.send(length, |places| {
        // SAFETY: the length was looked at just now.
        unsafe { copy_out(port, places, last) };
    });
    if let Beyond::Bell(bell) = &port.beyond
        && ANY.kicks
        && offered.is_sent
    {
        kicks::ring(cpu(), bell);
    }
    let status = if offered.is_sent { SUCCESS } else { BUSY };
    let answer = [status.cast_unsigned(), offered.waiting, offered.refused, 0];
    vcpu.context.x[..4].copy_from_slice(&answer);
    Some(())
}

/// Takes the oldest message into a destination port's window. Whether that could be done; an empty queue is an
/// answer.
#[inline(always)]
pub fn receive(vcpu: &mut Vcpu, ports: &'static Ports) -> Option<()> {
    let [_, index, reserved, ..] = vcpu.context.x;
    let port = at(ports, index)?;
    let queue = port.receive.filter(|_| ANY.queues && reserved == 0)?;
    silence(port, index);
    let taken = queue.messages.receive(|words, length| {
        // SAFETY: whoever sent to the queue was held to the channel's largest message.
        unsafe { copy_in(port, words, length) };
    });
    let status = if taken.length.is_some() {
        SUCCESS
    } else {
        EMPTY
    };
    let length = taken.length.unwrap_or(0);
    let answer = [status.cast_unsigned(), length, taken.refused, taken.waiting];
    vcpu.context.x[..4].copy_from_slice(&answer);
    Some(())
}

/// The port at an index, by all of the register's bits.
#[inline(always)]
#[must_use]
pub fn at(ports: &'static Ports, index: u64) -> Option<&'static PortCalls> {
    ports.get(usize::try_from(index).unwrap_or(usize::MAX))
}

/// The number of the last byte of a message of `length` bytes, if it may be sent there: of one at least.
#[inline(always)]
fn last_to_send(port: &PortCalls, length: u64) -> Option<u64> {
    // No message at all becomes one that is longer than any.
    let last = length.wrapping_sub(1);
    (last < port.most).then_some(last)
}

/// Its next message rings anew.
#[inline(always)]
pub fn silence(port: &PortCalls, index: u64) {
    if let Beyond::Doorbell(doorbell) = &port.beyond
        && ANY.kicks
    {
        #[allow(
            clippy::cast_possible_truncation,
            reason = "it is the index of a port that was found"
        )]
        doorbell.silence(index as usize);
    }
}

/// Copies a message, up to the word of its byte number `last`, from a port's window to a slot of its channel, each
/// word read once.
///
/// # Safety
/// The port's largest message has such a byte.
#[inline(always)]
unsafe fn copy_out(port: &PortCalls, places: &[AtomicU64], last: u64) {
    // SAFETY: the window is a constant place in the partition's RAM, a multiple of 8, as large as the channel's
    // largest message; so is a slot, which is made of atomics. The caller promises to be within both.
    unsafe {
        memory::copy_words(
            port.window,
            places.as_ptr().expose_provenance() as u64,
            last,
        );
    }
}

/// Copies a message of so many bytes, one at least, from a slot of its channel to a port's window.
///
/// # Safety
/// It is no longer than the channel's largest message.
#[inline(always)]
unsafe fn copy_in(port: &PortCalls, words: &[AtomicU64], length: u64) {
    let last = length.wrapping_sub(1);
    // SAFETY: a slot is a row of atomics as long as the channel's largest message, and so is the window, a
    // constant place in the partition's RAM, a multiple of 8. The caller promises to be within both.
    unsafe {
        memory::copy_words(words.as_ptr().expose_provenance() as u64, port.window, last);
    }
}
