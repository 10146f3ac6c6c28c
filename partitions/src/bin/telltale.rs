//! The telltale: blinks a lamp on the board's GPIO.
//!
//! Arguments: `line=5`, the lamp's line, and `half-period-ms=500`. Which controller the device
//! `gpio` is, the passport says. Lit and dark follow from the time since the epoch alone, so a
//! restart doesn't shift them.

#![no_std]
#![no_main]

use core::time::Duration;

use embedded_hal::delay::DelayNs;
use embedded_hal::digital::{PinState, StatefulOutputPin};
use paratia_devices::bcm2835_gpio::Bcm2835Gpio;
use paratia_devices::gpio::{Controller, Output};
use paratia_devices::pl061::Pl061;
use paratia_runtime::abi::OperatingMode;
use paratia_runtime::time::{Delay, Instant};
use paratia_runtime::{Context, call, entry, passport, println};

entry!(main);

/// How long the lamp is lit for its test at start.
const LAMP_TEST_US: u32 = 500;

fn main(context: Context) -> ! {
    let device = context.passport.device("gpio");
    let (registers, model) = device.expect("a device 'gpio'");
    let base = usize::try_from(registers.base).expect("an address");
    println!("gpio is a {model}");
    match model {
        "pl061" => {
            // SAFETY: the passport says that a PL061 lies there; it is this partition's alone, mapped
            // as a device for ever, and this is the only place that uses it.
            let gpio = unsafe { Pl061::new(base) };
            drive(&context, &gpio.expect("a register's address"))
        }
        "bcm2835-gpio" => {
            // SAFETY: the passport says that a BCM2835's controller lies there; it is this partition's alone, mapped
            // as a device for ever, and this is the only place that uses it.
            let gpio = unsafe { Bcm2835Gpio::new(base) };
            drive(&context, &gpio.expect("a register's address"))
        }
        _ => panic!("there is no driver for a {model}"),
    }
}

/// Drives the lamp on its line of `controller`.
fn drive(context: &Context, controller: &impl Controller) -> ! {
    let line = u32::try_from(number(context, "line")).expect("a line");
    let half_period = Duration::from_millis(number(context, "half-period-ms"));
    let mut lamp = Output::new(controller, line, PinState::Low).expect("the controller's line");
    lamp_test(&mut lamp, &mut Delay);
    call::set_mode(OperatingMode::Normal).expect("normal mode");
    blink(&mut lamp, half_period)
}

/// Lights the lamp for a moment, and believes only what the line says.
fn lamp_test(lamp: &mut impl StatefulOutputPin, delay: &mut impl DelayNs) {
    let dark = !is_lit(lamp);
    set(lamp, PinState::High);
    delay.delay_us(LAMP_TEST_US);
    let lit = is_lit(lamp);
    set(lamp, PinState::Low);
    assert!(dark && lit && !is_lit(lamp), "the line doesn't follow");
    println!("lamp tested");
}

/// Dark in even half periods, lit in odd ones.
fn blink(lamp: &mut impl StatefulOutputPin, half_period: Duration) -> ! {
    let mut now = Instant::now();
    for window in 1.. {
        let milliseconds = now.since_epoch().as_millis();
        let lit = milliseconds / half_period.as_millis() % 2 == 1;
        if is_lit(lamp) != lit {
            set(lamp, PinState::from(lit));
            println!("{milliseconds} ms: {}", if lit { "lit" } else { "dark" });
        }
        call::heartbeat(window).expect("heartbeats are expected");
        now = call::wait_for_window().expect("there is a next window");
    }
    call::restart()
}

fn set(lamp: &mut impl StatefulOutputPin, state: PinState) {
    lamp.set_state(state).expect("the line can be driven");
}

fn is_lit(lamp: &mut impl StatefulOutputPin) -> bool {
    lamp.is_set_high().expect("the line can be read")
}

fn number(context: &Context, key: &str) -> u64 {
    passport::argument(context.passport, key)
        .and_then(|value| value.parse().ok())
        .expect("line=NUMBER and half-period-ms=NUMBER")
}
