//! The gateway: passes on every message from one queue to another, in its order.
//!
//! It neither reads nor changes what it passes on: the protection goes from end to end.

#![no_std]
#![no_main]

use paratia_instruments::message::Encoded;
use paratia_runtime::typed::{QueuingReceiver, QueuingSender};
use paratia_runtime::{Context, entry, println};

entry!(run);

fn run(context: Context) {
    let mut inside = QueuingReceiver::<Encoded>::named("inside");
    let mut outside = QueuingSender::<Encoded>::named("outside");
    for window in context.windows() {
        while let Ok(received) = inside.receive() {
            if received.refused > 0 {
                println!(
                    "{} messages found no room before this one",
                    received.refused
                );
            }
            if let Err(code) = outside.send(&received.message) {
                println!("a message isn't taken: {code:?}");
            }
        }
        window.heartbeat();
    }
}
