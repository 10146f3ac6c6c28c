//! A guest of Xen's, and nothing else: makes each call with what may be asked, and with what may not, and says
//! which answers are wrong. Its first life ends by a reboot, its second by a crash, its third is switched off.
//!
//! With a run argument it is an adversary instead, and the argument a seed: calls by chance with pointers by
//! chance, while its second vCPU changes the tables by which they are translated. The argument's upper half is
//! how many thousand calls; 0 are 100 thousand. With `CALM` it sleeps.

#![allow(
    clippy::cast_possible_truncation,
    reason = "numbers that are drawn small, on a 64-bit machine"
)]
#![no_std]
#![no_main]

mod adversary;
mod calls;
mod channels;
mod hypercall;
mod racer;
mod scratch;

use paratia_runtime::interrupt::IntId;
use paratia_runtime::{Context, call, entry, println};

entry!(main, interrupts = on_interrupt);

/// The run argument for which it does nothing.
const CALM: u64 = 0xFFFF;

fn main(context: Context) -> ! {
    match context.run_argument {
        0 => calls::make(context.restarts),
        CALM => loop {
            let _ = call::wait_for_window();
        },
        seed => {
            adversary::attack(seed);
            println!("attacked");
            loop {
                let _ = call::wait_for_window();
            }
        }
    }
}

fn on_interrupt(interrupt: IntId) {
    channels::on_interrupt(interrupt);
}
