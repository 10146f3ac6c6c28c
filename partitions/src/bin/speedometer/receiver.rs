//! From the port to a reading, and a line for what is found in it.

use paratia_instruments::dashboard::Reading;
use paratia_instruments::e2e::Status;
use paratia_instruments::reception::{Finding, Reception};
use paratia_instruments::units::Milliseconds;
use paratia_partitions::speed::SpeedDestination;
use paratia_runtime::println;
use paratia_runtime::time::Instant;

/// Findings that are told when they come for the first time.
const TOLD: [Finding; 7] = [
    Finding::Protection(Status::OkSomeLost),
    Finding::Protection(Status::NoNewData),
    Finding::Protection(Status::Repeated),
    Finding::Protection(Status::WrongSequence),
    Finding::Protection(Status::Error),
    Finding::Delayed,
    Finding::Malformed,
];

/// The receiving end of the speed's channel.
pub struct Receiver {
    port: SpeedDestination,
    reception: Reception,
    /// Which of [`TOLD`] have come since the channel was first relied on.
    told: [bool; TOLD.len()],
}

impl Receiver {
    /// The receiver at the partition's port `speed`.
    pub fn new() -> Self {
        Self {
            port: SpeedDestination::named("speed"),
            reception: Reception::new(),
            told: [false; TOLD.len()],
        }
    }

    /// What to show in the frame that began at `now`.
    pub fn read(&mut self, now: Instant) -> Reading {
        let now = Milliseconds::from_duration(now.since_epoch());
        let (reception, told) = (&mut self.reception, &mut self.told);
        self.port.receive(|bytes| {
            let before = reception.state();
            let finding = reception.take(bytes, now);
            let state = reception.state();
            let at = TOLD.iter().position(|it| *it == finding);
            let is_new = at.is_some_and(|at| !core::mem::replace(&mut told[at], true));
            if is_new || state != before {
                println!("E2E at {} ms: {finding:?}, {before:?} -> {state:?}", now.0);
            }
        });
        self.reception.reading()
    }
}
