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
use crate::passport;
use crate::time::Ticks;

/// A port that sends.
#[derive(Debug)]
pub struct SourcePort {
    index: u64,
    window: Window,
}

impl SourcePort {
    /// The sampling source port called `name`, if the partition has one.
    #[must_use]
    pub fn find(passport: &'static Passport, name: &str) -> Option<Self> {
        let (index, record) = passport::sampling_port(passport, name, PORT_SOURCE)?;
        Some(Self {
            index,
            window: Window::of(record),
        })
    }

    /// Replaces the channel's message.
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
#[derive(Debug)]
pub struct DestinationPort {
    index: u64,
    window: Window,
}

/// What [`DestinationPort::read`] received.
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
    /// The sampling destination port called `name`, if the partition has one.
    #[must_use]
    pub fn find(passport: &'static Passport, name: &str) -> Option<Self> {
        let (index, record) = passport::sampling_port(passport, name, PORT_DESTINATION)?;
        Some(Self {
            index,
            window: Window::of(record),
        })
    }

    /// The interrupt that comes with the first message since the port was last read, if the
    /// configuration names one.
    #[must_use]
    pub fn interrupt(&self) -> Option<IntId> {
        passport::port_interrupt(self.index)
    }

    /// Lets [`DestinationPort::interrupt`] come to this CPU, after [`interrupt::enable`]; says which it
    /// is, for the handler. A handler, or whoever it wakes, reads the port: until then no further
    /// message interrupts.
    #[must_use]
    pub fn enable_interrupt(&self) -> Option<IntId> {
        let id = self.interrupt()?;
        interrupt::enable_edge(id);
        Some(id)
    }

    /// Copies the channel's newest message to `buffer`, as much as fits; `None` if none was ever
    /// written.
    pub fn read(&mut self, buffer: &mut [u8]) -> Option<Received> {
        let arrival = call::sampling_port_read(self.index).ok()?;
        let arrived = usize::try_from(arrival.length_bytes).ok()?;
        let length = arrived.min(buffer.len()).min(self.window.length_bytes());
        self.window.copy_to(&mut buffer[..length]);
        Some(Received {
            length,
            valid: arrival.valid,
            age: arrival.age,
        })
    }
}
