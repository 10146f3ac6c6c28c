//! Arm's PL011 (DDI 0183), by the `arm-pl011-uart` crate.

use arm_pl011_uart::{DataBits, LineConfig, Parity, StopBits, Uart};
use paratia_config::address::MemoryRange;
use paratia_config::board::UartKind;

use super::Port;
use crate::refusal::{Reason, Refusal};
use crate::registers;

/// A PL011.
pub struct Pl011(Uart<'static>);

/// 8 data bits, no parity, 1 stop bit.
const LINE: LineConfig = LineConfig {
    data_bits: DataBits::Bits8,
    parity: Parity::None,
    stop_bits: StopBits::One,
};

impl Port for Pl011 {
    unsafe fn claim(registers: MemoryRange) -> Option<Self> {
        // SAFETY: the caller's promise, passed on.
        let pointer = unsafe { registers::claim(registers, 0) }.ok()?;
        Some(Self(Uart::new(pointer)))
    }

    fn set_up(&mut self, kind: UartKind, baud: u32) -> Result<(), Refusal> {
        let UartKind::Pl011 { clock_hz } = kind else {
            return Err(Reason::UartRate.into());
        };
        let enabled = self.0.enable(LINE, baud, clock_hz);
        enabled.map_err(|_| Reason::UartRate.into())
    }

    #[inline]
    fn try_write(&mut self, byte: u8) -> bool {
        if self.0.is_tx_fifo_full() {
            return false;
        }
        self.0.write_word(byte);
        true
    }

    fn try_read(&mut self) -> Option<u8> {
        // A byte that came damaged is as good as none.
        self.0.read_word().ok().flatten()
    }

    fn is_busy(&self) -> bool {
        self.0.is_busy()
    }
}

#[cfg(test)]
mod tests {
    use arm_pl011_uart::PL011Registers;

    use super::*;
    use crate::fake::Registers;

    /// The divisors of DDI 0183, 3.3.6: 26 and 3/64 for the Raspberry Pis' 48 MHz, 13 and 1/64 for
    /// 24 MHz.
    #[test]
    fn the_rate_is_the_boards() {
        for (clock_hz, whole, fraction) in [(48_000_000, 26, 3), (24_000_000, 13, 1)] {
            let mut registers: Registers<PL011Registers> = Registers::new();
            let mut uart = Pl011(Uart::new(registers.leak()));
            uart.set_up(UartKind::Pl011 { clock_hz }, 115_200).unwrap();
            assert_eq!(registers.get(0x24), whole);
            assert_eq!(registers.get(0x28), fraction);
            assert_eq!(registers.get(0x2C), 0b111 << 4, "8 bits, FIFOs on");
        }
    }

    #[test]
    fn another_kind_is_refused() {
        let mut registers: Registers<PL011Registers> = Registers::new();
        let mut uart = Pl011(Uart::new(registers.leak()));
        let kind = UartKind::Cadence {
            clock_hz: 100_000_000,
        };
        let refused = Err(Reason::UartRate.into());
        assert_eq!(uart.set_up(kind, 115_200), refused);
    }
}
