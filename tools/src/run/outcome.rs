//! How a run ended.

use std::fmt;

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// As asked for: the system stood still at the end of its time.
    Stopped {
        /// Ticks since the schedule's epoch.
        time_ticks: u64,
    },
    /// The hypervisor refused to start, with its reason.
    Refused(String),
    /// The hypervisor itself failed, with its last words.
    Crashed(String),
    /// QEMU ended before the run did, with its own words.
    MachineEnded(String),
    /// Board time stands still, for which guest and why.
    StandsStill(String),
    /// No end within the limit on the wall clock.
    TimedOut,
    /// Somebody asked for the end (Ctrl-C).
    Interrupted,
}

impl fmt::Display for Outcome {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stopped { .. } => write!(formatter, "the run reached its end"),
            Self::Refused(reason) => write!(formatter, "the hypervisor refused to start: {reason}"),
            Self::Crashed(words) => write!(formatter, "the hypervisor failed: {words}"),
            Self::MachineEnded(words) => write!(formatter, "QEMU ended too early: {words}"),
            Self::StandsStill(why) => write!(formatter, "{why}"),
            Self::TimedOut => write!(formatter, "no end within the limit on the wall clock"),
            Self::Interrupted => write!(formatter, "interrupted"),
        }
    }
}
