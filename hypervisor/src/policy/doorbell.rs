//! Doorbells: a message that comes to a port rings there, and its partition takes an interrupt at
//! once, whichever CPU it runs on.
//!
//! One word a partition tells everybody all there is to know: which ports ring, of which of these the
//! partition's controller doesn't know yet, and which of its vCPUs are in a window. Writer and reader
//! change it by single atomic operations, so that nobody waits for anybody, and either the writer
//! sees that the reader is in a window and interrupts it, or the reader sees that it rings when its
//! window opens: both look at the same word, and one of them looks last.
//!
//! # What a flood of messages can't do
//! A port that rings goes on ringing until its partition reads it; messages that come meanwhile touch
//! nothing here. So there is at most one interrupt for each of the reader's own reads, however often
//! others write. It comes while the reader itself is in a window, and only then; outside, the number
//! by which CPUs are interrupted, its partition's alone, is disabled at the reader's CPU. Whoever
//! else runs there never notices.

use core::sync::atomic::{AtomicU32, Ordering};

use paratia_abi::passport::MAX_PORTS;

use crate::base::bits::bits_of;
use crate::machine::vgic::VcpuSet;

/// Ports that ring are the lowest bits; above them lie those that the controller doesn't know of, and
/// the vCPUs in a window.
const UNKNOWN: u32 = PORTS;
const OPEN: u32 = 2 * PORTS;
const PORTS: u32 = 8;
/// As many bits as there are ports.
const ALL: u32 = (1 << PORTS) - 1;

const _: () = assert!(PORTS as usize == MAX_PORTS);

/// A partition's doorbell. It fills a cache line, so that partitions don't slow each other's down.
#[derive(Debug)]
#[repr(align(64))]
pub struct Doorbell(AtomicU32);

/// Ports of a partition, bit n for the n-th.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct Ports(u32);

impl Ports {
    /// Their indices, in order.
    #[inline]
    pub fn iter(self) -> impl Iterator<Item = usize> {
        bits_of(self.0)
    }
}

impl Default for Doorbell {
    fn default() -> Self {
        Self::new()
    }
}

impl Doorbell {
    /// Nothing rings, and no window is open.
    #[must_use]
    pub const fn new() -> Self {
        Self(AtomicU32::new(0))
    }

    /// A message has come to a port: which of its partition's vCPUs to interrupt, one of those in a
    /// window. None if it rang already. Only one CPU at a time may ring at a port.
    #[inline]
    #[must_use]
    pub fn ring(&self, port: usize) -> Option<usize> {
        let bit = bit(port);
        // Only the reader takes the bit away. If that comes after this look, its read comes after
        // the message was written: all of these are in one order, `SeqCst`.
        if self.0.load(Ordering::SeqCst) & bit != 0 {
            return None;
        }
        let before = self.0.fetch_or(bit | bit << UNKNOWN, Ordering::SeqCst);
        let open = before >> OPEN & ALL;
        (open != 0).then(|| open.trailing_zeros() as usize)
    }

    /// The partition is about to read a port: its next message rings anew.
    #[inline]
    pub fn silence(&self, port: usize) {
        let bits = bit(port) | bit(port) << UNKNOWN;
        self.0.fetch_and(!bits, Ordering::SeqCst);
    }

    /// A window of a vCPU opens; what rings from now on interrupts it. Ports that the controller
    /// didn't know of.
    pub fn open(&self, vcpu: usize) -> Ports {
        let open = u32::from(VcpuSet::of(vcpu).0) << OPEN;
        self.0.fetch_or(open, Ordering::SeqCst);
        self.take()
    }

    /// The window is over.
    pub fn close(&self, vcpu: usize) {
        let open = u32::from(VcpuSet::of(vcpu).0) << OPEN;
        self.0.fetch_and(!open, Ordering::SeqCst);
    }

    /// Ports that ring and that the controller didn't know of. Now it does.
    #[inline]
    pub fn take(&self) -> Ports {
        let before = self.0.fetch_and(!(ALL << UNKNOWN), Ordering::SeqCst);
        Ports(before >> UNKNOWN & ALL)
    }

