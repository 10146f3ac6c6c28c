//! Direct queuing ports: every message, in the order of sending, through memory that both ends share.

use paratia_abi::passport::{MEMORY_QUEUING, PORT_DESTINATION, PORT_SOURCE};
use paratia_direct::queuing::{Receiver, Sender};

use super::check_length;
use crate::Context;
use crate::passport;
use crate::queue::ReturnCode;
use crate::slots::{self, Slots};

/// A queuing port that sends.
///
/// ```no_run
/// # use paratia_runtime::direct::*;
/// # fn example(context: &paratia_runtime::Context) {
/// let mut port = DirectQueuingSource::find(context, "blocks").expect("a port");
/// let waiting = port.send(b"a block");
/// # }
/// ```
#[derive(Debug)]
pub struct DirectQueuingSource {
    sender: Sender<'static>,
    slots: Slots,
}

impl DirectQueuingSource {
    /// The direct queuing source port called `name`, if the partition has one.
    ///
    /// ```no_run
    /// # use paratia_runtime::direct::*;
    /// # fn example(context: &paratia_runtime::Context) {
    /// let port = DirectQueuingSource::find(context, "blocks");
    /// # }
    /// ```
    #[must_use]
    pub fn find(context: &Context, name: &str) -> Option<Self> {
        let (record, memory) =
            passport::memory_port(context.passport, name, PORT_SOURCE, MEMORY_QUEUING)?;
        Some(Self {
            sender: Sender::new(slots::queue(record, memory), context.restarts),
            slots: Slots::of(record, memory),
        })
    }

    /// Puts a message at the queue's end; how many wait then, by the receiver's word.
    ///
    /// ```no_run
    /// # use paratia_runtime::direct::*;
    /// # fn example(context: &paratia_runtime::Context) {
    /// let mut port = DirectQueuingSource::find(context, "blocks").expect("a port");
    /// let waiting = port.send(b"a block");
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`ReturnCode::NotAvailable`] if the queue is full, [`ReturnCode::InvalidParam`] for a message of no
    /// bytes, [`ReturnCode::InvalidConfig`] for one longer than the port's.
    #[inline]
    pub fn send(&mut self, message: &[u8]) -> Result<u64, ReturnCode> {
        check_length(message, &self.slots)?;
        let slots = &self.slots;
        let sent = self.sender.send(|slot| slots.put(slot, message));
        sent.map_err(|_| ReturnCode::NotAvailable)
    }

    /// Messages that wait, by the receiver's word.
    ///
    /// ```no_run
    /// # use paratia_runtime::direct::*;
    /// # fn example(context: &paratia_runtime::Context) {
    /// let port = DirectQueuingSource::find(context, "blocks").expect("a port");
    /// let is_idle = port.waiting() == 0;
    /// # }
    /// ```
    #[must_use]
    pub fn waiting(&self) -> u64 {
        self.sender.waiting()
    }
}

/// A queuing port that receives.
///
/// ```no_run
/// # use paratia_runtime::direct::*;
/// # fn example(context: &paratia_runtime::Context) {
/// let mut port = DirectQueuingDestination::find(context, "blocks").expect("a port");
/// let mut buffer = [0; 4096];
/// while let Ok(received) = port.receive(&mut buffer) {
///     assert!(!received.is_broken);
/// }
/// # }
/// ```
#[derive(Debug)]
pub struct DirectQueuingDestination {
    receiver: Receiver<'static>,
    slots: Slots,
    /// What was told with no message.
    refused: u64,
    is_broken: bool,
}

/// What [`DirectQueuingDestination::receive`] received.
///
/// ```no_run
/// # use paratia_runtime::direct::*;
/// # fn example(context: &paratia_runtime::Context) {
/// let mut port = DirectQueuingDestination::find(context, "blocks").expect("a port");
/// let mut buffer = [0; 4096];
/// let lost = port.receive(&mut buffer).map(|received| received.refused);
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DirectReceived {
    /// How many bytes of the buffer the message fills.
    pub length: usize,
    /// Messages that the sender refused since the one before was received, by its word.
    pub refused: u64,
    /// Whether the sender was restarted since, or lies: what waited then is lost, and nobody knows how many
    /// these were.
    pub is_broken: bool,
}

impl DirectQueuingDestination {
    /// The direct queuing destination port called `name`, if the partition has one. One that was restarted
    /// finds nothing waiting.
    ///
    /// ```no_run
    /// # use paratia_runtime::direct::*;
    /// # fn example(context: &paratia_runtime::Context) {
    /// let port = DirectQueuingDestination::find(context, "blocks");
    /// # }
    /// ```
    #[must_use]
    pub fn find(context: &Context, name: &str) -> Option<Self> {
        let (record, memory) =
            passport::memory_port(context.passport, name, PORT_DESTINATION, MEMORY_QUEUING)?;
        Some(Self {
            receiver: Receiver::new(slots::queue(record, memory), context.restarts),
            slots: Slots::of(record, memory),
            refused: 0,
            is_broken: false,
        })
    }

    /// Takes the oldest message into `buffer`.
    ///
    /// ```no_run
    /// # use paratia_runtime::direct::*;
    /// # fn example(context: &paratia_runtime::Context) {
    /// let mut port = DirectQueuingDestination::find(context, "blocks").expect("a port");
    /// let mut buffer = [0; 4096];
    /// let received = port.receive(&mut buffer);
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`ReturnCode::NotAvailable`] if none waits, [`ReturnCode::InvalidConfig`] if it says a length that it
    /// can't have: then it is taken. [`ReturnCode::InvalidParam`] if `buffer` doesn't hold the port's largest
    /// message: then none is taken.
    #[inline]
    pub fn receive(&mut self, buffer: &mut [u8]) -> Result<DirectReceived, ReturnCode> {
        if buffer.len() < self.slots.message_bytes() {
            return Err(ReturnCode::InvalidParam);
        }
        let slots = &self.slots;
        let (taken, news) = self.receiver.receive(|slot| slots.take(slot, buffer));
        self.refused = self.refused.saturating_add(news.refused);
        self.is_broken |= news.is_broken;
        let taken = taken.ok_or(ReturnCode::NotAvailable)?;
        let length = taken
            .length_within(slots)
            .ok_or(ReturnCode::InvalidConfig)?;
        Ok(DirectReceived {
            length,
            refused: core::mem::take(&mut self.refused),
            is_broken: core::mem::take(&mut self.is_broken),
        })
    }

    /// Drops all messages that wait; how many these were, by the sender's word.
    ///
    /// ```no_run
    /// # use paratia_runtime::direct::*;
    /// # fn example(context: &paratia_runtime::Context) {
    /// let mut port = DirectQueuingDestination::find(context, "blocks").expect("a port");
    /// let dropped = port.clear();
    /// # }
    /// ```
    pub fn clear(&mut self) -> u64 {
        self.receiver.clear()
    }

    /// Messages that wait, by the sender's word.
    ///
    /// ```no_run
    /// # use paratia_runtime::direct::*;
    /// # fn example(context: &paratia_runtime::Context) {
    /// let port = DirectQueuingDestination::find(context, "blocks").expect("a port");
    /// let is_empty = port.waiting() == 0;
    /// # }
    /// ```
    #[must_use]
    pub fn waiting(&self) -> u64 {
        self.receiver.waiting()
    }
}
