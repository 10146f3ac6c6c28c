//! How a builder tells what it is doing.

use std::time::Duration;

/// Somebody who wants to know what is being done.
pub trait Progress {
    /// A step begins, such as `building the guests`.
    fn begin(&mut self, step: &str);
    /// The step under way says what it is at, such as `Compiling core`; called at least ten times a
    /// second.
    fn detail(&mut self, text: &str);
    /// A part of the step under way is done, after `time`.
    fn part(&mut self, text: &str, time: Duration);
    /// The step is done.
    fn done(&mut self);
}

/// Nobody.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Progress for Silent {
    fn begin(&mut self, _step: &str) {}
    fn detail(&mut self, _text: &str) {}
    fn part(&mut self, _text: &str, _time: Duration) {}
    fn done(&mut self) {}
}
