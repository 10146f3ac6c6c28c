//! The vehicle: replays a standard drive cycle, or drives as a test bench says, and tells the speedometer.
//!
//! Arguments: those of a [`Trip`]. What is sent in a window depends on the number of the major frame alone,
//! never on how late in the window it is computed. Or `cycle=inputs`: what is sent is what the bench has told
//! by then; nothing before it says something, and with the ignition off.

#![no_std]
#![no_main]

use core::time::Duration;

use paratia_instruments::e2e::Protector;
use paratia_instruments::inputs::VehicleInputs;
use paratia_instruments::message::SpeedMessage;
use paratia_instruments::units::{Millimetres, Milliseconds};
use paratia_partitions::inputs::Inputs;
use paratia_partitions::speed::SpeedSource;
use paratia_partitions::trip::{ODOMETER_AT_START, Trip};
use paratia_runtime::{Context, entry, println, window};

entry!(run);

fn run(context: Context) {
    let mut drive = Drive::from_arguments(&context);
    let mut port = SpeedSource::named("speed");
    let mut protector = Protector::new(SpeedMessage::PROFILE);
    drive.announce();
    for window in context.windows() {
        let frame = context.frame_at(window.start);
        if let Some(message) = drive.message(frame)
            && let Err(code) = port.send(&message.encode(&mut protector))
        {
            println!("frame {frame} isn't taken: {code:?}");
        }
        window::heartbeat(frame);
    }
}

/// What it drives.
enum Drive {
    Cycle(Trip),
    Bench(Bench),
}

impl Drive {
    fn from_arguments(context: &Context) -> Self {
        if context.argument("cycle") == Some("inputs") {
            Self::Bench(Bench {
                inputs: Inputs::find().expect("a region called inputs"),
                frame_ns: context.passport.major_frame_ns,
                trip_distance: Millimetres(0),
                rest: 0,
            })
        } else {
            Self::Cycle(Trip::from_arguments(context))
        }
    }

    fn announce(&self) {
        match self {
            Self::Cycle(trip) => trip.announce(),
            Self::Bench(_) => println!("driving as the bench says"),
        }
    }

    fn message(&mut self, frame: u64) -> Option<SpeedMessage> {
        match self {
            Self::Cycle(trip) => Some(trip.message(frame)),
            Self::Bench(bench) => bench.message(frame),
        }
    }
}

/// A drive as the bench says.
struct Bench {
    inputs: Inputs,
    frame_ns: u64,
    trip_distance: Millimetres,
    /// What was driven beyond that, in millionths of a nanometre.
    rest: u64,
}

impl Bench {
    fn message(&mut self, frame: u64) -> Option<SpeedMessage> {
        let told = VehicleInputs::of_word(self.inputs.word())?;
        self.rest += u64::from(told.speed.0) * self.frame_ns;
        self.trip_distance = self.trip_distance.plus(Millimetres(self.rest / SECOND_NS));
        self.rest %= SECOND_NS;
        let elapsed = Milliseconds::from_duration(Duration::from_nanos(frame * self.frame_ns));
        told.ignition.then(|| SpeedMessage {
            speed: told.speed,
            odometer: ODOMETER_AT_START.plus(self.trip_distance),
            trip_distance: self.trip_distance,
            trip_time: elapsed,
            cycle_time: elapsed,
            telltales: told.telltales,
        })
    }
}

/// Nanoseconds in a second.
const SECOND_NS: u64 = 1_000_000_000;
