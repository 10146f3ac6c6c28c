//! Queuing ports: every message of a channel, in the order of sending (ARINC 653 P1-3, 2.3.5.6), with that
//! standard's return codes.
//!
//! A message passes through the port's window, as at a sampling port. What finds the queue full is refused:
//! the sender is told at once, the receiver with its next message. Calls never wait; who waits is the
//! partition, in its own windows ([`QueuingSource::send_by`], [`QueuingDestination::receive_by`]).
//!
//! Whoever restarts finds its destination ports empty. What it had sent before goes on waiting for its
//! reader.
//!
//! ```no_run
//! use paratia_runtime::queue::{QueuingDestination, QueuingSource, ReturnCode};
//! # use paratia_runtime::{Context, println};
//! # fn example(context: &Context) -> Result<(), ReturnCode> {
//! let mut commands = QueuingSource::find(context.passport, "commands").expect("a port 'commands'");
//! commands.send(b"lights on")?;
//!
//! let mut answers = QueuingDestination::find(context.passport, "answers").expect("a port 'answers'");
//! let mut buffer = [0; 64];
//! while let Ok(received) = answers.receive(&mut buffer) {
//!     println!("{:?}, {} lost", &buffer[..received.length], received.refused);
//! }
//! # Ok(())
//! # }
//! ```

mod destination;

pub use destination::{QueuingDestination, Received};

#[cfg(target_os = "none")]
use core::arch::asm;

use paratia_abi::passport::{PORT_SOURCE, Passport};

use crate::call::{self, QueueStatus, Refusal};
use crate::message_window::Window;
use crate::no_port::{Kind, NoPort};
use crate::passport;
use crate::time::Instant;

/// What a service of a port says, by ARINC 653's names and numbers (P1-3, appendix D: `RETURN_CODE_TYPE`).
///
/// ```no_run
/// use paratia_runtime::queue::{QueuingSource, ReturnCode};
/// # use paratia_runtime::passport;
/// # let mut port = QueuingSource::find(passport::own(), "text").expect("a port");
///
/// match port.send(b"ready") {
///     Ok(waiting) => {}
///     Err(ReturnCode::NotAvailable) => {} // the queue is full
///     Err(other) => panic!("{other:?}"),
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum ReturnCode {
    /// It is done.
    NoError = 0,
    /// The queue is full, or no message waits.
    NotAvailable = 2,
    /// A message without a byte, a buffer that doesn't hold the port's largest message, or a port that the
    /// partition doesn't have.
    InvalidParam = 3,
    /// A message longer than the port's; at a receiver: messages were refused since it asked last.
    InvalidConfig = 4,
    /// The time is over, and the queue is still full or empty.
    TimedOut = 6,
}

impl From<Refusal> for ReturnCode {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Busy | Refusal::Empty => Self::NotAvailable,
            _ => Self::InvalidParam,
        }
    }
}

/// A port that sends.
///
/// ```no_run
/// use paratia_runtime::passport;
/// use paratia_runtime::queue::QueuingSource;
///
/// let mut port = QueuingSource::find(passport::own(), "text").expect("a port for text");
/// port.send(b"ready").expect("there is room");
/// ```
#[derive(Debug)]
pub struct QueuingSource {
    index: u64,
    window: Window,
    depth: u64,
}

impl QueuingSource {
    /// The queuing source port called `name`.
    ///
    /// ```no_run
    /// use paratia_runtime::passport;
    /// use paratia_runtime::queue::QueuingSource;
    ///
    /// let port = QueuingSource::find(passport::own(), "text").expect("a port for text");
    /// ```
    ///
    /// # Errors
    /// If the partition has none: what it has.
    pub fn find<'a>(passport: &'static Passport, name: &'a str) -> Result<Self, NoPort<'a>> {
        let (index, record) =
            passport::queuing_port(passport, name, PORT_SOURCE).ok_or(NoPort {
                passport,
                name,
                kind: Kind::Queuing,
                direction: PORT_SOURCE,
                too_large: None,
            })?;
        Ok(Self {
            index,
            window: Window::of(record),
            depth: passport::depth(passport, index).into(),
        })
    }

