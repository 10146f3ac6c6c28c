//! What the vehicle drives: a standard drive cycle, from a moment on.

use core::time::Duration;

use paratia_instruments::drive_cycle::DriveCycle;
use paratia_instruments::message::{SpeedMessage, Telltales};
use paratia_instruments::units::{Millimetres, Milliseconds};
use paratia_runtime::{Context, println};

/// What the car had driven before this trip.
pub const ODOMETER_AT_START: Millimetres = Millimetres::from_kilometres(42_195);

/// A drive through a cycle.
#[derive(Debug)]
pub struct Trip {
    cycle: &'static DriveCycle,
    start: Duration,
    frame_ns: u64,
}

impl Trip {
    /// The drive that the arguments say: `cycle=udds` or `cycle=hwfet`, and `start=20s`, the moment of the cycle
    /// that belongs to the schedule's epoch.
    ///
    /// # Panics
    /// If they don't say one.
    #[must_use]
    pub fn from_arguments(context: &Context) -> Self {
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

    /// Says what is driven.
    pub fn announce(&self) {
        println!(
            "driving {} from {} s",
            self.cycle.name(),
            self.start.as_secs()
        );
    }

    /// What there is to be told in this major frame.
    #[must_use]
    pub fn message(&self, frame: u64) -> SpeedMessage {
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
