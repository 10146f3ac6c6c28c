//! A partition's counters at the end of a run.

use super::event::Event;

/// A partition's counters at the end of a run. All times are in ticks of the system counter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    /// Windows that started.
    pub windows: u64,
    /// Time in which the partition ran.
    pub used_ticks: u64,
    /// Time of its windows in which it waited for an interrupt.
    pub idle_ticks: u64,
    /// Latest start of a window after its scheduled tick.
    pub jitter_worst: u64,
    /// Heartbeats that were due.
    pub heartbeats_expected: u64,
    /// Heartbeats that were due and didn't come in time.
    pub heartbeats_missed: u64,
    /// Health events.
    pub faults: u64,
    /// Restarts.
    pub restarts: u64,
    /// Calls that were refused.
    pub refused_calls: u64,
    /// Calls with a constant answer and refusals of calls that don't exist, which no exit's counter has.
    pub short_calls: u64,
    /// Interrupts that came while it ran, the ends of its windows included.
    pub interrupts: u64,
}

impl Statistics {
    /// The counters in a `statistics` event; one that is missing counts as 0.
    #[must_use]
    pub fn from_event(event: &Event) -> Self {
        let field = |key| event.integer(key).unwrap_or(0);
        Self {
            windows: field("windows"),
            used_ticks: field("used_ticks"),
            idle_ticks: field("idle_ticks"),
            jitter_worst: field("jitter_worst"),
            heartbeats_expected: field("heartbeats_expected"),
            heartbeats_missed: field("heartbeats_missed"),
            faults: field("faults"),
            restarts: field("restarts"),
            refused_calls: field("refused_calls"),
            short_calls: field("short_calls"),
            interrupts: field("interrupts"),
        }
    }
}
