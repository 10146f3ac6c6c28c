//! The GPIO controller of BCM2835 and its successors up to BCM2711 (BCM2835 ARM Peripherals, 6.1;
//! BCM2711 ARM Peripherals, 5.2).
//!
//! Setting and clearing have registers of their own, where a zero changes nothing, so that lines
//! never disturb each other; only the choice of a line's function is shared, ten lines a register.

use core::cell::RefCell;

use safe_mmio::fields::{ReadPure, ReadPureWrite, WriteOnly};
use safe_mmio::{UniqueMmioPointer, field, field_shared};

use crate::gpio::Controller;

/// The registers used (BCM2835 ARM Peripherals, table 6-1).
#[repr(C)]
#[cfg_attr(
    test,
    derive(zerocopy::FromBytes, zerocopy::IntoBytes, zerocopy::KnownLayout)
)]
struct Registers {
    /// `GPFSEL0` to 5: three bits a line.
    function: [ReadPureWrite<u32>; 6],
    reserved_18: u32,
    /// `GPSET0`, 1.
    set: [WriteOnly<u32>; 2],
    reserved_24: u32,
    /// `GPCLR0`, 1.
    clear: [WriteOnly<u32>; 2],
    reserved_30: u32,
    /// `GPLEV0`, 1.
    level: [ReadPure<u32>; 2],
}

const INPUT: u32 = 0b000;
const OUTPUT: u32 = 0b001;
const FUNCTION_BITS: u32 = 3;
const FUNCTION_MASK: u32 = 0b111;
const LINES_IN_FUNCTION: u32 = 10;

/// The controller.
pub struct Bcm2835Gpio {
    registers: RefCell<UniqueMmioPointer<'static, Registers>>,
}

impl Bcm2835Gpio {
    /// The controller whose registers lie at `address`, or nothing if no registers can lie there.
    ///
    /// # Safety
    ///
    /// A BCM2835 GPIO controller must be mapped as device memory at `address` for ever, and no
    /// other `Bcm2835Gpio` for it may exist.
    #[must_use]
    pub unsafe fn new(address: usize) -> Option<Self> {
        // SAFETY: the caller's promise, passed on.
        let registers = unsafe { crate::registers(address) }?;
        Some(Self {
            registers: RefCell::new(registers),
        })
    }

    fn set_function(&self, line: u32, function: u32) {
        let mut registers = self.registers.borrow_mut();
        let shift = line % LINES_IN_FUNCTION * FUNCTION_BITS;
        let index = (line / LINES_IN_FUNCTION) as usize;
        if let Some(mut register) = field!(registers, function).get(index) {
            let others = register.read() & !(FUNCTION_MASK << shift);
            register.write(others | function << shift);
        }
    }
}

impl Controller for Bcm2835Gpio {
    const LINES: u32 = 54;

    fn make_output(&self, line: u32) {
        self.set_function(line, OUTPUT);
    }

    fn make_input(&self, line: u32) {
        self.set_function(line, INPUT);
    }

    fn write(&self, line: u32, high: bool) {
        let mut registers = self.registers.borrow_mut();
        let bank = if high {
            field!(registers, set)
        } else {
            field!(registers, clear)
        };
        let mut bank = bank;
        if let Some(mut register) = bank.get((line / 32) as usize) {
            register.write(1 << (line % 32));
        }
    }

    fn read(&self, line: u32) -> bool {
        let registers = self.registers.borrow();
        let level = field_shared!(registers, level);
        let word = level.get((line / 32) as usize).map(|level| level.read());
        word.is_some_and(|word| word >> (line % 32) & 1 != 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fake::Registers as Fake;

    fn controller(fake: &mut Fake<Registers>) -> Bcm2835Gpio {
        Bcm2835Gpio {
            registers: RefCell::new(fake.leak()),
        }
    }

    #[test]
    fn a_function_changes_alone() {
        let mut fake = Fake::new();
        fake.put(0x08, 0o7_777_777_777);
        let gpio = controller(&mut fake);
        gpio.make_output(21);
        assert_eq!(fake.get(0x08), 0o7_777_777_717);
        gpio.make_input(29);
        assert_eq!(fake.get(0x08), 0o0_777_777_717);
        assert_eq!(fake.get(0x04), 0);
    }

    #[test]
    fn high_sets_and_low_clears_one_line() {
        let mut fake = Fake::new();
        let gpio = controller(&mut fake);
        gpio.write(21, true);
        assert_eq!((fake.get(0x1C), fake.get(0x28)), (1 << 21, 0));
        gpio.write(53, false);
        assert_eq!((fake.get(0x20), fake.get(0x2C)), (0, 1 << 21));
    }

    #[test]
    fn a_level_is_read_from_its_bank() {
        let mut fake = Fake::new();
        fake.put(0x38, 1 << 3);
        let gpio = controller(&mut fake);
        assert!(gpio.read(35) && !gpio.read(3));
    }
}
