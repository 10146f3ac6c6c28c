//! Paratia's calls, by their numbers.
//!
//! The runtime has them typed; this guest has no runtime, since it also runs where Paratia isn't.

use core::arch::asm;

use paratia_abi::call::{CONSOLE_WRITE, CONSOLE_WRITE_BYTES, RESTART, SET_MODE, WAIT_FOR_WINDOW};
use paratia_abi::status::BUSY;
use paratia_abi::{OperatingMode, call};

/// A call: `x0` and `x1` of the answer.
pub fn call(function: u32, arguments: [u64; 6]) -> (i64, u64) {
    let [mut x1, x2, x3, x4, x5, x6] = arguments;
    let mut x0 = u64::from(function);
    // SAFETY: calls change registers only (DEN0028, 2.6), and this guest has no ports.
    unsafe {
        asm!("hvc #0",
            inout("x0") x0, inout("x1") x1, inout("x2") x2 => _, inout("x3") x3 => _,
            inout("x4") x4 => _, inout("x5") x5 => _, inout("x6") x6 => _, out("x7") _,
            out("x8") _, out("x9") _, out("x10") _, out("x11") _, out("x12") _, out("x13") _,
            out("x14") _, out("x15") _, out("x16") _, out("x17") _,
            options(nostack));
    }
    (x0.cast_signed(), x1)
}

/// Gives the window back; returns at the start of the next, with its tick.
pub fn wait_for_window() -> u64 {
    call(WAIT_FOR_WINDOW, [0; 6]).1
}

/// Writes up to [`CONSOLE_WRITE_BYTES`] to the console; says whether there was room.
pub fn console_write(bytes: &[u8]) -> bool {
    let mut words = [0; CONSOLE_WRITE_BYTES / 8];
    for (word, chunk) in words.iter_mut().zip(bytes.chunks(8)) {
        for (at, byte) in chunk.iter().enumerate() {
            *word |= u64::from(*byte) << (8 * at);
        }
    }
    let [x2, x3, x4, x5, x6] = words;
    call(CONSOLE_WRITE, [bytes.len() as u64, x2, x3, x4, x5, x6]).0 != BUSY
}

/// Prints all of it, waiting for room as long as need be.
pub fn print(bytes: &[u8]) {
    for part in bytes.chunks(CONSOLE_WRITE_BYTES) {
        while !console_write(part) {
            wait_for_window();
        }
    }
}

/// Starts the partition anew.
pub fn restart() {
    call(RESTART, [0; 6]);
}

/// Ends the partition.
pub fn stop() -> ! {
    call(SET_MODE, [OperatingMode::Idle as u64, 0, 0, 0, 0, 0]);
    loop {
        call(call::VERSION, [0; 6]);
    }
}
