//! From the port to a reading, and a line for what is found in it.

use paratia_instruments::dashboard::Reading;
use paratia_instruments::reception::Reception;
use paratia_instruments::units::Milliseconds;
use paratia_partitions::findings::Findings;
use paratia_partitions::speed::SpeedDestination;
use paratia_runtime::time::Instant;

/// The receiving end of the speed's channel.
pub struct Receiver {
    port: SpeedDestination,
    reception: Reception,
    findings: Findings,
}

impl Receiver {
    /// The receiver at the partition's port `speed`.
    pub fn new() -> Self {
        Self {
            port: SpeedDestination::named("speed"),
            reception: Reception::new(),
            findings: Findings::default(),
        }
    }

    /// What to show in the frame that began at `now`.
    pub fn read(&mut self, now: Instant) -> Reading {
        let now = Milliseconds::from_duration(now.since_epoch());
        let (reception, findings) = (&mut self.reception, &mut self.findings);
        self.port.receive(|bytes| {
            let before = reception.state();
            let finding = reception.take(bytes, now);
            findings.tell(finding, now, before, reception.state());
        });
        self.reception.reading()
    }
}
