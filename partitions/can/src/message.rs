//! A message: an identifier, and bytes that hold signals.

use embedded_can::{ExtendedId, Id, StandardId};

/// A message of the DBC file.
pub trait Message: Sized {
    /// Its name there.
    const NAME: &'static str;
    /// Its identifier.
    const ID: Id;
    /// Its length, at most 8.
    const BYTES: usize;
    /// Its bytes.
    type Bytes: AsRef<[u8]> + AsMut<[u8]> + Copy;

    /// The message's bytes; bits that no signal has are zero.
    ///
    /// # Errors
    /// [`EncodeError`] for the first signal whose raw value has more bits than its place.
    fn encode(&self) -> Result<Self::Bytes, EncodeError>;

    /// The message in `bytes`.
    ///
    /// # Errors
    /// [`DecodeError::Length`], or [`DecodeError::Multiplexor`] if the file doesn't say what follows.
    fn decode(bytes: &[u8]) -> Result<Self, DecodeError>;
}

/// A raw value that has more bits than its place in the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EncodeError {
    /// The signal's name in the file.
    pub signal: &'static str,
}

/// Why bytes aren't the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecodeError {
    /// Another number of bytes than the file's.
    Length {
        /// The file's.
        expected: usize,
        /// What came.
        found: usize,
    },
    /// A multiplexor with a value for which the file declares no signals.
    Multiplexor(u64),
}

/// The bytes of a message of `expected` bytes, filled up to 8 with zeros.
pub(crate) fn padded(bytes: &[u8], expected: usize) -> Result<[u8; 8], DecodeError> {
    if bytes.len() != expected {
        return Err(DecodeError::Length {
            expected,
            found: bytes.len(),
        });
    }
    let mut padded = [0; 8];
    // A message has no more than 8 bytes (`build/check.rs`).
    padded[..expected].copy_from_slice(bytes);
    Ok(padded)
}

/// An identifier of 11 bits.
pub(crate) const fn standard(id: u16) -> Id {
    match StandardId::new(id) {
        Some(id) => Id::Standard(id),
        None => panic!("a standard identifier has 11 bits"),
    }
}

/// An identifier of 29 bits.
pub(crate) const fn extended(id: u32) -> Id {
    match ExtendedId::new(id) {
        Some(id) => Id::Extended(id),
        None => panic!("an extended identifier has 29 bits"),
    }
}
