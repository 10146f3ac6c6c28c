//! End-to-end protection of a message by AUTOSAR E2E: profiles 1, 2, 4, 5, 6, 7 and 11.
//!
//! The channel between two partitions is not trusted: not the sender's memory, not the
//! hypervisor's copy, not the receiver's luck in reading at the right moment. A header with a
//! counter, an identity and a checksum lets the receiver find corruption, loss, repetition, wrong
//! order, truncation and a message meant for someone else.
//!
//! The sender has a [`Protector`], the receiver a [`Checker`] of the same [`Profile`], and, where one
//! bad reception shall not be the last word, a [`Supervision`] beside it. Counters are judged in all
//! profiles as profiles 4 to 11 do it; the receivers of profiles 1 and 2 in the specification also
//! know statuses for the first message and for the next after a gap, which here are the state
//! machine's.
//!
//! Source: AUTOSAR Foundation, *Specification of E2E Protocol* (PRS_E2EProtocol).

mod profile;
mod supervision;

pub use profile::{
    BadDataId, DataIdMode, DataIdRule, P01, P02, P04, P05, P06, P07, P11, Profile, Rest,
};
pub use supervision::{Demand, Demands, ImpossibleDemand, State, Supervision};

/// The sender's side: fills in headers and counts messages.
#[derive(Debug)]
pub struct Protector<P> {
    profile: P,
    offset: usize,
    counter: u32,
}

impl<P: Profile> Protector<P> {
    /// A sender of messages of this profile and Data ID, whose first message has counter 0.
    #[must_use]
    pub const fn new(profile: P) -> Self {
        Self {
            profile,
            offset: 0,
            counter: 0,
        }
    }

    /// The same with a header that begins so many bytes into the message.
    #[must_use]
    pub fn at(self, offset: usize) -> Self {
        Self { offset, ..self }
    }

    /// Fills in the header in `message` (whatever is there is overwritten, but for the half byte
    /// beside a counter of four bits) and counts it.
    ///
    /// # Errors
    /// [`BadLength`] if `message` has no room for the header or is longer than the profile
    /// protects; nothing is written or counted then.
    pub fn protect(&mut self, message: &mut [u8]) -> Result<(), BadLength> {
        let (old, rest) = split::<P>(self.offset, message).ok_or(BadLength {
            found: message.len(),
            least: self.offset + P::HEADER_BYTES,
            most: P::LONGEST_BYTES,
        })?;
        let header = self.profile.header(old, rest, self.counter);
        message[self.offset..][..P::HEADER_BYTES].copy_from_slice(header.as_ref());
        self.counter = next::<P>(self.counter);
        Ok(())
    }
}

/// The header's place and the rest of a message, if it has them and isn't too long.
fn split<P: Profile>(offset: usize, message: &[u8]) -> Option<(P::Header, Rest<'_>)> {
    if message.len() > P::LONGEST_BYTES {
        return None;
    }
    let (before, from_header) = message.split_at_checked(offset)?;
    let (header, after) = from_header.split_at_checked(P::HEADER_BYTES)?;
    Some((header.try_into().ok()?, Rest { before, after }))
}

const fn next<P: Profile>(counter: u32) -> u32 {
    if counter == P::LAST_COUNTER {
        0
    } else {
        counter + 1
    }
}

/// A length that the profile can't protect, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadLength {
    /// The message's.
    pub found: usize,
    /// The shortest: up to the header's end.
    pub least: usize,
    /// The longest.
    pub most: usize,
}

/// The receiver's side: checks headers and follows the counter.
#[derive(Debug)]
pub struct Checker<P> {
    profile: P,
    offset: usize,
    max_delta_counter: u32,
    /// The counter of the last message without an error. At first the last one of all, so that a
    /// sender's first message, 0, is the next.
    counter: u32,
}

impl<P: Profile> Checker<P> {
    /// A receiver of messages of this profile and Data ID that tolerates a step of
    /// `max_delta_counter` from one received message to the next: 1 tolerates no loss, 3 that two are
    /// missing.
    #[must_use]
    pub const fn new(profile: P, max_delta_counter: u32) -> Self {
        Self {
            profile,
            offset: 0,
            max_delta_counter,
            counter: P::LAST_COUNTER,
        }
    }

    /// The same with a header that begins so many bytes into the message.
    #[must_use]
    pub fn at(self, offset: usize) -> Self {
        Self { offset, ..self }
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
        let step = step::<P>(self.counter, counter);
        self.counter = counter;
        match step {
            0 => Status::Repeated,
            1 => Status::Ok,
            _ if step <= self.max_delta_counter => Status::OkSomeLost,
            _ => Status::WrongSequence,
        }
    }

    /// The counter of a message that is whole and meant for this receiver.
    fn genuine_counter(&self, message: &[u8]) -> Option<u32> {
        let (header, rest) = split::<P>(self.offset, message)?;
        let counter = P::counter(&header);
        let is_genuine =
            counter <= P::LAST_COUNTER && self.profile.header(header, rest, counter) == header;
        is_genuine.then_some(counter)
    }
}

/// How many messages further a counter is.
const fn step<P: Profile>(from: u32, to: u32) -> u32 {
    if to >= from {
        to - from
    } else {
        // Neither exceeds the last counter, so this is less than a round.
        P::LAST_COUNTER - from + to + 1
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

#[cfg(test)]
mod tests;
