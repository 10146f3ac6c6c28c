use std::vec::Vec;

use super::*;
use crate::machine::xen::memory::tests::{Fake, OWN, is_own};

fn page() -> Page {
    OWN.page(0x3800_1000).expect("it is its own")
}

/// A guest that says this and has counts `put` ahead of `taken`.
fn guest(taken: u32, text: &[u8]) -> Fake {
    let mut memory = Fake::default();
    for (index, byte) in (0..).zip(text) {
        let at = taken.wrapping_add(index) & 2047;
        let (word, lane) = (page().word(u64::from(1024 + at)), at % 8);
        memory.write(word, u64::from(*byte) << (8 * lane), 1 << lane);
    }
    let put = taken.wrapping_add(u32::try_from(text.len()).expect("it is short"));
    memory.write(
        page().word(3080),
        u64::from(taken) | u64::from(put) << 32,
        0xFF,
    );
    memory
}

fn take(memory: &mut Fake, most: usize, room: usize) -> (u32, Vec<u8>) {
    let mut text = Vec::new();
    let moved = Ring::from_guest(page()).take(memory, most, |byte| {
        if text.len() == room {
            return false;
        }
        text.push(byte);
        true
    });
    (moved, text)
}

#[test]
fn what_a_guest_says_comes_out_in_order_across_the_rings_end_and_the_counts() {
    for taken in [0, 2040, u32::MAX - 2] {
        let mut memory = guest(taken, b"how do you do");
        assert_eq!(take(&mut memory, 512, 6), (6, b"how do".to_vec()));
        assert_eq!(take(&mut memory, 4, 99), (4, b" you".to_vec()));
        assert_eq!(take(&mut memory, 512, 99), (3, b" do".to_vec()));
        assert_eq!(take(&mut memory, 512, 99), (0, Vec::new()));
    }
}

#[test]
fn counts_that_cannot_be_move_nothing() {
    let mut memory = guest(0, b"text");
    for put in [2049, 1 << 31, u32::MAX] {
        memory.write(page().word(3080), u64::from(put) << 32, 0xF0);
        assert_eq!(take(&mut memory, usize::MAX, 9999), (0, Vec::new()));
    }
    memory.write(page().word(3080), 2048 << 32, 0xF0);
    assert_eq!(take(&mut memory, usize::MAX, 9999).0, 2048, "a full ring");
    // The same in the other direction: nothing is put, and nothing lost.
    memory.write(page().word(3072), 0, 0xFF);
    for put in [1024_u64, 1025, 1 << 31] {
        memory.write(page().word(3072), put << 32, 0xF0);
        let mut typed = b"x".iter().copied();
        assert_eq!(
            Ring::to_guest(page()).put(&mut memory, || typed.next()),
            0,
            "{put}"
        );
        assert_eq!(typed.next(), Some(b'x'));
    }
    assert!(memory.words.keys().all(|word| is_own(*word)));
}

#[test]
fn what_is_typed_is_put_as_long_as_there_is_room() {
    let mut memory = Fake::default();
    memory.write(page().word(3072), 1022 << 32 | 1, 0xFF);
    let mut typed = b"abcdef".iter().copied();
    let ring = Ring::to_guest(page());
    assert_eq!(ring.put(&mut memory, || typed.next()), 3);
    assert_eq!(typed.next(), Some(b'd'));
    assert_eq!(memory.read(page().word(3072)), 1025 << 32 | 1);
    assert_eq!(memory.read(page().word(1016)) >> 48, 0x6261);
    assert_eq!(memory.read(page().word(0)) & 0xFF, 0x63);
}
