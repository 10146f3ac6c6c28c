//! Cadence's UART, as in Zynq UltraScale+ (Xilinx UG1085, 21; registers: UG1087, "UART").

use paratia_config::address::MemoryRange;
use paratia_config::board::UartKind;
use safe_mmio::fields::{ReadPure, ReadPureWrite, ReadWrite};
use safe_mmio::{UniqueMmioPointer, field, field_shared};

use super::Port;
use crate::refusal::{Reason, Refusal};
use crate::registers;

/// The registers, of which those in between are for interrupts and the modem's lines.
#[repr(C)]
#[cfg_attr(
    test,
    derive(zerocopy::FromBytes, zerocopy::IntoBytes, zerocopy::KnownLayout)
)]
struct Registers {
    control: ReadPureWrite<u32>,
    mode: ReadPureWrite<u32>,
    interrupt_enable: ReadPureWrite<u32>,
    interrupt_disable: ReadPureWrite<u32>,
    reserved_10: [u32; 2],
    baud_generator: ReadPureWrite<u32>,
    reserved_1c: [u32; 4],
    status: ReadPure<u32>,
    fifo: ReadWrite<u32>,
    baud_divider: ReadPureWrite<u32>,
}

/// `Control`: both directions off, their FIFOs emptied.
const RESET: u32 = TRANSMITTER_OFF | RECEIVER_OFF | 0b11;
const TRANSMITTER_OFF: u32 = 1 << 5;
const RECEIVER_OFF: u32 = 1 << 3;
/// `Control`: both directions on.
const ON: u32 = 1 << 4 | 1 << 2;
/// `Mode`: 8 data bits, no parity, 1 stop bit, the reference clock as it is.
const MODE: u32 = 0b100 << 3;
/// `Channel_sts`.
const RECEIVER_EMPTY: u32 = 1 << 1;
const TRANSMITTER_EMPTY: u32 = 1 << 3;
const TRANSMITTER_FULL: u32 = 1 << 4;
const TRANSMITTER_ACTIVE: u32 = 1 << 11;

/// Least value of the divider: a bit is sampled 5 times or more.
const LEAST_DIVIDER: u32 = 4;
/// A rate may be off by one part in so many: two ends that are both off still understand each other.
const TOLERANCE: u32 = 50;

/// A Cadence UART.
pub struct Cadence(UniqueMmioPointer<'static, Registers>);

/// Generator and divider for the nearest rate, `clock / (generator * (divider + 1))`, if one is near
/// enough.
fn divisors(clock_hz: u32, baud: u32) -> Option<(u32, u32)> {
    let rate = |generator: u32, divider: u32| clock_hz / (generator * (divider + 1));
    (LEAST_DIVIDER..256)
        .filter_map(|divider| {
            let per_bit = baud.checked_mul(divider + 1)?;
            let generator = (clock_hz + per_bit / 2) / per_bit;
            (1..0x1_0000)
                .contains(&generator)
                .then_some((generator, divider))
        })
        .min_by_key(|(generator, divider)| rate(*generator, *divider).abs_diff(baud))
        .filter(|(generator, divider)| {
            rate(*generator, *divider).abs_diff(baud) <= baud / TOLERANCE
        })
}

impl Cadence {
    fn status(&self) -> u32 {
        field_shared!(self.0, status).read()
    }
}

impl Port for Cadence {
    unsafe fn claim(registers: MemoryRange) -> Option<Self> {
        // SAFETY: the caller's promise, passed on.
        unsafe { registers::claim(registers, 0) }.ok().map(Self)
    }

    fn set_up(&mut self, kind: UartKind, baud: u32) -> Result<(), Refusal> {
        let UartKind::Cadence { clock_hz } = kind else {
            return Err(Reason::UartRate.into());
        };
        let (generator, divider) = divisors(clock_hz, baud).ok_or(Reason::UartRate)?;
        field!(self.0, control).write(RESET);
        field!(self.0, interrupt_disable).write(u32::MAX);
        field!(self.0, mode).write(MODE);
        field!(self.0, baud_generator).write(generator);
        field!(self.0, baud_divider).write(divider);
        field!(self.0, control).write(ON);
        Ok(())
    }

    #[inline]
    fn try_write(&mut self, byte: u8) -> bool {
        let room = self.status() & TRANSMITTER_FULL == 0;
        if room {
            field!(self.0, fifo).write(byte.into());
        }
        room
    }

    fn try_read(&mut self) -> Option<u8> {
        if self.status() & RECEIVER_EMPTY != 0 {
            return None;
        }
        let [byte, ..] = field!(self.0, fifo).read().to_le_bytes();
        Some(byte)
    }

    fn is_busy(&self) -> bool {
        let status = self.status();
        status & TRANSMITTER_EMPTY == 0 || status & TRANSMITTER_ACTIVE != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fake;

    #[test]
    fn the_nearest_rate_is_found() {
        for clock_hz in [100_000_000, 99_999_001, 50_000_000, 33_333_333] {
            let (generator, divider) = divisors(clock_hz, 115_200).unwrap();
            let rate = clock_hz / (generator * (divider + 1));
            assert!(rate.abs_diff(115_200) < 115_200 / 200, "{clock_hz}: {rate}");
        }
        assert_eq!(divisors(115_200, 115_200), None, "too slow to sample a bit");
        assert_eq!(divisors(0, 115_200), None);
    }

    #[test]
    fn set_up_ends_with_both_directions_on() {
        let mut registers = fake::Registers::new();
        let mut uart = Cadence(registers.leak());
        let clock_hz = 100_000_000;
        uart.set_up(UartKind::Cadence { clock_hz }, 115_200)
            .unwrap();
        assert_eq!((registers.get(0x00), registers.get(0x04)), (0x14, 0x20));
        let rate = clock_hz / (registers.get(0x18) * (registers.get(0x34) + 1));
        assert_eq!(rate, 115_207);
    }

    #[test]
    fn bytes_move_as_the_status_says() {
        let mut registers = fake::Registers::new();
        let mut uart = Cadence(registers.leak());
        registers.put(0x2C, TRANSMITTER_FULL | RECEIVER_EMPTY);
        assert!(!uart.try_write(b'x') && uart.try_read().is_none());
        registers.put(0x2C, TRANSMITTER_ACTIVE | TRANSMITTER_EMPTY);
        assert!(uart.is_busy());
        assert!(uart.try_write(b'x'));
        assert_eq!(registers.get(0x30), u32::from(b'x'));
        assert_eq!(uart.try_read(), Some(b'x'));
        registers.put(0x2C, TRANSMITTER_EMPTY);
        assert!(!uart.is_busy());
    }
}
