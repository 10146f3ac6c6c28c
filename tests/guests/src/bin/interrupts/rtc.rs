//! The board's real-time clock (PL031, Arm DDI 0224): a device whose interrupt is a level.

/// Its interrupt: SPI 2.
pub const ID: u32 = 34;
/// Where it is, bare and in the partition.
const BASE: usize = 0x0901_0000;

const DATA: usize = 0x00;
const MATCH: usize = 0x04;
const MASK: usize = 0x10;
const CLEAR: usize = 0x1C;

/// Its interrupt's level goes high, at once.
pub fn raise() {
    write(MASK, 1);
    write(MATCH, read(DATA));
}

/// And low.
pub fn lower() {
    write(CLEAR, 1);
}

fn read(offset: usize) -> u32 {
    let register = core::ptr::with_exposed_provenance::<u32>(BASE + offset);
    // SAFETY: only called where the clock is this guest's.
    unsafe { register.read_volatile() }
}

fn write(offset: usize, value: u32) {
    let register = core::ptr::with_exposed_provenance_mut::<u32>(BASE + offset);
    // SAFETY: as above.
    unsafe { register.write_volatile(value) };
}
