//! The numbers of Xen's calls, which a guest gives in `x16` (`xen/include/public/xen.h`), and of what each can be
//! asked for.

/// `HVC #0xEA1`.
pub const IMMEDIATE: u64 = 0xEA1;

/// `memory_op`.
pub const MEMORY: u32 = 12;
/// Its `add_to_physmap`, for the shared page and for a grant frame.
pub const ADD_TO_PHYSMAP: u64 = 7;
/// See [`ADD_TO_PHYSMAP`].
pub const SPACE_SHARED_INFO: u32 = 0;
/// See [`ADD_TO_PHYSMAP`].
pub const SPACE_GRANT_TABLE: u32 = 1;

/// `xen_version`.
pub const VERSION: u32 = 17;
/// What it tells: the version, more of it, the name of this interface, features, bytes of a page.
pub const VERSION_NUMBER: u64 = 0;
/// See [`VERSION_NUMBER`].
pub const VERSION_EXTRA: u64 = 1;
/// See [`VERSION_NUMBER`].
pub const VERSION_CAPABILITIES: u64 = 3;
/// See [`VERSION_NUMBER`].
pub const VERSION_FEATURES: u64 = 6;
/// See [`VERSION_NUMBER`].
pub const VERSION_PAGE_BYTES: u64 = 7;
/// Xen 4.17.
pub const XEN_4_17: u64 = 4 << 16 | 17;
/// Page tables are the guest's own to write, and are translated; SMCCC is there; memory isn't mapped as it lies
/// on the board.
pub const FEATURES: u32 = 1 | 1 << 2 | 1 << 14 | 1 << 16;

/// `console_io`, and what it does.
pub const CONSOLE: u32 = 18;
/// See [`CONSOLE`].
pub const CONSOLE_WRITE: u64 = 0;
/// See [`CONSOLE`].
pub const CONSOLE_READ: u64 = 1;

/// `grant_table_op`, and what it does.
pub const GRANT_TABLE: u32 = 20;
/// See [`GRANT_TABLE`].
pub const GRANT_QUERY_SIZE: u64 = 6;
/// See [`GRANT_TABLE`].
pub const GRANT_SET_VERSION: u64 = 8;

/// `vm_assist`, and its one kind: a flag in the runstate while that is written, which it never is.
pub const ASSIST: u32 = 21;
/// See [`ASSIST`].
pub const ASSIST_RUNSTATE_FLAG: u64 = 5;

/// `vcpu_op`, and what it does.
pub const VCPU: u32 = 24;
/// See [`VCPU`].
pub const VCPU_IS_UP: u64 = 3;
/// See [`VCPU`].
pub const VCPU_REGISTER_RUNSTATE: u64 = 5;
/// See [`VCPU`].
pub const VCPU_REGISTER_INFO: u64 = 10;

/// `sched_op`, and what it does.
pub const SCHEDULE: u32 = 29;
/// See [`SCHEDULE`].
pub const SCHEDULE_YIELD: u64 = 0;
/// See [`SCHEDULE`].
pub const SCHEDULE_BLOCK: u64 = 1;
/// See [`SCHEDULE`].
pub const SCHEDULE_SHUTDOWN: u64 = 2;
/// See [`SCHEDULE`].
pub const SCHEDULE_POLL: u64 = 3;

/// `event_channel_op`, and what it does.
pub const EVENT_CHANNEL: u32 = 32;
/// See [`EVENT_CHANNEL`].
pub const EVENT_BIND_INTERDOMAIN: u64 = 0;
/// See [`EVENT_CHANNEL`].
pub const EVENT_BIND_VIRQ: u64 = 1;
/// See [`EVENT_CHANNEL`].
pub const EVENT_CLOSE: u64 = 3;
/// See [`EVENT_CHANNEL`].
pub const EVENT_SEND: u64 = 4;
/// See [`EVENT_CHANNEL`].
pub const EVENT_STATUS: u64 = 5;
/// See [`EVENT_CHANNEL`].
pub const EVENT_ALLOC_UNBOUND: u64 = 6;
/// See [`EVENT_CHANNEL`].
pub const EVENT_BIND_IPI: u64 = 7;
/// See [`EVENT_CHANNEL`].
pub const EVENT_BIND_VCPU: u64 = 8;
/// See [`EVENT_CHANNEL`].
pub const EVENT_UNMASK: u64 = 9;
/// See [`EVENT_CHANNEL`].
pub const EVENT_RESET: u64 = 10;

/// `hvm_op`, and what it does.
pub const HVM: u32 = 34;
/// See [`HVM`].
pub const HVM_GET_PARAMETER: u64 = 1;
/// The parameters that have a value: the console's page and event channel. All others below the end are 0.
pub const PARAMETER_CONSOLE_PAGE: u32 = 17;
/// See [`PARAMETER_CONSOLE_PAGE`].
pub const PARAMETER_CONSOLE_PORT: u32 = 18;
/// See [`PARAMETER_CONSOLE_PAGE`].
pub const PARAMETER_END: u32 = 40;

/// A guest's name for itself (`DOMID_SELF`).
pub const SELF: u16 = 0x7FF0;

/// Why a guest shuts down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shutdown {
    /// It is done.
    PowerOff,
    /// It wants to begin anew.
    Reboot,
    /// Its system crashed, or its own watchdog found it dead.
    Crash,
}

impl Shutdown {
    /// From its number; nothing if there is no such reason, and for what would need someone to go on from it.
    #[must_use]
    pub const fn from_raw(reason: u32) -> Option<Self> {
        match reason {
            0 => Some(Self::PowerOff),
            1 => Some(Self::Reboot),
            3 | 4 => Some(Self::Crash),
            _ => None,
        }
    }
}
