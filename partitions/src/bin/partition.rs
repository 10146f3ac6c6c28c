//! The partition `partition`: counts its windows and says so once a second.

#![no_std]
#![no_main]

use core::time::Duration;

use paratia_runtime::abi::OperatingMode;
use paratia_runtime::{Context, call, entry, println};

entry!(main);

/// How often it prints.
const PERIOD: Duration = Duration::from_secs(1);

fn main(context: Context) -> ! {
    println!(
        "hello from '{}', start {}",
        context.passport.name.as_str(),
        context.restarts + 1
    );
    call::set_mode(OperatingMode::Normal).expect("normal mode");

    let mut next_print = Duration::ZERO;
    for window in 1.. {
        let now = call::wait_for_window()
            .expect("there is a next window")
            .since_epoch();
        call::heartbeat(window).expect("heartbeats are expected");
        if now >= next_print {
            println!("{} ms: window {window}", now.as_millis());
            next_print = now + PERIOD;
        }
    }
    call::restart()
}
