//! The speed message: what the vehicle tells the speedometer, and its bytes.
//!
//! A receiver takes [`SpeedMessage::receive`], which looks at the protection and decodes what has passed.
//! [`SpeedMessage::decode`] is its second half, for who has a [`Checker`]'s verdict already, or none to ask: it
//! believes whatever it is given.
//!
//! Big-endian, of fixed size, behind the header of [`e2e`](crate::e2e):
//!
//! | Bytes | Field | Unit |
//! |---|---|---|
//! | 0..12 | E2E header | |
//! | 12..16 | speed | mm/s, at most [`SpeedMessage::TOP_SPEED`] |
//! | 16..24 | odometer | mm |
//! | 24..32 | trip distance | mm |
//! | 32..36 | trip time | ms since the schedule's epoch, at which the trip begins |
//! | 36..40 | place in the drive cycle | ms |
//! | 40..42 | telltales | bits of [`Telltales`] |
//! | 42..48 | reserved | zero |

use bitflags::bitflags;

use crate::{
    e2e::{Checker, P04, Profile as _, Protector, Status},
    units::{Millimetres, MillimetresPerSecond, Milliseconds},
};

/// A speed message on its way: the bytes of [`SpeedMessage::encode`], and what a typed port of the runtime
/// carries.
pub type Encoded = [u8; SpeedMessage::ENCODED_BYTES];

bitflags! {
    /// The warning and control lamps that the vehicle asks for.
    ///
    /// The communication lamp is not among them: only the receiver can know that it hears
    /// nothing.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub struct Telltales: u16 {
        /// Indicating to turn left.
        const TURN_LEFT = 1 << 0;
        /// Indicating to turn right.
        const TURN_RIGHT = 1 << 1;
        /// The driver's seat belt is not fastened.
        const SEAT_BELT = 1 << 2;
        /// The battery is not charging.
        const BATTERY = 1 << 3;
        /// The high beam is on.
        const HIGH_BEAM = 1 << 4;
    }
}

/// One report of the vehicle's state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SpeedMessage {
    /// How fast it is, at most [`Self::TOP_SPEED`].
    pub speed: MillimetresPerSecond,
    /// What it has driven in its life.
    pub odometer: Millimetres,
    /// What it has driven since the trip's start.
    pub trip_distance: Millimetres,
    /// How long the trip has lasted.
    pub trip_time: Milliseconds,
    /// Which moment of the drive cycle this is, counted from the cycle's first start.
    pub cycle_time: Milliseconds,
    /// Which lamps are lit.
    pub telltales: Telltales,
}

impl SpeedMessage {
    /// The size of a message with its E2E header.
    pub const ENCODED_BYTES: usize = 48;

    /// The fastest that a receiver believes: 100 m/s = 360 km/h.
    pub const TOP_SPEED: MillimetresPerSecond = MillimetresPerSecond(100_000);

    /// How it is protected, with the Data ID of this message in the demo systems ("SPED").
    pub const PROFILE: P04 = P04 {
        data_id: 0x5350_4544,
    };

    /// The message's bytes, with the header that `protector` gives it. A speed beyond
    /// [`Self::TOP_SPEED`] is sent as it is; the receiver refuses it.
    #[must_use]
    pub fn encode(&self, protector: &mut Protector<P04>) -> Encoded {
        let mut bytes = [0; Self::ENCODED_BYTES];
        bytes[12..16].copy_from_slice(&self.speed.0.to_be_bytes());
        bytes[16..24].copy_from_slice(&self.odometer.0.to_be_bytes());
        bytes[24..32].copy_from_slice(&self.trip_distance.0.to_be_bytes());
        bytes[32..36].copy_from_slice(&self.trip_time.0.to_be_bytes());
        bytes[36..40].copy_from_slice(&self.cycle_time.0.to_be_bytes());
        bytes[40..42].copy_from_slice(&self.telltales.bits().to_be_bytes());
        protector
            .protect(&mut bytes)
            .expect("48 bytes are within what the header can say");
        bytes
    }

    /// The message that the channel gave, if `checker` finds it genuine and in sequence and its
    /// fields are in range. `bytes` is `None` if the channel had none.
    ///
    /// # Errors
    /// [`ReceiveError::Unprotected`] with the check's verdict, else what [`Self::decode`] finds.
    pub fn receive(checker: &mut Checker<P04>, bytes: Option<&[u8]>) -> Result<Self, ReceiveError> {
        let status = checker.check(bytes);
        match bytes {
            Some(bytes) if status.is_usable() => {
                Self::decode(bytes).map_err(ReceiveError::Malformed)
            }
            _ => Err(ReceiveError::Unprotected(status)),
        }
    }

    /// The message in `bytes`, whose header is skipped: that one is the [`Checker`]'s to judge.
    ///
    /// # Errors
    /// The first of [`DecodeError`]'s causes that applies.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let bytes: &[u8; Self::ENCODED_BYTES] =
            bytes.try_into().map_err(|_| DecodeError::Length {
                expected: Self::ENCODED_BYTES,
                found: bytes.len(),
            })?;
        let speed = MillimetresPerSecond(u32::from_be_bytes(field(bytes, 12)));
        let telltales = u16::from_be_bytes(field(bytes, 40));
        if speed > Self::TOP_SPEED {
            return Err(DecodeError::Speed(speed));
        }
        if field::<6>(bytes, 42) != [0; 6] {
            return Err(DecodeError::Reserved);
        }
        Ok(Self {
            speed,
            odometer: Millimetres(u64::from_be_bytes(field(bytes, 16))),
            trip_distance: Millimetres(u64::from_be_bytes(field(bytes, 24))),
            trip_time: Milliseconds(u32::from_be_bytes(field(bytes, 32))),
            cycle_time: Milliseconds(u32::from_be_bytes(field(bytes, 36))),
            telltales: Telltales::from_bits(telltales).ok_or(DecodeError::Telltales(telltales))?,
        })
    }
}

