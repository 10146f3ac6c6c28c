//! The infotainment's normal work: a ticker on the console, and signs of life.

use core::time::Duration;

use paratia_runtime::time::{Instant, Ticks};
use paratia_runtime::{call, println};

const TICKER_PERIOD: Duration = Duration::from_millis(500);
const HEARTBEAT_PERIOD: Duration = Duration::from_millis(100);

const TRACKS: [&str; 4] = [
    "Bulkhead Blues",
    "Sixty Four Megabytes",
    "Major Frame, Minor Key",
    "The Guard Band",
];

/// Work in progress.
pub struct Work {
    next_line: Instant,
    next_heartbeat: Instant,
    lines: usize,
    heartbeats: u64,
}

impl Work {
    /// Begins: a line and a heartbeat are due now.
    pub fn begin() -> Self {
        let now = Instant::now();
        Self {
            next_line: now,
            next_heartbeat: now,
            lines: 0,
            heartbeats: 0,
        }
    }

    /// Works for at least `duration`, window by window.
    pub fn go_on_for(&mut self, duration: Duration) {
        let end = match duration {
            Duration::MAX => Instant(u64::MAX),
            duration => Instant::now().plus(Ticks::from_duration(duration)),
        };
        while Instant::now() < end {
            self.go_on();
        }
    }

    /// Does what is due, and waits for the next window.
    pub fn go_on(&mut self) {
        self.do_what_is_due(Instant::now());
        let _ = call::wait_for_window();
    }

    fn do_what_is_due(&mut self, now: Instant) {
        if now >= self.next_heartbeat {
            self.next_heartbeat = now.plus(Ticks::from_duration(HEARTBEAT_PERIOD));
            self.heartbeats += 1;
            let _ = call::heartbeat(self.heartbeats);
        }
        if now >= self.next_line {
            self.next_line = now.plus(Ticks::from_duration(TICKER_PERIOD));
            let milliseconds = now.since_epoch().as_millis();
            let track = TRACKS[self.lines % TRACKS.len()];
            self.lines += 1;
            println!("{milliseconds} ms: now playing \"{track}\"");
        }
    }
}
