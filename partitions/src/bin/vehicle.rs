//! The vehicle: replays a standard drive cycle and tells the speedometer.
//!
//! Arguments: those of a [`Trip`]. What is sent in a window depends on the number of the major frame alone,
//! never on how late in the window it is computed.

#![no_std]
#![no_main]

use paratia_instruments::e2e::Protector;
use paratia_instruments::message::SpeedMessage;
use paratia_partitions::speed::SpeedSource;
use paratia_partitions::trip::Trip;
use paratia_runtime::{Context, entry, println, window};

entry!(run);

fn run(context: Context) {
    let trip = Trip::from_arguments(&context);
    let mut port = SpeedSource::named("speed");
    let mut protector = Protector::new(SpeedMessage::PROFILE);
    trip.announce();
    for window in context.windows() {
        let frame = context.frame_at(window.start);
        let message = trip.message(frame).encode(&mut protector);
        if let Err(code) = port.send(&message) {
            println!("frame {frame} isn't taken: {code:?}");
        }
        window::heartbeat(frame);
    }
}
