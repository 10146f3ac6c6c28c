//! The CAN controller of Zynq UltraScale+ (XCZU9EG and others): classic CAN, 64 frames in each FIFO, four
//! acceptance filters.
//!
//! Sources: Zynq UltraScale+ Device Technical Reference Manual (UG1085), chapter 20, and Register Reference
//! (UG1087), module `CAN`, by whose names registers and bits go here.
//!
//! What bites:
//!
//! - A frame in the receive FIFO is four words, and reading the first takes it out. Each is read once, and
//!   only when `RXNEMP` says that there is a frame.
//! - `RXNEMP` stays until it is cleared, and is set again at once if there are more frames: it is cleared
//!   after each frame.
//! - A software reset isn't promised to empty the FIFOs, and in QEMU's model doesn't: [`ZynqmpCan::start`]
//!   takes out what was received before, so that what is received afterwards is new. What was queued to be
//!   sent is sent at the start; that a former owner has left nothing is the hypervisor's to see to.
//! - `TXOK` says that the FIFO had something to send or was empty when the controller was enabled. Nothing
//!   here tells that a frame was received by anybody; count frames where they arrive.
//! - All accesses have 32 bits.

mod frame;
mod registers;
mod timing;

#[cfg(test)]
mod model;
#[cfg(test)]
mod tests;

use embedded_can::{ErrorKind, Id, nb::Can};

pub use frame::{Frame, MAX_DATA_BYTES};
use frame::{ID_MASK, id_word};
pub use registers::{Mmio, Port, Register};
pub use timing::BitTiming;

/// Frames that a FIFO holds (UG1085, chapter 20, "Functional Description").
pub const FIFO_FRAMES: usize = 64;
/// Acceptance filters.
pub const FILTERS: usize = 4;

// SRR.
const ENABLE: u32 = 1 << 1;
// MSR.
const LOOPBACK: u32 = 1 << 1;
const SNOOP: u32 = 1 << 2;
// SR.
const CONFIGURATION: u32 = 1 << 0;
const FILTERS_BUSY: u32 = 1 << 11;
const SENDING_FULL: u32 = 1 << 10;
// ISR, IER and ICR.
const RECEIVE_OVERFLOW: u32 = 1 << 6;
const RECEIVE_NOT_EMPTY: u32 = 1 << 7;
const BUS_OFF: u32 = 1 << 9;
const ALL_INTERRUPTS: u32 = 0x7FFF;

/// How often a bit is looked at that changes within a few cycles of the controller's clock.
const LOOKS: u32 = 1_000;

/// What the controller does on the bus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// It sends, receives and acknowledges.
    Normal,
    /// It hears what it sends itself, which doesn't reach the bus. What others send is heard in QEMU's model
    /// all the same, and by hardware isn't.
    Loopback,
    /// It receives and doesn't acknowledge.
    Snoop,
}

/// Why the controller can't do what it was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// The receive FIFO was full, and frames were lost since the last look. Those that are in it are whole.
    Overflow,
    /// After too many errors it has left the bus (`BSOFF`); [`ZynqmpCan::start`] begins anew.
    BusOff,
    /// It didn't enter or leave the configuration mode, or its filters stayed busy.
    Stuck,
    /// There are more filters than [`FILTERS`].
    TooManyFilters,
}

impl embedded_can::Error for Error {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Overflow => ErrorKind::Overrun,
            Self::BusOff | Self::Stuck | Self::TooManyFilters => ErrorKind::Other,
        }
    }
}

/// The controller, behind a port to its registers.
#[derive(Debug)]
pub struct ZynqmpCan<P> {
    port: P,
}

impl ZynqmpCan<Mmio> {
    /// The controller whose registers lie at `address`, or nothing if no registers can lie there.
    ///
    /// # Safety
    ///
    /// Such a controller must be mapped as device memory at `address` for ever, and no other `ZynqmpCan` for
    /// it may exist.
    #[must_use]
    pub unsafe fn new(address: usize) -> Option<Self> {
        // SAFETY: the caller's promise, passed on.
        unsafe { Mmio::new(address) }.map(Self::behind)
    }
}

impl<P: Port> ZynqmpCan<P> {
    /// The controller behind this port.
    #[must_use]
    pub const fn behind(port: P) -> Self {
        Self { port }
    }

    /// The way to the registers, for whoever does with them what this driver doesn't. After that,
    /// [`Self::start`] begins anew.
    pub const fn port(&mut self) -> &mut P {
        &mut self.port
    }

