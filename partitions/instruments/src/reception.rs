//! From what a channel gives to what the dashboard shows: a speed is shown while the receptions of the last
//! frames amount to a channel that may be relied on.
//!
//! Each look at the channel is a finding: the protection's [`Status`], and two that a counter can't see. A
//! message that comes late in an unbroken sequence has its own time in it; a genuine one may be nonsense. The
//! findings go to a [`Supervision`], whose state decides: one bad message is an incident over which the last
//! good one is shown; more are a broken channel, and dashes.

use crate::dashboard::{Fault, Reading};
use crate::e2e::{Checker, Demand, Demands, P04, State, Status, Supervision};
use crate::message::SpeedMessage;
use crate::units::Milliseconds;

/// Messages come every frame; so two may be missing before the next.
const MAX_DELTA_COUNTER: u32 = 3;
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

/// The receiving end of the speed's channel, of whatever kind that is.
#[derive(Debug)]
pub struct Reception {
    checker: Checker<P04>,
    supervision: Supervision<MOST>,
    /// The newest message that was good.
    newest: Option<SpeedMessage>,
    fault: Fault,
}

impl Reception {
    /// An end that has received nothing.
    #[must_use]
    #[allow(
        clippy::missing_panics_doc,
        reason = "the demands are constants, which a test of this file fulfils"
    )]
    pub fn new() -> Self {
        Self {
            checker: Checker::new(SpeedMessage::PROFILE, MAX_DELTA_COUNTER),
            supervision: Supervision::new(DEMANDS).expect("demands that can be fulfilled"),
            newest: None,
            fault: Fault::NoSignal,
        }
    }

    /// Judges what a look at the channel gave at `now`, by the time since the trip's start: a message, or
    /// `None` if there was none, or none that is fresh.
    pub fn take(&mut self, bytes: Option<&[u8]>, now: Milliseconds) -> Finding {
        let finding = self.find(bytes, now);
        // Once messages are corrupt, silence between them is no news, until all is well again.
        let is_known = self.state() != State::Valid && self.fault == Fault::Corrupt;
        self.fault = finding.fault().filter(|_| !is_known).unwrap_or(self.fault);
        self.supervision.observe(finding.status());
        finding
    }

    fn find(&mut self, bytes: Option<&[u8]>, now: Milliseconds) -> Finding {
        let status = self.checker.check(bytes);
        let Some(bytes) = bytes.filter(|_| status.is_usable()) else {
            return Finding::Protection(status);
        };
        match SpeedMessage::decode(bytes) {
            Ok(message) if now.0.saturating_sub(message.trip_time.0) > OLDEST.0 => Finding::Delayed,
            Ok(message) => {
                self.newest = Some(message);
                Finding::Protection(status)
            }
            Err(_) => Finding::Malformed,
        }
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

impl Default for Reception {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::e2e::Protector;
    use crate::message::Encoded;
    use crate::units::MillimetresPerSecond;

    /// A sender with one message a frame, and the receiver; `frame` is the time.
    struct Line {
        protector: Protector<P04>,
        reception: Reception,
        frame: u32,
    }

    impl Line {
        fn new() -> Self {
            Self {
                protector: Protector::new(SpeedMessage::PROFILE),
                reception: Reception::new(),
                frame: 0,
            }
        }

        /// After two good messages: the channel is relied on.
        fn valid() -> Self {
            let mut line = Self::new();
            for state in [State::Init, State::Valid] {
                line.good();
                assert_eq!(line.reception.state(), state);
            }
            line
        }

        /// The next frame's message.
        fn next(&mut self) -> Encoded {
            self.frame += 1;
            let message = SpeedMessage {
                speed: MillimetresPerSecond(self.frame),
                trip_time: Milliseconds(self.frame * 20),
                ..SpeedMessage::default()
            };
            message.encode(&mut self.protector)
        }

        fn take(&mut self, bytes: Option<&[u8]>) -> Finding {
            self.reception.take(bytes, Milliseconds(self.frame * 20))
        }

        fn good(&mut self) {
            let bytes = self.next();
            assert_eq!(self.take(Some(&bytes)), Finding::Protection(Status::Ok));
        }

        fn shows(&self, frame: u32) {
            let Reading::Valid(message) = self.reception.reading() else {
                panic!("{:?}", self.reception.reading());
            };
            assert_eq!(message.speed.0, frame);
        }

        fn shows_no_speed(&self, fault: Fault) {
            assert_eq!(self.reception.reading(), Reading::Invalid(fault));
        }
    }

    #[test]
    fn nothing_is_shown_before_the_second_message() {
        let mut line = Line::new();
        line.shows_no_speed(Fault::NoSignal);
        assert_eq!(line.take(None), Finding::Protection(Status::NoNewData));
        line.good();
        line.shows_no_speed(Fault::NoSignal);
        line.good();
        line.shows(2);
    }

    #[test]
    fn silence_of_two_frames_is_bridged_and_of_three_is_told() {
        let mut line = Line::valid();
        for _ in 0..2 {
            line.frame += 1;
            let _ = line.take(None);
            line.shows(2);
        }
        line.frame += 1;
        let _ = line.take(None);
        line.shows_no_speed(Fault::Stale);
    }

    #[test]
    fn one_bad_message_is_bridged_and_two_are_told() {
        let mut line = Line::valid();
        for frame in 0..2 {
            let mut bytes = line.next();
            bytes[15] ^= 1;
            assert_eq!(line.take(Some(&bytes)), Finding::Protection(Status::Error));
            if frame == 0 {
                line.shows(2);
            }
        }
        line.shows_no_speed(Fault::Corrupt);
    }

    #[test]
    fn a_source_that_repeats_itself_is_as_good_as_silent() {
        let mut line = Line::valid();
        let bytes = line.next();
        let _ = line.take(Some(&bytes));
        for _ in 0..3 {
            let finding = line.take(Some(&bytes));
            assert_eq!(finding, Finding::Protection(Status::Repeated));
        }
        line.shows_no_speed(Fault::Stale);
    }

    /// Each in its turn, and each too old: no counter sees that.
    #[test]
    fn a_delay_is_seen_by_the_messages_own_time() {
        let mut line = Line::valid();
        let waiting: Vec<_> = (0..4).map(|_| line.next()).collect();
        for (at, bytes) in waiting.iter().enumerate() {
            let _ = line.next();
            let finding = line.take(Some(bytes));
            assert_eq!(finding, Finding::Delayed, "{at}");
        }
        line.shows_no_speed(Fault::Stale);
    }

    #[test]
    fn the_limit_of_a_delay_is_three_frames() {
        let mut line = Line::valid();
        let bytes = line.next();
        line.frame += 3;
        assert_eq!(line.take(Some(&bytes)), Finding::Protection(Status::Ok));
        let bytes = line.next();
        line.frame += 4;
        assert_eq!(line.take(Some(&bytes)), Finding::Delayed);
    }

    #[test]
    fn order_and_nonsense_are_told() {
        let mut line = Line::valid();
        let mut turned: Vec<_> = (0..4).map(|_| line.next()).collect();
        turned.reverse();
        for bytes in &turned {
            let finding = line.take(Some(bytes));
            assert_eq!(finding, Finding::Protection(Status::WrongSequence));
        }
        line.shows_no_speed(Fault::Corrupt);

        let mut line = Line::valid();
        let fast = SpeedMessage {
            speed: MillimetresPerSecond(SpeedMessage::TOP_SPEED.0 + 1),
            trip_time: Milliseconds(60),
            ..SpeedMessage::default()
        };
        let bytes = fast.encode(&mut line.protector);
        assert_eq!(line.take(Some(&bytes)), Finding::Malformed);
    }

    #[test]
    fn corrupt_messages_remain_the_reason_until_all_is_well() {
        let mut line = Line::valid();
        for silent in [false, false, true, true] {
            let mut bytes = line.next();
            bytes[15] ^= 1;
            let _ = line.take(Some(&bytes[..]).filter(|_| !silent));
        }
        line.shows_no_speed(Fault::Corrupt);
        (0..4).for_each(|_| {
            let bytes = line.next();
            let _ = line.take(Some(&bytes));
        });
        line.shows(line.frame);
        for _ in 0..3 {
            let _ = line.take(None);
        }
        line.shows_no_speed(Fault::Stale);
    }

    #[test]
    fn what_was_broken_is_believed_after_three_good_ones() {
        let mut line = Line::valid();
        for _ in 0..3 {
            let _ = line.take(None);
        }
        for _ in 0..2 {
            line.good();
            line.shows_no_speed(Fault::Stale);
        }
        line.good();
        line.shows(line.frame);
    }
}
