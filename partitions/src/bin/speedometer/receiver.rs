//! From the port to a reading: a speed is shown only if channel and message both vouch for it.

use paratia_instruments::dashboard::{Fault, Reading};
use paratia_instruments::e2e::{Checker, P04, Status};
use paratia_instruments::message::{ReceiveError, SpeedMessage};
use paratia_runtime::abi::passport::Passport;
use paratia_runtime::port::DestinationPort;

/// Messages come every frame and the channel calls one valid for three; so two may be missing.
const MAX_DELTA_COUNTER: u16 = 3;

/// The receiving end of the speed channel.
pub struct Receiver {
    port: DestinationPort,
    checker: Checker<P04>,
    /// The newest message, if it was genuine.
    newest: Option<SpeedMessage>,
    /// How often it was read since.
    repeated: u16,
}

impl Receiver {
    /// The receiver at the partition's port `speed`, if it has one.
    pub fn find(passport: &'static Passport) -> Option<Self> {
        Some(Self {
            port: DestinationPort::find(passport, "speed").ok()?,
            checker: Checker::new(SpeedMessage::PROFILE, MAX_DELTA_COUNTER.into()),
            newest: None,
            repeated: 0,
        })
    }

    /// What to show now.
    ///
    /// A message that is still there from the frame before is shown for as long as the channel
    /// calls it valid, but not if it comes again and again: a source that only repeats itself is as
    /// good as silent. One that fails a check is never shown, nor is the one before it.
    pub fn read(&mut self) -> Reading {
        let mut buffer = [0; SpeedMessage::ENCODED_BYTES];
        let Some(received) = self.port.read(&mut buffer) else {
            return Reading::Invalid(Fault::NoSignal);
        };
        match SpeedMessage::receive(&mut self.checker, Some(&buffer[..received.length])) {
            Ok(message) => {
                self.newest = Some(message);
                self.repeated = 0;
            }
            Err(ReceiveError::Unprotected(Status::Repeated)) => {
                self.repeated = self.repeated.saturating_add(1);
            }
            Err(_) => self.newest = None,
        }
        match self.newest {
            _ if !received.valid || self.repeated >= MAX_DELTA_COUNTER => {
                Reading::Invalid(Fault::Stale)
            }
            Some(message) => Reading::Valid(message),
            None => Reading::Invalid(Fault::Corrupt),
        }
    }
}
