//! Counts its windows: shows that it runs, and on which CPU it thinks it does.

#![no_std]
#![no_main]

use cortex_a::registers::{MPIDR_EL1, Readable};
use paratia_runtime::abi::OperatingMode;
use paratia_runtime::time::Instant;
use paratia_runtime::{Context, call, entry, println};

entry!(main);

/// How many windows get a line.
const LINES: u64 = 5;

fn main(_: Context) -> ! {
    let _ = call::set_mode(OperatingMode::Normal);
    let mut start = Instant::now();
    for window in 0.. {
        if window < LINES {
            println!(
                "cpu-affinity {:#x}, window {window}, start {}",
                MPIDR_EL1.get(),
                start.0
            );
        }
        let _ = call::heartbeat(window);
        start = call::wait_for_window().expect("there is a next window");
    }
    unreachable!("windows don't run out");
}
