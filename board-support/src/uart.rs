//! The debug UART, which the hypervisor keeps for itself: a PL011 or a Cadence UART.
//!
//! Added to their [ports](Port) is that nothing waits for ever. A UART whose other end holds it up
//! must not hold up a partition switch, nor the way into the safe state, so the hypervisor writes
//! with [`Bounded::try_write_byte`] and says its last words with [`Bounded::write_blocking`], which
//! gives up on a line that doesn't move.

mod cadence;
mod pl011;

use paratia_config::address::MemoryRange;
use paratia_config::board::UartKind;

use crate::refusal::Refusal;

pub use cadence::Cadence;
pub use pl011::Pl011;

/// How often a full FIFO is looked at before its line counts as stuck. A byte leaves in 87 µs at
/// 115200 baud; this many reads of a device take some hundred times as long.
const MAX_POLLS: u32 = 100_000;

/// Bits per second; boards' terminals expect this rate.
const BAUD: u32 = 115_200;

/// A kind of UART: what can be done without waiting.
pub trait Port: Sized {
    /// The UART whose registers lie at `registers`, or nothing if the range is too small.
    ///
    /// # Safety
    ///
    /// `registers` must be such a UART mapped as device memory at its physical address, and used by
    /// nothing else while this value is in use.
    #[must_use]
    unsafe fn claim(registers: MemoryRange) -> Option<Self>;

    /// Sets the line up: `baud` bits a second, 8 data bits, no parity, 1 stop bit, FIFOs on.
    ///
    /// # Errors
    ///
    /// The UART is of another kind, or its clock allows no rate near enough.
    fn set_up(&mut self, kind: UartKind, baud: u32) -> Result<(), Refusal>;

    /// Writes `byte` if the FIFO has room, and says whether it did.
    fn try_write(&mut self, byte: u8) -> bool;

    /// Takes a byte that has come, if one has.
    fn try_read(&mut self) -> Option<u8>;

    /// Whether bits are still to leave.
    fn is_busy(&self) -> bool;
}

/// A UART on which nothing waits for ever. Holding one proves that nothing else drives it.
pub struct Bounded<P> {
    port: P,
}

/// The debug UART of a board with a PL011.
pub type DebugUart = Bounded<Pl011>;

/// The FIFO stayed full, or empty: the other end of the line has stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stuck;

impl<P: Port> Bounded<P> {
    /// The UART whose registers lie at `registers` ([`BoardFacts::uart`]), or nothing if the range
    /// is smaller than its kind needs.
    ///
    /// It is used as it stands: a loader that printed has set it up. [`Self::enable`] sets it up
    /// anew.
    ///
    /// # Safety
    ///
    /// `registers` must be a UART of this kind mapped as device memory at its physical address, and
    /// no other value for it may be in use. For last words that means: the other CPUs are stopped or
    /// silent, and this CPU doesn't return to whoever holds the first one.
    ///
    /// [`BoardFacts::uart`]: paratia_config::board::BoardFacts::uart
    #[must_use]
    pub unsafe fn new(registers: MemoryRange) -> Option<Self> {
        // SAFETY: the caller's promise, passed on.
        unsafe { P::claim(registers) }.map(|port| Self { port })
    }

    /// Sets the line up: 115200 baud, 8 data bits, no parity, 1 stop bit, FIFOs on.
    ///
    /// # Errors
    ///
    /// As for [`Port::set_up`].
    pub fn enable(&mut self, kind: UartKind) -> Result<(), Refusal> {
        self.port.set_up(kind, BAUD)
    }

    /// Writes `byte` if the FIFO has room, and says whether it did. Never waits.
    #[inline]
    #[must_use = "false means that the byte was not written"]
    pub fn try_write_byte(&mut self, byte: u8) -> bool {
        self.port.try_write(byte)
    }

    /// The next byte that has come, if there is one; a byte with an error is dropped. Never waits.
    #[inline]
    pub fn try_read_byte(&mut self) -> Option<u8> {
        self.port.try_read()
    }

    /// Writes all of `bytes`, waiting for room within a bound: for last words.
    ///
    /// # Errors
    ///
    /// [`Stuck`] when a byte found no room within the bound; those before it are written.
    #[cold]
    #[inline(never)]
    pub fn write_blocking(&mut self, bytes: &[u8]) -> Result<(), Stuck> {
        bytes.iter().try_for_each(|byte| self.write_byte(*byte))
    }

    /// Waits until the last bit has left, as before the machine is switched off.
    ///
    /// # Errors
    ///
    /// [`Stuck`] when bits still wait after the bound.
    pub fn drain(&mut self) -> Result<(), Stuck> {
        // A full FIFO takes 16 times as long as a byte, or 64 times.
        within(64 * MAX_POLLS, || !self.port.is_busy())
    }

    fn write_byte(&mut self, byte: u8) -> Result<(), Stuck> {
        within(MAX_POLLS, || self.port.try_write(byte))
    }
}

/// What `attempt` gives, within so many attempts.
fn within(polls: u32, attempt: impl FnMut() -> bool) -> Result<(), Stuck> {
    let mut attempts = core::iter::repeat_with(attempt).take(polls as usize);
    attempts.any(|is_done| is_done).then_some(()).ok_or(Stuck)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::refusal::Reason;

    /// A FIFO of 4 bytes, which leave never.
    #[derive(Default)]
    struct Fake {
        sent: Vec<u8>,
    }

    impl Port for Fake {
        unsafe fn claim(_: MemoryRange) -> Option<Self> {
            Some(Self::default())
        }

        fn set_up(&mut self, _: UartKind, _: u32) -> Result<(), Refusal> {
            Err(Reason::UartRate.into())
        }

        fn try_write(&mut self, byte: u8) -> bool {
            let room = self.sent.len() < 4;
            if room {
                self.sent.push(byte);
            }
            room
        }

        fn try_read(&mut self) -> Option<u8> {
            None
        }

        fn is_busy(&self) -> bool {
            !self.sent.is_empty()
        }
    }

    fn uart() -> Bounded<Fake> {
        Bounded {
            port: Fake::default(),
        }
    }

    #[test]
    fn a_line_that_does_not_move_holds_nobody_up() {
        let mut uart = uart();
        assert_eq!(uart.drain(), Ok(()));
        assert_eq!(uart.write_blocking(b"12345"), Err(Stuck));
        assert_eq!(uart.port.sent, b"1234");
        assert!(!uart.try_write_byte(b'6'));
        assert_eq!(uart.drain(), Err(Stuck));
    }
}
