//! The calls of ports, by a port's index in the passport.

#[cfg(target_os = "none")]
use core::arch::asm;

use paratia_abi::call::{
    CLEAR_QUEUING_PORT, QUEUING_PORT_STATUS, RECEIVE_QUEUING_MESSAGE, SAMPLING_PORT_READ,
    SAMPLING_PORT_WRITE, SEND_QUEUING_MESSAGE, SIGNAL_EVENT, TAKE_EVENT,
};
use paratia_abi::status;

use super::{Refusal, results};
use crate::time::Ticks;

/// Sends what lies in the message window of source port `port`, `length_bytes` long.
///
/// ```no_run
/// use paratia_runtime::call;
///
/// // Eight bytes lie in the window of the partition's first port.
/// call::sampling_port_write(0, 8).expect("a sampling source port");
/// ```
///
/// # Errors
/// [`Refusal::InvalidParameters`] for a bad length, [`Refusal::NotFound`] for a bad port.
pub fn sampling_port_write(port: u64, length_bytes: usize) -> Result<(), Refusal> {
    results(call!(
        "hvc",
        SAMPLING_PORT_WRITE,
        "x1" = port,
        "x2" = length_bytes as u64
    ))?;
    Ok(())
}

/// What [`sampling_port_read`] put into the message window.
///
/// ```no_run
/// use paratia_runtime::call::{self, Arrival};
///
/// let Arrival { length_bytes, valid, age } = call::sampling_port_read(0).expect("a message");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// Its length in bytes.
    pub length_bytes: u64,
    /// Whether it is no older than the channel's refresh period.
    pub valid: bool,
    /// Its age.
    pub age: Ticks,
}

/// Puts the newest message of destination port `port` into its message window.
///
/// ```no_run
/// use paratia_runtime::call::{self, Refusal};
///
/// if call::sampling_port_read(0) == Err(Refusal::Empty) {
///     // Nothing was ever written.
/// }
/// ```
///
/// # Errors
/// [`Refusal::Empty`] if none was ever written, [`Refusal::NotFound`] for a bad port.
pub fn sampling_port_read(port: u64) -> Result<Arrival, Refusal> {
    let [length_bytes, valid, age] = results(call!("hvc", SAMPLING_PORT_READ, "x1" = port))?;
    Ok(Arrival {
        length_bytes,
        valid: valid == 1,
        age: Ticks(age),
    })
}

/// Sends what lies in the message window of queuing source port `port`, `length_bytes` long; how many
/// messages wait then.
///
/// ```no_run
/// use paratia_runtime::call::{self, Refusal};
///
/// if call::send_queuing_message(0, 8) == Err(Refusal::Busy) {
///     // The queue is full.
/// }
/// ```
///
/// # Errors
/// [`Refusal::Busy`] if the queue is full, [`Refusal::InvalidParameters`] for a bad length,
/// [`Refusal::NotFound`] for a bad port.
pub fn send_queuing_message(port: u64, length_bytes: usize) -> Result<u64, Refusal> {
    let [waiting, ..] = results(call!(
        "hvc",
        SEND_QUEUING_MESSAGE,
        "x1" = port,
        "x2" = length_bytes as u64,
        "x3" = 0_u64
    ))?;
    Ok(waiting)
}

/// What [`receive_queuing_message`] put into the message window.
///
/// ```no_run
/// use paratia_runtime::call::{self, Taken};
///
/// let Taken { length_bytes, refused, waiting } =
///     call::receive_queuing_message(0).expect("a queuing destination port");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// Its length in bytes; nothing if no message waited.
    pub length_bytes: Option<u64>,
    /// Messages refused since this was asked last.
    pub refused: u64,
    /// Messages that wait still.
    pub waiting: u64,
}

