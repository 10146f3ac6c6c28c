//! The partition `@NAME@`: gives a sign of life in each window, and prints every fiftieth.

#![no_std]
#![no_main]

use paratia_runtime::{Context, entry, println};

entry!(run);

fn run(context: Context) {
    let start = context.restarts + 1;
    println!("hello from '{}', start {start}", context.name());
    for window in context.windows() {
        window.heartbeat();
        if window.number % 50 == 1 {
            println!("window {} at {}", window.number, window.start);
        }
    }
}
