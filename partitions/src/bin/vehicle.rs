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
use paratia_runtime::abi::OperatingMode;
use paratia_runtime::port::SourcePort;
use paratia_runtime::time::{Instant, Ticks};
use paratia_runtime::{Context, call, entry, passport, println};

entry!(main);

/// What the car had driven before this trip.
const ODOMETER_AT_START: Millimetres = Millimetres::from_kilometres(42_195);

fn main(context: Context) -> ! {
    let trip = Trip::from_arguments(&context);
    let mut port = SourcePort::find(context.passport, "speed").expect("a source port 'speed'");
    let mut protector = Protector::new(SpeedMessage::PROFILE);
    println!(
        "driving {} from {} s",
        trip.cycle.name(),
        trip.start.as_secs()
    );
    call::set_mode(OperatingMode::Normal).expect("normal mode");

    let mut window_start = Instant::now();
    loop {
        let frame = trip.frame_at(window_start);
        let message = trip.message(frame).encode(&mut protector);
        port.write(&message)
            .expect("the channel takes a speed message");
        call::heartbeat(frame).expect("heartbeats are expected");
        window_start = call::wait_for_window().expect("there is a next window");
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
        let argument = |key| passport::argument(context.passport, key);
        let seconds = argument("start").and_then(|start| start.strip_suffix('s'));
        Self {
            cycle: argument("cycle")
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

    /// The number of the major frame at a moment. A major frame is a whole number of ticks.
    fn frame_at(&self, moment: Instant) -> u64 {
        moment.0 / Ticks::from_duration(Duration::from_nanos(self.frame_ns)).0
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
