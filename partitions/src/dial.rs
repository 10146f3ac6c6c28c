//! The speedometer's program, whatever its speed comes by.
//!
//! Each window it looks for the newest message, draws what has changed into a back buffer, copies that
//! to the frame buffer and reports the frame as its sign of life. Its start, with the painting of
//! the background, takes several windows; normal mode begins when the first whole picture is up.
//!
//! A run argument is the frame in which it hangs, once, as a program with a mistake does: it misses a
//! heartbeat, is restarted, and draws again.

use paratia_instruments::dashboard::{Dashboard, Fault, PIXELS, PixelOrder, Reading};
use paratia_runtime::abi::passport::{FORMAT_XBGR8888, FORMAT_XRGB8888};
use paratia_runtime::time::Instant;
use paratia_runtime::{Context, println, window};

use crate::frame_buffer::FrameBuffer;

/// What never changes, painted once.
static mut BACKGROUND: [u32; PIXELS] = [0; PIXELS];
/// The picture as it will be on the display.
static mut BACK: [u32; PIXELS] = [0; PIXELS];

/// Where the speed comes from.
pub trait Source {
    /// What to show in the frame that began at `now`.
    fn read(&mut self, now: Instant) -> Reading;
}

/// Shows what a source says, frame after frame; `connect` makes it when the first picture is up.
///
/// # Safety
/// It is called once.
///
/// # Panics
/// Without a display of the dashboard's size.
pub unsafe fn run<S: Source>(context: &Context, connect: impl FnOnce() -> S) {
    let display = &context.passport.display;
    let mut front = FrameBuffer::of(display).expect("a display of the dashboard's size");
    let order = match display.format {
        FORMAT_XRGB8888 => PixelOrder::Xrgb,
        FORMAT_XBGR8888 => PixelOrder::Xbgr,
        format => panic!("pixel format {format} is unknown"),
    };
    let title = context.argument("title").unwrap_or("UDDS");
    let (background, back) = (&raw mut BACKGROUND, &raw mut BACK);
    // SAFETY: the caller promises that this runs once, and nothing else names these two.
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
    let mut source = connect();
    // Takes the place in the sender's sequence; the message after it is the first to be shown.
    let _ = source.read(now);

    // This window is over with the first picture; frames are those from the next one on.
    for (frame, window) in (0..).zip(context.windows().skip(1)) {
        if frame == context.run_argument && frame > 0 && context.restarts == 0 {
            hang();
        }
        let before = state(&reading);
        reading = source.read(window.start);
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
