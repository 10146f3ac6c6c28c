//! The partition's windows, one after the other, and a sign of life in each.

use core::time::Duration;

use crate::time::{Instant, Ticks};
use crate::{call, passport};

/// One of the partition's windows: the one that is open.
///
/// ```no_run
/// # fn example(context: paratia_runtime::Context) {
/// for window in context.windows() {
///     window.heartbeat();
/// }
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// How many there were with this one since the partition began to wait for them.
    pub number: u64,
    /// When it began: the moment that the plan has for it.
    pub start: Instant,
}

impl Window {
    /// Reports a sign of life with the window's number.
    ///
    /// ```no_run
    /// # fn example(context: paratia_runtime::Context) {
    /// for window in context.windows() {
    ///     window.heartbeat();
    /// }
    /// # }
    /// ```
    pub fn heartbeat(&self) {
        heartbeat(self.number);
    }
}

/// Reports a sign of life; `sequence` goes into the log. Does nothing if the configuration expects none.
///
/// ```no_run
/// use paratia_runtime::window;
///
/// for frame in 0.. {
///     window::heartbeat(frame);
/// }
/// ```
pub fn heartbeat(sequence: u64) {
    if passport::own().heartbeat_period_ns > 0 {
        call::heartbeat(sequence).expect("the passport says that heartbeats are expected");
    }
}

/// The partition's windows from this one on, for ever: [`crate::Context::windows`] begins.
///
/// ```no_run
/// # fn example(context: paratia_runtime::Context) {
/// let mut windows = context.windows();
/// let first = windows.next().expect("they don't end");
/// assert_eq!(first.number, 1);
/// # }
/// ```
#[derive(Debug)]
pub struct Windows {
    number: u64,
}

impl Windows {
    pub(crate) const fn new() -> Self {
        Self { number: 0 }
    }
}

impl Iterator for Windows {
    type Item = Window;

    /// The window that is open; from then on gives the rest of it back, and returns when the next one begins.
    fn next(&mut self) -> Option<Window> {
        let start = if self.number == 0 {
            began(Instant::now())
        } else {
            call::wait_for_window().expect("a call that isn't refused in version 1")
        };
        self.number += 1;
        Some(Window {
            number: self.number,
            start,
        })
    }
}

/// When the window began that is open at `now`, by the plan.
fn began(now: Instant) -> Instant {
    let passport = passport::own();
    let frame = passport::major_frame(passport);
    let in_frame = Ticks(now.0 % frame.0);
    let starts = passport.windows().iter();
    let starts = starts.map(|it| Ticks::from_duration(Duration::from_nanos(it.start_ns)));
    let start = starts.filter(|start| *start <= in_frame).max();
    Instant(now.0 - in_frame.0 + start.unwrap_or_default().0)
}
