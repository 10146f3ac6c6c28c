//! The nouns: system, partition, region, device use, channel, schedule, window, health policy.

use core::time::Duration;

use crate::address::{Ipa, MemoryRange, Pa};
use crate::machine::VirtualMachine;

pub use crate::image::{File, Image, Initrd};

/// A whole system: what one image holds.
#[derive(Clone, Copy, Debug)]
pub struct System {
    /// Name on the command line.
    pub name: &'static str,
    /// One line for people.
    pub summary: &'static str,
    /// The partitions; a partition's place in this list is its index everywhere.
    pub partitions: &'static [Partition],
    /// When each runs.
    pub schedule: Schedule,
    /// How messages flow between them.
    pub channels: &'static [Channel],
    /// The picture's size, if a partition owns a frame buffer.
    pub display: Option<Display>,
    /// Whether each window's start is logged, for experiments; counters are always kept.
    pub trace: Trace,
}

/// How much is logged in normal operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trace {
    /// Health events, restarts and final statistics.
    Events,
    /// These and every window start and heartbeat.
    Windows,
}

/// A partition: memory, devices and time that are its own.
#[derive(Clone, Copy, Debug)]
pub struct Partition {
    /// Its name, 1 to 24 bytes of `a-z`, `0-9` and `-`; the prefix of its console lines.
    pub name: &'static str,
    /// What depends on it.
    pub criticality: Criticality,
    /// What runs in it.
    pub image: Image,
    /// Where its first instruction lies.
    pub entry: Ipa,
    /// Memory that it may touch; the first region holds the first instruction, and a program at its
    /// base.
    pub regions: &'static [Region],
    /// Guest-physical page at which it finds its passport.
    pub passport: Ipa,
    /// Devices that are its own.
    pub devices: &'static [DeviceUse],
    /// The rest of the machine that it sees.
    pub machine: VirtualMachine,
    /// Signs of life that it owes, if any.
    pub heartbeat: Option<Heartbeat>,
    /// What follows from its faults.
    pub health: HealthTable,
    /// Calls with unknown numbers or bad arguments that it may make in one window before that
    /// becomes a health event.
    pub refused_calls_per_window: u32,
    /// Text for the partition itself, at most 256 bytes; it finds it in its passport.
    pub arguments: &'static str,
}

/// What depends on a partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Criticality {
    /// A run fails if this partition misses a heartbeat or has a fault.
    Critical,
    /// It may fail, restart and be halted.
    BestEffort,
}

/// A piece of guest-physical memory and the physical memory behind it.
#[derive(Clone, Copy, Debug)]
pub struct Region {
    /// Its name, for messages.
    pub name: &'static str,
    /// Where the partition sees it; whole pages.
    pub ipa: Ipa,
    /// Where it lies; whole pages. Blocks of 2 MiB are used where `ipa`, `pa` and size allow.
    pub pa: Pa,
    /// Size in bytes; whole pages.
    pub size_bytes: u64,
    /// What it is.
    pub kind: RegionKind,
}

impl Region {
    /// The physical memory behind it.
    #[must_use]
    pub const fn physical(&self) -> MemoryRange {
        MemoryRange::new(self.pa, self.size_bytes)
    }

    /// One past its last guest-physical byte; saturates.
    #[must_use]
    pub const fn ipa_end(&self) -> Ipa {
        Ipa(self.ipa.0.saturating_add(self.size_bytes))
    }

    /// Whether the partition may execute at a guest-physical address because of this region.
    #[must_use]
    pub fn is_executable(&self, address: u64) -> bool {
        self.kind == RegionKind::Ram && (self.ipa.0..self.ipa_end().0).contains(&address)
    }
}

/// What a region is; decides its attributes and whether it is scrubbed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegionKind {
    /// Read, written and executed by the partition; scrubbed before every start.
    Ram,
    /// Pixels: read and written, not cached, never executed; scrubbed before every start.
    FrameBuffer,
}

/// A board's device in a partition's hands.
#[derive(Clone, Copy, Debug)]
pub struct DeviceUse {
    /// The board's name for it.
    pub device: &'static str,
    /// Where the partition sees its registers; whole pages.
    pub ipa: Ipa,
    /// Whether the partition is trusted with all that the device's pages reach beside the device
    /// ([`Device::reaches`](crate::board::Device::reaches)), if they reach anything.
    pub trusted: bool,
}

/// Signs of life that a partition owes once it is in normal mode. Whole major frames in these durations
/// are as long as the schedule's own: see [`Span`].
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

/// A one-way connection from one partition to others.
#[derive(Clone, Copy, Debug)]
pub struct Channel {
    /// Its name, for messages.
    pub name: &'static str,
    /// How messages are kept.
    pub kind: ChannelKind,
    /// Largest message in bytes: a multiple of 8, at most [`MAX_MESSAGE_BYTES`].
    pub message_bytes: u32,
    /// The one end that writes.
    pub source: Port,
    /// The ends that read.
    pub destinations: &'static [Port],
}

/// Largest message of any channel in bytes; bounds the longest copy that the hypervisor makes with
/// interrupts masked.
pub const MAX_MESSAGE_BYTES: u32 = 512;

/// How a channel keeps messages (ARINC 653 P1-3, 2.3.5.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChannelKind {
    /// The newest message replaces the one before it.
    Sampling {
        /// A message older than this is no longer valid.
        refresh: Duration,
    },
}

