//! The speedometer.

#![no_std]
#![no_main]

use paratia_runtime::abi::OperatingMode;
use paratia_runtime::{Context, call, entry, println};

entry!(main);

fn main(context: Context) -> ! {
    let display = &context.passport.display;
    println!("display {} x {}", display.width, display.height);
    call::set_mode(OperatingMode::Normal).expect("normal mode");
    for frame in 0.. {
        call::heartbeat(frame).expect("heartbeats are expected");
        call::wait_for_window().expect("there is a next window");
    }
    unreachable!("frames don't run out");
}
