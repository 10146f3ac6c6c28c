//! The calls that Paratia answers, as a table: its own, in the vendor-hypervisor range of the SMC Calling
//! Convention, and those of standards.
//!
//! The hypervisor's dispatch is checked against this table when it is built, the documentation's list by a
//! test. Every id that isn't listed here is answered with [`crate::status::NOT_SUPPORTED`] and counted;
//! a partition that makes more of them in a window than its configuration allows gets a health
//! event.

/// First of Paratia's own calls: fast call, 64-bit, owner 6 (vendor specific hypervisor service,
/// DEN0028, table 6-2).
pub const BASE: u32 = 0xC600_0000;

/// Numbers from [`BASE`] that are Paratia's to give: one owner's share of the convention (DEN0028, 2.5).
pub const OWN_NUMBERS: u32 = 1 << 16;

/// A row of the table of calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Call {
    /// What a guest puts in `w0`; for a call of PSCI the 32-bit form.
    pub id: u32,
    /// Its name in words, or the standard's.
    pub name: &'static str,
    /// The name of the constant that is its id.
    pub symbol: &'static str,
    /// What it does, takes and answers, as lines of documentation.
    pub documentation: &'static [&'static str],
    /// How it is carried out.
    pub way: Way,
}

/// How a call is carried out, which decides what it costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// It always has the same answer, given at once: the short way, on which no registers but those of the
    /// calling convention are saved.
    Constant,
    /// It ends the caller's window, and has a way of its own as nearly every window ends by it.
    EndsWindow,
    /// By a handler that knows the caller's partition.
    Own,
    /// A standard's question, apart from Paratia's own calls so that these are found by one jump.
    Standard,
    /// By the power states of the partition's vCPUs (PSCI).
    Power,
    /// By the partition's source of random numbers, if it was given one (Arm DEN0098).
    Entropy,
}

