//! Every call of ABI version 1 as a typed function.
//!
//! The `smccc` crate passes all eighteen registers of a call in both directions; these pass what
//! the call uses, which is measurable in a window of a few milliseconds.

#[cfg(target_os = "none")]
use core::arch::asm;

use paratia_abi::call::{
    CONSOLE_WRITE, CONSOLE_WRITE_BYTES, Features, HEARTBEAT, HYPERVISOR_CALL_UID, REPORT_ERROR,
    RESTART, SET_MODE, VERSION, WAIT_FOR_WINDOW,
};
use paratia_abi::{OperatingMode, ReportedError, status};

use crate::time::Instant;

/// Why a call did nothing.
///
/// ```no_run
/// use paratia_runtime::call::{self, Refusal};
///
/// assert_eq!(call::heartbeat(1), Err(Refusal::NotFound)); // where none is expected
/// ```
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
#[cfg(target_os = "none")]
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

/// The same on the host, where documentation and tests are built.
#[cfg(not(target_os = "none"))]
macro_rules! call {
    ($conduit:literal, $function:expr $(, $register:tt = $argument:expr)*) => {
        crate::host::call($function, &[$(($register, $argument)),*])
    };
}

// After the macro that it uses.
mod ports;

pub use ports::{
    Arrival, QueueStatus, Signals, Taken, clear_queuing_port, queuing_port_status,
    receive_queuing_message, sampling_port_read, sampling_port_write, send_queuing_message,
    signal_event, take_event,
};

/// What answers: version and features.
///
/// ```no_run
/// use paratia_runtime::abi::call::Features;
/// use paratia_runtime::call;
///
/// let (version, features) = call::version().expect("an answer");
/// assert!(version >> 16 == 1 && features.contains(Features::QUEUING_PORTS));
/// ```
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
///
/// ```no_run
/// use paratia_runtime::{abi, call};
///
/// assert_eq!(call::hypervisor_uid(), abi::call::UID);
/// ```
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
/// ```no_run
/// use paratia_runtime::call;
///
/// let taken = call::console_write(b"ready\n").expect("room in the console");
/// assert_eq!(taken, 6);
/// ```
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

/// Reports a sign of life; `sequence` goes into the log.
///
/// ```no_run
/// use paratia_runtime::call;
///
/// call::heartbeat(1).expect("heartbeats are expected");
/// ```
///
/// # Errors
/// [`Refusal::NotFound`] if none is expected.
pub fn heartbeat(sequence: u64) -> Result<(), Refusal> {
    results(call!("hvc", HEARTBEAT, "x1" = sequence))?;
    Ok(())
}

/// Enters an operating mode; doesn't return from [`OperatingMode::Idle`].
///
/// ```no_run
/// use paratia_runtime::abi::OperatingMode;
/// use paratia_runtime::call;
///
/// call::set_mode(OperatingMode::Normal).expect("normal mode");
/// ```
///
/// # Errors
/// None in version 1.
pub fn set_mode(mode: OperatingMode) -> Result<(), Refusal> {
    results(call!("hvc", SET_MODE, "x1" = mode as u64))?;
    Ok(())
}

/// Reports an error of the partition's own with three numbers for the fault report. Returns only
/// if the health policy ignores it.
///
/// ```no_run
/// use paratia_runtime::abi::ReportedError;
/// use paratia_runtime::call;
///
/// call::report_error(ReportedError::Application, [17, 0, 0]);
/// ```
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
/// ```no_run
/// use paratia_runtime::call;
///
/// let start = call::wait_for_window().expect("there is a next window");
/// ```
///
/// # Errors
/// None in version 1.
pub fn wait_for_window() -> Result<Instant, Refusal> {
    let [start, ..] = results(call!("hvc", WAIT_FOR_WINDOW))?;
    Ok(Instant(start))
}

/// Restarts the partition.
///
/// ```no_run
/// use paratia_runtime::call;
///
/// call::restart();
/// ```
///
/// # Panics
/// If the hypervisor refuses.
pub fn restart() -> ! {
    let refused = results(call!("hvc", RESTART, "x1" = 0_u64));
    panic!("the restart was refused: {refused:?}");
}

/// A call by number, for partitions that test or attack the interface.
///
/// ```no_run
/// use paratia_runtime::abi::call::VERSION;
/// use paratia_runtime::call;
///
/// let [version, ..] = call::raw(VERSION, 0).expect("an answer");
/// ```
///
/// # Errors
/// As the call says; [`Refusal::NotSupported`] for an unknown number.
pub fn raw(function: u32, argument: u64) -> Result<[u64; 3], Refusal> {
    results(call!("hvc", function, "x1" = argument))
}

/// As [`raw`], by `SMC` instead of `HVC`.
///
/// ```no_run
/// use paratia_runtime::abi::call::VERSION;
/// use paratia_runtime::call;
///
/// assert_eq!(call::raw_smc(VERSION, 0), call::raw(VERSION, 0));
/// ```
///
/// # Errors
/// As [`raw`].
pub fn raw_smc(function: u32, argument: u64) -> Result<[u64; 3], Refusal> {
    results(call!("smc", function, "x1" = argument))
}