/// A partition's end of a channel. A port's index is its place among its partition's ports, in the
/// order of the system's channels.
#[derive(Clone, Copy, Debug)]
pub struct Port {
    /// The partition's name.
    pub partition: &'static str,
    /// The port's name, as the partition knows it; unique within the partition.
    pub port: &'static str,
    /// Guest-physical address of its message window, within the partition's RAM; a multiple of 8.
    pub window: Ipa,
    /// At a destination: the shared interrupt of its partition's controller that comes with the first
    /// message since it last read the port, if it wants one. Nothing at a source.
    pub interrupt: Option<u32>,
}

/// The cyclic schedule: all CPUs in step, each with its own plan.
#[derive(Clone, Copy, Debug)]
pub struct Schedule {
    /// Length of the cycle.
    pub major_frame: Duration,
    /// Time at the end of each window in which the next partition is switched in; the partition
    /// that owns the window doesn't run in it. At least the hypervisor's longest path.
    pub guard: Duration,
    /// Each CPU's plan, CPU 0 first. CPUs beyond this list stay idle.
    pub plans: &'static [&'static [Window]],
}

/// A duration in major frames, and what is left of it.
///
/// A frame lasts a whole number of ticks, so it is up to a tick shorter than declared, and the schedule
/// gets ahead of the clock by as much in every frame. What has to stay in step with its windows is
/// measured like this, and never as one duration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Whole major frames; saturates.
    pub frames: u64,
    /// The rest, less than a frame.
    pub rest: Duration,
}

const NANOSECONDS: u128 = 1_000_000_000;

impl Schedule {
    /// A duration as the schedule measures it.
    #[must_use]
    #[allow(
        clippy::cast_possible_truncation,
        reason = "compared before, and a remainder is less than what it is divided by"
    )]
    pub const fn span(&self, duration: Duration) -> Span {
        let frame = self.major_frame.as_nanos();
        if frame == 0 {
            return Span {
                frames: 0,
                rest: duration,
            };
        }
        let (frames, rest) = (duration.as_nanos() / frame, duration.as_nanos() % frame);
        // A remainder is less than a frame, which is a `Duration`.
        let (seconds, nanoseconds) = (rest / NANOSECONDS, rest % NANOSECONDS);
        Span {
            frames: if frames > u64::MAX as u128 {
                u64::MAX
            } else {
                frames as u64
            },
            rest: Duration::new(seconds as u64, nanoseconds as u32),
        }
    }

    /// Windows of the largest plan.
    #[must_use]
    pub const fn most_windows(&self) -> usize {
        let mut most = 0;
        let mut cpu = 0;
        while cpu < self.plans.len() {
            let count = self.plans[cpu].len();
            most = if count > most { count } else { most };
            cpu += 1;
        }
        most
    }
}

/// Most windows in a CPU's plan.
pub const MAX_PLAN_WINDOWS: usize = 128;

/// A partition's piece of a CPU's time.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    /// The partition's name.
    pub partition: &'static str,
    /// Which of its vCPUs runs.
    pub vcpu: u32,
    /// Start within the major frame.
    pub start: Duration,
    /// Length, guard included.
    pub length: Duration,
}

/// The picture that the display shows.
#[derive(Clone, Copy, Debug)]
pub struct Display {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// The partition whose region of kind [`RegionKind::FrameBuffer`] is shown.
    pub partition: &'static str,
}

impl Display {
    /// Bytes from one row to the next: four a pixel, no gap.
    #[must_use]
    pub const fn stride_bytes(&self) -> u32 {
        self.width * 4
    }

    /// Bytes of the whole picture.
    #[must_use]
    pub const fn size_bytes(&self) -> u64 {
        self.stride_bytes() as u64 * self.height as u64
    }
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

impl System {
    /// The index of the partition called `name`.
    #[must_use]
    pub const fn partition_index(&self, name: &str) -> Option<usize> {
        let mut index = 0;
        while index < self.partitions.len() {
            if same_text(self.partitions[index].name, name) {
                return Some(index);
            }
            index += 1;
        }
        None
    }
}

impl System {
    /// All partitions' vCPUs together.
    #[must_use]
    pub const fn vcpu_count(&self) -> usize {
        self.first_vcpu(self.partitions.len())
    }

    /// The index of a partition's first vCPU among all partitions' vCPUs, which are counted in the
    /// order of the partitions.
    #[must_use]
    pub const fn first_vcpu(&self, partition: usize) -> usize {
        let mut first = 0usize;
        let mut index = 0;
        while index < partition {
            first = first.saturating_add(self.partitions[index].machine.vcpus as usize);
            index += 1;
        }
        first
    }

    /// The index of a partition's page of records, if it has one, among all partitions' such pages;
    /// the number of those before it.
    #[must_use]
    pub const fn first_record(&self, partition: usize) -> usize {
        let mut first = 0;
        let mut index = 0;
        while index < partition {
            first += self.partitions[index].machine.stolen_time.is_some() as usize;
            index += 1;
        }
        first
    }

    /// CPUs that the system needs: those with a plan, and the one that boots.
    #[must_use]
    pub const fn cpu_count(&self) -> usize {
        match self.schedule.plans.len() {
            0 => 1,
            count => count,
        }
    }
}

/// Whether two strings are equal, in constants too.
#[must_use]
pub const fn same_text(left: &str, right: &str) -> bool {
    let (left, right) = (left.as_bytes(), right.as_bytes());
    let mut at = left.len();
    if at != right.len() {
        return false;
    }
    // From the last byte on, for names that are alike mostly differ at their ends.
    while at > 0 {
        at -= 1;
        if left[at] != right[at] {
            return false;
        }
    }
    true
}
