//! Everything that a program finds in the runtime, used as its documentation has it. What the sender does is its
//! run argument:
//!
//! | run argument | it |
//! |---|---|
//! | 0 | sends three values by each of its ports, logs and waits |
//! | 1 | misspells a port |
//! | 2 | takes messages that are too large for a port |
//! | 3 | panics |
//! | 4 | returns |

#![no_std]
#![no_main]

use embedded_hal::delay::DelayNs as _;
use paratia_runtime::log::{LevelFilter, debug, info, warn};
use paratia_runtime::time::{Delay, Instant};
use paratia_runtime::typed::{
    NoMessage, QueuingReceiver, QueuingSender, SamplingDestination, SamplingSource,
};
use paratia_runtime::{Context, entry, logging, println};
use zerocopy::{FromBytes, Immutable, IntoBytes};

entry!(run);

/// Six bytes: words end within it.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
struct Fuel {
    millilitres: [u16; 2],
    sensor: u16,
}

/// How long the sender waits within its window.
const PAUSE_US: u32 = 700;

fn run(context: Context) {
    match (context.argument("role"), context.run_argument) {
        (Some("reader"), _) => read(&context),
        (_, 1) => drop(SamplingSource::<Fuel>::named("leveel")),
        (_, 2) => drop(QueuingSender::<[u64; 3]>::named("pulses")),
        (_, 3) => panic!("the tank of '{}' is {} % full", context.name(), 107),
        (_, 4) => println!("nothing more to do"),
        _ => send(&context),
    }
}

fn send(context: &Context) {
    logging::to_console(LevelFilter::Info);
    let mut level = SamplingSource::<Fuel>::named("level");
    let mut pulses = QueuingSender::<u64>::named("pulses");
    for window in context.windows().take(3) {
        let fuel = Fuel {
            millilitres: [100, u16::try_from(window.number).unwrap_or(0)],
            sensor: 7,
        };
        level.write(&fuel).expect("the channel takes it");
        let waiting = pulses.send(&window.number).expect("there is room");
        let before = Instant::now();
        Delay.delay_us(PAUSE_US);
        let paused = Instant::now().since(before).to_duration().as_micros();
        info!(
            "window {} at {}, {waiting} waiting",
            window.number, window.start
        );
        warn!(target: "clock", "paused {}", if paused < 800 { "as long as asked" } else { "too long" });
        debug!("isn't shown");
        window.heartbeat();
    }
    info!("done");
}

fn read(context: &Context) {
    let mut level = SamplingDestination::<Fuel>::named("level");
    let mut pulses = QueuingReceiver::<u64>::named("pulses");
    // What the other end sends has another size.
    let mut wrong = SamplingDestination::<u32>::named("level");
    for window in context.windows() {
        window.heartbeat();
        match level.read() {
            Ok(sample) if window.number <= 3 => {
                println!("{:?}, valid {}", sample.message, sample.valid);
            }
            Err(NoMessage::None) if window.number == 1 => println!("no level"),
            _ => {}
        }
        while let Ok(pulse) = pulses.receive() {
            println!("pulse {}, {} lost", pulse.message, pulse.refused);
        }
        if let (3, Err(why)) = (window.number, wrong.read()) {
            println!("{why}");
        }
    }
}
