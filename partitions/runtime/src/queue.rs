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

use core::arch::asm;

use paratia_abi::passport::{PORT_DESTINATION, PORT_SOURCE, Passport};

use crate::call::{self, QueueStatus, Refusal};
use crate::interrupt::{self, IntId};
use crate::message_window::Window;
use crate::passport;
use crate::time::Instant;

/// What a service of a port says, by ARINC 653's names and numbers (P1-3, appendix D: `RETURN_CODE_TYPE`).
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
#[derive(Debug)]
pub struct QueuingSource {
    index: u64,
    window: Window,
    depth: u64,
}

impl QueuingSource {
    /// The queuing source port called `name`, if the partition has one.
    #[must_use]
    pub fn find(passport: &'static Passport, name: &str) -> Option<Self> {
        let (index, record) = passport::queuing_port(passport, name, PORT_SOURCE)?;
        Some(Self {
            index,
            window: Window::of(record),
            depth: passport::depth(passport, index).into(),
        })
    }

    /// Puts a message at the queue's end; how many wait then.
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
    /// # Errors
    /// None at a port that was found.
    pub fn status(&self) -> Result<QueueStatus, ReturnCode> {
        Ok(call::queuing_port_status(self.index)?)
    }
}

/// A port that receives.
#[derive(Debug)]
pub struct QueuingDestination {
    index: u64,
    window: Window,
    /// Refusals that the hypervisor has told with no message.
    refused: u64,
}

/// What [`QueuingDestination::receive`] received.
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
    /// The queuing destination port called `name`, if the partition has one.
    #[must_use]
    pub fn find(passport: &'static Passport, name: &str) -> Option<Self> {
        let (index, record) = passport::queuing_port(passport, name, PORT_DESTINATION)?;
        Some(Self {
            index,
            window: Window::of(record),
            refused: 0,
        })
    }

    /// The interrupt that comes with the first message sent since the port was last looked at, if the
    /// configuration names one.
    #[must_use]
    pub fn interrupt(&self) -> Option<IntId> {
        passport::port_interrupt(self.index)
    }

    /// Lets [`Self::interrupt`] come to this CPU, after [`interrupt::enable`]; says which it is, for the
    /// handler. Whoever it wakes receives until none waits: only then does the next message interrupt for
    /// certain.
    #[must_use]
    pub fn enable_interrupt(&self) -> Option<IntId> {
        let id = self.interrupt()?;
        interrupt::enable_edge(id);
        Some(id)
    }

    /// Takes the oldest message into `buffer`.
    ///
    /// # Errors
    /// [`ReturnCode::NotAvailable`] if none waits; [`ReturnCode::InvalidParam`] if `buffer` doesn't hold the
    /// port's largest message: then none is taken.
    pub fn receive(&mut self, buffer: &mut [u8]) -> Result<Received, ReturnCode> {
        if buffer.len() < self.window.length_bytes() {
            return Err(ReturnCode::InvalidParam);
        }
        let taken = call::receive_queuing_message(self.index)?;
        self.refused += taken.refused;
        let Some(length) = taken.length_bytes else {
            return Err(ReturnCode::NotAvailable);
        };
        let arrived = usize::try_from(length).unwrap_or(usize::MAX);
        let length = arrived.min(self.window.length_bytes());
        self.window.copy_to(&mut buffer[..length]);
        Ok(Received {
            length,
            refused: core::mem::take(&mut self.refused),
            waiting: taken.waiting,
        })
    }

    /// As [`Self::receive`], but waits for a message until `deadline`: in this window, and in those that
    /// follow.
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
    /// # Errors
    /// None at a port that was found.
    pub fn clear(&mut self) -> Result<u64, ReturnCode> {
        Ok(call::clear_queuing_port(self.index)?)
    }

    /// How the queue stands.
    ///
    /// # Errors
    /// None at a port that was found.
    pub fn status(&self) -> Result<QueueStatus, ReturnCode> {
        Ok(call::queuing_port_status(self.index)?)
    }
}

/// Asks again and again until something is available, or it is late.
fn until<T>(
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
    unsafe { asm!("yield", options(nomem, nostack, preserves_flags)) };
}
