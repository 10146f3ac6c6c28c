//! A classic CAN frame (ISO 11898-1), and its four words in the controller's FIFOs.

use embedded_can::{ExtendedId, Id, StandardId};

/// Bytes that a frame can carry.
pub const MAX_DATA_BYTES: usize = 8;

// The identifier's word (UG1085, chapter 20, "Message Format"): `ID[28:18]` above, then `SRR/RTR`, `IDE`,
// `ID[17:0]`, `RTR`. The length is in the uppermost four bits of the second, byte 0 in those of the third.
const BASE_SHIFT: u32 = 21;
const SUBSTITUTE_REMOTE: u32 = 1 << 20;
const EXTENDED: u32 = 1 << 19;
const EXTENSION_SHIFT: u32 = 1;
const EXTENSION_BITS: u32 = 18;
const EXTENSION_MASK: u32 = (1 << EXTENSION_BITS) - 1;
const REMOTE: u32 = 1 << 0;
const LENGTH_SHIFT: u32 = 28;

/// A frame. Holding one proves that its length is at most 8 bytes, and that bytes beyond it, and all of a
/// remote frame's, are zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame {
    id: Id,
    is_remote: bool,
    length: usize,
    data: [u8; MAX_DATA_BYTES],
}

impl Frame {
    /// The frame of four words as they lie in a FIFO, whoever put them there: a length beyond 8, which a
    /// frame on the bus may have and means 8 (ISO 11898-1, 8.4.2.4), is 8.
    #[must_use]
    pub fn from_words([id, length, first, second]: [u32; 4]) -> Self {
        let is_extended = id & EXTENDED != 0;
        let remote = if is_extended {
            REMOTE
        } else {
            SUBSTITUTE_REMOTE
        };
        let is_remote = id & remote != 0;
        let length = ((length >> LENGTH_SHIFT) as usize).min(MAX_DATA_BYTES);
        let mut data = [0; MAX_DATA_BYTES];
        data[..4].copy_from_slice(&first.to_be_bytes());
        data[4..].copy_from_slice(&second.to_be_bytes());
        data[if is_remote { 0 } else { length }..].fill(0);
        Self {
            id: if is_extended {
                extended(id)
            } else {
                standard(id)
            },
            is_remote,
            length,
            data,
        }
    }

    /// Its words for a FIFO: identifier, length, bytes 0 to 3, bytes 4 to 7.
    #[must_use]
    #[allow(
        clippy::cast_possible_truncation,
        reason = "a length is at most 8 bytes"
    )]
    pub fn words(&self) -> [u32; 4] {
        let [a, b, c, d, e, f, g, h] = self.data;
        [
            id_word(self.id, self.is_remote),
            (self.length as u32) << LENGTH_SHIFT,
            u32::from_be_bytes([a, b, c, d]),
            u32::from_be_bytes([e, f, g, h]),
        ]
    }
}

/// The identifier's word of a frame with this identifier, which is also what a filter is compared with.
#[must_use]
pub(super) fn id_word(id: Id, is_remote: bool) -> u32 {
    match id {
        Id::Standard(id) => {
            let remote = if is_remote { SUBSTITUTE_REMOTE } else { 0 };
            u32::from(id.as_raw()) << BASE_SHIFT | remote
        }
        Id::Extended(id) => {
            let remote = if is_remote { REMOTE } else { 0 };
            let base = (id.as_raw() >> EXTENSION_BITS) << BASE_SHIFT;
            let extension = (id.as_raw() & EXTENSION_MASK) << EXTENSION_SHIFT;
            base | SUBSTITUTE_REMOTE | EXTENDED | extension | remote
        }
    }
}

/// All bits of the word in which frames with different identifiers differ, of whichever format.
pub(super) const ID_MASK: u32 = !(SUBSTITUTE_REMOTE | REMOTE);

fn standard(word: u32) -> Id {
    #[allow(clippy::cast_possible_truncation, reason = "11 bits are left")]
    let id = StandardId::new((word >> BASE_SHIFT) as u16);
    Id::Standard(id.unwrap_or(StandardId::ZERO))
}

