//! The partition `recorder`: takes every reading that waits, and says once a second how many came.

#![no_std]
#![no_main]

use core::time::Duration;

use paratia_partitions::Reading;
use paratia_runtime::typed::QueuingReceiver;
use paratia_runtime::{Context, entry, println};

entry!(run);

/// How often it prints.
const PERIOD: Duration = Duration::from_secs(1);

fn run(context: Context) {
    let mut readings = QueuingReceiver::<Reading>::named("readings");
    let (mut count, mut lost, mut most) = (0_u64, 0, 0);
    let mut next_print = PERIOD;
    for window in context.windows() {
        while let Ok(received) = readings.receive() {
            count += 1;
            lost += received.refused;
            most = most.max(received.waiting + 1);
        }
        window.heartbeat();
        if window.start.since_epoch() >= next_print {
            println!("{count} readings, {lost} lost, at most {most} waiting");
            next_print += PERIOD;
        }
    }
}
