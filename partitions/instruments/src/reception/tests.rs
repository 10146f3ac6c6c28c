//! The receiving end, one look at the channel after the other.

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
