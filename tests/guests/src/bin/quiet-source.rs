//! A vehicle that fails after a second: run argument 0 sends no more, 1 sends with one bit flipped,
//! 2 sends the same message again and again.

#![no_std]
#![no_main]

use core::time::Duration;

use paratia_instruments::e2e::Protector;
use paratia_instruments::message::SpeedMessage;
use paratia_instruments::units::{MillimetresPerSecond, Milliseconds};
use paratia_runtime::abi::OperatingMode;
use paratia_runtime::port::SourcePort;
use paratia_runtime::time::Instant;
use paratia_runtime::{Context, call, entry, println};

entry!(main);

/// How long it works.
const GOOD: Duration = Duration::from_secs(1);
/// What it says it drives.
const SPEED: MillimetresPerSecond = MillimetresPerSecond::from_kilometres_per_hour(88);

/// How it fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Failure {
    Quiet,
    Corrupt,
    Repeating,
}

fn main(context: Context) -> ! {
    let failure = match context.run_argument {
        0 => Failure::Quiet,
        1 => Failure::Corrupt,
        _ => Failure::Repeating,
    };
    let mut port = SourcePort::find(context.passport, "speed").expect("a source port 'speed'");
    let mut protector = Protector::new(SpeedMessage::PROFILE);
    let _ = call::set_mode(OperatingMode::Normal);

    let mut last = [0; SpeedMessage::ENCODED_BYTES];
    let mut frame = 0;
    let start = Instant::now();
    while Instant::now().since(start).to_duration() < GOOD {
        last = message().encode(&mut protector);
        send(&mut port, &last);
        frame = end_of_frame(frame);
    }

    println!("failing from frame {frame}: {failure:?}");
    loop {
        match failure {
            Failure::Quiet => {}
            Failure::Corrupt => {
                let mut message = message().encode(&mut protector);
                message[15] ^= 1;
                send(&mut port, &message);
            }
            Failure::Repeating => send(&mut port, &last),
        }
        frame = end_of_frame(frame);
    }
}

fn message() -> SpeedMessage {
    SpeedMessage {
        speed: SPEED,
        trip_time: Milliseconds::from_duration(Instant::now().since_epoch()),
        ..SpeedMessage::default()
    }
}

fn send(port: &mut SourcePort, message: &[u8]) {
    port.write(message)
        .expect("the channel takes a speed message");
}

fn end_of_frame(frame: u64) -> u64 {
    let _ = call::heartbeat(frame);
    let _ = call::wait_for_window();
    frame + 1
}
