//! Attacks by calls: more of them than anyone asked for.

use paratia_runtime::{Context, call, console, println};

/// Calls in a storm; a window of 7 ms is long enough for thousands.
const STORM_CALLS: u32 = 20_000;

/// Unknown functions in the range of the chip vendor's firmware, by `SMC`.
pub fn smc_storm(_: &Context) {
    for number in 0..STORM_CALLS {
        let _ = call::raw_smc(0xC200_0000 + number % 0x1_0000, u64::MAX);
    }
}

/// Unknown functions in the hypervisor's own range, by `HVC`.
pub fn hvc_storm(_: &Context) {
    for number in 0..STORM_CALLS {
        let _ = call::raw(0xC600_8000 + number % 0x1000, u64::MAX);
    }
}

/// Lines without end, or nearly so.
pub fn console_flood(_: &Context) {
    for line in 0..2_000 {
        println!("flood {line:4} ###################################################");
    }
    // The console is full until the window is over.
    let _ = call::wait_for_window();
    println!(
        "the console dropped {} bytes of the flood",
        console::dropped_bytes()
    );
}