    /// The one port that rings and that the controller doesn't know of; nothing if there are several.
    #[inline]
    #[must_use]
    pub fn only_unknown(&self) -> Option<usize> {
        let unknown = self.0.load(Ordering::SeqCst) >> UNKNOWN & ALL;
        unknown
            .is_power_of_two()
            .then(|| unknown.trailing_zeros() as usize)
    }

    /// The controller knows of this one.
    #[inline]
    pub fn tell(&self, port: usize) {
        self.0.fetch_and(!(bit(port) << UNKNOWN), Ordering::SeqCst);
    }

    /// The partition starts anew, with a controller that knows nothing: what rings has to be said
    /// again.
    pub fn repeat(&self) {
        let ringing = self.0.load(Ordering::SeqCst) & ALL;
        self.0.fetch_or(ringing << UNKNOWN, Ordering::SeqCst);
    }
}

const fn bit(port: usize) -> u32 {
    1 << (port % MAX_PORTS)
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;
    use std::sync::atomic::{AtomicBool, AtomicU64};
    use std::vec::Vec;

    use super::*;

    fn taken(ports: Ports) -> Vec<usize> {
        ports.iter().collect()
    }

    #[test]
    fn one_vcpu_in_a_window_is_interrupted_once_until_the_port_is_read() {
        let bell = Doorbell::new();
        assert_eq!(taken(bell.open(2)), [0; 0]);
        assert_eq!(taken(bell.open(5)), [0; 0]);
        assert_eq!(bell.ring(7), Some(2));
        assert_eq!(bell.ring(7), None);
        assert_eq!(taken(bell.take()), [7]);
        assert_eq!(taken(bell.take()), [0; 0]);
        assert_eq!(bell.ring(7), None, "it rings still");
        assert_eq!(bell.ring(0), Some(2), "another port's message");
        bell.silence(7);
        assert_eq!(bell.ring(7), Some(2));
        assert_eq!(bell.only_unknown(), None, "there are two");
        bell.tell(7);
        assert_eq!(bell.only_unknown(), Some(0));
        assert_eq!(taken(bell.take()), [0]);
    }

    #[test]
    fn what_rings_between_windows_is_seen_when_the_next_one_opens() {
        let bell = Doorbell::new();
        assert_eq!(bell.ring(3), None);
        assert_eq!(taken(bell.open(0)), [3]);
        bell.close(0);
        bell.silence(3);
        assert_eq!(bell.ring(3), None);
        bell.silence(3);
        assert_eq!(taken(bell.open(0)), [0; 0], "it was read meanwhile");
    }

    #[test]
    fn a_restarted_partition_is_told_again() {
        let bell = Doorbell::new();
        let _ = bell.ring(1);
        assert_eq!(taken(bell.open(0)), [1]);
        bell.close(0);
        bell.repeat();
        assert_eq!(taken(bell.open(0)), [1]);
    }

    /// Whatever the reader does while a message comes: once both are done, it was interrupted or has
    /// seen for itself.
    #[test]
    fn no_message_is_missed() {
        const MESSAGES: u64 = 20_000;
        let (bell, kicked) = (Doorbell::new(), AtomicBool::new(false));
        let (message, both) = (AtomicU64::new(0), Barrier::new(2));
        std::thread::scope(|scope| {
            scope.spawn(|| {
                for number in 1..=MESSAGES {
                    both.wait();
                    message.store(number, Ordering::SeqCst);
                    if bell.ring(4).is_some() {
                        kicked.store(true, Ordering::SeqCst);
                    }
                    both.wait();
                }
            });
            let mut last = 0;
            let mut read = |ports: Ports| {
                if ports != Ports(0) {
                    bell.silence(4);
                    last = message.load(Ordering::SeqCst);
                }
                last
            };
            for number in 1..=MESSAGES {
                both.wait();
                if number % 2 == 0 {
                    read(Ports(bit(4)));
                } else {
                    bell.close(0);
                    read(bell.open(0));
                }
                both.wait();
                if kicked.swap(false, Ordering::SeqCst) {
                    read(bell.take());
                }
                assert_eq!(read(Ports(0)), number);
            }
        });
    }
}