    /// Begins anew on the bus, with the bits' timing, no interrupts and these identifiers accepted, or all if
    /// there are none: leaves the bus, empties the receive FIFO, and joins.
    ///
    /// # Errors
    /// [`Error::TooManyFilters`], of which nothing is changed; [`Error::Stuck`].
    pub fn start(&mut self, timing: BitTiming, mode: Mode, accepted: &[Id]) -> Result<(), Error> {
        if accepted.len() > FILTERS {
            return Err(Error::TooManyFilters);
        }
        self.port.write(Register::SoftwareReset, 0);
        self.wait(CONFIGURATION, CONFIGURATION)?;
        self.port.write(Register::InterruptEnable, 0);
        let mode = match mode {
            Mode::Normal => 0,
            Mode::Loopback => LOOPBACK,
            Mode::Snoop => SNOOP,
        };
        self.port.write(Register::ModeSelect, mode);
        let prescaler = timing.prescaler_register();
        self.port.write(Register::BaudRatePrescaler, prescaler);
        self.port
            .write(Register::BitTiming, timing.timing_register());
        self.accept(accepted)?;
        self.discard();
        self.port.write(Register::SoftwareReset, ENABLE);
        self.wait(CONFIGURATION, 0)?;
        // Enabling says that something was sent.
        self.port.write(Register::InterruptClear, ALL_INTERRUPTS);
        Ok(())
    }

    /// Sets the acceptance filters; a filter that is in use can't be changed (UG1085, chapter 20,
    /// "Acceptance Filters").
    fn accept(&mut self, accepted: &[Id]) -> Result<(), Error> {
        self.port.write(Register::FilterEnable, 0);
        self.wait(FILTERS_BUSY, 0)?;
        let mut used = 0;
        for (index, id) in accepted.iter().enumerate().take(FILTERS) {
            self.port.write(Register::filter_mask(index), ID_MASK);
            let id = id_word(*id, false);
            self.port.write(Register::filter_id(index), id);
            used |= 1 << index;
        }
        self.port.write(Register::FilterEnable, used);
        Ok(())
    }

    /// Empties the receive FIFO, which nothing enters meanwhile.
    fn discard(&mut self) {
        for _ in 0..FIFO_FRAMES {
            if self.take().is_none() {
                return;
            }
        }
    }

    /// The oldest frame received, if there is one.
    fn take(&mut self) -> Option<Frame> {
        if self.port.read(Register::InterruptStatus) & RECEIVE_NOT_EMPTY == 0 {
            return None;
        }
        // In this order: the first takes the frame out.
        let words = [
            self.port.read(Register::ReceiveId),
            self.port.read(Register::ReceiveLength),
            self.port.read(Register::ReceiveFirst),
            self.port.read(Register::ReceiveSecond),
        ];
        self.port.write(Register::InterruptClear, RECEIVE_NOT_EMPTY);
        Some(Frame::from_words(words))
    }

    /// Asserts the controller's interrupt while there are frames to receive, or doesn't.
    pub fn interrupt_on_reception(&mut self, on: bool) {
        let enabled = if on { RECEIVE_NOT_EMPTY } else { 0 };
        self.port.write(Register::InterruptEnable, enabled);
    }

    /// Whether the registers in `mask` come to be `value` within a few looks.
    fn wait(&mut self, mask: u32, value: u32) -> Result<(), Error> {
        for _ in 0..LOOKS {
            if self.port.read(Register::Status) & mask == value {
                return Ok(());
            }
        }
        Err(Error::Stuck)
    }
}

impl<P: Port> Can for ZynqmpCan<P> {
    type Frame = Frame;
    type Error = Error;

    /// Queues a frame. No frame is ever taken back for one of higher priority.
    fn transmit(&mut self, frame: &Frame) -> nb::Result<Option<Frame>, Error> {
        if self.port.read(Register::InterruptStatus) & BUS_OFF != 0 {
            return Err(nb::Error::Other(Error::BusOff));
        }
        if self.port.read(Register::Status) & SENDING_FULL != 0 {
            return Err(nb::Error::WouldBlock);
        }
        let [id, length, first, second] = frame.words();
        // All four, in this order, whatever the length: the last one queues the frame.
        self.port.write(Register::TransmitId, id);
        self.port.write(Register::TransmitLength, length);
        self.port.write(Register::TransmitFirst, first);
        self.port.write(Register::TransmitSecond, second);
        Ok(None)
    }

    /// The oldest frame received. That frames were lost is told once, before the next one.
    fn receive(&mut self) -> nb::Result<Frame, Error> {
        if self.port.read(Register::InterruptStatus) & RECEIVE_OVERFLOW != 0 {
            self.port.write(Register::InterruptClear, RECEIVE_OVERFLOW);
            return Err(nb::Error::Other(Error::Overflow));
        }
        self.take().ok_or(nb::Error::WouldBlock)
    }
}
