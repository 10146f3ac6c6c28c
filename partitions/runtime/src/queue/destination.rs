//! The end of a queue that receives.

use paratia_abi::passport::{PORT_DESTINATION, Passport};

use super::{ReturnCode, until};
use crate::call::{self, QueueStatus};
use crate::interrupt::{self, IntId};
use crate::message_window::Window;
use crate::no_port::{Kind, NoPort};
use crate::passport;
use crate::time::Instant;

/// A port that receives.
///
/// ```no_run
/// use paratia_runtime::passport;
/// use paratia_runtime::queue::QueuingDestination;
///
/// let mut port = QueuingDestination::find(passport::own(), "text").expect("a port for text");
/// let mut buffer = [0; 64];
/// while let Ok(received) = port.receive(&mut buffer) {
///     let text = &buffer[..received.length];
/// }
/// ```
#[derive(Debug)]
pub struct QueuingDestination {
    index: u64,
    window: Window,
    /// Refusals that the hypervisor has told with no message.
    refused: u64,
}

/// What [`QueuingDestination::receive`] received.
///
/// ```no_run
/// # use paratia_runtime::{passport, println, queue::QueuingDestination};
/// # let mut port = QueuingDestination::find(passport::own(), "text").expect("a port");
/// let received = port.receive(&mut [0; 64]).expect("a message waits");
/// println!("{} bytes, {} lost before", received.length, received.refused);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Received {
    /// How many bytes of the buffer the message fills.
    pub length: usize,
    /// Messages refused since the one before was received.
    pub refused: u64,
    /// Messages that wait still.
    pub waiting: u64,
}

impl Received {
    /// What ARINC 653's `RECEIVE_QUEUING_MESSAGE` says with this message.
    ///
    /// ```no_run
    /// # use paratia_runtime::{passport, queue::{QueuingDestination, ReturnCode}};
    /// # let mut port = QueuingDestination::find(passport::own(), "text").expect("a port");
    /// let received = port.receive(&mut [0; 64]).expect("a message waits");
    /// let is_gap = received.return_code() == ReturnCode::InvalidConfig;
    /// ```
    #[must_use]
    pub const fn return_code(&self) -> ReturnCode {
        if self.refused == 0 {
            ReturnCode::NoError
        } else {
            ReturnCode::InvalidConfig
        }
    }
}

impl QueuingDestination {
    /// The queuing destination port called `name`.
    ///
    /// ```no_run
    /// use paratia_runtime::passport;
    /// use paratia_runtime::queue::QueuingDestination;
    ///
    /// let port = QueuingDestination::find(passport::own(), "text").expect("a port for text");
    /// ```
    ///
    /// # Errors
    /// If the partition has none: what it has.
    pub fn find<'a>(passport: &'static Passport, name: &'a str) -> Result<Self, NoPort<'a>> {
        let (index, record) =
            passport::queuing_port(passport, name, PORT_DESTINATION).ok_or(NoPort {
                passport,
                name,
                kind: Kind::Queuing,
                direction: PORT_DESTINATION,
                too_large: None,
            })?;
        Ok(Self {
            index,
            window: Window::of(record),
            refused: 0,
        })
    }

    /// The largest message of its channel, in bytes.
    ///
    /// ```no_run
    /// # use paratia_runtime::{passport, queue::QueuingDestination};
    /// # let port = QueuingDestination::find(passport::own(), "text").expect("a port");
    /// assert!(port.message_bytes() >= 64, "room for a line");
    /// ```
    #[must_use]
    pub fn message_bytes(&self) -> usize {
        self.window.length_bytes()
    }

    /// The interrupt that comes with the first message sent since the port was last looked at, if the
    /// configuration names one.
    ///
    /// ```no_run
    /// # use paratia_runtime::{passport, queue::QueuingDestination};
    /// # let port = QueuingDestination::find(passport::own(), "text").expect("a port");
    /// let is_quiet = port.interrupt().is_none();
    /// ```
    #[must_use]
    pub fn interrupt(&self) -> Option<IntId> {
        passport::port_interrupt(self.index)
    }

