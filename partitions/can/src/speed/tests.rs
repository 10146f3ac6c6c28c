//! The speed over a bus that does what it likes.

use embedded_can::{Id, StandardId};

use paratia_instruments::dashboard::{Fault, Reading};
use paratia_instruments::e2e::State;

use super::*;

/// A frame as a bus has it.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Wire {
    id: Id,
    data: [u8; 8],
    length: usize,
    is_remote: bool,
}

impl Frame for Wire {
    fn new(id: impl Into<Id>, bytes: &[u8]) -> Option<Self> {
        let mut data = [0; 8];
        data.get_mut(..bytes.len())?.copy_from_slice(bytes);
        let (id, length, is_remote) = (id.into(), bytes.len(), false);
        Some(Self {
            id,
            data,
            length,
            is_remote,
        })
    }

    fn new_remote(id: impl Into<Id>, length: usize) -> Option<Self> {
        let (id, data, is_remote) = (id.into(), [0; 8], true);
        (length <= 8).then_some(Self {
            id,
            data,
            length,
            is_remote,
        })
    }

    fn is_extended(&self) -> bool {
        matches!(self.id, Id::Extended(_))
    }

    fn is_remote_frame(&self) -> bool {
        self.is_remote
    }

    fn id(&self) -> Id {
        self.id
    }

    fn dlc(&self) -> usize {
        self.length
    }

    fn data(&self) -> &[u8] {
        &self.data[..if self.is_remote { 0 } else { self.length }]
    }
}

/// A sender with one message a frame of 20 ms, the receiver, and the time.
struct Bus {
    sender: Sender,
    receiver: Receiver,
    frame: u32,
}

impl Bus {
    fn new() -> Self {
        Self {
            sender: Sender::new(),
            receiver: Receiver::new(),
            frame: 0,
        }
    }

    /// After two good messages: the bus is relied on.
    fn valid() -> Self {
        let mut bus = Self::new();
        (0..2).for_each(|_| bus.good());
        bus.shows(2);
        bus
    }

    fn message(&self) -> SpeedMessage {
        SpeedMessage {
            speed: MillimetresPerSecond(self.frame),
            odometer: Millimetres(42_195_000_000 + u64::from(self.frame)),
            trip_distance: Millimetres(u64::from(self.frame) * 3),
            trip_time: Milliseconds(self.frame * 20),
            cycle_time: Milliseconds(20_000 + self.frame * 20),
            telltales: Telltales::TURN_LEFT | Telltales::HIGH_BEAM,
        }
    }

    fn next(&mut self) -> [Wire; FRAMES] {
        self.frame += 1;
        self.sender.frames(&self.message()).unwrap()
    }

    /// All that a look finds, of these frames.
    fn look(&mut self, frames: &[Wire]) -> Vec<Finding> {
        let now = Milliseconds(self.frame * 20);
        let taken = frames
            .iter()
            .filter_map(|frame| self.receiver.take(frame, now));
        let mut found: Vec<_> = taken.collect();
        found.extend(self.receiver.end_of_look(now));
        found
    }

    fn good(&mut self) {
        let frames = self.next();
        assert_eq!(self.look(&frames), [Finding::Protection(Status::Ok)]);
    }

    fn shows(&self, frame: u32) {
        let Reading::Valid(message) = self.receiver.reliance().reading() else {
            panic!("{:?}", self.receiver.reliance());
        };
        let expected = Self {
            frame,
            ..Self::new()
        }
        .message();
        assert_eq!(message, expected);
    }

    fn shows_no_speed(&self, fault: Fault) {
        assert_eq!(self.receiver.reliance().reading(), Reading::Invalid(fault));
    }
}

#[test]
fn a_message_is_shown_as_it_was_sent_in_any_order_of_its_frames() {
    let mut bus = Bus::valid();
    for turn in 0..300 {
        let mut frames = bus.next();
        frames.rotate_left(turn % FRAMES);
        assert_eq!(bus.look(&frames), [Finding::Protection(Status::Ok)]);
        bus.shows(bus.frame);
    }
}

#[test]
fn a_part_alone_is_no_message() {
    let mut bus = Bus::valid();
    for missing in 0..FRAMES {
        let mut frames = bus.next().to_vec();
        frames.remove(missing);
        assert_eq!(bus.look(&frames), [Finding::Protection(Status::NoNewData)]);
        bus.shows(bus.frame - 1);
        let frames = bus.next();
        assert_eq!(bus.look(&frames), [Finding::Protection(Status::OkSomeLost)]);
        bus.shows(bus.frame);
        bus.good();
        bus.good();
    }
}

