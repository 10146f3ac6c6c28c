//! Sampling ports: the newest message of a channel (ARINC 653 P1-3, 2.3.5.6).
//!
//! A message passes through the port's window, a place in the partition's RAM which the
//! configuration fixes and which the hypervisor reads or writes during a call, and only then.
//!
//! A port that receives may have an interrupt, so that its partition needn't look again and again:
//! [`DestinationPort::enable_interrupt`].

use paratia_abi::passport::{PORT_DESTINATION, PORT_SOURCE, Passport};

use crate::call::{self, Refusal};
use crate::interrupt::{self, IntId};
use crate::message_window::Window;
use crate::no_port::{Kind, NoPort};
use crate::passport;
use crate::time::Ticks;

/// A port that sends.
///
/// ```no_run
/// use paratia_runtime::passport;
/// use paratia_runtime::port::SourcePort;
///
/// let mut port = SourcePort::find(passport::own(), "text").expect("a port for text");
/// port.write(b"of any length").expect("the channel takes it");
/// ```
#[derive(Debug)]
pub struct SourcePort {
    index: u64,
    window: Window,
}

impl SourcePort {
    /// The sampling source port called `name`.
    ///
    /// ```no_run
    /// use paratia_runtime::passport;
    /// use paratia_runtime::port::SourcePort;
    ///
    /// let port = SourcePort::find(passport::own(), "text").expect("a port for text");
    /// ```
    ///
    /// # Errors
    /// If the partition has none: what it has.
    pub fn find<'a>(passport: &'static Passport, name: &'a str) -> Result<Self, NoPort<'a>> {
        let (index, record) =
            passport::sampling_port(passport, name, PORT_SOURCE).ok_or(NoPort {
                passport,
                name,
                kind: Kind::Sampling,
                direction: PORT_SOURCE,
                too_large: None,
            })?;
        Ok(Self {
            index,
            window: Window::of(record),
        })
    }

    /// The largest message of its channel, in bytes.
    ///
    /// ```no_run
    /// # use paratia_runtime::{passport, port::SourcePort};
    /// # let port = SourcePort::find(passport::own(), "text").expect("a port");
    /// assert!(port.message_bytes() >= 64, "room for a line");
    /// ```
    #[must_use]
    pub fn message_bytes(&self) -> usize {
        self.window.length_bytes()
    }

    /// Replaces the channel's message. What is behind its end in its last word of 8 bytes travels as zeroes.
    ///
    /// ```no_run
    /// # use paratia_runtime::{passport, port::SourcePort};
    /// # let mut port = SourcePort::find(passport::own(), "text").expect("a port");
    /// port.write(b"ready").expect("the channel takes it");
    /// ```
    ///
    /// # Errors
    /// [`Refusal::InvalidParameters`] if the message is empty or longer than the channel's.
    pub fn write(&mut self, message: &[u8]) -> Result<(), Refusal> {
        if message.len() > self.window.length_bytes() {
            return Err(Refusal::InvalidParameters);
        }
        self.window.fill(message);
        call::sampling_port_write(self.index, message.len())
    }
}

/// A port that receives.
///
/// ```no_run
/// use paratia_runtime::passport;
/// use paratia_runtime::port::DestinationPort;
///
/// let mut port = DestinationPort::find(passport::own(), "text").expect("a port for text");
/// let mut buffer = [0; 64];
/// let received = port.read(&mut buffer).expect("something was written");
/// let text = &buffer[..received.length];
/// ```
#[derive(Debug)]
pub struct DestinationPort {
    index: u64,
    window: Window,
}

/// What [`DestinationPort::read`] received.
///
/// ```no_run
/// # use paratia_runtime::{passport, port::DestinationPort};
/// use paratia_runtime::port::Received;
///
/// # let mut port = DestinationPort::find(passport::own(), "text").expect("a port");
/// if let Some(Received { length, valid: true, .. }) = port.read(&mut [0; 64]) {
///     // `length` bytes, and they are fresh.
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Received {
    /// How many bytes of the buffer the message fills.
    pub length: usize,
    /// Whether it is no older than the channel's refresh period.
    pub valid: bool,
    /// Its age.
    pub age: Ticks,
}