    /// Lets [`Self::interrupt`] come to this CPU, after [`interrupt::enable`]; says which it is, for the
    /// handler. Whoever it wakes receives until none waits: only then does the next message interrupt for
    /// certain.
    ///
    /// ```no_run
    /// # use paratia_runtime::{interrupt, passport, queue::QueuingDestination};
    /// # let port = QueuingDestination::find(passport::own(), "text").expect("a port");
    /// interrupt::enable();
    /// let number = port.enable_interrupt().expect("the port has an interrupt");
    /// ```
    #[must_use]
    pub fn enable_interrupt(&self) -> Option<IntId> {
        let id = self.interrupt()?;
        interrupt::enable_edge(id);
        Some(id)
    }

    /// Takes the oldest message into `buffer`.
    ///
    /// ```no_run
    /// # use paratia_runtime::{passport, queue::QueuingDestination};
    /// # let mut port = QueuingDestination::find(passport::own(), "text").expect("a port");
    /// let mut buffer = [0; 64];
    /// let received = port.receive(&mut buffer);
    /// ```
    ///
    /// # Errors
    /// [`ReturnCode::NotAvailable`] if none waits; [`ReturnCode::InvalidParam`] if `buffer` doesn't hold the
    /// port's largest message: then none is taken.
    pub fn receive(&mut self, buffer: &mut [u8]) -> Result<Received, ReturnCode> {
        if buffer.len() < self.window.length_bytes() {
            return Err(ReturnCode::InvalidParam);
        }
        self.take(buffer).map(|(_, received)| received)
    }

    /// Takes the oldest message, as much of it as fits into `buffer`; with its length.
    pub(crate) fn take(&mut self, buffer: &mut [u8]) -> Result<(usize, Received), ReturnCode> {
        let taken = call::receive_queuing_message(self.index)?;
        self.refused += taken.refused;
        let Some(length) = taken.length_bytes else {
            return Err(ReturnCode::NotAvailable);
        };
        let arrived = usize::try_from(length).unwrap_or(usize::MAX);
        let length = arrived.min(self.window.length_bytes()).min(buffer.len());
        self.window.copy_to(&mut buffer[..length]);
        let received = Received {
            length,
            refused: core::mem::take(&mut self.refused),
            waiting: taken.waiting,
        };
        Ok((arrived, received))
    }

    /// As [`Self::receive`], but waits for a message until `deadline`: in this window, and in those that
    /// follow.
    ///
    /// ```no_run
    /// # use core::time::Duration;
    /// # use paratia_runtime::{passport, queue::QueuingDestination, time::{Instant, Ticks}};
    /// # let mut port = QueuingDestination::find(passport::own(), "text").expect("a port");
    /// let soon = Instant::now().plus(Ticks::from_duration(Duration::from_millis(5)));
    /// let received = port.receive_by(&mut [0; 64], soon);
    /// ```
    ///
    /// # Errors
    /// As [`Self::receive`], but [`ReturnCode::TimedOut`] if none waits at the first look after `deadline`.
    pub fn receive_by(
        &mut self,
        buffer: &mut [u8],
        deadline: Instant,
    ) -> Result<Received, ReturnCode> {
        until(deadline, || self.receive(buffer))
    }

    /// Drops all messages that wait; how many these were.
    ///
    /// ```no_run
    /// # use paratia_runtime::{passport, queue::QueuingDestination};
    /// # let mut port = QueuingDestination::find(passport::own(), "text").expect("a port");
    /// let dropped = port.clear().expect("a port that was found");
    /// ```
    ///
    /// # Errors
    /// None at a port that was found.
    pub fn clear(&mut self) -> Result<u64, ReturnCode> {
        Ok(call::clear_queuing_port(self.index)?)
    }

    /// How the queue stands.
    ///
    /// ```no_run
    /// # use paratia_runtime::{passport, queue::QueuingDestination};
    /// # let port = QueuingDestination::find(passport::own(), "text").expect("a port");
    /// let waiting = port.status().expect("a port that was found").waiting;
    /// ```
    ///
    /// # Errors
    /// None at a port that was found.
    pub fn status(&self) -> Result<QueueStatus, ReturnCode> {
        Ok(call::queuing_port_status(self.index)?)
    }
}