    /// The largest message of its channel, in bytes.
    ///
    /// ```no_run
    /// # use paratia_runtime::{passport, queue::QueuingSource};
    /// # let port = QueuingSource::find(passport::own(), "text").expect("a port");
    /// assert!(port.message_bytes() >= 64, "room for a line");
    /// ```
    #[must_use]
    pub fn message_bytes(&self) -> usize {
        self.window.length_bytes()
    }

    /// Puts a message at the queue's end; how many wait then.
    ///
    /// ```no_run
    /// # use paratia_runtime::{passport, queue::QueuingSource};
    /// # let mut port = QueuingSource::find(passport::own(), "text").expect("a port");
    /// let waiting = port.send(b"ready").expect("there is room");
    /// ```
    ///
    /// # Errors
    /// [`ReturnCode::NotAvailable`] if the queue is full, [`ReturnCode::InvalidParam`] for a message of no
    /// bytes, [`ReturnCode::InvalidConfig`] for one longer than the port's.
    pub fn send(&mut self, message: &[u8]) -> Result<u64, ReturnCode> {
        if message.is_empty() {
            return Err(ReturnCode::InvalidParam);
        }
        if message.len() > self.window.length_bytes() {
            return Err(ReturnCode::InvalidConfig);
        }
        self.window.fill(message);
        Ok(call::send_queuing_message(self.index, message.len())?)
    }

    /// As [`Self::send`], but waits for room until `deadline`: in this window, and in those that follow. A
    /// reader that has its windows on the same CPU makes room between these only. Only a message that is
    /// sent is offered, so that the receiver isn't told of refusals while nothing is lost.
    ///
    /// ```no_run
    /// # use core::time::Duration;
    /// # use paratia_runtime::{passport, queue::QueuingSource, time::{Instant, Ticks}};
    /// # let mut port = QueuingSource::find(passport::own(), "text").expect("a port");
    /// let soon = Instant::now().plus(Ticks::from_duration(Duration::from_millis(5)));
    /// port.send_by(b"ready", soon).expect("room within 5 ms");
    /// ```
    ///
    /// # Errors
    /// As [`Self::send`], but [`ReturnCode::TimedOut`] if the queue is full at the first look after
    /// `deadline`.
    pub fn send_by(&mut self, message: &[u8], deadline: Instant) -> Result<u64, ReturnCode> {
        until(deadline, || {
            if self.status()?.waiting >= self.depth {
                return Err(ReturnCode::NotAvailable);
            }
            self.send(message)
        })
    }

    /// How the queue stands.
    ///
    /// ```no_run
    /// # use paratia_runtime::{passport, queue::QueuingSource};
    /// # let port = QueuingSource::find(passport::own(), "text").expect("a port");
    /// let waiting = port.status().expect("a port that was found").waiting;
    /// ```
    ///
    /// # Errors
    /// None at a port that was found.
    pub fn status(&self) -> Result<QueueStatus, ReturnCode> {
        Ok(call::queuing_port_status(self.index)?)
    }
}

/// Asks again and again until something is available, or it is late.
pub(crate) fn until<T>(
    deadline: Instant,
    mut ask: impl FnMut() -> Result<T, ReturnCode>,
) -> Result<T, ReturnCode> {
    loop {
        let late = Instant::now() >= deadline;
        match ask() {
            Err(ReturnCode::NotAvailable) if late => return Err(ReturnCode::TimedOut),
            Err(ReturnCode::NotAvailable) => give_turn(),
            answer => return answer,
        }
    }
}

/// Lets whoever shares the core go on: under QEMU's `-icount` another CPU.
fn give_turn() {
    // SAFETY: a hint.
    #[cfg(target_os = "none")]
    unsafe {
        asm!("yield", options(nomem, nostack, preserves_flags));
    };
}

#[cfg(test)]
mod tests;
