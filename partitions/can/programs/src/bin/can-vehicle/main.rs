//! The vehicle, on a CAN bus: tells what it drives, how its engine does, and one temperature after the other.
//!
//! Arguments: those of a [`Trip`]. What is sent in a window depends on the number of the major frame alone.
//! The run argument is a [`Deed`], 0 for none: what it does wrong for a while.

#![no_std]
#![no_main]

mod deed;

use deed::Deed;
use embedded_can::Frame as _;
use embedded_can::nb::Can as _;
use paratia_can::Message;
use paratia_can::speed::Sender;
use paratia_can::vehicle::{Engine, Temperatures, TemperaturesPlace};
use paratia_can_programs::{TIMING, join};
use paratia_devices::zynqmp_can::{Frame, Mmio, Mode, ZynqmpCan};
use paratia_instruments::message::SpeedMessage;
use paratia_partitions::trip::Trip;
use paratia_runtime::{Context, entry, println, window};

entry!(run);

fn run(context: Context) {
    let trip = Trip::from_arguments(&context);
    // SAFETY: a partition's main function is called once, and the device is nobody else's.
    let can = unsafe { join(&context, "can0", &[]) };
    let mut can = can.expect("the controller starts");
    let mut sender = Sender::new();
    let mut deed = Deed::of(context.run_argument);
    trip.announce();
    for window in context.windows() {
        let frame = context.frame_at(window.start);
        if let Some(name) = deed.begins(frame) {
            println!("{name:?}");
        }
        let message = trip.message(frame);
        let set = sender.frames::<Frame>(&message);
        let set = set.expect("a drive cycle is within what the frames can say");
        for part in deed.spoil(frame, set).iter().flatten() {
            send(&mut can, part);
        }
        send(&mut can, &framed(&engine(&message)));
        send(&mut can, &framed(&temperature(frame)));
        if deed.storm(frame, &mut can) {
            let started = can.start(TIMING, Mode::Normal, &[]);
            started.expect("the controller starts");
        }
        window::heartbeat(frame);
    }
}

/// Sends a frame, or says that it couldn't.
fn send(can: &mut ZynqmpCan<Mmio>, frame: &Frame) {
    if let Err(error) = can.transmit(frame) {
        println!("a frame isn't taken: {error:?}");
    }
}

/// The frame of a message.
fn framed<M: Message>(message: &M) -> Frame {
    let bytes = message.encode().expect("its values fit");
    Frame::new(M::ID, bytes.as_ref()).expect("at most 8 bytes")
}

/// An engine that idles at 750 rpm, and turns 8 times in a metre.
#[allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "a speed has 17 bits; what doesn't fit saturates"
)]
fn engine(message: &SpeedMessage) -> Engine {
    let speed = message.speed.0;
    // A count is an eighth of a turn a minute: 60 s / 1000 mm * 8 turns * 8 eighths.
    let turns = 750 * 8 + u64::from(speed) * 3_840 / 1_000;
    Engine {
        engine_speed: u16::try_from(turns).unwrap_or(u16::MAX),
        power: speed as f32 / 1_000.0,
        pedal_position: u8::try_from(speed / 160).unwrap_or(u8::MAX).min(250),
        gear: (speed / 5_000).min(5) as i8 + 1,
    }
}

/// What it is like outside, in the coolant and in the oil, in turn.
fn temperature(frame: u64) -> Temperatures {
    let place = match frame % 3 {
        0 => TemperaturesPlace::Place0 { outside: -35 },
        1 => TemperaturesPlace::Place1 { coolant: 130 },
        _ => TemperaturesPlace::Place2 {
            oil: 6_250,
            oil_warning: false,
        },
    };
    Temperatures { place }
}
