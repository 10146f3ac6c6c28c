//! The virtual timer, in every relation to the window: `timer case=... expected=... seen=...
//! late=...`, in ticks since the epoch.
//!
//! A timer that expires in the window is seen then; one that expires outside is seen when the next
//! window starts, which is what `expected` says.

#![no_std]
#![no_main]

use core::sync::atomic::{AtomicU64, Ordering};
use core::time::Duration;

use paratia_runtime::abi::OperatingMode;
use paratia_runtime::abi::passport::Passport;
use paratia_runtime::interrupt::{self, IntId};
use paratia_runtime::time::{Instant, Ticks, Timer};
use paratia_runtime::{Context, call, entry, println};

entry!(main, interrupts = on_interrupt);

const ROUNDS: u64 = 3;

/// When the interrupt came; 0 if it didn't yet.
static SEEN: AtomicU64 = AtomicU64::new(0);
/// How many came.
static COUNT: AtomicU64 = AtomicU64::new(0);

fn on_interrupt(interrupt: IntId) {
    let now = Instant::now();
    Timer.cancel();
    assert!(
        interrupt == IntId::ppi(11),
        "the timer's is INTID 27, not {interrupt:?}"
    );
    SEEN.store(now.0, Ordering::Relaxed);
    COUNT.fetch_add(1, Ordering::Relaxed);
}

fn main(context: Context) -> ! {
    let window = Window::of(context.passport);
    let _ = call::set_mode(OperatingMode::Normal);
    interrupt::enable();
    for round in 1..=ROUNDS {
        window.try_case("spin", Window::inside, spin);
        window.try_case("sleep", Window::inside, sleep);
        window.try_case("spin-outside", Window::outside, spin);
        window.try_case("sleep-outside", Window::outside, sleep);
        window.try_case("wait-outside", Window::outside, wait);
        let count = COUNT.load(Ordering::Relaxed);
        println!("timer round={round} interrupts={count}");
    }
    println!("timer done");
    for beat in 0.. {
        let _ = call::heartbeat(beat);
        let _ = call::wait_for_window();
    }
    unreachable!("windows don't run out");
}

/// The first window of each frame.
struct Window {
    length: Ticks,
    frame: Ticks,
}

impl Window {
    fn of(passport: &Passport) -> Self {
        let ticks = |nanos| Ticks::from_duration(Duration::from_nanos(nanos));
        Self {
            length: ticks(passport.windows()[0].length_ns),
            frame: ticks(passport.major_frame_ns),
        }
    }

    /// An expiry in the middle of the window, and when it is to be seen.
    fn inside(&self, start: Instant) -> (Instant, Instant) {
        let middle = start.plus(Ticks(self.length.0 / 2));
        (middle, middle)
    }

    /// An expiry halfway from the window's end to the next one's start.
    fn outside(&self, start: Instant) -> (Instant, Instant) {
        let gap = start.plus(Ticks((self.length.0 + self.frame.0) / 2));
        (gap, start.plus(self.frame))
    }

    fn try_case(
        &self,
        case: &str,
        place: fn(&Self, Instant) -> (Instant, Instant),
        until_seen: fn(),
    ) {
        let start = call::wait_for_window().expect("there is a next window");
        let _ = call::heartbeat(start.0);
        let (expiry, expected) = place(self, start);
        SEEN.store(0, Ordering::Relaxed);
        Timer.set(expiry);
        until_seen();
        let seen = Instant(SEEN.load(Ordering::Relaxed));
        let _ = call::heartbeat(seen.0);
        assert!(
            seen >= expected,
            "timer case={case}: seen {seen:?}, due {expected:?}"
        );
        let late = seen.since(expected).0;
        println!(
            "timer case={case} expected={} seen={} late={late}",
            expected.0, seen.0
        );
    }
}

fn is_seen() -> bool {
    SEEN.load(Ordering::Relaxed) != 0
}

fn spin() {
    while !is_seen() {}
}

fn sleep() {
    while !is_seen() {
        interrupt::wait();
    }
}

fn wait() {
    while !is_seen() {
        let _ = call::wait_for_window();
    }
}
