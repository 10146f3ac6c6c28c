//! The debug UART: a PL011 (Arm DDI 0183) that the hypervisor keeps for itself.
//!
//! The registers are [`arm_pl011_uart`]'s; added here is that nothing waits for ever. A UART whose
//! other end holds it up must not hold up a partition switch, nor the way into the safe state, so
//! the hypervisor writes with [`DebugUart::try_write_byte`] and says its last words with
//! [`DebugUart::write_blocking`], which gives up on a line that doesn't move.

use core::fmt;

use arm_pl011_uart::{DataBits, LineConfig, Parity, StopBits, Uart};
use embedded_io::{ErrorKind, ErrorType, Write, WriteReady};
use paratia_config::address::MemoryRange;

use crate::registers;

/// How often a full FIFO is looked at before its line counts as stuck. A byte leaves in 87 µs at
/// 115200 baud; this many reads of a device take some hundred times as long.
const MAX_POLLS: u32 = 100_000;

/// Bits per second; boards' terminals expect this rate.
const BAUD: u32 = 115_200;

/// The debug UART. Holding one proves that nothing else drives these registers.
pub struct DebugUart {
    uart: Uart<'static>,
}

/// The transmit FIFO stayed full: whatever reads the line has stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stuck;

impl DebugUart {
    /// The UART whose registers lie at `registers` ([`BoardFacts::uart`]), or nothing if the range
    /// is smaller than a PL011's 4 KiB.
    ///
    /// It is used as it stands: a loader that printed has set it up. [`Self::enable`] sets it up
    /// anew.
    ///
    /// # Safety
    ///
    /// `registers` must be a PL011 mapped as device memory at its physical address, and no other
    /// `DebugUart` for it may be in use. For last words that means: the other CPUs are stopped or
    /// silent, and this CPU doesn't return to whoever holds the first one.
    ///
    /// [`BoardFacts::uart`]: paratia_config::board::BoardFacts::uart
    #[must_use]
    pub unsafe fn new(registers: MemoryRange) -> Option<Self> {
        // SAFETY: the caller's promise, passed on.
        let pointer = unsafe { registers::claim(registers, 0) }?;
        Some(Self {
            uart: Uart::new(pointer),
        })
    }

    /// Sets the line up: 115200 baud, 8 data bits, no parity, 1 stop bit, FIFOs on, from a
    /// reference clock of `clock_hz`.
    ///
    /// # Errors
    ///
    /// The clock is too slow or too fast for this rate (below 1.8 MHz or above 120 GHz).
    pub fn enable(&mut self, clock_hz: u32) -> Result<(), arm_pl011_uart::Error> {
        let line = LineConfig {
            data_bits: DataBits::Bits8,
            parity: Parity::None,
            stop_bits: StopBits::One,
        };
        self.uart.enable(line, BAUD, clock_hz)
    }

    /// Writes `byte` if the FIFO has room, and says whether it did. Never waits.
    #[inline]
    #[must_use = "false means that the byte was not written"]
    pub fn try_write_byte(&mut self, byte: u8) -> bool {
        if self.uart.is_tx_fifo_full() {
            return false;
        }
        self.uart.write_word(byte);
        true
    }

    /// The next byte that has come, if there is one; a byte with an error is dropped. Never waits.
    #[inline]
    pub fn try_read_byte(&mut self) -> Option<u8> {
        self.uart.read_word().ok().flatten()
    }

    /// Writes all of `bytes`, waiting for room within a bound: for last words.
    ///
    /// # Errors
    ///
    /// [`Stuck`] when a byte found no room within the bound; those before it are written.
    pub fn write_blocking(&mut self, bytes: &[u8]) -> Result<(), Stuck> {
        bytes.iter().try_for_each(|byte| self.write_byte(*byte))
    }

    /// Waits until the last bit has left, as before the machine is switched off.
    ///
    /// # Errors
    ///
    /// [`Stuck`] when bits still wait after the bound.
    pub fn drain(&mut self) -> Result<(), Stuck> {
        // A full FIFO takes 16 times as long as a byte.
        let polls = 0..16 * MAX_POLLS;
        polls
            .into_iter()
            .find(|_| !self.uart.is_busy())
            .map_or(Err(Stuck), |_| Ok(()))
    }

    fn write_byte(&mut self, byte: u8) -> Result<(), Stuck> {
        (0..MAX_POLLS)
            .find(|_| self.try_write_byte(byte))
            .map_or(Err(Stuck), |_| Ok(()))
    }
}

impl fmt::Display for Stuck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("debug UART: the transmit FIFO stays full; is something reading the line?")
    }
}

impl core::error::Error for Stuck {}

impl embedded_io::Error for Stuck {
    fn kind(&self) -> ErrorKind {
        ErrorKind::TimedOut
    }
}

impl ErrorType for DebugUart {
    type Error = Stuck;
}

impl Write for DebugUart {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Stuck> {
        let Some((first, rest)) = bytes.split_first() else {
            return Ok(0);
        };
        self.write_byte(*first)?;
        let more = rest.iter().take_while(|byte| self.try_write_byte(**byte));
        Ok(1 + more.count())
    }

    fn flush(&mut self) -> Result<(), Stuck> {
        self.drain()
    }
}

impl WriteReady for DebugUart {
    fn write_ready(&mut self) -> Result<bool, Stuck> {
        Ok(!self.uart.is_tx_fifo_full())
    }
}

impl fmt::Write for DebugUart {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.write_blocking(text.as_bytes()).map_err(|_| fmt::Error)
    }
}
