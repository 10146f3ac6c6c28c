//! Tells a Linux its speed by a direct channel, and answers what that asks through shared memory.

#![no_std]
#![no_main]

use paratia_runtime::direct::DirectSource;
use paratia_runtime::shared_memory::SharedMemory;
use paratia_runtime::{Context, call, entry, println};

entry!(main);

/// In km/h.
const SPEED: u64 = 72;

fn main(context: Context) -> ! {
    let mut speed = DirectSource::find(&context, "speed").expect("a direct port 'speed'");
    let question = SharedMemory::find(context.passport, "question").expect("memory 'question'");
    let mut before = 0;
    loop {
        // SAFETY: the first word of memory that is there; Linux writes it at any time, and only it.
        let asked = unsafe { question.base().cast::<u64>().read_volatile() };
        if asked != before {
            println!("asked {asked}");
            before = asked;
        }
        let mut message = [0; 16];
        message[..8].copy_from_slice(&SPEED.to_le_bytes());
        message[8..].copy_from_slice(&asked.wrapping_add(1).to_le_bytes());
        speed.write(&message).expect("it is as long as the port's");
        let _ = call::wait_for_window();
    }
}
