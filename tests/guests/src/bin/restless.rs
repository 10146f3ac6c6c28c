//! Sleeps in all of its windows, and never gives one back; or, for run argument 1, restarts at once.

#![no_std]
#![no_main]

use paratia_runtime::{Context, call, entry, interrupt};

entry!(main);

fn main(context: Context) -> ! {
    if context.run_argument == 1 {
        call::restart();
    }
    loop {
        interrupt::wait();
    }
}
