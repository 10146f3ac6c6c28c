//! What can be wrong with an interrupt controller.

use core::fmt;

use paratia_config::address::MemoryRange;

/// Why the interrupt controller can't be used as configured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ControllerError {
    /// A range of the board's facts has no room for the registers that it should hold.
    Range {
        /// Whose registers.
        part: &'static str,
        /// The range in the facts.
        range: MemoryRange,
        /// What it would have to hold, in bytes.
        needed_bytes: u64,
    },
    /// What answers at the address is another architecture revision.
    Revision {
        /// The revision in the board's facts: 2, or 3, for which 4 would do.
        configured: u8,
        /// The revision that it reports.
        found: u8,
    },
    /// The distributor has fewer interrupt ids than configured.
    InterruptCount {
        /// What the board's facts say.
        configured: u32,
        /// What the distributor reports.
        found: u32,
    },
    /// The registers' owner isn't the board that was chosen: the facts are of another kind.
    Kind {
        /// The kind of the driver.
        driver: &'static str,
    },
    /// The CPU interface belongs to another CPU than the facts say.
    CpuNumber {
        /// Index of the CPU in the facts.
        cpu: usize,
        /// The mask of its number that the hardware reports (`GICD_ITARGETSR0`).
        found: u8,
    },
    /// Guests' interrupts have more priorities than are saved when partitions switch.
    PreemptionLevels {
        /// Bits of priority that the hardware reports; 5 are saved.
        found: u32,
    },
    /// A redistributor frame belongs to another CPU than the facts say.
    Affinity {
        /// Index of the CPU and of the frame.
        cpu: usize,
        /// The affinity in the board's facts.
        configured: u64,
        /// The affinity that the frame reports.
        found: u64,
    },
    /// The redistributors have the double frames of GICv4.
    FrameLayout,
    /// The CPU has no system registers for the controller.
    NoSystemRegisters,
    /// A write did not take effect within the bound.
    Stuck {
        /// The register that was polled.
        register: &'static str,
    },
    /// The number isn't that of a shared interrupt of this controller.
    NotAnSpi {
        /// The number.
        intid: u32,
    },
}

impl fmt::Display for ControllerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Range {
                part,
                range,
                needed_bytes,
            } => write!(
                f,
                "interrupt controller: the {part} at {:#x} is given {:#x} bytes and needs \
                 {needed_bytes:#x}; correct the board's facts",
                range.base.0, range.size_bytes
            ),
            Self::Revision { configured, found } => write!(
                f,
                "interrupt controller: configured as GICv{configured} but the hardware reports \
                 revision {found}; start the machine with a GICv{configured} or choose another board"
            ),
            Self::InterruptCount { configured, found } => write!(
                f,
                "interrupt controller: configured with {configured} interrupt ids but the \
                 distributor has {found}; correct the board's facts"
            ),
            Self::Affinity {
                cpu,
                configured,
                found,
            } => write!(
                f,
                "interrupt controller: redistributor {cpu} is configured for the CPU with \
                 affinity {configured:#x} but belongs to {found:#x}; correct the order of CPUs in \
                 the board's facts"
            ),
            Self::Kind { driver } => write!(
                f,
                "interrupt controller: the driver of a {driver} was given the facts of another \
                 kind; correct the board's module"
            ),
            Self::CpuNumber { cpu, found } => write!(
                f,
                "interrupt controller: CPU {cpu} is configured as target {cpu} but the hardware \
                 reports the mask {found:#x}; correct the order of CPUs in the board's facts"
            ),
            Self::PreemptionLevels { found } => write!(
                f,
                "interrupt controller: virtual interrupts have {found} bits of priority but 5 are \
                 saved; choose another CPU"
            ),
            Self::FrameLayout => f.write_str(
                "interrupt controller: configured as GICv3 with two frames a redistributor but \
                 the hardware has GICv4's four; start the machine with a GICv3",
            ),
            Self::NoSystemRegisters => f.write_str(
                "interrupt controller: configured as GICv3 but the CPU's ICC registers can't be \
                 enabled; start the machine with a GICv3 whose system registers EL2 may use",
            ),
            Self::Stuck { register } => write!(
                f,
                "interrupt controller: {register} still reports a write in progress after {} \
                 reads; reset the machine",
                super::MAX_POLLS
            ),
            Self::NotAnSpi { intid } => write!(
                f,
                "interrupt controller: {intid} is not a shared interrupt of this controller; use \
                 an id from {} that the board has",
                super::FIRST_SPI
            ),
        }
    }
}

impl core::error::Error for ControllerError {}