fn extended(word: u32) -> Id {
    let extension = word >> EXTENSION_SHIFT & EXTENSION_MASK;
    let id = ExtendedId::new((word >> BASE_SHIFT) << EXTENSION_BITS | extension);
    Id::Extended(id.unwrap_or(ExtendedId::ZERO))
}

impl embedded_can::Frame for Frame {
    fn new(id: impl Into<Id>, data: &[u8]) -> Option<Self> {
        let mut frame = Self::new_remote(id, data.len())?;
        frame.is_remote = false;
        frame.data[..data.len()].copy_from_slice(data);
        Some(frame)
    }

    fn new_remote(id: impl Into<Id>, dlc: usize) -> Option<Self> {
        (dlc <= MAX_DATA_BYTES).then(|| Self {
            id: id.into(),
            is_remote: true,
            length: dlc,
            data: [0; MAX_DATA_BYTES],
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
        let length = if self.is_remote { 0 } else { self.length };
        self.data.get(..length).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use embedded_can::Frame as _;

    use super::*;

    fn id(extended: bool, raw: u32) -> Id {
        if extended {
            ExtendedId::new(raw).unwrap().into()
        } else {
            StandardId::new(u16::try_from(raw).unwrap()).unwrap().into()
        }
    }

    #[test]
    fn the_words_are_those_of_the_manual() {
        let frame = Frame::new(id(false, 0x123), &[1, 2, 3, 4, 5]).unwrap();
        let words = [0x2460_0000, 5 << 28, 0x0102_0304, 0x0500_0000];
        assert_eq!(frame.words(), words);
        let frame = Frame::new_remote(id(true, 0x1ABC_DEF1), 8).unwrap();
        // 0x1ABCDEF1 is 110_1010_1111 and 00_1101_1110_1111_0001.
        assert_eq!(frame.words(), [0xD5F9_BDE3, 8 << 28, 0, 0]);
    }

    #[test]
    fn every_frame_comes_back() {
        let ids = (0..0x800).map(|raw| id(false, raw));
        let extended = (0..29).flat_map(|bit| [1 << bit, 0x1FFF_FFFF ^ 1 << bit]);
        for id in ids.chain(extended.map(|raw| id(true, raw))) {
            for length in 0..=8 {
                let data = &[0xFF, 2, 3, 4, 5, 6, 7, 8][..length];
                let frame = Frame::new(id, data).unwrap();
                assert_eq!(Frame::from_words(frame.words()), frame);
                assert_eq!((frame.data(), frame.dlc()), (data, length));
                let frame = Frame::new_remote(id, length).unwrap();
                assert_eq!(Frame::from_words(frame.words()), frame);
                assert_eq!((frame.data(), frame.dlc()), (&[][..], length));
            }
        }
        assert!(Frame::new(id(false, 1), &[0; 9]).is_none());
        assert!(Frame::new_remote(id(false, 1), 9).is_none());
    }

    #[test]
    fn whatever_lies_in_a_fifo_is_a_frame() {
        let mut word = 1_u32;
        let mut next = || {
            // Marsaglia's 32-bit xorshift.
            word ^= word << 13;
            word ^= word >> 17;
            word ^= word << 5;
            word
        };
        for _ in 0..100_000 {
            let frame = Frame::from_words([next(), next(), next(), next()]);
            assert!(frame.dlc() <= 8 && frame.data().len() <= frame.dlc());
            assert_eq!(Frame::from_words(frame.words()), frame);
        }
        let nine = Frame::from_words([0, 9 << 28, u32::MAX, u32::MAX]);
        assert_eq!((nine.dlc(), nine.data()), (8, &[0xFF; 8][..]));
        let three = Frame::from_words([0, 3 << 28, u32::MAX, u32::MAX]);
        assert_eq!(three.words(), [0, 3 << 28, 0xFFFF_FF00, 0]);
    }
}
