//! Call numbers: the vendor-hypervisor range of the SMC Calling Convention, and the standard calls
//! that Paratia answers.
//!
//! Every id that isn't listed here is answered with [`crate::status::NOT_SUPPORTED`] and counted;
//! a partition that makes more of them in a window than its configuration allows gets a health
//! event.

/// First of Paratia's own calls: fast call, 64-bit, owner 6 (vendor specific hypervisor service,
/// DEN0028, table 6-2).
pub const BASE: u32 = 0xC600_0000;

/// Does nothing. Results: `x0` = [`crate::status::SUCCESS`], `x1` = [`crate::ABI_VERSION`],
/// `x2` = feature word ([`Features`]).
pub const VERSION: u32 = BASE;

/// Appends up to [`CONSOLE_WRITE_BYTES`] bytes to the partition's console.
///
/// `x1` = number of bytes, 0 to [`CONSOLE_WRITE_BYTES`]; `x2`-`x6` = the bytes, little-endian.
/// Results: `x0` = success, [`crate::status::INVALID_PARAMETERS`] for a count out of range, or
/// [`crate::status::BUSY`] when the console's buffer is full: nothing was taken, and the bytes count
/// as dropped.
pub const CONSOLE_WRITE: u32 = BASE + 1;

/// Most bytes that one [`CONSOLE_WRITE`] takes: five registers of eight.
pub const CONSOLE_WRITE_BYTES: usize = 40;

/// Writes the message that lies in a source port's message window to its channel.
///
/// `x1` = port index (as in the passport), `x2` = length in bytes, 1 to the port's message size.
/// Results: `x0` = success, [`crate::status::INVALID_PARAMETERS`] for a bad length or
/// [`crate::status::NOT_FOUND`] for a port that the partition doesn't have or may not write.
pub const SAMPLING_PORT_WRITE: u32 = BASE + 2;

/// Reads a destination port's newest message into its message window.
///
/// `x1` = port index. Results: `x0` = success; `x1` = length in bytes; `x2` = 1 if the message is
/// no older than the channel's refresh period, else 0 (ARINC 653 validity); `x3` = its age in
/// counter ticks. [`crate::status::EMPTY`] if no message was ever written,
/// [`crate::status::NOT_FOUND`] for a port that the partition doesn't have or may not read.
///
/// Where the port has an interrupt (`port_interrupts` in the passport), the first message that comes
/// after this call interrupts the partition; those after it don't, until it reads again.
pub const SAMPLING_PORT_READ: u32 = BASE + 3;

/// Reports a sign of life, typically one finished frame. `x1` = a sequence number for the log.
///
/// Results: `x0` = success, or [`crate::status::NOT_FOUND`] if the partition's configuration
/// expects none.
pub const HEARTBEAT: u32 = BASE + 4;

/// Enters an operating mode: `x1` = [`crate::OperatingMode`].
///
/// Idle stops the partition for good and doesn't return. Results: `x0` = success, or
/// [`crate::status::INVALID_PARAMETERS`].
pub const SET_MODE: u32 = BASE + 5;

/// Reports an error of the partition's own to the health monitor.
///
/// `x1` = [`crate::ReportedError`]; `x2`-`x4` go into the fault report (for an unhandled exception
/// `ESR_EL1`, `FAR_EL1`, `ELR_EL1`). Returns only if the health policy ignores it.
pub const REPORT_ERROR: u32 = BASE + 6;

/// Gives the rest of the current window back (ARINC 653 `PERIODIC_WAIT` of a partition with one
/// process): returns at the start of the partition's next window. Results: `x0` = success, `x1` =
/// that window's start in ticks of `CNTVCT_EL0`.
pub const WAIT_FOR_WINDOW: u32 = BASE + 7;

/// Restarts the partition: memory scrubbed, pristine image. `x1` = reserved, 0. Doesn't return.
pub const RESTART: u32 = BASE + 8;

/// How often and for how long the calling vCPU was at EL2, for one cause: `x1` = an
/// [`crate::ExitCause`].
///
/// Results: `x0` = success; `x1` = exits since boot; `x2` = counter ticks that these took; `x3` =
/// ticks of the longest. [`crate::status::INVALID_PARAMETERS`] for another number.
pub const EXIT_STATISTICS: u32 = BASE + 9;

/// One past the last of Paratia's own calls.
pub const END: u32 = BASE + 10;

/// `SMCCC_VERSION` (DEN0028, 7.2).
pub const SMCCC_VERSION: u32 = 0x8000_0000;
/// `SMCCC_ARCH_FEATURES` (DEN0028, 7.3).
pub const SMCCC_ARCH_FEATURES: u32 = 0x8000_0001;
/// Call count query of the vendor-hypervisor range (DEN0028, 6.2).
pub const HYPERVISOR_CALL_COUNT: u32 = 0x8600_FF00;
/// Call UID query of the vendor-hypervisor range; answers [`UID`].
pub const HYPERVISOR_CALL_UID: u32 = 0x8600_FF01;
/// Revision query of the vendor-hypervisor range; answers major in `x0`, minor in `x1`.
pub const HYPERVISOR_REVISION: u32 = 0x8600_FF03;
/// `PV_TIME_FEATURES` (DEN0057, 3.1).
pub const PV_TIME_FEATURES: u32 = 0xC500_0020;
/// `PV_TIME_ST` (DEN0057, 3.2): where the caller finds its vCPU's stolen time.
pub const PV_TIME_ST: u32 = 0xC500_0021;
/// `PSCI_VERSION` (DEN0022, 5.3).
pub const PSCI_VERSION: u32 = 0x8400_0000;
/// `PSCI_FEATURES` (DEN0022, 5.15).
pub const PSCI_FEATURES: u32 = 0x8400_000A;
/// `SYSTEM_OFF` (DEN0022, 5.10): a health event of the partition's own policy.
pub const PSCI_SYSTEM_OFF: u32 = 0x8400_0008;
/// `SYSTEM_RESET` (DEN0022, 5.11): a health event of the partition's own policy.
pub const PSCI_SYSTEM_RESET: u32 = 0x8400_0009;

/// Paratia's UID as the four words that [`HYPERVISOR_CALL_UID`] answers in `w0`-`w3`.
pub const UID: [u32; 4] = [0x6a5e_9d41, 0xb7c0_4f1e, 0x8d2f_93a6, 0x41c8_0b57];

bitflags::bitflags! {
    /// What this Paratia offers beyond the calls of version 1.0.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Features: u64 {
        /// Sampling ports.
        const SAMPLING_PORTS = 1;
        /// Supervised heartbeats.
        const HEARTBEAT = 1 << 1;
        /// The partition runs in windows of a cyclic schedule.
        const CYCLIC_SCHEDULE = 1 << 2;
    }
}
