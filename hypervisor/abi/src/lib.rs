//! The interface between Paratia and its partitions, version 1: numbers and records, no code.
//!
//! A partition calls by `HVC #0` (or `SMC #0`, which is trapped) under the SMC Calling Convention
//! (Arm DEN0028): the function id in `w0`, arguments in `x1`-`x6`, results in `x0`-`x3`. No argument
//! is ever a pointer: bulk data goes through message windows whose place the configuration fixes.
//! [`call`] holds the numbers, [`status`] the answers, [`passport`] the read-only page in which a
//! partition finds what it was given, [`direct`] how messages lie in memory that partitions share.

#![no_std]
#![forbid(unsafe_code)]

pub mod call;
pub mod direct;
pub mod exception;
pub mod passport;
mod reader;
pub mod status;

/// Version of this interface: major in the upper 16 bits, minor in the lower.
///
/// A guest built for major version 1 runs on every later Paratia of major version 1; minor versions
/// only add calls and feature bits.
pub const ABI_VERSION: u32 = 0x0001_0003;

/// The start condition that a partition finds in `x1` at its entry point (ARINC 653 P1-3,
/// 2.3.1.4: partition start condition).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u64)]
pub enum StartCondition {
    /// The first start after the board's reset.
    NormalStart = 0,
    /// A restart asked for by the partition itself.
    PartitionRestart = 1,
    /// A restart by the health monitor; memory was scrubbed and the pristine image reloaded.
    HealthMonitorRestart = 2,
}

impl StartCondition {
    /// The condition that a register value stands for, if it stands for one.
    #[must_use]
    pub const fn from_raw(raw: u64) -> Option<Self> {
        match raw {
            0 => Some(Self::NormalStart),
            1 => Some(Self::PartitionRestart),
            2 => Some(Self::HealthMonitorRestart),
            _ => None,
        }
    }
}

/// A partition's operating mode (ARINC 653 P1-3, 2.3.1.3), as set by [`call::SET_MODE`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u64)]
pub enum OperatingMode {
    /// Stopped for good; no window of the partition runs any more.
    Idle = 0,
    /// Initialising; heartbeats are not yet expected.
    Starting = 1,
    /// At work; heartbeats are supervised.
    Normal = 2,
}

impl OperatingMode {
    /// The mode that a register value stands for, if it stands for one.
    #[must_use]
    pub const fn from_raw(raw: u64) -> Option<Self> {
        match raw {
            0 => Some(Self::Idle),
            1 => Some(Self::Starting),
            2 => Some(Self::Normal),
            _ => None,
        }
    }
}

/// What a partition's own exception handler may report by [`call::REPORT_ERROR`].
///
/// These are the guest's findings about itself, so the hypervisor only looks up its health policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u64)]
pub enum ReportedError {
    /// The application found a fault of its own (ARINC 653 `APPLICATION_ERROR`); a panic.
    Application = 0,
    /// An exception at EL1 or EL0 that the guest doesn't handle: undefined instruction, its own
    /// translation fault, alignment.
    UnhandledException = 1,
}

impl ReportedError {
    /// The error that a register value stands for, if it stands for one.
    #[must_use]
    pub const fn from_raw(raw: u64) -> Option<Self> {
        match raw {
            0 => Some(Self::Application),
            1 => Some(Self::UnhandledException),
            _ => None,
        }
    }
}

/// Why a vCPU came to EL2 and went back in the same window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum ExitCause {
    /// An interrupt.
    Interrupt,
    /// A call.
    Call,
    /// `WFI`; the waiting itself isn't counted.
    Wait,
    /// An access to an emulated device, or to nothing.
    Device,
    /// A system register or instruction that traps.
    Register,
}

impl ExitCause {
    /// Every cause, in the order of their numbers.
    pub const ALL: [Self; 5] = [
        Self::Interrupt,
        Self::Call,
        Self::Wait,
        Self::Device,
        Self::Register,
    ];

    /// Its name in logs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Interrupt => "interrupt",
            Self::Call => "call",
            Self::Wait => "wait",
            Self::Device => "device",
            Self::Register => "register",
        }
    }
}
