//! The speedometer: shows what the vehicle says, or that it says nothing it can trust.
//!
//! Each window it takes the newest message, draws what has changed into a back buffer, copies that
//! to the frame buffer and reports the frame as its sign of life. Its start, with the painting of
//! the background, takes several windows; normal mode begins when the first whole picture is up.
//!
//! A run argument is the frame in which it hangs, once, as a program with a mistake does: it misses a
//! heartbeat, is restarted, and draws again.

#![no_std]
#![no_main]

mod receiver;

use paratia_instruments::dashboard::{Dashboard, Fault, PIXELS, PixelOrder, Reading};
use paratia_partitions::frame_buffer::FrameBuffer;
use paratia_runtime::abi::passport::{FORMAT_XBGR8888, FORMAT_XRGB8888};
use paratia_runtime::time::Instant;
use paratia_runtime::{Context, entry, println, window};
use receiver::Receiver;

entry!(run);

/// What never changes, painted once.
static mut BACKGROUND: [u32; PIXELS] = [0; PIXELS];
/// The picture as it will be on the display.
static mut BACK: [u32; PIXELS] = [0; PIXELS];

fn run(context: Context) {
    let display = &context.passport.display;
    let mut front = FrameBuffer::of(display).expect("a display of the dashboard's size");
    let order = match display.format {
        FORMAT_XRGB8888 => PixelOrder::Xrgb,
        FORMAT_XBGR8888 => PixelOrder::Xbgr,
        format => panic!("pixel format {format} is unknown"),
    };
    let mut receiver = Receiver::new();
    let title = context.argument("title").unwrap_or("UDDS");
    let (background, back) = (&raw mut BACKGROUND, &raw mut BACK);
    // SAFETY: `run` runs once, and nothing else names these two.
    let (background, back) = unsafe { (&mut *background, &mut *back) };

    let mut dashboard = Dashboard::new(order, title);
    dashboard.paint_background(background);
    let mut reading = Reading::Invalid(Fault::NoSignal);
    front.show(&dashboard.draw(background, back, &reading), back);
    let now = Instant::now();
    println!(
        "first picture after {} ms, {}",
        now.since_epoch().as_millis(),
        state(&reading)
    );
    // Takes the place in the sender's sequence; the message after it is the first to be shown.
    let _ = receiver.read(now);

    // This window is over with the first picture; frames are those from the next one on.
    for (frame, window) in (0..).zip(context.windows().skip(1)) {
        if frame == context.run_argument && frame > 0 && context.restarts == 0 {
            hang();
        }
        let before = state(&reading);
        reading = receiver.read(window.start);
        front.show(&dashboard.draw(background, back, &reading), back);
        window::heartbeat(frame);
        if state(&reading) != before {
            println!("{} from frame {frame}", state(&reading));
        }
    }
}

/// Never goes on.
fn hang() -> ! {
    println!("hangs");
    loop {
        core::hint::spin_loop();
    }
}

/// What a reading is worth, in words.
fn state(reading: &Reading) -> &'static str {
    match reading {
        Reading::Valid(_) => "speed valid",
        Reading::Invalid(Fault::NoSignal) => "no speed: no signal",
        Reading::Invalid(Fault::Stale) => "no speed: stale",
        Reading::Invalid(Fault::Corrupt) => "no speed: corrupt",
    }
}
