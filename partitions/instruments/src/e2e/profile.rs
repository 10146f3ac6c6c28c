//! The headers of AUTOSAR's profiles: which bytes they have, and what their checksum covers.
//!
//! A header is a function of the message's length and payload, of the counter and of the Data ID.
//! The sender writes what it gives; the receiver takes the counter that it finds, computes the
//! header anew and compares all of it.
//!
//! Source: AUTOSAR Foundation, *Specification of E2E Protocol* (PRS_E2EProtocol), one chapter a
//! profile. Where a counter takes half a byte, the other half is the sender's own: it is kept, and
//! covered by the checksum as the payload is.

use crc::{CRC_8_AUTOSAR, CRC_8_GSM_A, CRC_16_IBM_3740, CRC_32_AUTOSAR, CRC_64_XZ, Crc};

/// SAE-J1850's polynomial, 0x1D, from 0 and without a final inversion, as profiles 1 and 11 have it:
/// the catalogue has that under another name.
static CRC_8_J1850_ZERO: Crc<u8> = Crc::<u8>::new(&CRC_8_GSM_A);
static CRC_8_H2F: Crc<u8> = Crc::<u8>::new(&CRC_8_AUTOSAR);
static CRC_16: Crc<u16> = Crc::<u16>::new(&CRC_16_IBM_3740);
static CRC_32: Crc<u32> = Crc::<u32>::new(&CRC_32_AUTOSAR);
static CRC_64: Crc<u64> = Crc::<u64>::new(&CRC_64_XZ);

/// Header and checksum of one kind of message.
pub trait Profile {
    /// The header's bytes.
    type Header: Copy + Eq + AsRef<[u8]> + for<'a> TryFrom<&'a [u8]>;

    /// How many bytes a header has.
    const HEADER_BYTES: usize = size_of::<Self::Header>();
    /// The longest message, header included, in bytes.
    const LONGEST_BYTES: usize;
    /// The counter after which comes 0.
    const LAST_COUNTER: u32;

    /// The header with a counter, from 0 to [`Self::LAST_COUNTER`], of a message that is `rest`
    /// beside it, of at most [`Self::LONGEST_BYTES`] in all. `old` is what lies in its place until now.
    fn header(&self, old: Self::Header, rest: Rest<'_>, counter: u32) -> Self::Header;

    /// The counter in a header: any that its bits can say.
    fn counter(header: &Self::Header) -> u32;
}

/// A message beside its header.
#[derive(Clone, Copy, Debug)]
pub struct Rest<'a> {
    /// What comes before the header: as many bytes as its offset.
    pub before: &'a [u8],
    /// What comes behind it.
    pub after: &'a [u8],
}

impl<'a> Rest<'a> {
    /// The message with so much of its header, in order.
    const fn with(self, header: &'a [u8]) -> [&'a [u8]; 3] {
        [self.before, header, self.after]
    }

    /// The message's length with a header of so many bytes.
    const fn length(self, header_bytes: usize) -> usize {
        self.before.len() + header_bytes + self.after.len()
    }
}

/// A length for a header's field; [`Profile::LONGEST_BYTES`] keeps it within the field.
#[expect(
    clippy::cast_possible_truncation,
    reason = "no message is longer than its profile's field can say"
)]
const fn short(length: usize) -> u16 {
    length as u16
}

/// Which bytes of a Data ID of 16 bits profile 1's checksum covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DataIdMode {
    /// Both, low byte first.
    Both,
    /// The low byte with even counters, the high byte with odd ones.
    Alternating,
    /// The low byte.
    Low,
    /// The low byte; the low half of the high byte travels beside the counter.
    Nibble,
}

impl DataIdMode {
    /// Whether receivers can tell messages with these Data IDs from one another, and from bytes that
    /// are all zero.
    ///
    /// # Errors
    /// The first ID that breaks a rule of the profile's chapter, and the rule.
    pub fn accepts(self, ids: &[u16]) -> Result<(), BadDataId> {
        for (index, &id) in ids.iter().enumerate() {
            let [high, low] = id.to_be_bytes();
            let among =
                |same: fn(u16, u16) -> bool| ids[..index].iter().any(|&other| same(other, id));
            let broken = if id == 0 {
                Some(DataIdRule::NotZero)
            } else if self == Self::Low && low == 0 {
                Some(DataIdRule::LowByteNotZero)
            } else if self == Self::Nibble && high > 0xF {
                Some(DataIdRule::TwelveBits)
            } else if among(self.confused()) {
                Some(DataIdRule::Distinct)
            } else {
                None
            };
            if let Some(rule) = broken {
                return Err(BadDataId { id, rule });
            }
        }
        Ok(())
    }

    /// Whether a receiver may take a message with one ID for one with the other.
    const fn confused(self) -> fn(u16, u16) -> bool {
        match self {
            Self::Both | Self::Nibble => |one, other| one == other,
            Self::Low => |one, other| one & 0xFF == other & 0xFF,
            // Half of the messages carry one byte alone.
            Self::Alternating => |one, other| one & 0xFF == other & 0xFF || one >> 8 == other >> 8,
        }
    }
}

