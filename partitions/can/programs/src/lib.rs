//! The programs with a CAN controller are the binaries of this package. This library is what they share. They
//! are a package of their own, so that who builds others needs no parser of DBC files.

#![no_std]

use embedded_can::Id;
use paratia_devices::zynqmp_can::{BitTiming, Error, Mmio, Mode, ZynqmpCan};
use paratia_runtime::Context;
use paratia_runtime::interrupt::IntId;

/// `CAN_REF_CLK` as the board's boot loader sets it (UG1085, chapter 37).
const CLOCK_HZ: u32 = 100_000_000;
/// The bus, in bit/s.
const BIT_RATE: u32 = 500_000;

/// The bits' timing on the bus.
pub const TIMING: BitTiming = match BitTiming::new(CLOCK_HZ, BIT_RATE) {
    Some(timing) => timing,
    None => panic!("the clock divides into no such bits"),
};

/// The number of the first shared peripheral interrupt.
const FIRST_SPI: u32 = 32;

/// The partition's own controller, the device `name`, on the bus with these identifiers accepted.
///
/// # Safety
/// It is called once, and nobody else uses the device.
///
/// # Errors
/// As [`ZynqmpCan::start`].
///
/// # Panics
/// If it has no such device, or that is something else.
pub unsafe fn join(
    context: &Context,
    name: &str,
    accepted: &[Id],
) -> Result<ZynqmpCan<Mmio>, Error> {
    let device = context.passport.device(name);
    let (registers, model) = device.expect("a CAN controller");
    assert_eq!(model, "xilinx-can", "there is no driver for this");
    let base = usize::try_from(registers.base).expect("an address");
    // SAFETY: the passport says that such a controller lies there; it is this partition's alone, mapped as a
    // device for ever, and the caller promises that nobody else uses it.
    let can = unsafe { ZynqmpCan::new(base) };
    let mut can = can.expect("a register's address");
    can.start(TIMING, Mode::Normal, accepted)?;
    Ok(can)
}

/// The interrupt of a partition's only device.
///
/// # Panics
/// If it has none.
#[must_use]
pub fn interrupt(context: &Context) -> IntId {
    let first = context.passport.interrupts.first();
    let spi = first.and_then(|number| number.checked_sub(FIRST_SPI));
    IntId::spi(spi.expect("the device's interrupt"))
}
