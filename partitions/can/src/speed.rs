//! The speed message over the bus: what [`SpeedMessage`] says, in five frames, each protected by AUTOSAR E2E
//! profile 5 with a Data ID of its own.
//!
//! The five of one message have the same counter. A receiver believes them together or not at all: an odometer
//! of one moment with a speed of another would be a picture that never was.

use embedded_can::{Frame, Id};

use paratia_instruments::e2e::{Checker, P05, Protector, Status};
use paratia_instruments::message::{DecodeError as Nonsense, SpeedMessage, Telltales};
use paratia_instruments::reception::{Finding, MAX_DELTA_COUNTER, Reliance};
use paratia_instruments::units::{Millimetres, MillimetresPerSecond, Milliseconds};

use crate::vehicle::{CycleTime, Odometer, Speed, TripDistance, TripTime};
use crate::{DecodeError, EncodeError, Message};

/// Frames of one message.
pub const FRAMES: usize = 5;

/// Their identifiers, in the order in which they are sent.
pub const IDS: [Id; FRAMES] = [
    Speed::ID,
    TripDistance::ID,
    TripTime::ID,
    CycleTime::ID,
    Odometer::ID,
];

/// Their E2E Data IDs.
const DATA_IDS: [u16; FRAMES] = [
    Speed::DATA_ID,
    TripDistance::DATA_ID,
    TripTime::DATA_ID,
    CycleTime::DATA_ID,
    Odometer::DATA_ID,
];

/// Byte of profile 5's counter.
const COUNTER: usize = 2;

/// The sender's side.
#[derive(Debug)]
pub struct Sender {
    protectors: [Protector<P05>; FRAMES],
}

impl Sender {
    /// A sender whose first message has counter 0.
    #[must_use]
    pub fn new() -> Self {
        Self {
            protectors: DATA_IDS.map(|data_id| Protector::new(P05 { data_id })),
        }
    }

    /// The frames of a message, in the order of [`IDS`].
    ///
    /// # Errors
    /// [`EncodeError`] for what doesn't fit: a speed beyond 131 m/s, distances beyond 4,294 km and 1.09
    /// million km. Nothing is counted then.
    #[allow(
        clippy::missing_panics_doc,
        reason = "a message has at most 8 bytes and a header's 3"
    )]
    pub fn frames<F: Frame>(&mut self, message: &SpeedMessage) -> Result<[F; FRAMES], EncodeError> {
        let unprotected = encode(message)?;
        let mut frames = unprotected.into_iter().zip(IDS).zip(&mut self.protectors);
        Ok(core::array::from_fn(|_| {
            let ((mut payload, id), protector) = frames.next().expect("there are as many of each");
            let bytes = &mut payload.bytes[..payload.length];
            protector.protect(bytes).expect("room for the header");
            F::new(id, bytes).expect("at most 8 bytes")
        }))
    }
}

impl Default for Sender {
    fn default() -> Self {
        Self::new()
    }
}

/// Bytes of a frame.
#[derive(Clone, Copy, Debug)]
struct Payload {
    bytes: [u8; 8],
    length: usize,
}

fn payload<M: Message>(message: &M) -> Result<Payload, EncodeError> {
    let encoded = message.encode()?;
    let mut bytes = [0; 8];
    bytes[..M::BYTES].copy_from_slice(encoded.as_ref());
    Ok(Payload {
        bytes,
        length: M::BYTES,
    })
}

/// The frames' bytes, without their protection.
fn encode(message: &SpeedMessage) -> Result<[Payload; FRAMES], EncodeError> {
    let lit = |lamp| message.telltales.contains(lamp);
    let (e2e_crc, e2e_counter) = (0, 0);
    let trip_distance = u32::try_from(message.trip_distance.0);
    let signal = "TripDistance";
    Ok([
        payload(&Speed {
            e2e_crc,
            e2e_counter,
            speed: message.speed.0,
            turn_left: lit(Telltales::TURN_LEFT),
            turn_right: lit(Telltales::TURN_RIGHT),
            seat_belt: lit(Telltales::SEAT_BELT),
            battery: lit(Telltales::BATTERY),
            high_beam: lit(Telltales::HIGH_BEAM),
        })?,
        payload(&TripDistance {
            e2e_crc,
            e2e_counter,
            trip_distance: trip_distance.map_err(|_| EncodeError { signal })?,
        })?,
        payload(&TripTime {
            e2e_crc,
            e2e_counter,
            trip_time: message.trip_time.0,
        })?,
        payload(&CycleTime {
            e2e_crc,
            e2e_counter,
            cycle_time: message.cycle_time.0,
        })?,
        payload(&Odometer {
            e2e_crc,
            e2e_counter,
            odometer: message.odometer.0,
        })?,
    ])
}

/// One of the five at the receiver.
#[derive(Debug)]
struct Part {
    checker: Checker<P05>,
    /// The newest that was good, and how good.
    newest: Option<(Payload, Status)>,
}

impl Part {
    fn counter(&self) -> Option<u8> {
        self.newest.map(|(payload, _)| payload.bytes[COUNTER])
    }
}