/// A Data ID that doesn't tell its message from others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadDataId {
    /// The ID.
    pub id: u16,
    /// What it breaks.
    pub rule: DataIdRule,
}

/// What holds of the Data IDs in one system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DataIdRule {
    /// No ID is 0.
    NotZero,
    /// No low byte is 0, as it is all that is covered.
    LowByteNotZero,
    /// There is room for 12 bits.
    TwelveBits,
    /// No two messages have one ID, or the same byte of it where that is all that is covered.
    Distinct,
}

/// Profile 1: 8-bit CRC, counter of 4 bits from 0 to 14, for CAN frames and the like.
///
/// | Bytes | Field |
/// |---|---|
/// | 0 | CRC of the Data ID's covered bytes, then of the message |
/// | 1, low half | Counter |
/// | 1, high half | with [`DataIdMode::Nibble`]: bits 8 to 11 of the Data ID |
#[derive(Clone, Copy, Debug)]
pub struct P01 {
    /// Which message this is; see [`DataIdMode::accepts`].
    pub data_id: u16,
    /// What the CRC covers of it.
    pub mode: DataIdMode,
}

impl Profile for P01 {
    type Header = [u8; 2];

    const LONGEST_BYTES: usize = 30;
    const LAST_COUNTER: u32 = 14;

    fn header(&self, old: [u8; 2], rest: Rest<'_>, counter: u32) -> [u8; 2] {
        let [high, low] = self.data_id.to_be_bytes();
        let beside = match self.mode {
            DataIdMode::Nibble => high << 4,
            _ => old[1] & 0xF0,
        };
        let counter = nibble(counter);
        let mut digest = CRC_8_J1850_ZERO.digest();
        match self.mode {
            DataIdMode::Both => digest.update(&[low, high]),
            DataIdMode::Alternating if counter.is_multiple_of(2) => digest.update(&[low]),
            DataIdMode::Alternating => digest.update(&[high]),
            DataIdMode::Low => digest.update(&[low]),
            DataIdMode::Nibble => digest.update(&[low, 0]),
        }
        let header = beside | counter;
        for bytes in rest.with(&[header]) {
            digest.update(bytes);
        }
        [digest.finalize(), header]
    }

    fn counter(header: &[u8; 2]) -> u32 {
        u32::from(header[1] & 0xF)
    }
}

/// Profile 11: the bytes of profile 1 with two of its modes.
#[derive(Clone, Copy, Debug)]
pub struct P11(P01);

impl P11 {
    /// Messages whose CRC covers both bytes of the Data ID.
    #[must_use]
    pub const fn both(data_id: u16) -> Self {
        Self(P01 {
            data_id,
            mode: DataIdMode::Both,
        })
    }

    /// Messages with a Data ID of 12 bits, of which four travel beside the counter.
    #[must_use]
    pub const fn nibble(data_id: u16) -> Self {
        Self(P01 {
            data_id,
            mode: DataIdMode::Nibble,
        })
    }
}

impl Profile for P11 {
    type Header = [u8; 2];

    const LONGEST_BYTES: usize = P01::LONGEST_BYTES;
    const LAST_COUNTER: u32 = P01::LAST_COUNTER;

    fn header(&self, old: [u8; 2], rest: Rest<'_>, counter: u32) -> [u8; 2] {
        self.0.header(old, rest, counter)
    }

    fn counter(header: &[u8; 2]) -> u32 {
        P01::counter(header)
    }
}

/// Profile 2: 8-bit CRC with a better polynomial, counter of 4 bits, a Data ID for each counter.
///
/// | Bytes | Field |
/// |---|---|
/// | 0 | CRC of the message, then of the counter's Data ID |
/// | 1, low half | Counter |
#[derive(Clone, Copy, Debug)]
pub struct P02 {
    /// The Data IDs, by counter.
    pub data_ids: [u8; 16],
}

impl Profile for P02 {
    type Header = [u8; 2];

    const LONGEST_BYTES: usize = 32;
    const LAST_COUNTER: u32 = 15;

    fn header(&self, old: [u8; 2], rest: Rest<'_>, counter: u32) -> [u8; 2] {
        let counter = nibble(counter);
        let header = old[1] & 0xF0 | counter;
        let mut digest = CRC_8_H2F.digest();
        for bytes in rest.with(&[header]) {
            digest.update(bytes);
        }
        digest.update(&[self.data_ids[usize::from(counter)]]);
        [digest.finalize(), header]
    }

    fn counter(header: &[u8; 2]) -> u32 {
        u32::from(header[1] & 0xF)
    }
}

/// The low four bits, which are all that a counter of this size has.
const fn nibble(counter: u32) -> u8 {
    (counter & 0xF) as u8
}

/// Profile 4: 32-bit CRC, counter of 16 bits, the Data ID in the message; for messages of up to
/// 4 KiB (longer ones have worse odds than the profile promises).
///
/// | Bytes | Field, big-endian |
/// |---|---|
/// | 0..2 | Length of the whole message, in bytes |
/// | 2..4 | Counter |
/// | 4..8 | Data ID |
/// | 8..12 | CRC of all other bytes |
#[derive(Clone, Copy, Debug)]
pub struct P04 {
    /// Which message of the system this is.
    pub data_id: u32,
}

