//! Arm's PL061: eight GPIO lines (DDI 0190).
//!
//! Each line is read and written by an access of its own: bits 9:2 of the data register's address
//! mask the lines that the access concerns (DDI 0190, 3.3.2), so that lines never disturb each
//! other.

use core::cell::RefCell;

use safe_mmio::fields::ReadPureWrite;
use safe_mmio::{UniqueMmioPointer, field, field_shared};

use crate::gpio::Controller;

/// The registers used (DDI 0190, table 3-1); those behind are for the lines' interrupts.
#[repr(C)]
#[cfg_attr(
    test,
    derive(zerocopy::FromBytes, zerocopy::IntoBytes, zerocopy::KnownLayout)
)]
struct Registers {
    /// `GPIODATA`: word n concerns the lines in mask n.
    data: [ReadPureWrite<u32>; 256],
    /// `GPIODIR`: a bit for each line that is an output.
    direction: ReadPureWrite<u32>,
}

/// The controller.
pub struct Pl061 {
    registers: RefCell<UniqueMmioPointer<'static, Registers>>,
}

impl Pl061 {
    /// The controller whose registers lie at `address`, or nothing if no registers can lie there.
    ///
    /// # Safety
    ///
    /// A PL061 must be mapped as device memory at `address` for ever, and no other `Pl061` for it
    /// may exist.
    #[must_use]
    pub unsafe fn new(address: usize) -> Option<Self> {
        // SAFETY: the caller's promise, passed on.
        let registers = unsafe { crate::registers(address) }?;
        Some(Self {
            registers: RefCell::new(registers),
        })
    }

    fn set_direction(&self, line: u32, output: bool) {
        let mut registers = self.registers.borrow_mut();
        let mut direction = field!(registers, direction);
        let others = direction.read() & !(1 << line);
        direction.write(others | u32::from(output) << line);
    }
}

impl Controller for Pl061 {
    const LINES: u32 = 8;

    fn make_output(&self, line: u32) {
        self.set_direction(line, true);
    }

    fn make_input(&self, line: u32) {
        self.set_direction(line, false);
    }

    fn write(&self, line: u32, high: bool) {
        let mut registers = self.registers.borrow_mut();
        if let Some(mut data) = field!(registers, data).get(1 << line) {
            data.write(u32::from(high) << line);
        }
    }

    fn read(&self, line: u32) -> bool {
        let registers = self.registers.borrow();
        let data = field_shared!(registers, data);
        data.get(1 << line).is_some_and(|data| data.read() != 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fake::Registers as Fake;

    fn controller(fake: &mut Fake<Registers>) -> Pl061 {
        Pl061 {
            registers: RefCell::new(fake.leak()),
        }
    }

    #[test]
    fn the_data_of_a_line_has_a_register_of_its_own() {
        let mut fake = Fake::new();
        let gpio = controller(&mut fake);
        gpio.write(5, true);
        gpio.write(0, true);
        assert_eq!((fake.get(4 << 5), fake.get(4)), (1 << 5, 1));
        assert!(gpio.read(5) && !gpio.read(4));
        gpio.write(5, false);
        assert_eq!((fake.get(4 << 5), fake.get(4)), (0, 1));
    }

    #[test]
    fn a_direction_changes_alone() {
        let mut fake = Fake::new();
        fake.put(0x400, 0b1000_0001);
        let gpio = controller(&mut fake);
        gpio.make_output(5);
        assert_eq!(fake.get(0x400), 0b1010_0001);
        gpio.make_input(7);
        assert_eq!(fake.get(0x400), 0b0010_0001);
    }

    #[test]
    fn no_registers_lie_at_zero_or_askew() {
        // SAFETY: neither address is accepted, so nothing is accessed.
        assert!(unsafe { Pl061::new(0).is_none() && Pl061::new(0x0903_0002).is_none() });
    }
}
