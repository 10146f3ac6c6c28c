//! End-to-end protection of a message by AUTOSAR E2E Profile 4.
//!
//! The channel between two partitions is not trusted: not the sender's memory, not the
//! hypervisor's copy, not the receiver's luck in reading at the right moment. A 12-byte header
//! with length, counter, identity and checksum lets the receiver find corruption, loss,
//! repetition, wrong order, truncation and a message meant for someone else.
//!
//! Source: AUTOSAR Foundation, *Specification of E2E Protocol* (PRS_E2EProtocol), chapter
//! "Specification of E2E Profile 4". Header, all big-endian:
//!
//! | Bytes | Field | |
//! |---|---|---|
//! | 0..2 | Length | of the whole message, header included, in bytes |
//! | 2..4 | Counter | one more for each message, wraps from 0xFFFF to 0 |
//! | 4..8 | Data ID | which message of the system this is |
//! | 8..12 | CRC | CRC-32/AUTOSAR (polynomial 0xF4ACFB13) of all other bytes |
//!
//! The profile's supervision state machine (E2E_SM), which judges a window of results, is left
//! to the receiver: it knows how old a speed may be before it must not be shown.

use crc::{CRC_32_AUTOSAR, Crc};

/// The bytes that the header takes at the front of a message.
pub const HEADER_BYTES: usize = 12;

/// Where the CRC field lies; it is the only part that the CRC leaves out.
const CRC_FIELD: core::ops::Range<usize> = 8..12;

static CRC: Crc<u32> = Crc::<u32>::new(&CRC_32_AUTOSAR);

/// The sender's side: fills in headers and counts messages.
#[derive(Debug)]
pub struct Protector {
    data_id: u32,
    counter: u16,
}

impl Protector {
    /// A sender of messages with this Data ID, whose first message has counter 0.
    #[must_use]
    pub const fn new(data_id: u32) -> Self {
        Self {
            data_id,
            counter: 0,
        }
    }

    /// Fills in the header at the front of `message` (whatever is there is overwritten) and
    /// counts it. The payload starts at [`HEADER_BYTES`].
    ///
    /// # Errors
    /// [`BadLength`] if `message` has no room for the header or is longer than the 16-bit
    /// length field can say; nothing is written or counted then.
    pub fn protect(&mut self, message: &mut [u8]) -> Result<(), BadLength> {
        let length = u16::try_from(message.len()).map_err(|_| BadLength(message.len()))?;
        let (header, _) = message
            .split_first_chunk_mut::<HEADER_BYTES>()
            .ok_or(BadLength(length.into()))?;
        header[0..2].copy_from_slice(&length.to_be_bytes());
        header[2..4].copy_from_slice(&self.counter.to_be_bytes());
        header[4..8].copy_from_slice(&self.data_id.to_be_bytes());
        let crc = checksum(message);
        message[CRC_FIELD].copy_from_slice(&crc.to_be_bytes());
        self.counter = self.counter.wrapping_add(1);
        Ok(())
    }
}

/// A message of so many bytes, which Profile 4 can't protect: 12 to 65 535 are possible.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadLength(pub usize);

/// The receiver's side: checks headers and follows the counter.
#[derive(Debug)]
pub struct Checker {
    data_id: u32,
    max_delta_counter: u16,
    /// The counter of the last message without an error. At first 0xFFFF, so that a sender's
    /// first message, 0, is the next one.
    counter: u16,
}

impl Checker {
    /// A receiver of messages with this Data ID that tolerates a step of `max_delta_counter`
    /// from one received message to the next: 1 tolerates no loss, 3 that two are missing.
    #[must_use]
    pub const fn new(data_id: u32, max_delta_counter: u16) -> Self {
        Self {
            data_id,
            max_delta_counter,
            counter: u16::MAX,
        }
    }

    /// Judges what the channel gave: a message, or `None` if it had none.
    ///
    /// The payload may be used only if [`Status::is_usable`]. After [`Status::WrongSequence`]
    /// the counter follows the sender (as in the profile), so that a receiver that starts in
    /// the middle refuses one message and accepts the next.
    pub fn check(&mut self, message: Option<&[u8]>) -> Status {
        let Some(message) = message else {
            return Status::NoNewData;
        };
        let Some(counter) = self.genuine_counter(message) else {
            return Status::Error;
        };
        let delta = counter.wrapping_sub(self.counter);
        self.counter = counter;
        match delta {
            0 => Status::Repeated,
            1 => Status::Ok,
            _ if delta <= self.max_delta_counter => Status::OkSomeLost,
            _ => Status::WrongSequence,
        }
    }

    /// The counter of a message that is whole and meant for this receiver.
    fn genuine_counter(&self, message: &[u8]) -> Option<u16> {
        let (header, _) = message.split_first_chunk::<HEADER_BYTES>()?;
        let [l0, l1, c0, c1, i0, i1, i2, i3, crc @ ..] = *header;
        let genuine = usize::from(u16::from_be_bytes([l0, l1])) == message.len()
            && u32::from_be_bytes([i0, i1, i2, i3]) == self.data_id
            && u32::from_be_bytes(crc) == checksum(message);
        genuine.then_some(u16::from_be_bytes([c0, c1]))
    }
}

/// What the check of one reception found; the names are the profile's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Status {
    /// The next message, whole.
    Ok,
    /// Whole, and a tolerable number before it is missing.
    OkSomeLost,
    /// The channel had nothing new.
    NoNewData,
    /// Whole, but the same one again.
    Repeated,
    /// Whole, but too many are missing, or it is an old one.
    WrongSequence,
    /// Corrupt, cut, or another message altogether.
    Error,
}