impl Profile for P04 {
    type Header = [u8; 12];

    const LONGEST_BYTES: usize = u16::MAX as usize;
    const LAST_COUNTER: u32 = u16::MAX as u32;

    fn header(&self, _: [u8; 12], rest: Rest<'_>, counter: u32) -> [u8; 12] {
        let mut header = [0; 12];
        let length = short(rest.length(header.len()));
        header[0..2].copy_from_slice(&length.to_be_bytes());
        header[2..4].copy_from_slice(&counter.to_be_bytes()[2..]);
        header[4..8].copy_from_slice(&self.data_id.to_be_bytes());
        let mut digest = CRC_32.digest();
        for bytes in rest.with(&header[..8]) {
            digest.update(bytes);
        }
        header[8..].copy_from_slice(&digest.finalize().to_be_bytes());
        header
    }

    fn counter(&[_, _, high, low, ..]: &[u8; 12]) -> u32 {
        u16::from_be_bytes([high, low]).into()
    }
}

/// Profile 5: 16-bit CRC, counter of 8 bits, for messages of a fixed length up to 4 KiB.
///
/// | Bytes | Field |
/// |---|---|
/// | 0..2 | CRC of all other bytes, then of the Data ID; **little**-endian, as the ID there |
/// | 2 | Counter |
#[derive(Clone, Copy, Debug)]
pub struct P05 {
    /// Which message of the system this is.
    pub data_id: u16,
}

impl Profile for P05 {
    type Header = [u8; 3];

    const LONGEST_BYTES: usize = 4096;
    const LAST_COUNTER: u32 = u8::MAX as u32;

    fn header(&self, _: [u8; 3], rest: Rest<'_>, counter: u32) -> [u8; 3] {
        let [.., counter] = counter.to_be_bytes();
        let mut digest = CRC_16.digest();
        for bytes in rest.with(&[counter]) {
            digest.update(bytes);
        }
        digest.update(&self.data_id.to_le_bytes());
        let [low, high] = digest.finalize().to_le_bytes();
        [low, high, counter]
    }

    fn counter(header: &[u8; 3]) -> u32 {
        header[2].into()
    }
}

/// Profile 6: 16-bit CRC, counter of 8 bits, for messages of changing length up to 4 KiB.
///
/// | Bytes | Field, big-endian |
/// |---|---|
/// | 0..2 | CRC of all other bytes, then of the Data ID |
/// | 2..4 | Length of the whole message, in bytes |
/// | 4 | Counter |
#[derive(Clone, Copy, Debug)]
pub struct P06 {
    /// Which message of the system this is.
    pub data_id: u16,
}

impl Profile for P06 {
    type Header = [u8; 5];

    const LONGEST_BYTES: usize = 4096;
    const LAST_COUNTER: u32 = u8::MAX as u32;

    fn header(&self, _: [u8; 5], rest: Rest<'_>, counter: u32) -> [u8; 5] {
        let [.., counter] = counter.to_be_bytes();
        let [long, short] = short(rest.length(5)).to_be_bytes();
        let mut digest = CRC_16.digest();
        for bytes in rest.with(&[long, short, counter]) {
            digest.update(bytes);
        }
        digest.update(&self.data_id.to_be_bytes());
        let [high, low] = digest.finalize().to_be_bytes();
        [high, low, long, short, counter]
    }

    fn counter(header: &[u8; 5]) -> u32 {
        header[4].into()
    }
}

/// Profile 7: 64-bit CRC, counter of 32 bits, for messages of up to 4 MiB.
///
/// | Bytes | Field, big-endian |
/// |---|---|
/// | 0..8 | CRC of all other bytes |
/// | 8..12 | Length of the whole message, in bytes |
/// | 12..16 | Counter |
/// | 16..20 | Data ID |
#[derive(Clone, Copy, Debug)]
pub struct P07 {
    /// Which message of the system this is.
    pub data_id: u32,
}

impl Profile for P07 {
    type Header = [u8; 20];

    const LONGEST_BYTES: usize = 4 << 20;
    const LAST_COUNTER: u32 = u32::MAX;

    fn header(&self, _: [u8; 20], rest: Rest<'_>, counter: u32) -> [u8; 20] {
        let mut header = [0; 20];
        let length = rest.length(header.len()) as u64;
        header[8..12].copy_from_slice(&length.to_be_bytes()[4..]);
        header[12..16].copy_from_slice(&counter.to_be_bytes());
        header[16..].copy_from_slice(&self.data_id.to_be_bytes());
        let mut digest = CRC_64.digest();
        for bytes in rest.with(&header[8..]) {
            digest.update(bytes);
        }
        header[..8].copy_from_slice(&digest.finalize().to_be_bytes());
        header
    }

    fn counter(header: &[u8; 20]) -> u32 {
        let [.., a, b, c, d, _, _, _, _] = *header;
        u32::from_be_bytes([a, b, c, d])
    }
}
