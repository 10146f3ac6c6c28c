//! The ends of a channel with the speed, of whichever kind the configuration makes it.

use paratia_instruments::message::Encoded;
use paratia_runtime::passport;
use paratia_runtime::queue::ReturnCode;
use paratia_runtime::typed::{
    NoMessage, QueuingReceiver, QueuingSender, SamplingDestination, SamplingSource,
};

/// The end that sends.
#[derive(Debug)]
pub enum SpeedSource {
    /// The newest speed.
    Sampling(SamplingSource<Encoded>),
    /// Every speed.
    Queuing(QueuingSender<Encoded>),
}

impl SpeedSource {
    /// The partition's source port of this name.
    ///
    /// # Panics
    /// If it has none, of neither kind.
    #[must_use]
    #[track_caller]
    pub fn named(name: &str) -> Self {
        match QueuingSender::find(passport::own(), name) {
            Ok(port) => Self::Queuing(port),
            Err(_) => Self::Sampling(SamplingSource::named(name)),
        }
    }

    /// Sends a speed.
    ///
    /// # Errors
    /// [`ReturnCode::NotAvailable`] if it is one too many for a queue.
    pub fn send(&mut self, message: &Encoded) -> Result<(), ReturnCode> {
        match self {
            Self::Sampling(port) => Ok(port.write(message)?),
            Self::Queuing(port) => port.send(message).map(drop),
        }
    }
}

/// The end that receives.
#[derive(Debug)]
pub enum SpeedDestination {
    /// The newest speed.
    Sampling(SamplingDestination<Encoded>),
    /// Every speed.
    Queuing(QueuingReceiver<Encoded>),
}

impl SpeedDestination {
    /// The partition's destination port of this name.
    ///
    /// # Panics
    /// If it has none, of neither kind.
    #[must_use]
    #[track_caller]
    pub fn named(name: &str) -> Self {
        match QueuingReceiver::find(passport::own(), name) {
            Ok(port) => Self::Queuing(port),
            Err(_) => Self::Sampling(SamplingDestination::named(name)),
        }
    }

    /// Gives `take` what has come, in its order: each message that waits, or the newest if it is fresh; once
    /// nothing if there is none. A message of another size is none that anybody could check: it is given as no
    /// bytes at all.
    pub fn receive(&mut self, mut take: impl FnMut(Option<&[u8]>)) {
        match self {
            Self::Sampling(port) => match port.read() {
                Ok(sample) if sample.valid => take(Some(&sample.message)),
                Ok(_) | Err(NoMessage::None | NoMessage::TimedOut) => take(None),
                Err(NoMessage::OtherSize { .. }) => take(Some(&[])),
            },
            Self::Queuing(port) => {
                let mut is_empty = true;
                loop {
                    match port.receive() {
                        Ok(received) => take(Some(&received.message)),
                        Err(NoMessage::OtherSize { .. }) => take(Some(&[])),
                        Err(NoMessage::None | NoMessage::TimedOut) => break,
                    }
                    is_empty = false;
                }
                if is_empty {
                    take(None);
                }
            }
        }
    }
}
