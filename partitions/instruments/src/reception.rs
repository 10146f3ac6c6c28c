//! From what a channel gives to what the dashboard shows: a speed is shown while the receptions of the last
//! frames amount to a channel that may be relied on.
//!
//! Each look at the channel is a finding: the protection's [`Status`], and two that a counter can't see. A
//! message that comes late in an unbroken sequence has its own time in it; a genuine one may be nonsense. The
//! findings go to a [`Supervision`], whose state decides: one bad message is an incident over which the last
//! good one is shown; more are a broken channel, and dashes.

use crate::dashboard::{Fault, Reading};
use crate::e2e::{Checker, Demand, Demands, P04, State, Status, Supervision};
use crate::message::{DecodeError, SpeedMessage};
use crate::units::Milliseconds;

/// Messages come every frame; so two may be missing before the next.
pub const MAX_DELTA_COUNTER: u32 = 3;
/// A message that was made longer ago isn't shown: three frames.
pub const OLDEST: Milliseconds = Milliseconds(60);
/// Looks that count at the most.
const MOST: usize = 3;

/// What is asked of the last looks.
const DEMANDS: Demands = Demands {
    // The first message only tells where the sender is; the one after it is shown.
    init: Demand {
        window: 1,
        least_ok: 1,
        most_errors: 0,
    },
    // Two frames may pass without a good message, one of them with a bad one.
    valid: Demand {
        window: MOST,
        least_ok: 1,
        most_errors: 1,
    },
    // What was broken is believed again after three good messages in a row.
    invalid: Demand {
        window: MOST,
        least_ok: MOST,
        most_errors: 0,
    },
    forgets_when_invalid: true,
};

/// What one look at the channel found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finding {
    /// What the protection says.
    Protection(Status),
    /// A genuine message in sequence, which was made longer ago than [`OLDEST`].
    Delayed,
    /// A genuine message in sequence, which says what can't be.
    Malformed,
}

impl Finding {
    /// How the state machine counts it: nothing new, or an error.
    const fn status(self) -> Status {
        match self {
            Self::Protection(status) => status,
            Self::Delayed => Status::NoNewData,
            Self::Malformed => Status::Error,
        }
    }

    /// Why there is no speed if there is none.
    const fn fault(self) -> Option<Fault> {
        match self.status() {
            Status::Ok | Status::OkSomeLost => None,
            Status::NoNewData | Status::Repeated => Some(Fault::Stale),
            Status::WrongSequence | Status::Error => Some(Fault::Corrupt),
        }
    }
}

/// Whether the speed's channel may be relied on, by what its last looks found, and what to show.
#[derive(Debug)]
pub struct Reliance {
    supervision: Supervision<MOST>,
    /// The newest message that was good.
    newest: Option<SpeedMessage>,
    fault: Fault,
}

impl Reliance {
    /// That on a channel which gave nothing yet.
    #[must_use]
    #[allow(
        clippy::missing_panics_doc,
        reason = "the demands are constants, which a test of this file fulfils"
    )]
    pub fn new() -> Self {
        Self {
            supervision: Supervision::new(DEMANDS).expect("demands that can be fulfilled"),
            newest: None,
            fault: Fault::NoSignal,
        }
    }

    /// Judges what a look at the channel gave at `now`, by the time since the trip's start: what the protection
    /// says, and what was decoded if that is to be believed.
    pub fn judge(
        &mut self,
        status: Status,
        message: Option<Result<SpeedMessage, DecodeError>>,
        now: Milliseconds,
    ) -> Finding {
        let finding = match message.filter(|_| status.is_usable()) {
            None => Finding::Protection(status),
            Some(Ok(message)) if now.0.saturating_sub(message.trip_time.0) > OLDEST.0 => {
                Finding::Delayed
            }
            Some(Ok(message)) => {
                self.newest = Some(message);
                Finding::Protection(status)
            }
            Some(Err(_)) => Finding::Malformed,
        };
        // Once messages are corrupt, silence between them is no news, until all is well again.
        let is_known = self.state() != State::Valid && self.fault == Fault::Corrupt;
        self.fault = finding.fault().filter(|_| !is_known).unwrap_or(self.fault);
        self.supervision.observe(finding.status());
        finding
    }

    /// What the last looks amount to.
    #[must_use]
    pub const fn state(&self) -> State {
        self.supervision.state()
    }

    /// What to show now.
    #[must_use]
    pub const fn reading(&self) -> Reading {
        match (self.supervision.state(), self.newest) {
            (State::Valid, Some(message)) => Reading::Valid(message),
            (State::NoData | State::Init, _) => Reading::Invalid(Fault::NoSignal),
            _ => Reading::Invalid(self.fault),
        }
    }
}

impl Default for Reliance {
    fn default() -> Self {
        Self::new()
    }
}

/// The receiving end of the speed's channel, of whatever kind that is.
#[derive(Debug)]
pub struct Reception {
    checker: Checker<P04>,
    reliance: Reliance,
}

impl Reception {
    /// An end that has received nothing.
    #[must_use]
    pub fn new() -> Self {
        Self {
            checker: Checker::new(SpeedMessage::PROFILE, MAX_DELTA_COUNTER),
            reliance: Reliance::new(),
        }
    }

    /// Judges what a look at the channel gave at `now`, by the time since the trip's start: a message, or
    /// `None` if there was none, or none that is fresh.
    pub fn take(&mut self, bytes: Option<&[u8]>, now: Milliseconds) -> Finding {
        let status = self.checker.check(bytes);
        let genuine = bytes.filter(|_| status.is_usable());
        self.reliance
            .judge(status, genuine.map(SpeedMessage::decode), now)
    }

    /// What the last looks amount to.
    #[must_use]
    pub const fn state(&self) -> State {
        self.reliance.state()
    }

    /// What to show now.
    #[must_use]
    pub const fn reading(&self) -> Reading {
        self.reliance.reading()
    }
}

impl Default for Reception {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests;
