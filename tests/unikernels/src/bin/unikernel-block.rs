//! A unikernel with a block device: writes all of it, reads it back, and asks for what there isn't.

#![no_std]
#![allow(clippy::cast_possible_truncation, reason = "usize has 64 bits")]
#![no_main]

use paratia_tender::boot::BLOCK;
use paratia_test_unikernels::{block, say, unikernel};

unikernel!(main, "storage": BLOCK);

const STORAGE: u64 = 1;
const BLOCK_BYTES: u64 = 512;
const CAPACITY: u64 = 0x10_0000;

fn main(_: &str) -> i32 {
    let mut data = [0; BLOCK_BYTES as usize];
    let word = |offset: u64, at: usize| (offset / BLOCK_BYTES) as u8 ^ at as u8;
    for offset in (0..CAPACITY).step_by(16 * BLOCK_BYTES as usize) {
        for (at, byte) in data.iter_mut().enumerate() {
            *byte = word(offset, at);
        }
        assert_eq!(
            block(true, STORAGE, offset, &mut data),
            0,
            "write at {offset:#x}"
        );
    }
    for offset in (0..CAPACITY).step_by(16 * BLOCK_BYTES as usize) {
        data.fill(0xEE);
        assert_eq!(
            block(false, STORAGE, offset, &mut data),
            0,
            "read at {offset:#x}"
        );
        let is_right = |(at, byte): (usize, &u8)| *byte == word(offset, at);
        assert!(
            data.iter().enumerate().all(is_right),
            "block at {offset:#x}"
        );
    }
    for (handle, offset) in [
        (STORAGE, CAPACITY),
        (STORAGE, CAPACITY - 1),
        (STORAGE, u64::MAX),
        (0, 0),
        (2, 0),
        (u64::MAX, 0),
    ] {
        assert_eq!(
            block(true, handle, offset, &mut data),
            2,
            "write to {handle} at {offset:#x}"
        );
        assert_eq!(
            block(false, handle, offset, &mut data),
            2,
            "read of {handle} at {offset:#x}"
        );
    }
    say!("SUCCESS");
    0
}
