//! Direct ports: messages of up to 64 KiB through memory that the channel's ends share, without a call.
//!
//! The source writes there, and its readers may only read; so a reader relies on its writer for what it reads,
//! and for nothing else (`paratia_direct` says what that is). Each end is found once in a life of its partition:
//! two of the same would count apart.
//!
//! ```no_run
//! use paratia_runtime::direct::{DirectDestination, DirectSource};
//! # use paratia_runtime::queue::ReturnCode;
//! # fn example(context: &paratia_runtime::Context) -> Result<(), ReturnCode> {
//! let mut pictures = DirectSource::find(context, "pictures").expect("a port 'pictures'");
//! pictures.write(&[0; 4096])?;
//!
//! let mut scans = DirectDestination::find(context, "scans").expect("a port 'scans'");
//! let mut buffer = [0; 4096];
//! let received = scans.read(&mut buffer)?;
//! # let _ = received;
//! # Ok(())
//! # }
//! ```

mod queuing;

use core::time::Duration;

use paratia_abi::passport::{MEMORY_SAMPLING, PORT_DESTINATION, PORT_SOURCE};
use paratia_direct::sampling::{Missed, Reader, Writer};

use crate::Context;
use crate::passport;
use crate::port;
use crate::queue::ReturnCode;
use crate::slots::{self, Slots};
use crate::time::{Instant, Ticks};

pub use queuing::{DirectQueuingDestination, DirectQueuingSource, DirectReceived};

/// A sampling port that writes.
///
/// ```no_run
/// # use paratia_runtime::direct::*;
/// # fn example(context: &paratia_runtime::Context) {
/// let mut port = DirectSource::find(context, "pictures").expect("a port");
/// port.write(&[0; 4096]).expect("it is no longer than the port's");
/// # }
/// ```
#[derive(Debug)]
pub struct DirectSource {
    writer: Writer<'static>,
    slots: Slots,
}

impl DirectSource {
    /// The direct sampling source port called `name`, if the partition has one.
    ///
    /// ```no_run
    /// # use paratia_runtime::direct::*;
    /// # fn example(context: &paratia_runtime::Context) {
    /// let port = DirectSource::find(context, "pictures");
    /// # }
    /// ```
    #[must_use]
    pub fn find(context: &Context, name: &str) -> Option<Self> {
        let (record, memory) =
            passport::memory_port(context.passport, name, PORT_SOURCE, MEMORY_SAMPLING)?;
        Some(Self {
            writer: Writer::new(slots::sampling_header(record), context.restarts),
            slots: Slots::of(record, memory),
        })
    }

    /// Replaces the channel's message.
    ///
    /// ```no_run
    /// # use paratia_runtime::direct::*;
    /// # fn example(context: &paratia_runtime::Context) {
    /// let mut port = DirectSource::find(context, "pictures").expect("a port");
    /// let written = port.write(b"a picture");
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`ReturnCode::InvalidParam`] for a message of no bytes, [`ReturnCode::InvalidConfig`] for one longer
    /// than the port's.
    #[inline]
    pub fn write(&mut self, message: &[u8]) -> Result<(), ReturnCode> {
        check_length(message, &self.slots)?;
        let slots = &self.slots;
        self.writer.write(|slot| slots.put(slot, message));
        Ok(())
    }
}

/// A sampling port that reads.
///
/// ```no_run
/// # use paratia_runtime::direct::*;
/// # fn example(context: &paratia_runtime::Context) {
/// let mut port = DirectDestination::find(context, "scans").expect("a port");
/// let mut buffer = [0; 4096];
/// let received = port.read(&mut buffer);
/// # }
/// ```
#[derive(Debug)]
pub struct DirectDestination {
    reader: Reader<'static>,
    slots: Slots,
    refresh: Ticks,
}

impl DirectDestination {
    /// The direct sampling destination port called `name`, if the partition has one.
    ///
    /// ```no_run
    /// # use paratia_runtime::direct::*;
    /// # fn example(context: &paratia_runtime::Context) {
    /// let port = DirectDestination::find(context, "scans");
    /// # }
    /// ```
    #[must_use]
    pub fn find(context: &Context, name: &str) -> Option<Self> {
        let (record, memory) =
            passport::memory_port(context.passport, name, PORT_DESTINATION, MEMORY_SAMPLING)?;
        Some(Self {
            reader: Reader {
                header: slots::sampling_header(record),
            },
            slots: Slots::of(record, memory),
            refresh: Ticks::from_duration(Duration::from_nanos(record.refresh_ns)),
        })
    }

    /// Copies the channel's newest message to `buffer`. Its length and age are what its writer says; that it
    /// is whole, too, is true of a writer that keeps to the protocol.
    ///
    /// ```no_run
    /// # use paratia_runtime::direct::*;
    /// # fn example(context: &paratia_runtime::Context) {
    /// let mut port = DirectDestination::find(context, "scans").expect("a port");
    /// let mut buffer = [0; 4096];
    /// if let Ok(received) = port.read(&mut buffer) {
    ///     let scan = &buffer[..received.length];
    /// # let _ = scan;
    /// }
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`ReturnCode::NotAvailable`] if none was written since the writer's start, [`ReturnCode::TimedOut`] if
    /// the writer was faster each time (or lies), [`ReturnCode::InvalidConfig`] if the message says a length
    /// that it can't have, [`ReturnCode::InvalidParam`] if `buffer` doesn't hold the port's largest message.
    #[inline]
    pub fn read(&mut self, buffer: &mut [u8]) -> Result<port::Received, ReturnCode> {
        if buffer.len() < self.slots.message_bytes() {
            return Err(ReturnCode::InvalidParam);
        }
        let slots = &self.slots;
        let read = self.reader.read(|slot| slots.take(slot, buffer));
        let (_, taken) = read.map_err(|missed| match missed {
            Missed::Empty => ReturnCode::NotAvailable,
            Missed::Overtaken => ReturnCode::TimedOut,
        })?;
        let length = taken
            .length_within(slots)
            .ok_or(ReturnCode::InvalidConfig)?;
        let age = Instant::now().since(taken.written);
        Ok(port::Received {
            length,
            valid: age <= self.refresh,
            age,
        })
    }
}

fn check_length(message: &[u8], slots: &Slots) -> Result<(), ReturnCode> {
    if message.is_empty() {
        return Err(ReturnCode::InvalidParam);
    }
    if message.len() > slots.message_bytes() {
        return Err(ReturnCode::InvalidConfig);
    }
    Ok(())
}