/// The receiver's side, which looks at the bus once in a while, and each time takes what has come.
#[derive(Debug)]
pub struct Receiver {
    parts: [Part; FRAMES],
    /// Whether one was, in this look.
    came: bool,
    /// The worst of the frames of this look that aren't to be believed.
    bad: Option<Status>,
    reliance: Reliance,
}

impl Receiver {
    /// A receiver that has heard nothing.
    #[must_use]
    pub fn new() -> Self {
        Self {
            parts: DATA_IDS.map(|data_id| Part {
                checker: Checker::new(P05 { data_id }, MAX_DELTA_COUNTER),
                newest: None,
            }),
            came: false,
            bad: None,
            reliance: Reliance::new(),
        }
    }

    /// Takes a frame at `now`, by the time since the trip's start. What a message is worth that is whole with
    /// it; nothing if none is. Other identifiers are somebody else's.
    pub fn take(&mut self, frame: &impl Frame, now: Milliseconds) -> Option<Finding> {
        let index = IDS.iter().position(|id| *id == frame.id())?;
        let part = self.parts.get_mut(index)?;
        // A remote frame has no data, and so no protection.
        let data = frame.data();
        let status = part.checker.check(Some(data));
        if !status.is_usable() {
            self.bad = Some(worse(self.bad.unwrap_or(status), status));
            return None;
        }
        let mut bytes = [0; 8];
        // The protection takes messages of any length; the last byte of a longer one would be no signal's.
        let length = data.len().min(bytes.len());
        bytes[..length].copy_from_slice(&data[..length]);
        part.newest = Some((Payload { bytes, length }, status));
        let counter = Some(bytes[COUNTER]);
        if self.parts.iter().any(|part| part.counter() != counter) {
            return None;
        }
        self.came = true;
        let lost = self
            .parts
            .iter()
            .any(|part| matches!(part.newest, Some((_, Status::OkSomeLost))));
        let status = if lost { Status::OkSomeLost } else { Status::Ok };
        let message = self.decode();
        Some(self.reliance.judge(status, message, now))
    }

    /// Ends a look: what is to be said of it that [`Self::take`] hasn't.
    pub fn end_of_look(&mut self, now: Milliseconds) -> Option<Finding> {
        let came = core::mem::take(&mut self.came);
        let status = match self.bad.take() {
            Some(status) => status,
            None if !came => Status::NoNewData,
            None => return None,
        };
        Some(self.reliance.judge(status, None, now))
    }

    /// The message in the newest frames, if all are there; an error if it says what can't be.
    fn decode(&self) -> Option<Result<SpeedMessage, Nonsense>> {
        let mut bytes = [[0; 8]; FRAMES];
        let mut data: [&[u8]; FRAMES] = [&[]; FRAMES];
        for ((part, bytes), data) in self.parts.iter().zip(&mut bytes).zip(&mut data) {
            let (payload, _) = part.newest?;
            *bytes = payload.bytes;
            *data = &bytes[..payload.length];
        }
        Some(decode(data))
    }

    /// What the last looks amount to, and what to show.
    #[must_use]
    pub const fn reliance(&self) -> &Reliance {
        &self.reliance
    }
}

impl Default for Receiver {
    fn default() -> Self {
        Self::new()
    }
}

const fn worse(one: Status, other: Status) -> Status {
    match (one, other) {
        (Status::Error, _) | (_, Status::Error) => Status::Error,
        (Status::WrongSequence, _) | (_, Status::WrongSequence) => Status::WrongSequence,
        _ => other,
    }
}

fn decode(frames: [&[u8]; FRAMES]) -> Result<SpeedMessage, Nonsense> {
    let [speed, trip_distance, trip_time, cycle_time, odometer] = frames;
    let speed = Speed::decode(speed).map_err(nonsense)?;
    let message = SpeedMessage {
        speed: MillimetresPerSecond(speed.speed),
        odometer: Millimetres(Odometer::decode(odometer).map_err(nonsense)?.odometer),
        trip_distance: Millimetres(
            TripDistance::decode(trip_distance)
                .map_err(nonsense)?
                .trip_distance
                .into(),
        ),
        trip_time: Milliseconds(TripTime::decode(trip_time).map_err(nonsense)?.trip_time),
        cycle_time: Milliseconds(CycleTime::decode(cycle_time).map_err(nonsense)?.cycle_time),
        telltales: telltales(&speed),
    };
    if message.speed > SpeedMessage::TOP_SPEED {
        return Err(Nonsense::Speed(message.speed));
    }
    Ok(message)
}

fn telltales(speed: &Speed) -> Telltales {
    let mut lit = Telltales::empty();
    lit.set(Telltales::TURN_LEFT, speed.turn_left);
    lit.set(Telltales::TURN_RIGHT, speed.turn_right);
    lit.set(Telltales::SEAT_BELT, speed.seat_belt);
    lit.set(Telltales::BATTERY, speed.battery);
    lit.set(Telltales::HIGH_BEAM, speed.high_beam);
    lit
}

/// None of the five has a multiplexor.
fn nonsense(error: DecodeError) -> Nonsense {
    match error {
        DecodeError::Length { expected, found } => Nonsense::Length { expected, found },
        DecodeError::Multiplexor(_) => Nonsense::Reserved,
    }
}

#[cfg(test)]
mod tests;
