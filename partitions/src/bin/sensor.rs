//! The partition `sensor`: takes three readings in each of its windows, and sends every one.

#![no_std]
#![no_main]

use paratia_partitions::Reading;
use paratia_runtime::time::Instant;
use paratia_runtime::typed::QueuingSender;
use paratia_runtime::{Context, entry, println};

entry!(run);

const READINGS: u64 = 3;

fn run(context: Context) {
    let mut readings = QueuingSender::<Reading>::named("readings");
    for window in context.windows() {
        for number in (window.number - 1) * READINGS..window.number * READINGS {
            let taken = Instant::now().0;
            if let Err(code) = readings.send(&Reading { number, taken }) {
                println!("reading {number} isn't taken: {code:?}");
            }
        }
        window.heartbeat();
    }
}