/// Takes the oldest message of queuing destination port `port` into its message window.
///
/// ```no_run
/// use paratia_runtime::call;
///
/// let taken = call::receive_queuing_message(0).expect("a queuing destination port");
/// assert!(taken.length_bytes.is_some(), "a message waited");
/// ```
///
/// # Errors
/// [`Refusal::NotFound`] for a bad port.
pub fn receive_queuing_message(port: u64) -> Result<Taken, Refusal> {
    let (status, [length_bytes, refused, waiting]) =
        call!("hvc", RECEIVE_QUEUING_MESSAGE, "x1" = port, "x2" = 0_u64);
    if status != status::EMPTY {
        results((status, [0; 3]))?;
    }
    Ok(Taken {
        length_bytes: (status == status::SUCCESS).then_some(length_bytes),
        refused,
        waiting,
    })
}

/// How a queue stands.
///
/// ```no_run
/// use paratia_runtime::call::{self, QueueStatus};
///
/// let QueueStatus { waiting, refused, sent } =
///     call::queuing_port_status(0).expect("a queuing port");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueueStatus {
    /// Messages that wait.
    pub waiting: u64,
    /// Messages refused since boot.
    pub refused: u64,
    /// Messages sent since boot.
    pub sent: u64,
}

/// How the queue of queuing port `port` stands.
///
/// ```no_run
/// use paratia_runtime::call;
///
/// let refused = call::queuing_port_status(0).expect("a queuing port").refused;
/// ```
///
/// # Errors
/// [`Refusal::NotFound`] for a bad port.
pub fn queuing_port_status(port: u64) -> Result<QueueStatus, Refusal> {
    let [waiting, refused, sent] =
        results(call!("hvc", QUEUING_PORT_STATUS, "x1" = port, "x2" = 0_u64))?;
    Ok(QueueStatus {
        waiting,
        refused,
        sent,
    })
}

/// Drops all messages that wait at queuing destination port `port`; how many these were.
///
/// ```no_run
/// use paratia_runtime::call;
///
/// let dropped = call::clear_queuing_port(0).expect("a queuing destination port");
/// ```
///
/// # Errors
/// [`Refusal::NotFound`] for a bad port.
pub fn clear_queuing_port(port: u64) -> Result<u64, Refusal> {
    let [dropped, ..] = results(call!("hvc", CLEAR_QUEUING_PORT, "x1" = port, "x2" = 0_u64))?;
    Ok(dropped)
}

/// Signals the event at source port `port`; how many signals are left in this window.
///
/// ```no_run
/// use paratia_runtime::call::{self, Refusal};
///
/// if call::signal_event(0) == Err(Refusal::Busy) {
///     // It was signalled often enough in this window.
/// }
/// ```
///
/// # Errors
/// [`Refusal::Busy`] if none was left, [`Refusal::NotFound`] for a bad port.
pub fn signal_event(port: u64) -> Result<u64, Refusal> {
    let [left, ..] = results(call!("hvc", SIGNAL_EVENT, "x1" = port, "x2" = 0_u64))?;
    Ok(left)
}

/// What [`take_event`] took.
///
/// ```no_run
/// use paratia_runtime::call::{self, Signals};
///
/// let Signals { count, refused } = call::take_event(0).expect("an event's destination port");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signals {
    /// How often it was signalled since it was taken last; 0 if not at all.
    pub count: u64,
    /// How many signals were too many in their window, since boot.
    pub refused: u64,
}

/// Takes the event at destination port `port`: the next signal interrupts anew.
///
/// ```no_run
/// use paratia_runtime::call;
///
/// let count = call::take_event(0).expect("an event's destination port").count;
/// ```
///
/// # Errors
/// [`Refusal::NotFound`] for a bad port.
pub fn take_event(port: u64) -> Result<Signals, Refusal> {
    let (status, [count, refused, _]) = call!("hvc", TAKE_EVENT, "x1" = port, "x2" = 0_u64);
    if status != status::EMPTY {
        results((status, [0; 3]))?;
    }
    Ok(Signals { count, refused })
}
