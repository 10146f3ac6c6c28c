//! Sends messages of eight bytes, the moment of sending: run argument 0 sends none and computes, 1
//! sends one a window, 2 sends as fast as it can.

#![no_std]
#![no_main]

use core::hint::black_box;
use core::time::Duration;

use paratia_runtime::port::SourcePort;
use paratia_runtime::time::{Instant, Ticks};
use paratia_runtime::{Context, call, entry};

entry!(main);

/// From a window's start to the message: other CPUs' windows of the same start are well begun.
const AFTER: Duration = Duration::from_millis(2);

fn main(context: Context) -> ! {
    let mut port = SourcePort::find(context.passport, "bell").expect("a source port 'bell'");
    match context.run_argument {
        0 => loop {
            black_box(Instant::now());
        },
        1 => loop {
            let start = call::wait_for_window().expect("there is a next window");
            while Instant::now() < start.plus(Ticks::from_duration(AFTER)) {}
            send(&mut port);
        },
        _ => loop {
            send(&mut port);
        },
    }
}

fn send(port: &mut SourcePort) {
    port.write(&Instant::now().0.to_le_bytes())
        .expect("the channel takes eight bytes");
}
