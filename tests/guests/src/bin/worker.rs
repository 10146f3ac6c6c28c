//! Works in each of its windows, and says by heartbeats when a piece of its work is done: whatever takes
//! time from it shows there.

#![no_std]
#![no_main]

use core::hint::black_box;

use paratia_runtime::abi::OperatingMode;
use paratia_runtime::{Context, call, entry};

entry!(main);

/// Pieces of work in a window.
const PIECES: u64 = 4;
/// Steps of a piece, about half a millisecond together.
const STEPS: u64 = 100_000;

fn main(_: Context) -> ! {
    let _ = call::set_mode(OperatingMode::Normal);
    for window in 0.. {
        let _ = call::wait_for_window();
        for piece in 0..PIECES {
            for step in 0..STEPS {
                black_box(step);
            }
            let _ = call::heartbeat(window * PIECES + piece);
        }
    }
    unreachable!("windows don't run out");
}
