//! The vehicle: replays a standard drive cycle and tells the speedometer.
//!
//! Arguments: `cycle=udds` or `cycle=hwfet`, and `start=20s`, the moment of the cycle that belongs
//! to the schedule's epoch. What is sent in a window depends on the number of the major frame alone,
//! never on how late in the window it is computed.

#![no_std]
#![no_main]

use core::time::Duration;

use paratia_instruments::drive_cycle::DriveCycle;
use paratia_instruments::e2e::Protector;
use paratia_instruments::message::{SpeedMessage, Telltales};
use paratia_instruments::units::{Millimetres, Milliseconds};
use paratia_partitions::speed::SpeedSource;
use paratia_runtime::{Context, entry, println, window};

entry!(run);

/// What the car had driven before this trip.
const ODOMETER_AT_START: Millimetres = Millimetres::from_kilometres(42_195);

fn run(context: Context) {
    let trip = Trip::from_arguments(&context);
    let mut port = SpeedSource::named("speed");
    let mut protector = Protector::new(SpeedMessage::PROFILE);
    println!(
        "driving {} from {} s",
        trip.cycle.name(),
        trip.start.as_secs()
    );
    for window in context.windows() {
        let frame = context.frame_at(window.start);
        let message = trip.message(frame).encode(&mut protector);
        if let Err(code) = port.send(&message) {
            println!("frame {frame} isn't taken: {code:?}");
        }
        window::heartbeat(frame);
    }
}

/// A drive.
struct Trip {
    cycle: &'static DriveCycle,
    start: Duration,
    frame_ns: u64,
}

impl Trip {
    fn from_arguments(context: &Context) -> Self {
        let seconds = context
            .argument("start")
            .and_then(|start| start.strip_suffix('s'));
        Self {
            cycle: context
                .argument("cycle")
                .and_then(DriveCycle::by_name)
                .expect("argument cycle=udds or cycle=hwfet"),
            start: Duration::from_secs(
                seconds
                    .and_then(|seconds| seconds.parse().ok())
                    .expect("argument start=SECONDSs"),
            ),
            frame_ns: context.passport.major_frame_ns,
        }
    }

    fn message(&self, frame: u64) -> SpeedMessage {
        let elapsed = Duration::from_nanos(frame * self.frame_ns);
        let moment = self.start + elapsed;
        let trip_distance = self.cycle.distance_between(self.start, moment);
        SpeedMessage {
            speed: self.cycle.speed_at(moment),
            odometer: ODOMETER_AT_START.plus(trip_distance),
            trip_distance,
            trip_time: Milliseconds::from_duration(elapsed),
            cycle_time: Milliseconds::from_duration(moment),
            telltales: Telltales::empty(),
        }
    }
}