impl Status {
    /// Whether the message's payload may be used.
    #[must_use]
    pub const fn is_usable(self) -> bool {
        matches!(self, Self::Ok | Self::OkSomeLost)
    }
}

/// CRC-32/AUTOSAR of all bytes but the CRC field. The message has at least a header.
fn checksum(message: &[u8]) -> u32 {
    let mut digest = CRC.digest();
    digest.update(&message[..CRC_FIELD.start]);
    digest.update(&message[CRC_FIELD.end..]);
    digest.finalize()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ID: u32 = 0x0A0B_0C0D;

    fn protected(counter: u16, payload: &[u8]) -> Vec<u8> {
        let mut message = vec![0xEE; HEADER_BYTES];
        message.extend_from_slice(payload);
        Protector {
            data_id: ID,
            counter,
        }
        .protect(&mut message)
        .unwrap();
        message
    }

    #[test]
    fn the_specifications_example_comes_out() {
        // PRS_E2EProtocol, Profile 4, example: Data ID 0x0A0B0C0D, 16 bytes, offset 0, counter
        // 0, payload all zero.
        let expected = [
            0x00, 0x10, 0x00, 0x00, 0x0A, 0x0B, 0x0C, 0x0D, 0x86, 0x2B, 0x05, 0x56, 0, 0, 0, 0,
        ];
        assert_eq!(protected(0, &[0; 4]), expected);
    }

    #[test]
    fn the_first_message_is_ok_and_so_is_the_counter_wrapping() {
        let mut protector = Protector::new(ID);
        let mut checker = Checker::new(ID, 1);
        for _ in 0..70_000 {
            let mut message = [7; 20];
            protector.protect(&mut message).unwrap();
            assert_eq!(checker.check(Some(&message)), Status::Ok);
        }
    }

    #[test]
    fn each_status_has_its_cause() {
        let mut checker = Checker::new(ID, 3);
        let mut receive = |counter| checker.check(Some(&protected(counter, b"data")));
        assert_eq!(receive(0), Status::Ok);
        assert_eq!(receive(0), Status::Repeated);
        assert_eq!(receive(3), Status::OkSomeLost);
        assert_eq!(receive(7), Status::WrongSequence, "three are missing");
        assert_eq!(receive(8), Status::Ok, "and then it follows");
        assert_eq!(receive(7), Status::WrongSequence, "an old one");
        assert_eq!(checker.check(None), Status::NoNewData);
        assert_eq!(checker.check(Some(&protected(8, b"data"))), Status::Ok);
        assert_eq!(checker.check(Some(&[])), Status::Error);
        assert_eq!(
            checker.check(Some(&protected(9, b"data"))),
            Status::Ok,
            "an error moves nothing"
        );
    }

    #[test]
    fn another_messages_id_is_an_error() {
        let message = protected(0, b"data");
        assert_eq!(Checker::new(ID + 1, 1).check(Some(&message)), Status::Error);
    }

    #[test]
    fn a_wrong_length_is_an_error_even_with_a_right_checksum() {
        for length in [15_u16, 17] {
            let mut message = protected(0, b"data");
            message[0..2].copy_from_slice(&length.to_be_bytes());
            let crc = checksum(&message).to_be_bytes();
            message[CRC_FIELD].copy_from_slice(&crc);
            assert_eq!(Checker::new(ID, 1).check(Some(&message)), Status::Error);
        }
    }

    #[test]
    fn lengths_that_the_header_cannot_say_are_refused() {
        let mut protector = Protector::new(ID);
        assert_eq!(protector.protect(&mut [0; 11]), Err(BadLength(11)));
        assert_eq!(
            protector.protect(&mut vec![0; 65_536]),
            Err(BadLength(65_536))
        );
        assert_eq!(protector.protect(&mut vec![0; 65_535]), Ok(()));
        assert_eq!(protector.counter, 1);
    }

    #[test]
    fn every_single_and_double_bit_flip_is_an_error() {
        // Exhaustive for the message that the demo sends: 48 bytes, 73 536 pairs.
        let payload: Vec<u8> = (0..36).map(|byte: u8| byte.wrapping_mul(73)).collect();
        let message = protected(41, &payload);
        let bits = message.len() * 8;
        for first in 0..bits {
            for second in first..bits {
                let mut broken = message.clone();
                broken[first / 8] ^= 1 << (first % 8);
                if second != first {
                    broken[second / 8] ^= 1 << (second % 8);
                }
                assert_eq!(Checker::new(ID, 1).check(Some(&broken)), Status::Error);
            }
        }
    }

    proptest! {
        #[test]
        fn bit_flips_are_errors(
            payload in prop::collection::vec(any::<u8>(), 0..100),
            counter: u16,
            first in any::<prop::sample::Index>(),
            second in any::<prop::sample::Index>(),
        ) {
            let mut message = protected(counter, &payload);
            let bits = message.len() * 8;
            let (first, second) = (first.index(bits), second.index(bits));
            message[first / 8] ^= 1 << (first % 8);
            if second != first {
                message[second / 8] ^= 1 << (second % 8);
            }
            prop_assert_eq!(Checker::new(ID, 1).check(Some(&message)), Status::Error);
        }

        #[test]
        fn every_other_length_is_an_error(
            payload in prop::collection::vec(any::<u8>(), 0..60),
            counter: u16,
            extra in prop::collection::vec(any::<u8>(), 1..20),
        ) {
            let message = protected(counter, &payload);
            for length in 0..message.len() {
                prop_assert_eq!(
                    Checker::new(ID, 1).check(Some(&message[..length])),
                    Status::Error
                );
            }
            let longer = [message, extra].concat();
            prop_assert_eq!(Checker::new(ID, 1).check(Some(&longer)), Status::Error);
        }
    }
}
