//! The console of each place: slow, and used only when nothing is measured any more.

use core::fmt::{self, Write};

use crate::paratia;
use crate::place::Place;
use crate::samples::Samples;

/// QEMU 7.2, hw/arm/virt.c, base_memmap.
const BARE_UART: usize = 0x0900_0000;
/// Xen 4.17, public/arch-arm.h: `GUEST_PL011_BASE`.
const XEN_UART: usize = 0x2200_0000;
/// Data and flag register of a PL011, and the flag of a full transmit FIFO (Arm DDI 0183, 3.3).
const DATA: usize = 0x00;
const FLAGS: usize = 0x18;
const TRANSMIT_FULL: u32 = 1 << 5;

/// What was measured, by name; `None` where the place hasn't got it.
pub type Figure = (&'static str, Option<Samples>);

/// Says the figures, one a line.
pub fn say(place: &Place, figures: &[Figure]) {
    let mut console = Console(place);
    // The console takes everything.
    let _ = writeln!(console, "bench place={}", place.name());
    for (name, samples) in figures {
        let _ = match samples {
            None => writeln!(console, "bench {name} absent"),
            Some(of) => writeln!(
                console,
                "bench {name} min={} mean={} max={}",
                of.min,
                of.mean(),
                of.max
            ),
        };
    }
    let _ = writeln!(console, "bench end");
}

/// The console of a place.
struct Console<'a>(&'a Place);

impl Write for Console<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        match self.0 {
            Place::Bare => text.bytes().for_each(|byte| send(BARE_UART, byte)),
            Place::Xen => text.bytes().for_each(|byte| send(XEN_UART, byte)),
            Place::Paratia(_) => paratia::print(text.as_bytes()),
        }
        Ok(())
    }
}

fn send(uart: usize, byte: u8) {
    let register = |offset| core::ptr::with_exposed_provenance_mut::<u32>(uart + offset);
    // SAFETY: the place has a PL011 at this address, and nobody else uses it.
    unsafe {
        while register(FLAGS).read_volatile() & TRANSMIT_FULL != 0 {}
        register(DATA).write_volatile(byte.into());
    }
}
