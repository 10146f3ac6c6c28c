//! The partition `sensor`: takes three readings in each of its windows, and sends every one.

#![no_std]
#![no_main]

use paratia_runtime::abi::OperatingMode;
use paratia_runtime::queue::QueuingSource;
use paratia_runtime::time::Instant;
use paratia_runtime::{Context, call, entry, println};

entry!(main);

const READINGS: u64 = 3;

fn main(context: Context) -> ! {
    let mut readings =
        QueuingSource::find(context.passport, "readings").expect("a port 'readings'");
    call::set_mode(OperatingMode::Normal).expect("normal mode");
    let mut number = 0_u64;
    loop {
        for _ in 0..READINGS {
            let mut reading = [0; 16];
            reading[..8].copy_from_slice(&number.to_le_bytes());
            reading[8..].copy_from_slice(&Instant::now().0.to_le_bytes());
            if let Err(code) = readings.send(&reading) {
                println!("reading {number} isn't taken: {code:?}");
            }
            number += 1;
        }
        call::heartbeat(number).expect("heartbeats are expected");
        let _ = call::wait_for_window();
    }
}
