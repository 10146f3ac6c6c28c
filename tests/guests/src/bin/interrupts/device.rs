//! A device of this guest's whose interrupt is a level: on each board one that goes high and low
//! when it is told to, and does nothing else.

use core::fmt::{self, Display};
use core::sync::atomic::{AtomicU32, AtomicUsize, Ordering};

use paratia_abi::passport::Passport;

/// What a device is, and how its interrupt's level goes high and low.
struct Model {
    /// As passports call it.
    name: &'static str,
    raise: fn(usize),
    lower: fn(usize),
}

const MODELS: [Model; 3] = [
    // A real-time clock (Arm DDI 0224), bare as well: it is enabled, and its alarm is now.
    Model {
        name: "pl031",
        raise: |base| {
            write(base + 0x10, 1);
            write(base + 0x04, read(base));
        },
        lower: |base| write(base + 0x1C, 1),
    },
    // The mini-UART (BCM2835 ARM Peripherals, 2.2, with its errata): it is on, and asks for something
    // to send as long as it is allowed to ask.
    Model {
        name: "bcm2835-aux",
        raise: |base| {
            write(base + 0x04, 1);
            write(base + 0x44, 1 << 1);
        },
        lower: |base| write(base + 0x44, 0),
    },
    // A UART that has nothing to send, and tells (Xilinx UG1085, register module UART).
    Model {
        name: "cadence-uart",
        raise: |base| write(base + 0x08, 1 << 3),
        lower: |base| write(base + 0x0C, 1 << 3),
    },
];

/// Where the bare machine has the clock, and its interrupt (QEMU 7.2, hw/arm/virt.c).
const BARE_CLOCK: usize = 0x0901_0000;
const BARE_INTERRUPT: u32 = 34;

/// The device that was remembered; interrupt 0 if there is none.
static MODEL: AtomicUsize = AtomicUsize::new(0);
static BASE: AtomicUsize = AtomicUsize::new(0);
static INTERRUPT: AtomicU32 = AtomicU32::new(0);

/// Remembers the bare machine's device.
pub fn remember_bare() {
    BASE.store(BARE_CLOCK, Ordering::Relaxed);
    INTERRUPT.store(BARE_INTERRUPT, Ordering::Relaxed);
}

/// Remembers the first device in the passport that is one of the models, with the first interrupt
/// there.
pub fn remember_owned(passport: &Passport) {
    let regions = passport.regions().iter().zip(&passport.device_models);
    let mut known = regions.filter_map(|(region, name)| {
        let mut models = MODELS.iter();
        let model = models.position(|model| model.name == name.as_str())?;
        Some((model, usize::try_from(region.base).ok()?))
    });
    if let Some((model, base)) = known.next() {
        MODEL.store(model, Ordering::Relaxed);
        BASE.store(base, Ordering::Relaxed);
        INTERRUPT.store(passport.interrupts[0], Ordering::Relaxed);
    }
}

/// Its interrupt, if there is a device.
pub fn interrupt() -> Option<u32> {
    Some(INTERRUPT.load(Ordering::Relaxed)).filter(|id| *id != 0)
}

/// Its interrupt's level goes high, at once.
pub fn raise() {
    with_model(|model, base| (model.raise)(base));
}

/// And low.
pub fn lower() {
    with_model(|model, base| (model.lower)(base));
}

fn with_model(act: impl Fn(&Model, usize)) {
    let model = MODELS.get(MODEL.load(Ordering::Relaxed));
    if let (Some(model), Some(_)) = (model, interrupt()) {
        act(model, BASE.load(Ordering::Relaxed));
    }
}

/// An interrupt's number as it is printed: the device's is another on each board.
pub struct Shown(pub u32);

impl Display for Shown {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        if Some(self.0) == interrupt() {
            formatter.write_str("device")
        } else {
            self.0.fmt(formatter)
        }
    }
}

fn read(address: usize) -> u32 {
    let register = core::ptr::with_exposed_provenance::<u32>(address);
    // SAFETY: a register of the device that was remembered, which is this guest's.
    unsafe { register.read_volatile() }
}

fn write(address: usize, value: u32) {
    let register = core::ptr::with_exposed_provenance_mut::<u32>(address);
    // SAFETY: a register of the device that was remembered, which is this guest's.
    unsafe { register.write_volatile(value) };
}
