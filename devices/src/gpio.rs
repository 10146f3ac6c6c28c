//! Lines of a GPIO controller as `embedded-hal` pins, whatever the controller.

use core::convert::Infallible;

use embedded_hal::digital::{ErrorType, InputPin, OutputPin, PinState, StatefulOutputPin};

/// What a GPIO controller can do with a line that it has. Lines that it hasn't are never asked for.
///
/// The methods take `&self` so that several pins can be in use at once; one thread uses them.
pub trait Controller {
    /// Number of lines, which are counted from 0.
    const LINES: u32;

    /// Makes a line an output, which drives what [`Controller::write`] said last.
    fn make_output(&self, line: u32);

    /// Makes a line an input.
    fn make_input(&self, line: u32);

    /// Drives a line that is an output high or low.
    fn write(&self, line: u32, high: bool);

    /// The level on the line, whoever drives it.
    fn read(&self, line: u32) -> bool;
}

/// A line that is an output.
#[derive(Clone, Debug)]
pub struct Output<'a, C> {
    controller: &'a C,
    line: u32,
}

/// A line that is an input.
#[derive(Clone, Debug)]
pub struct Input<'a, C> {
    controller: &'a C,
    line: u32,
}

impl<'a, C: Controller> Output<'a, C> {
    /// Makes `line` an output that drives `state` from the start; nothing if there is no such line.
    #[must_use]
    pub fn new(controller: &'a C, line: u32, state: PinState) -> Option<Self> {
        if line >= C::LINES {
            return None;
        }
        controller.write(line, state == PinState::High);
        controller.make_output(line);
        // A controller may ignore the level of a line that wasn't an output yet.
        controller.write(line, state == PinState::High);
        Some(Self { controller, line })
    }
}

impl<'a, C: Controller> Input<'a, C> {
    /// Makes `line` an input; nothing if there is no such line.
    #[must_use]
    pub fn new(controller: &'a C, line: u32) -> Option<Self> {
        if line >= C::LINES {
            return None;
        }
        controller.make_input(line);
        Some(Self { controller, line })
    }
}

impl<C> ErrorType for Output<'_, C> {
    type Error = Infallible;
}

impl<C: Controller> OutputPin for Output<'_, C> {
    fn set_low(&mut self) -> Result<(), Infallible> {
        self.controller.write(self.line, false);
        Ok(())
    }

    fn set_high(&mut self) -> Result<(), Infallible> {
        self.controller.write(self.line, true);
        Ok(())
    }
}

impl<C: Controller> StatefulOutputPin for Output<'_, C> {
    fn is_set_high(&mut self) -> Result<bool, Infallible> {
        Ok(self.controller.read(self.line))
    }

    fn is_set_low(&mut self) -> Result<bool, Infallible> {
        Ok(!self.controller.read(self.line))
    }
}

impl<C> ErrorType for Input<'_, C> {
    type Error = Infallible;
}

impl<C: Controller> InputPin for Input<'_, C> {
    fn is_high(&mut self) -> Result<bool, Infallible> {
        Ok(self.controller.read(self.line))
    }

    fn is_low(&mut self) -> Result<bool, Infallible> {
        Ok(!self.controller.read(self.line))
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    /// Remembers what was done.
    #[derive(Default)]
    struct Fake(RefCell<Vec<String>>);

    impl Controller for Fake {
        const LINES: u32 = 8;

        fn make_output(&self, line: u32) {
            self.0.borrow_mut().push(format!("output {line}"));
        }

        fn make_input(&self, line: u32) {
            self.0.borrow_mut().push(format!("input {line}"));
        }

        fn write(&self, line: u32, high: bool) {
            self.0.borrow_mut().push(format!("{line} {high}"));
        }

        fn read(&self, line: u32) -> bool {
            line == 3
        }
    }

    #[test]
    fn an_output_drives_its_first_level_from_the_start() {
        let fake = Fake::default();
        let mut pin = Output::new(&fake, 7, PinState::High).unwrap();
        pin.set_low().unwrap();
        assert_eq!(
            *fake.0.borrow(),
            ["7 true", "output 7", "7 true", "7 false"]
        );
        pin.toggle().unwrap();
        assert_eq!(fake.0.borrow().last().unwrap(), "7 true", "it was low");
    }

    #[test]
    fn an_input_is_read() {
        let fake = Fake::default();
        assert!(Input::new(&fake, 3).unwrap().is_high().unwrap());
        assert!(Input::new(&fake, 4).unwrap().is_low().unwrap());
        assert_eq!(*fake.0.borrow(), ["input 3", "input 4"]);
    }

    #[test]
    fn a_line_that_does_not_exist_is_nothing() {
        let fake = Fake::default();
        assert!(Output::new(&fake, 8, PinState::Low).is_none());
        assert!(Input::new(&fake, u32::MAX).is_none());
        assert!(fake.0.borrow().is_empty());
    }
}
