//! Message windows: the places in the partition's RAM through which messages go. The configuration fixes
//! them, and the hypervisor reads or writes one during a call, and only then.
//!
//! Messages travel in words of 8 bytes, a last one in part included. What a sender puts behind a message's
//! end in its last word is zero, so that no byte of an earlier message travels with it.

use core::ptr::NonNull;

use paratia_abi::passport::PortRecord;

/// Bytes of a word.
const WORD: usize = 8;

/// A message window: whole words that belong to one port.
#[derive(Debug)]
pub struct Window {
    base: NonNull<u64>,
    length_bytes: usize,
}

impl Window {
    #[allow(
        clippy::cast_possible_truncation,
        reason = "addresses and usize are 64 bits"
    )]
    /// The window that a passport's record names.
    pub fn of(record: &PortRecord) -> Self {
        let base: *mut u64 = core::ptr::with_exposed_provenance_mut(record.window as usize);
        assert!(base.is_aligned(), "a message window begins with a word");
        Self {
            base: NonNull::new(base).expect("a message window doesn't lie at address 0"),
            length_bytes: record.message_bytes as usize,
        }
    }

    /// The largest message.
    pub fn length_bytes(&self) -> usize {
        self.length_bytes
    }

    /// Puts a message into it, and zeroes behind it up to the end of its last word.
    pub fn fill(&mut self, message: &[u8]) {
        assert!(message.len() <= self.length_bytes);
        let (words, rest) = message.as_chunks::<WORD>();
        for (at, word) in words.iter().enumerate() {
            self.put(at, *word);
        }
        if !rest.is_empty() {
            let mut last = [0; WORD];
            last[..rest.len()].copy_from_slice(rest);
            self.put(words.len(), last);
        }
    }

    /// Takes a message out of it.
    pub fn copy_to(&self, buffer: &mut [u8]) {
        assert!(buffer.len() <= self.length_bytes);
        let (words, rest) = buffer.as_chunks_mut::<WORD>();
        let count = words.len();
        for (at, word) in words.iter_mut().enumerate() {
            *word = self.get(at);
        }
        if !rest.is_empty() {
            let last = self.get(count);
            rest.copy_from_slice(&last[..rest.len()]);
        }
    }

    fn put(&mut self, at: usize, word: [u8; WORD]) {
        // SAFETY: `fill` counts words of a message that fits. The configuration's rules place the window,
        // in whole words, in this partition's RAM, at its end, away from image and stacks.
        unsafe { self.base.add(at).write_volatile(u64::from_ne_bytes(word)) };
    }

    fn get(&self, at: usize) -> [u8; WORD] {
        // SAFETY: `copy_to` counts words of a message that fits. The configuration's rules place the window,
        // in whole words, in this partition's RAM, at its end, away from image and stacks.
        unsafe { self.base.add(at).read_volatile() }.to_ne_bytes()
    }
}

#[cfg(test)]
mod tests {
    use paratia_abi::passport::PORT_SOURCE;

    use super::*;
    use crate::testing::{SAMPLING, own_ports, window};

    #[test]
    fn a_message_of_odd_length_carries_nothing_old() {
        let passport = own_ports(&[("out", PORT_SOURCE, SAMPLING, 20)]);
        let mut port = Window::of(&passport.ports()[0]);
        for length in 1..=20 {
            window(passport, 0).fill(u64::MAX);
            let message: [u8; 20] = *b"twenty bytes of text";
            port.fill(&message[..length]);
            let words = window(passport, 0);
            let bytes: std::vec::Vec<u8> =
                words.iter().flat_map(|word| word.to_ne_bytes()).collect();
            let end = length.next_multiple_of(8);
            assert_eq!(bytes[..length], message[..length]);
            assert!(bytes[length..end].iter().all(|byte| *byte == 0), "{length}");
            assert!(bytes[end..].iter().all(|byte| *byte == 0xFF), "{length}");
            let mut back = [0; 20];
            port.copy_to(&mut back[..length]);
            assert_eq!(back[..length], message[..length]);
        }
    }
}
