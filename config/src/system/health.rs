//! Health: which faults there are, the signs of life that a partition owes, and what follows from each.

use core::time::Duration;

/// Signs of life that a partition owes once it is in normal mode. Whole major frames in these durations
/// are as long as the schedule's own: see [`Span`](super::Span).
#[derive(Clone, Copy, Debug)]
pub struct Heartbeat {
    /// One is due in each period; a whole number of major frames.
    pub period: Duration,
    /// How long after its period's start a heartbeat still counts; more than zero, at most the
    /// period.
    pub deadline: Duration,
    /// How long after its start the partition may take to enter normal mode.
    pub start_within: Duration,
}

/// What follows from each kind of fault (ARINC 653's partition HM table).
#[derive(Clone, Copy, Debug)]
pub struct HealthTable {
    /// A data access to an address that the partition doesn't have, or not with that right.
    pub stray_access: Action,
    /// An instruction fetch from such an address.
    pub stray_fetch: Action,
    /// An instruction or system register that the partition may not use.
    pub forbidden_instruction: Action,
    /// An access to an emulated device by an instruction that the hardware doesn't describe: of a pair,
    /// with write-back, of a vector register, exclusive. Emulated devices take plain loads and stores of
    /// one general register.
    pub undescribed_access: Action,
    /// More refused calls in one window than configured.
    pub refused_calls: Action,
    /// A heartbeat missed its deadline, or normal mode was not reached in time.
    pub missed_heartbeat: Action,
    /// The partition's console overflowed in this window; what didn't fit was dropped.
    pub console_overflow: Action,
    /// The partition reported an error of its own.
    pub application_error: Action,
    /// The partition reported an exception that it doesn't handle.
    pub unhandled_exception: Action,
    /// The partition asked to be switched off (PSCI `SYSTEM_OFF`).
    pub shutdown: Action,
    /// The partition asked to be restarted (PSCI `SYSTEM_RESET` or the restart call).
    pub reset: Action,
    /// A bus error that came in while the partition ran.
    pub system_error: Action,
    /// How often restarts may happen; one more becomes a halt.
    pub restart_limit: RestartLimit,
}

impl HealthTable {
    /// The action for an event.
    #[must_use]
    pub const fn action(&self, event: HealthEvent) -> Action {
        match event {
            HealthEvent::StrayAccess => self.stray_access,
            HealthEvent::StrayFetch => self.stray_fetch,
            HealthEvent::ForbiddenInstruction => self.forbidden_instruction,
            HealthEvent::UndescribedAccess => self.undescribed_access,
            HealthEvent::RefusedCalls => self.refused_calls,
            HealthEvent::MissedHeartbeat => self.missed_heartbeat,
            HealthEvent::ConsoleOverflow => self.console_overflow,
            HealthEvent::ApplicationError => self.application_error,
            HealthEvent::UnhandledException => self.unhandled_exception,
            HealthEvent::Shutdown => self.shutdown,
            HealthEvent::Reset => self.reset,
            HealthEvent::SystemError => self.system_error,
        }
    }
}

/// A kind of fault; each has a row in the [`HealthTable`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(target_os = "none", derive(defmt::Format))]
#[repr(u8)]
pub enum HealthEvent {
    /// See [`HealthTable::stray_access`].
    StrayAccess,
    /// See [`HealthTable::stray_fetch`].
    StrayFetch,
    /// See [`HealthTable::forbidden_instruction`].
    ForbiddenInstruction,
    /// See [`HealthTable::undescribed_access`].
    UndescribedAccess,
    /// See [`HealthTable::refused_calls`].
    RefusedCalls,
    /// See [`HealthTable::missed_heartbeat`].
    MissedHeartbeat,
    /// See [`HealthTable::console_overflow`].
    ConsoleOverflow,
    /// See [`HealthTable::application_error`].
    ApplicationError,
    /// See [`HealthTable::unhandled_exception`].
    UnhandledException,
    /// See [`HealthTable::shutdown`].
    Shutdown,
    /// See [`HealthTable::reset`].
    Reset,
    /// See [`HealthTable::system_error`].
    SystemError,
}

impl HealthEvent {
    /// Every event, in the order of the table.
    pub const ALL: [Self; 12] = [
        Self::StrayAccess,
        Self::StrayFetch,
        Self::ForbiddenInstruction,
        Self::UndescribedAccess,
        Self::RefusedCalls,
        Self::MissedHeartbeat,
        Self::ConsoleOverflow,
        Self::ApplicationError,
        Self::UnhandledException,
        Self::Shutdown,
        Self::Reset,
        Self::SystemError,
    ];

    /// The name of its row in the [`HealthTable`].
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::StrayAccess => "stray_access",
            Self::StrayFetch => "stray_fetch",
            Self::ForbiddenInstruction => "forbidden_instruction",
            Self::UndescribedAccess => "undescribed_access",
            Self::RefusedCalls => "refused_calls",
            Self::MissedHeartbeat => "missed_heartbeat",
            Self::ConsoleOverflow => "console_overflow",
            Self::ApplicationError => "application_error",
            Self::UnhandledException => "unhandled_exception",
            Self::Shutdown => "shutdown",
            Self::Reset => "reset",
            Self::SystemError => "system_error",
        }
    }

    /// Whether the guest can go on after it: an instruction that faults would only fault again.
    #[must_use]
    pub const fn can_be_ignored(self) -> bool {
        matches!(
            self,
            Self::RefusedCalls
                | Self::MissedHeartbeat
                | Self::ConsoleOverflow
                | Self::ApplicationError
        )
    }
}

/// What the health monitor does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Action {
    /// Count it and go on.
    Ignore,
    /// Scrub the partition's memory, reload the pristine image and start again, in the partition's
    /// own windows.
    Restart,
    /// Stop the partition for good; its windows stay empty.
    Halt,
    /// Stop the whole system in its safe state.
    StopSystem,
}

/// How often restarts may happen.
#[derive(Clone, Copy, Debug)]
pub struct RestartLimit {
    /// Most restarts within the period; 0 turns every restart into a halt. At most
    /// [`MAX_RESTARTS_COUNTED`].
    pub count: u32,
    /// The sliding period.
    pub period: Duration,
}

/// Most restarts within a period that the health monitor can count.
pub const MAX_RESTARTS_COUNTED: u32 = 8;