impl DestinationPort {
    /// The sampling destination port called `name`.
    ///
    /// ```no_run
    /// use paratia_runtime::passport;
    /// use paratia_runtime::port::DestinationPort;
    ///
    /// let port = DestinationPort::find(passport::own(), "text").expect("a port for text");
    /// ```
    ///
    /// # Errors
    /// If the partition has none: what it has.
    pub fn find<'a>(passport: &'static Passport, name: &'a str) -> Result<Self, NoPort<'a>> {
        let (index, record) =
            passport::sampling_port(passport, name, PORT_DESTINATION).ok_or(NoPort {
                passport,
                name,
                kind: Kind::Sampling,
                direction: PORT_DESTINATION,
                too_large: None,
            })?;
        Ok(Self {
            index,
            window: Window::of(record),
        })
    }

    /// The largest message of its channel, in bytes.
    ///
    /// ```no_run
    /// # use paratia_runtime::{passport, port::DestinationPort};
    /// # let port = DestinationPort::find(passport::own(), "text").expect("a port");
    /// assert!(port.message_bytes() >= 64, "room for a line");
    /// ```
    #[must_use]
    pub fn message_bytes(&self) -> usize {
        self.window.length_bytes()
    }

    /// The interrupt that comes with the first message since the port was last read, if the
    /// configuration names one.
    ///
    /// ```no_run
    /// # use paratia_runtime::{passport, port::DestinationPort};
    /// # let port = DestinationPort::find(passport::own(), "text").expect("a port");
    /// let is_quiet = port.interrupt().is_none();
    /// ```
    #[must_use]
    pub fn interrupt(&self) -> Option<IntId> {
        passport::port_interrupt(self.index)
    }

    /// Lets [`DestinationPort::interrupt`] come to this CPU, after [`interrupt::enable`]; says which it
    /// is, for the handler. A handler, or whoever it wakes, reads the port: until then no further
    /// message interrupts.
    ///
    /// ```no_run
    /// # use paratia_runtime::{interrupt, passport, port::DestinationPort};
    /// # let port = DestinationPort::find(passport::own(), "text").expect("a port");
    /// interrupt::enable();
    /// let number = port.enable_interrupt().expect("the port has an interrupt");
    /// ```
    #[must_use]
    pub fn enable_interrupt(&self) -> Option<IntId> {
        let id = self.interrupt()?;
        interrupt::enable_edge(id);
        Some(id)
    }

    /// Copies the channel's newest message to `buffer`, as much as fits; `None` if none was ever
    /// written.
    ///
    /// ```no_run
    /// # use paratia_runtime::{passport, port::DestinationPort};
    /// # let mut port = DestinationPort::find(passport::own(), "text").expect("a port");
    /// let mut buffer = [0; 64];
    /// let received = port.read(&mut buffer);
    /// ```
    pub fn read(&mut self, buffer: &mut [u8]) -> Option<Received> {
        self.read_whole(buffer).map(|(_, received)| received)
    }

    /// As [`Self::read`]; with the message's length, which may be more than fits.
    pub(crate) fn read_whole(&mut self, buffer: &mut [u8]) -> Option<(usize, Received)> {
        let arrival = call::sampling_port_read(self.index).ok()?;
        let arrived = usize::try_from(arrival.length_bytes).ok()?;
        let length = arrived.min(buffer.len()).min(self.window.length_bytes());
        self.window.copy_to(&mut buffer[..length]);
        let received = Received {
            length,
            valid: arrival.valid,
            age: arrival.age,
        };
        Some((arrived, received))
    }
}

#[cfg(test)]
mod tests;
