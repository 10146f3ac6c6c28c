//! The partition `recorder`: takes every reading that waits, and says once a second how many came.

#![no_std]
#![no_main]

use core::time::Duration;

use paratia_runtime::abi::OperatingMode;
use paratia_runtime::queue::QueuingDestination;
use paratia_runtime::{Context, call, entry, println};

entry!(main);

/// How often it prints.
const PERIOD: Duration = Duration::from_secs(1);

fn main(context: Context) -> ! {
    let mut readings =
        QueuingDestination::find(context.passport, "readings").expect("a port 'readings'");
    call::set_mode(OperatingMode::Normal).expect("normal mode");
    let (mut count, mut lost, mut most) = (0_u64, 0, 0);
    let mut next_print = PERIOD;
    loop {
        let mut reading = [0; 16];
        while let Ok(received) = readings.receive(&mut reading) {
            count += 1;
            lost += received.refused;
            most = most.max(received.waiting + 1);
        }
        call::heartbeat(count).expect("heartbeats are expected");
        let now = call::wait_for_window()
            .expect("there is a next window")
            .since_epoch();
        if now >= next_print {
            println!("{count} readings, {lost} lost, at most {most} waiting");
            next_print += PERIOD;
        }
    }
}
