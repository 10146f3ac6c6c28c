//! Every call of ABI version 1 as a typed function.
//!
//! The `smccc` crate passes all eighteen registers of a call in both directions; these pass what
//! the call uses, which is measurable in a window of a few milliseconds.

use core::arch::asm;

use paratia_abi::call::{
    CLEAR_QUEUING_PORT, CONSOLE_WRITE, CONSOLE_WRITE_BYTES, Features, HEARTBEAT,
    HYPERVISOR_CALL_UID, QUEUING_PORT_STATUS, RECEIVE_QUEUING_MESSAGE, REPORT_ERROR, RESTART,
    SAMPLING_PORT_READ, SAMPLING_PORT_WRITE, SEND_QUEUING_MESSAGE, SET_MODE, VERSION,
    WAIT_FOR_WINDOW,
};
use paratia_abi::{OperatingMode, ReportedError, status};

use crate::time::{Instant, Ticks};

/// Why a call did nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// [`status::NOT_SUPPORTED`].
    NotSupported,
    /// [`status::INVALID_PARAMETERS`].
    InvalidParameters,
    /// [`status::NOT_FOUND`].
    NotFound,
    /// [`status::EMPTY`].
    Empty,
    /// [`status::BUSY`].
    Busy,
    /// A status that version 1.0 doesn't know.
    Other(i64),
}

/// What a call gave back: `x1` to `x3`.
type Results = Result<[u64; 3], Refusal>;

fn results((status, values): (i64, [u64; 3])) -> Results {
    match status {
        status::SUCCESS => Ok(values),
        status::NOT_SUPPORTED => Err(Refusal::NotSupported),
        status::INVALID_PARAMETERS => Err(Refusal::InvalidParameters),
        status::NOT_FOUND => Err(Refusal::NotFound),
        status::EMPTY => Err(Refusal::Empty),
        status::BUSY => Err(Refusal::Busy),
        other => Err(Refusal::Other(other)),
    }
}

/// A call by `hvc` or `smc` (which the hypervisor answers too): `x0`, and `x1` to `x3`.
macro_rules! call {
    ($conduit:literal, $function:expr $(, $register:tt = $argument:expr)*) => {{
        let (status, x1, x2, x3): (i64, u64, u64, u64);
        // SAFETY: the hypervisor promises to change nothing but x0 to x17 (DEN0028, 2.6) and the
        // message window of a port; ports read that as volatile.
        unsafe {
            asm!(
                concat!($conduit, " #0"),
                inlateout("x0") u64::from($function) => status,
                $(in($register) $argument,)*
                lateout("x1") x1, lateout("x2") x2, lateout("x3") x3,
                lateout("x4") _, lateout("x5") _, lateout("x6") _, lateout("x7") _,
                lateout("x8") _, lateout("x9") _, lateout("x10") _, lateout("x11") _,
                lateout("x12") _, lateout("x13") _, lateout("x14") _, lateout("x15") _,
                lateout("x16") _, lateout("x17") _,
                options(nostack),
            );
        }
        (status, [x1, x2, x3])
    }};
}

/// What answers: version and features.
///
/// # Errors
/// None in version 1.
pub fn version() -> Result<(u32, Features), Refusal> {
    let [version, features, _] = results(call!("hvc", VERSION))?;
    Ok((
        u32::try_from(version).unwrap_or(u32::MAX),
        Features::from_bits_retain(features),
    ))
}

/// The UID of what answers in the vendor-hypervisor range, [`paratia_abi::call::UID`] for Paratia.
#[must_use]
#[allow(clippy::cast_possible_truncation, reason = "masked to 32 bits")]
pub fn hypervisor_uid() -> [u32; 4] {
    // The one call whose x0 is no status.
    let (first, [second, third, fourth]) = call!("hvc", HYPERVISOR_CALL_UID);
    [first.cast_unsigned(), second, third, fourth].map(|word| (word & 0xFFFF_FFFF) as u32)
}

/// Appends `bytes` to the console: at most [`CONSOLE_WRITE_BYTES`], the rest is ignored. Says how
/// many were taken.
///
/// # Errors
/// [`Refusal::Busy`] if the console is full; nothing was taken.
pub fn console_write(bytes: &[u8]) -> Result<usize, Refusal> {
    let length = bytes.len().min(CONSOLE_WRITE_BYTES);
    let mut buffer = [0; CONSOLE_WRITE_BYTES];
    buffer[..length].copy_from_slice(&bytes[..length]);
    let (words, _) = buffer.as_chunks::<8>();
    let word = |index: usize| u64::from_le_bytes(words[index]);
    results(call!(
        "hvc",
        CONSOLE_WRITE,
        "x1" = length as u64,
        "x2" = word(0),
        "x3" = word(1),
        "x4" = word(2),
        "x5" = word(3),
        "x6" = word(4)
    ))?;
    Ok(length)
}

/// Sends what lies in the message window of source port `port`, `length_bytes` long.
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
/// # Errors
/// [`Refusal::NotFound`] for a bad port.
pub fn clear_queuing_port(port: u64) -> Result<u64, Refusal> {
    let [dropped, ..] = results(call!("hvc", CLEAR_QUEUING_PORT, "x1" = port, "x2" = 0_u64))?;
    Ok(dropped)
}

/// Reports a sign of life; `sequence` goes into the log.
///
/// # Errors
/// [`Refusal::NotFound`] if none is expected.
pub fn heartbeat(sequence: u64) -> Result<(), Refusal> {
    results(call!("hvc", HEARTBEAT, "x1" = sequence))?;
    Ok(())
}

/// Enters an operating mode; doesn't return from [`OperatingMode::Idle`].
///
/// # Errors
/// None in version 1.
pub fn set_mode(mode: OperatingMode) -> Result<(), Refusal> {
    results(call!("hvc", SET_MODE, "x1" = mode as u64))?;
    Ok(())
}

/// Reports an error of the partition's own with three numbers for the fault report. Returns only
/// if the health policy ignores it.
pub fn report_error(error: ReportedError, details: [u64; 3]) {
    let [first, second, third] = details;
    // Whoever reports stops either way, and there is nobody else to tell.
    let _ = call!(
        "hvc",
        REPORT_ERROR,
        "x1" = error as u64,
        "x2" = first,
        "x3" = second,
        "x4" = third
    );
}

/// Gives the rest of the window back. Says when the next one, in which this returns, began.
///
/// # Errors
/// None in version 1.
pub fn wait_for_window() -> Result<Instant, Refusal> {
    let [start, ..] = results(call!("hvc", WAIT_FOR_WINDOW))?;
    Ok(Instant(start))
}

/// Restarts the partition.
///
/// # Panics
/// If the hypervisor refuses.
pub fn restart() -> ! {
    let refused = results(call!("hvc", RESTART, "x1" = 0_u64));
    panic!("the restart was refused: {refused:?}");
}

/// A call by number, for partitions that test or attack the interface.
///
/// # Errors
/// As the call says; [`Refusal::NotSupported`] for an unknown number.
pub fn raw(function: u32, argument: u64) -> Result<[u64; 3], Refusal> {
    results(call!("hvc", function, "x1" = argument))
}

/// As [`raw`], by `SMC` instead of `HVC`.
///
/// # Errors
/// As [`raw`].
pub fn raw_smc(function: u32, argument: u64) -> Result<[u64; 3], Refusal> {
    results(call!("smc", function, "x1" = argument))
}
