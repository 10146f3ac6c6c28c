//! Sampling ports: the newest message of a channel (ARINC 653 P1-3, 2.3.5.6).
//!
//! A message passes through the port's window, a place in the partition's RAM which the
//! configuration fixes and which the hypervisor reads or writes during a call, and only then.
//!
//! A port that receives may have an interrupt, so that its partition needn't look again and again:
//! [`DestinationPort::enable_interrupt`].

use core::ptr::NonNull;

use paratia_abi::passport::{PORT_DESTINATION, PORT_SOURCE, Passport, PortRecord};

use crate::call::{self, Refusal};
use crate::interrupt::{self, IntId};
use crate::passport;
use crate::time::Ticks;

/// A port that sends.
#[derive(Debug)]
pub struct SourcePort {
    index: u64,
    window: Window,
}

impl SourcePort {
    /// The source port called `name`, if the partition has one.
    #[must_use]
    pub fn find(passport: &'static Passport, name: &str) -> Option<Self> {
        let (index, record) = passport::port(passport, name, PORT_SOURCE)?;
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
        if message.len() > self.window.length_bytes {
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
    /// The destination port called `name`, if the partition has one.
    #[must_use]
    pub fn find(passport: &'static Passport, name: &str) -> Option<Self> {
        let (index, record) = passport::port(passport, name, PORT_DESTINATION)?;
        Some(Self {
            index,
            window: Window::of(record),
        })
    }

    /// The interrupt that comes with the first message since the port was last read, if the
    /// configuration names one.
    #[must_use]
    pub fn interrupt(&self) -> Option<IntId> {
        let index = usize::try_from(self.index).ok()?;
        let interrupt = *passport::own().port_interrupts.get(index)?;
        IntId::try_from(interrupt).ok().filter(|id| id.is_spi())
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
        let length = arrived.min(buffer.len()).min(self.window.length_bytes);
        self.window.copy_to(&mut buffer[..length]);
        Some(Received {
            length,
            valid: arrival.valid,
            age: arrival.age,
        })
    }
}

/// A message window: bytes that belong to one port.
#[derive(Debug)]
struct Window {
    base: NonNull<u8>,
    length_bytes: usize,
}

impl Window {
    #[allow(
        clippy::cast_possible_truncation,
        reason = "addresses and usize are 64 bits"
    )]
    fn of(record: &PortRecord) -> Self {
        Self {
            base: NonNull::new(core::ptr::with_exposed_provenance_mut(
                record.window as usize,
            ))
            .expect("a message window doesn't lie at address 0"),
            length_bytes: record.message_bytes as usize,
        }
    }

    fn fill(&mut self, message: &[u8]) {
        assert!(message.len() <= self.length_bytes);
        for (offset, byte) in message.iter().enumerate() {
            // SAFETY: the offset is within the window (asserted), which the configuration's rules
            // place in this partition's RAM, at its end, away from image and stacks.
            unsafe { self.base.add(offset).write_volatile(*byte) };
        }
    }

    fn copy_to(&self, buffer: &mut [u8]) {
        assert!(buffer.len() <= self.length_bytes);
        for (offset, byte) in buffer.iter_mut().enumerate() {
            // SAFETY: the offset is within the window (asserted), which the configuration's rules place in this
            // partition's RAM, at its end, away from image and stacks.
            *byte = unsafe { self.base.add(offset).read_volatile() };
        }
    }
}