#[test]
fn each_bit_of_each_frame_is_protected() {
    for part in 0..FRAMES {
        let frames = Bus::valid().next();
        for bit in 0..frames[part].length * 8 {
            let mut bus = Bus::valid();
            let mut frames = bus.next();
            frames[part].data[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(
                bus.look(&frames),
                [Finding::Protection(Status::Error)],
                "{part} {bit}"
            );
            bus.shows(2);
            let mut frames = bus.next();
            frames[part].data[bit / 8] ^= 1 << (bit % 8);
            let _ = bus.look(&frames);
            bus.shows_no_speed(Fault::Corrupt);
        }
    }
}

#[test]
fn another_length_or_identifier_is_no_part() {
    let mut bus = Bus::valid();
    for change in [
        |frame: &mut Wire| frame.length -= 1,
        |frame: &mut Wire| frame.is_remote = true,
    ] {
        let mut frames = bus.next();
        change(&mut frames[0]);
        assert_eq!(bus.look(&frames), [Finding::Protection(Status::Error)]);
        for _ in 0..4 {
            bus.next();
            let frames = bus.next();
            let _ = bus.look(&frames);
        }
    }
    let mut frames = bus.next();
    frames.swap(0, 1);
    (frames[0].id, frames[1].id) = (IDS[0], IDS[1]);
    assert_eq!(bus.look(&frames), [Finding::Protection(Status::Error)]);
    let stranger = Wire::new(StandardId::new(0x7FF).unwrap(), &[0; 8]).unwrap();
    assert_eq!(
        bus.look(&[stranger]),
        [Finding::Protection(Status::NoNewData)]
    );
}

/// A sender with the secret of the protection and another idea of the message.
#[test]
fn a_genuine_frame_that_says_what_can_not_be_is_told() {
    for longer in [false, true] {
        let mut bus = Bus::valid();
        let mut frames = bus.next();
        let mut protector = Protector::new(P05 {
            data_id: DATA_IDS[0],
        });
        let mut bytes = [0xFF; 8];
        // As often as the sender has counted.
        (0..3).for_each(|_| protector.protect(&mut bytes).unwrap());
        let length = if longer { 8 } else { 7 };
        let (head, _) = bytes.split_at_mut(length);
        let mut protector = Protector::new(P05 {
            data_id: DATA_IDS[0],
        });
        (0..3).for_each(|_| protector.protect(head).unwrap());
        frames[0] = Wire::new(IDS[0], head).unwrap();
        assert_eq!(bus.look(&frames), [Finding::Malformed]);
    }
}

#[test]
fn repeated_lost_late_and_turned_round_are_told() {
    let mut bus = Bus::valid();
    let frames = bus.next();
    let _ = bus.look(&frames);
    for _ in 0..3 {
        assert_eq!(bus.look(&frames), [Finding::Protection(Status::Repeated)]);
    }
    bus.shows_no_speed(Fault::Stale);

    let mut bus = Bus::valid();
    (0..4).for_each(|_| {
        let _ = bus.next();
    });
    let frames = bus.next();
    assert_eq!(
        bus.look(&frames),
        [Finding::Protection(Status::WrongSequence)]
    );

    let mut bus = Bus::valid();
    let waiting: Vec<_> = (0..4).map(|_| bus.next()).collect();
    for frames in &waiting {
        bus.next();
        assert_eq!(bus.look(frames), [Finding::Delayed]);
    }
    bus.shows_no_speed(Fault::Stale);

    let mut bus = Bus::valid();
    let turned: Vec<_> = (0..4).map(|_| bus.next()).collect();
    for frames in turned.iter().rev() {
        assert_eq!(
            bus.look(frames),
            [Finding::Protection(Status::WrongSequence)]
        );
    }
    bus.shows_no_speed(Fault::Corrupt);
}

#[test]
fn a_backlog_is_taken_message_by_message() {
    let mut bus = Bus::valid();
    let both: Vec<_> = (0..2).flat_map(|_| bus.next()).collect();
    assert_eq!(bus.look(&both), [Finding::Protection(Status::Ok); 2]);
    bus.shows(4);
}

#[test]
fn a_sender_that_begins_anew_is_believed_after_three_good_messages() {
    let mut bus = Bus::valid();
    (0..40).for_each(|_| bus.good());
    bus.sender = Sender::new();
    let frames = bus.next();
    assert_eq!(
        bus.look(&frames),
        [Finding::Protection(Status::WrongSequence)]
    );
    bus.good();
    bus.shows(bus.frame);
    assert_eq!(
        bus.receiver.reliance().state(),
        State::Valid,
        "one bad one is bridged"
    );
}

#[test]
fn what_does_not_fit_is_not_sent() {
    let mut sender = Sender::new();
    let message = SpeedMessage::default();
    for (message, signal) in [
        (
            SpeedMessage {
                speed: MillimetresPerSecond(1 << 17),
                ..message
            },
            "Speed",
        ),
        (
            SpeedMessage {
                odometer: Millimetres(1 << 40),
                ..message
            },
            "Odometer",
        ),
        (
            SpeedMessage {
                trip_distance: Millimetres(1 << 32),
                ..message
            },
            "TripDistance",
        ),
    ] {
        assert_eq!(sender.frames::<Wire>(&message), Err(EncodeError { signal }));
    }
    let frames = sender.frames::<Wire>(&message).unwrap();
    assert_eq!(
        frames.map(|frame| frame.data[COUNTER]),
        [0; FRAMES],
        "nothing was counted"
    );
}

/// The first frames of all, to the byte: what a receiver elsewhere was built for.
#[test]
fn the_frames_are_frozen() {
    let message = Bus {
        frame: 0x1234,
        ..Bus::new()
    }
    .message();
    let frames = Sender::new().frames::<Wire>(&message).unwrap();
    let payloads = frames.map(|frame| frame.data);
    assert_eq!(payloads[0][3..], [0x34, 0x12, 0b10_0010, 0, 0]);
    assert_eq!(payloads[1][3..7], (0x1234_u32 * 3).to_le_bytes());
    assert_eq!(payloads[2][3..7], (0x1234_u32 * 20).to_le_bytes());
    assert_eq!(payloads[3][3..7], (20_000_u32 + 0x1234 * 20).to_be_bytes());
    assert_eq!(
        payloads[4][3..],
        (42_195_000_000_u64 + 0x1234).to_be_bytes()[3..]
    );
    assert_eq!(frames.map(|frame| frame.length), [8, 7, 7, 7, 8]);
}
