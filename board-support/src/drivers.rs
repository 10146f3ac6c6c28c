//! Which drivers a board has: the types that the hypervisor names through the board's own.

use paratia_config::Board;

use crate::display::Display;
use crate::interrupt::Controller;
use crate::uart::Port;

/// A board's drivers.
pub trait Drivers: Board {
    /// Its interrupt controller.
    type Interrupts: Controller;
    /// Its debug UART.
    type Uart: Port;
    /// Its display.
    type Display: Display;
}
