//! The console of each place.

use core::fmt::{self, Write};

use crate::paratia;
use crate::place::Place;

/// QEMU 7.2, hw/arm/virt.c, base_memmap.
const BARE_UART: usize = 0x0900_0000;

/// Prints a line.
#[macro_export]
macro_rules! say {
    ($place:expr, $($argument:tt)*) => {
        $crate::console::print(&$place, format_args!($($argument)*))
    };
}

/// What [`say!`] calls.
pub fn print(place: &Place, line: fmt::Arguments) {
    // The console takes everything.
    let _ = writeln!(Console(place), "{line}");
}

struct Console<'a>(&'a Place);

impl Write for Console<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        match self.0 {
            Place::Bare => text.bytes().for_each(send),
            Place::Paratia(_) => paratia::print(text.as_bytes()),
        }
        Ok(())
    }
}

fn send(byte: u8) {
    let data = core::ptr::with_exposed_provenance_mut::<u32>(BARE_UART);
    // SAFETY: the bare machine has a PL011 there (its FIFO never fills under QEMU), and nobody else
    // uses it.
    unsafe { data.write_volatile(byte.into()) };
}
