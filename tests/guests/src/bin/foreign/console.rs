//! Its PL011, where QEMU's `virt` machine has one.

use core::fmt::{self, Write};

/// QEMU 7.2, hw/arm/virt.c, base_memmap.
const UART: usize = 0x0900_0000;
/// Data and flag register, and the flag of a full transmit FIFO (Arm DDI 0183, 3.3).
const DATA: usize = 0x00;
const FLAGS: usize = 0x18;
const TRANSMIT_FULL: u32 = 1 << 5;

/// Says a line.
pub fn say(line: fmt::Arguments) {
    // The console takes everything.
    let _ = writeln!(Console, "{line}");
}

struct Console;

impl Write for Console {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        text.bytes().for_each(send);
        Ok(())
    }
}

fn send(byte: u8) {
    let register = |offset| core::ptr::with_exposed_provenance_mut::<u32>(UART + offset);
    // SAFETY: the machine has a PL011 at this address, and nobody else uses it.
    unsafe {
        while register(FLAGS).read_volatile() & TRANSMIT_FULL != 0 {}
        register(DATA).write_volatile(byte.into());
    }
}