// The header comes first, and channels count in words of 8 bytes.
static_assertions::const_assert!(P04::HEADER_BYTES == 12);
static_assertions::const_assert!(SpeedMessage::ENCODED_BYTES.is_multiple_of(8));
static_assertions::const_assert!(SpeedMessage::ENCODED_BYTES <= 64);

fn field<const BYTES: usize>(bytes: &[u8; SpeedMessage::ENCODED_BYTES], at: usize) -> [u8; BYTES] {
    core::array::from_fn(|index| bytes[at + index])
}

/// Why nothing usable was received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReceiveError {
    /// The end-to-end check refused it, or there was nothing: never `Ok` or `OkSomeLost`.
    Unprotected(Status),
    /// The message is genuine, and nonsense.
    Malformed(DecodeError),
}

/// Why bytes are no speed message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecodeError {
    /// Not the size of a message.
    Length {
        /// [`SpeedMessage::ENCODED_BYTES`].
        expected: usize,
        /// What came.
        found: usize,
    },
    /// A speed beyond [`SpeedMessage::TOP_SPEED`].
    Speed(MillimetresPerSecond),
    /// Telltale bits that this version does not know; all bits of the field are given.
    Telltales(u16),
    /// A reserved byte is not zero.
    Reserved,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    prop_compose! {
        fn messages()(
            speed in 0..=SpeedMessage::TOP_SPEED.0, odometer: u64, trip_distance: u64,
            trip_time: u32, cycle_time: u32, telltales: u16,
        ) -> SpeedMessage {
            SpeedMessage {
                speed: MillimetresPerSecond(speed),
                odometer: Millimetres(odometer),
                trip_distance: Millimetres(trip_distance),
                trip_time: Milliseconds(trip_time),
                cycle_time: Milliseconds(cycle_time),
                telltales: Telltales::from_bits_truncate(telltales),
            }
        }
    }

    proptest! {
        #[test]
        fn a_message_survives_the_way_there_and_back(message in messages()) {
            let bytes = message.encode(&mut Protector::new(SpeedMessage::PROFILE));
            let mut checker = Checker::new(SpeedMessage::PROFILE, 1);
            prop_assert_eq!(SpeedMessage::receive(&mut checker, Some(&bytes)), Ok(message));
        }

        #[test]
        fn any_bytes_decode_or_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            if bytes.len() != SpeedMessage::ENCODED_BYTES {
                prop_assert!(SpeedMessage::decode(&bytes).is_err());
            }
        }
    }

    #[test]
    fn the_layout_is_frozen() {
        let message = SpeedMessage {
            speed: MillimetresPerSecond(0x0001_0203),
            odometer: Millimetres(0x1011_1213_1415_1617),
            trip_distance: Millimetres(0x2021_2223_2425_2627),
            trip_time: Milliseconds(0x3031_3233),
            cycle_time: Milliseconds(0x4041_4243),
            telltales: Telltales::HIGH_BEAM | Telltales::TURN_LEFT,
        };
        let bytes = message.encode(&mut Protector::new(SpeedMessage::PROFILE));
        let expected = [
            0x00, 0x01, 0x02, 0x03, 0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x20, 0x21,
            0x22, 0x23, 0x24, 0x25, 0x26, 0x27, 0x30, 0x31, 0x32, 0x33, 0x40, 0x41, 0x42, 0x43,
            0x00, 0x11, 0, 0, 0, 0, 0, 0,
        ];
        assert_eq!(bytes[..8], [0, 48, 0, 0, b'S', b'P', b'E', b'D']);
        assert_eq!(bytes[12..], expected);
    }

    #[test]
    fn bad_fields_are_refused_by_name() {
        let good = SpeedMessage::default().encode(&mut Protector::new(P04 { data_id: 1 }));
        let broken = |at: usize, byte: u8| {
            let mut bytes = good;
            bytes[at] = byte;
            SpeedMessage::decode(&bytes)
        };
        assert_eq!(
            broken(12, 1),
            Err(DecodeError::Speed(MillimetresPerSecond(0x0100_0000)))
        );
        assert_eq!(broken(40, 0x80), Err(DecodeError::Telltales(0x8000)));
        assert_eq!(broken(47, 1), Err(DecodeError::Reserved));
        assert_eq!(
            SpeedMessage::decode(&good[..40]),
            Err(DecodeError::Length {
                expected: 48,
                found: 40
            })
        );
    }

    #[test]
    fn what_the_check_refuses_is_not_decoded() {
        let mut protector = Protector::new(SpeedMessage::PROFILE);
        let mut checker = Checker::new(SpeedMessage::PROFILE, 1);
        let bytes = SpeedMessage::default().encode(&mut protector);
        assert!(SpeedMessage::receive(&mut checker, Some(&bytes)).is_ok());
        assert_eq!(
            SpeedMessage::receive(&mut checker, Some(&bytes)),
            Err(ReceiveError::Unprotected(Status::Repeated))
        );
        assert_eq!(
            SpeedMessage::receive(&mut checker, None),
            Err(ReceiveError::Unprotected(Status::NoNewData))
        );
        // A genuine message with an impossible speed.
        let fast = SpeedMessage {
            speed: MillimetresPerSecond(100_001),
            ..Default::default()
        };
        let bytes = fast.encode(&mut protector);
        assert_eq!(
            SpeedMessage::receive(&mut checker, Some(&bytes)),
            Err(ReceiveError::Malformed(DecodeError::Speed(
                MillimetresPerSecond(100_001)
            )))
        );
    }
}