/// Makes a constant of each row's id, and [`CALLS`] of them all.
macro_rules! table {
    ($($(#[doc = $doc:literal])* $way:ident $call:ident = $id:expr, $name:literal;)*) => {
        $($(#[doc = $doc])* pub const $call: u32 = $id;)*

        /// Every call that is answered, Paratia's own first.
        pub const CALLS: [Call; [$($call),*].len()] = [
            $(Call {
                id: $call,
                name: $name,
                symbol: stringify!($call),
                documentation: &[$($doc),*],
                way: Way::$way,
            },)*
        ];
    };
}

table! {
    /// Does nothing. Results: `x0` = [`crate::status::SUCCESS`], `x1` = [`crate::ABI_VERSION`],
    /// `x2` = feature word ([`Features`]).
    Constant VERSION = BASE, "version";

    /// Appends up to [`CONSOLE_WRITE_BYTES`] bytes to the partition's console.
    ///
    /// `x1` = number of bytes, 0 to [`CONSOLE_WRITE_BYTES`]; `x2`-`x6` = the bytes, little-endian.
    /// Results: `x0` = success, [`crate::status::INVALID_PARAMETERS`] for a count out of range, or
    /// [`crate::status::BUSY`] when the console's buffer is full: nothing was taken, and the bytes count
    /// as dropped.
    Own CONSOLE_WRITE = BASE + 1, "console write";

    /// Writes the message that lies in a source port's message window to its channel.
    ///
    /// `x1` = port index (as in the passport), `x2` = length in bytes, 1 to the port's message size.
    /// Results: `x0` = success, [`crate::status::INVALID_PARAMETERS`] for a bad length or
    /// [`crate::status::NOT_FOUND`] for a port that the partition doesn't have or may not write.
    Own SAMPLING_PORT_WRITE = BASE + 2, "sampling port write";

    /// Reads a destination port's newest message into its message window.
    ///
    /// `x1` = port index. Results: `x0` = success; `x1` = length in bytes; `x2` = 1 if the message is
    /// no older than the channel's refresh period, else 0 (ARINC 653 validity); `x3` = its age in
    /// counter ticks. [`crate::status::EMPTY`] if no message was ever written,
    /// [`crate::status::NOT_FOUND`] for a port that the partition doesn't have or may not read.
    ///
    /// Where the port has an interrupt (`port_interrupts` in the passport), the first message that comes
    /// after this call interrupts the partition; those after it don't, until it reads again.
    Own SAMPLING_PORT_READ = BASE + 3, "sampling port read";

    /// Reports a sign of life, typically one finished frame. `x1` = a sequence number for the log.
    ///
    /// Results: `x0` = success, or [`crate::status::NOT_FOUND`] if the partition's configuration
    /// expects none.
    Own HEARTBEAT = BASE + 4, "heartbeat";

    /// Enters an operating mode: `x1` = [`crate::OperatingMode`].
    ///
    /// Idle stops the partition for good and doesn't return. Results: `x0` = success, or
    /// [`crate::status::INVALID_PARAMETERS`].
    Own SET_MODE = BASE + 5, "set mode";

    /// Reports an error of the partition's own to the health monitor.
    ///
    /// `x1` = [`crate::ReportedError`]; `x2`-`x4` go into the fault report (for an unhandled exception
    /// `ESR_EL1`, `FAR_EL1`, `ELR_EL1`). Returns only if the health policy ignores it.
    Own REPORT_ERROR = BASE + 6, "report error";

    /// Gives the rest of the current window back (ARINC 653 `PERIODIC_WAIT` of a partition with one
    /// process): returns at the start of the partition's next window. Results: `x0` = success, `x1` =
    /// that window's start in ticks of `CNTVCT_EL0`.
    EndsWindow WAIT_FOR_WINDOW = BASE + 7, "wait for window";

    /// Restarts the partition: memory scrubbed, pristine image. `x1` = reserved, 0. Returns only if that is
    /// another value: [`crate::status::INVALID_PARAMETERS`].
    Own RESTART = BASE + 8, "restart";

    /// How often and for how long the calling vCPU was at EL2, for one cause: `x1` = an
    /// [`crate::ExitCause`].
    ///
    /// Results: `x0` = success; `x1` = exits since boot; `x2` = counter ticks that these took; `x3` =
    /// ticks of the longest. [`crate::status::INVALID_PARAMETERS`] for another number.
    Own EXIT_STATISTICS = BASE + 9, "exit statistics";

    /// Sends the message that lies in a queuing source port's message window. Never waits.
    ///
    /// `x1` = port index, `x2` = length in bytes, 1 to the port's message size; `x3` = reserved, 0.
    /// Results: `x0` = success, or [`crate::status::BUSY`] when the queue is full: the message isn't
    /// taken, and counts as refused; `x1` = messages that wait now; `x2` = messages refused since boot.
    /// [`crate::status::INVALID_PARAMETERS`] for a bad length or a reserved bit,
    /// [`crate::status::NOT_FOUND`] for a queuing port that the partition doesn't have or may not write.
    Own SEND_QUEUING_MESSAGE = BASE + 10, "send queuing message";

    /// Takes the oldest message that waits at a queuing destination port, into its message window. Never
    /// waits.
    ///
    /// `x1` = port index, `x2` = reserved, 0. Results: `x0` = success, or [`crate::status::EMPTY`] when
    /// none waits; `x1` = length in bytes, 0 if none; `x2` = messages refused, because the queue was full,
    /// since this was asked last (ARINC 653's overflow); `x3` = messages that wait still.
    /// [`crate::status::INVALID_PARAMETERS`] for a reserved bit, [`crate::status::NOT_FOUND`] for a queuing
    /// port that the partition doesn't have or may not read.
    ///
    /// Where the port has an interrupt, it comes with the first message sent after this call: a reader
    /// goes on until none waits.
    Own RECEIVE_QUEUING_MESSAGE = BASE + 11, "receive queuing message";

    /// How a queuing port stands, at either end.
    ///
    /// `x1` = port index, `x2` = reserved, 0. Results: `x0` = success; `x1` = messages that wait; `x2` =
    /// messages refused since boot; `x3` = messages sent since boot.
    /// [`crate::status::INVALID_PARAMETERS`] for a reserved bit, [`crate::status::NOT_FOUND`] for a queuing
    /// port that the partition doesn't have.
    Own QUEUING_PORT_STATUS = BASE + 12, "queuing port status";

    /// Drops all messages that wait at a queuing destination port.
    ///
    /// `x1` = port index, `x2` = reserved, 0. Results: `x0` = success; `x1` = messages dropped.
    /// [`crate::status::INVALID_PARAMETERS`] for a reserved bit, [`crate::status::NOT_FOUND`] for a queuing
    /// port that the partition doesn't have or may not read.
    Own CLEAR_QUEUING_PORT = BASE + 13, "clear queuing port";

    /// Signals the event at a source port: it is pending at each destination until that has taken it. Never
    /// waits.
    ///
    /// `x1` = port index, `x2` = reserved, 0. Results: `x0` = success, or [`crate::status::BUSY`] when the
    /// partition has signalled it in this window as often as the configuration allows (`port_signals` in the
    /// passport): nobody is interrupted, and the signal counts as refused; `x1` = signals that are left in this
    /// window; `x2` = signals refused since boot. Of a partition with several vCPUs each window of any begins
    /// the count anew.
    /// [`crate::status::INVALID_PARAMETERS`] for a reserved bit, [`crate::status::NOT_FOUND`] for an event's
    /// port that the partition doesn't have or may not signal.
    Own SIGNAL_EVENT = BASE + 14, "signal event";

    /// Takes the event at a destination port, so that the next signal interrupts anew. Never waits.
    ///
    /// `x1` = port index, `x2` = reserved, 0. Results: `x0` = success, or [`crate::status::EMPTY`] when it
    /// wasn't signalled since this was asked last; `x1` = how often it was; `x2` = signals refused since boot.
    /// [`crate::status::INVALID_PARAMETERS`] for a reserved bit, [`crate::status::NOT_FOUND`] for an event's
    /// port that the partition doesn't have or may not take.
    Own TAKE_EVENT = BASE + 15, "take event";

    /// Call count query of the vendor-hypervisor range (DEN0028, 6.2).
    Standard HYPERVISOR_CALL_COUNT = 0x8600_FF00, "call count";
    /// Call UID query of the vendor-hypervisor range; answers [`UID`].
    Standard HYPERVISOR_CALL_UID = 0x8600_FF01, "call UID";
    /// Revision query of the vendor-hypervisor range; answers major in `x0`, minor in `x1`.
    Standard HYPERVISOR_REVISION = 0x8600_FF03, "revision";
    /// `SMCCC_VERSION` (DEN0028, 7.2).
    Constant SMCCC_VERSION = 0x8000_0000, "SMCCC_VERSION";
    /// `SMCCC_ARCH_FEATURES` (DEN0028, 7.3).
    Standard SMCCC_ARCH_FEATURES = 0x8000_0001, "SMCCC_ARCH_FEATURES";
    /// `PV_TIME_FEATURES` (DEN0057, 3.1).
    Standard PV_TIME_FEATURES = 0xC500_0020, "PV_TIME_FEATURES";
    /// `PV_TIME_ST` (DEN0057, 3.2): where the caller finds its vCPU's stolen time.
    Standard PV_TIME_ST = 0xC500_0021, "PV_TIME_ST";

    /// `TRNG_VERSION` (DEN0098, 2.1): 1.0. This and those after it are answered where the partition's machine
    /// was given random numbers; elsewhere there is no such call.
    Entropy TRNG_VERSION = 0x8400_0050, "TRNG_VERSION";
    /// `TRNG_FEATURES` (DEN0098, 2.2): whether the call in `w1` is one of these.
    Entropy TRNG_FEATURES = 0x8400_0051, "TRNG_FEATURES";
    /// `TRNG_GET_UUID` (DEN0098, 2.3): who gives the numbers, in `w0`-`w3`.
    Entropy TRNG_GET_UUID = 0x8400_0052, "TRNG_GET_UUID";
    /// `TRNG_RND32` (DEN0098, 2.4): `w1` = bits, 1 to 96; the answer has the last of them in `w3`.
    Entropy TRNG_RND32 = 0x8400_0053, "TRNG_RND32";
    /// `TRNG_RND64` (DEN0098, 2.4): `x1` = bits, 1 to 192; the answer has the last of them in `x3`.
    Entropy TRNG_RND64 = 0xC400_0053, "TRNG_RND64";

    /// `PSCI_VERSION` (DEN0022, 5.3).
    Constant PSCI_VERSION = 0x8400_0000, "PSCI_VERSION";
    /// `CPU_SUSPEND` (DEN0022, 5.4), also in the 64-bit form.
    Power PSCI_CPU_SUSPEND = 0x8400_0001, "CPU_SUSPEND";
    /// `CPU_OFF` (DEN0022, 5.5).
    Power PSCI_CPU_OFF = 0x8400_0002, "CPU_OFF";
    /// `CPU_ON` (DEN0022, 5.6), also in the 64-bit form.
    Power PSCI_CPU_ON = 0x8400_0003, "CPU_ON";
    /// `AFFINITY_INFO` (DEN0022, 5.7), also in the 64-bit form.
    Power PSCI_AFFINITY_INFO = 0x8400_0004, "AFFINITY_INFO";
    /// `MIGRATE_INFO_TYPE` (DEN0022, 5.9): there is no Trusted OS.
    Power PSCI_MIGRATE_INFO_TYPE = 0x8400_0006, "MIGRATE_INFO_TYPE";
    /// `SYSTEM_OFF` (DEN0022, 5.10): a health event of the partition's own policy.
    Power PSCI_SYSTEM_OFF = 0x8400_0008, "SYSTEM_OFF";
    /// `SYSTEM_RESET` (DEN0022, 5.11): a health event of the partition's own policy.
    Power PSCI_SYSTEM_RESET = 0x8400_0009, "SYSTEM_RESET";
    /// `PSCI_FEATURES` (DEN0022, 5.15).
    Power PSCI_FEATURES = 0x8400_000A, "PSCI_FEATURES";
}

/// Most bytes that one [`CONSOLE_WRITE`] takes: five registers of eight.
pub const CONSOLE_WRITE_BYTES: usize = 40;

/// One past the last of Paratia's own calls.
pub const END: u32 = {
    let (mut end, mut index) = (BASE, 0);
    while index < CALLS.len() {
        let id = CALLS[index].id;
        if id >= BASE && id - BASE < OWN_NUMBERS && id >= end {
            end = id + 1;
        }
        index += 1;
    }
    end
};

/// The way of the call with this id; nothing if there is none.
#[must_use]
pub const fn way(id: u32) -> Option<Way> {
    let mut index = 0;
    while index < CALLS.len() {
        if CALLS[index].id == id {
            return Some(CALLS[index].way);
        }
        index += 1;
    }
    None
}

/// Whether these are all calls that are carried out in this way, each once.
#[must_use]
pub const fn are_all(way: Way, ids: &[u32]) -> bool {
    let (mut index, mut of_the_way) = (0, 0);
    while index < CALLS.len() {
        if CALLS[index].way as u8 == way as u8 {
            of_the_way += 1;
            let (mut at, mut found) = (0, 0);
            while at < ids.len() {
                if ids[at] == CALLS[index].id {
                    found += 1;
                }
                at += 1;
            }
            if found != 1 {
                return false;
            }
        }
        index += 1;
    }
    of_the_way == ids.len()
}

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
        /// Queuing ports.
        const QUEUING_PORTS = 1 << 3;
        /// Channels with memory of their own: direct ones, and shared memory.
        const CHANNEL_MEMORY = 1 << 4;
        /// Events.
        const EVENTS = 1 << 5;
    }
}
