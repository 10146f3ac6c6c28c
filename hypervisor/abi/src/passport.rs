//! The passport: one read-only page in which a partition finds what the configuration gave it.
//!
//! Its guest-physical address is in `x0` at the partition's entry. It is a constant of the image
//! like everything else, so what changes from start to start comes in registers instead: `x1` =
//! [`crate::StartCondition`], `x2` = restarts so far, `x3` = the run argument (0 unless whoever
//! started the board gave one).

use core::mem::size_of;

use static_assertions::const_assert;

/// First word of every passport: "PARATIA1" in little-endian ASCII.
pub const MAGIC: u64 = u64::from_le_bytes(*b"PARATIA1");
/// A passport fills at most one page.
pub const PASSPORT_BYTES: usize = 4096;
/// Most regions in a passport.
pub const MAX_REGIONS: usize = 12;
/// Most ports in a passport.
pub const MAX_PORTS: usize = 8;
/// Most windows in a passport.
pub const MAX_WINDOWS: usize = 16;
/// Most interrupts in a passport.
pub const MAX_INTERRUPTS: usize = 16;
/// Longest argument string, in bytes.
pub const MAX_ARGUMENTS_BYTES: usize = 256;
/// Longest name, in bytes.
pub const MAX_NAME_BYTES: usize = 24;

const_assert!(size_of::<Passport>() <= PASSPORT_BYTES);

/// A name: UTF-8, padded with zero bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct Name(pub [u8; MAX_NAME_BYTES]);

impl Name {
    /// No name.
    pub const EMPTY: Self = Self([0; MAX_NAME_BYTES]);

    /// The name for a string of at most [`MAX_NAME_BYTES`] bytes.
    ///
    /// # Panics
    /// If `text` is longer (the configuration's rules stop the build before that).
    #[must_use]
    pub const fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        assert!(
            bytes.len() <= MAX_NAME_BYTES,
            "a name is at most 24 bytes long"
        );
        let mut name = [0; MAX_NAME_BYTES];
        let mut at = 0;
        while at < bytes.len() {
            name[at] = bytes[at];
            at += 1;
        }
        Self(name)
    }
}

/// The passport page. All counts say how many entries of the array after them are in use.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Passport {
    /// [`MAGIC`].
    pub magic: u64,
    /// [`crate::ABI_VERSION`] of the Paratia that made it.
    pub abi_version: u32,
    /// The partition's index in the system.
    pub partition: u32,
    /// The partition's name.
    pub name: Name,
    /// The system's name.
    pub system: Name,
    /// The board's name.
    pub board: Name,
    /// Version of the interrupt controller interface the partition sees: 2 or 3.
    pub gic_version: u32,
    /// Interrupt id of the partition's virtual timer (27 on every Arm board: PPI 11).
    pub timer_interrupt: u32,
    /// Length of the major frame in ns. It takes a whole number of ticks of the counter, rounded down:
    /// many frames are that many ticks each, not one long duration.
    pub major_frame_ns: u64,
    /// Expected period of heartbeats in ns; 0 if none are expected.
    pub heartbeat_period_ns: u64,
    /// Guest-physical base of the distributor and of the CPU interface (GICv2) or redistributor
    /// (GICv3); 0 where the partition has none. The controller has 64 shared interrupts, 32 to 95,
    /// unless the partition's declaration says otherwise or a device's lies beyond: `GICD_TYPER` tells.
    pub gic_bases: [u64; 2],
    /// Number of regions.
    pub region_count: u32,
    /// Number of ports.
    pub port_count: u32,
    /// Number of windows.
    pub window_count: u32,
    /// Number of interrupts.
    pub interrupt_count: u32,
    /// The memory that the partition may touch.
    pub regions: [RegionRecord; MAX_REGIONS],
    /// Its ends of channels.
    pub ports: [PortRecord; MAX_PORTS],
    /// Its windows in the major frame.
    pub windows: [WindowRecord; MAX_WINDOWS],
    /// Interrupt ids that it owns beside its timer.
    pub interrupts: [u32; MAX_INTERRUPTS],
    /// The frame buffer, if it has one (else all zero).
    pub display: DisplayRecord,
    /// The configuration's arguments, UTF-8 padded with zero bytes.
    pub arguments: [u8; MAX_ARGUMENTS_BYTES],
    /// What the device behind the region with the same index is, such as `pl061`; no name where
    /// there is no device. What came later lies here at the end, so that all before is where it was.
    pub device_models: [Name; MAX_REGIONS],
    /// The interrupt that comes with a message at the port with the same index; 0 for none.
    pub port_interrupts: [u32; MAX_PORTS],
    /// How many messages wait at most at the port with the same index, whose calls are those of queuing
    /// ports; 0 for a sampling port.
    pub port_depths: [u32; MAX_PORTS],
    /// The memory of the channel at the port with the same index, if it has some of its own: then no call is
    /// for that port, and its window is where the memory begins.
    pub port_memories: [MemoryRecord; MAX_PORTS],
    /// How often the source may signal the event at the port with the same index in a window of its own; 0 for a
    /// port of another kind. An event's port has no message and no window.
    pub port_signals: [u32; MAX_PORTS],
}

/// A region of guest-physical memory.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct RegionRecord {
    /// Its name in the configuration.
    pub name: Name,
    /// Guest-physical base address.
    pub base: u64,
    /// Size in bytes.
    pub size_bytes: u64,
    /// [`REGION_RAM`], [`REGION_FRAME_BUFFER`] or [`REGION_DEVICE`].
    pub kind: u32,
    /// Bit 0 read, bit 1 write, bit 2 execute.
    pub rights: u32,
}

impl RegionRecord {
    /// No region.
    pub const EMPTY: Self = Self {
        name: Name::EMPTY,
        base: 0,
        size_bytes: 0,
        kind: 0,
        rights: 0,
    };
}

/// [`RegionRecord::kind`]: ordinary memory.
pub const REGION_RAM: u32 = 1;
/// [`RegionRecord::kind`]: pixels that the display shows.
pub const REGION_FRAME_BUFFER: u32 = 2;
/// [`RegionRecord::kind`]: a device's registers.
pub const REGION_DEVICE: u32 = 3;

/// A partition's end of a channel.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct PortRecord {
    /// The port's name in the configuration.
    pub name: Name,
    /// Guest-physical address of its message window.
    pub window: u64,
    /// Largest message in bytes.
    pub message_bytes: u32,
    /// [`PORT_SOURCE`] or [`PORT_DESTINATION`].
    pub direction: u32,
    /// Refresh period of the channel in ns; 0 for a queuing port.
    pub refresh_ns: u64,
}

impl PortRecord {
    /// No port.
    pub const EMPTY: Self = Self {
        name: Name::EMPTY,
        window: 0,
        message_bytes: 0,
        direction: 0,
        refresh_ns: 0,
    };
}

/// [`PortRecord::direction`]: the partition writes.
pub const PORT_SOURCE: u32 = 1;
/// [`PortRecord::direction`]: the partition reads.
pub const PORT_DESTINATION: u32 = 2;

/// A channel's own memory, as one end sees it. What lies there is in [`crate::direct`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct MemoryRecord {
    /// [`MEMORY_SAMPLING`], [`MEMORY_QUEUING`] or [`MEMORY_SHARED`]; 0 if there is none.
    pub kind: u32,
    /// What the partition may do there: bit 0 read, bit 1 write.
    pub rights: u32,
    /// Bit 0: it is cached memory for all its ends, else not cached.
    pub flags: u32,
    /// Messages for which there is room; 0 for [`MEMORY_SHARED`].
    pub slots: u32,
    /// Bytes from one slot to the next; the first lies behind the header.
    pub slot_bytes: u64,
    /// Size in bytes, from the port's window on; whole pages.
    pub size_bytes: u64,
    /// Guest-physical address of the page that the one reader writes, and the source may read; 0 if there is
    /// none.
    pub reader_page: u64,
}

impl MemoryRecord {
    /// No memory.
    pub const EMPTY: Self = Self {
        kind: 0,
        rights: 0,
        flags: 0,
        slots: 0,
        slot_bytes: 0,
        size_bytes: 0,
        reader_page: 0,
    };
}

/// [`MemoryRecord::kind`]: direct sampling.
pub const MEMORY_SAMPLING: u32 = 1;
/// [`MemoryRecord::kind`]: direct queuing.
pub const MEMORY_QUEUING: u32 = 2;
/// [`MemoryRecord::kind`]: memory without any form.
pub const MEMORY_SHARED: u32 = 3;

/// One of the partition's windows.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct WindowRecord {
    /// Start within the major frame in ns.
    pub start_ns: u64,
    /// Length in ns, its guard included.
    pub length_ns: u64,
}

impl WindowRecord {
    /// No window.
    pub const EMPTY: Self = Self {
        start_ns: 0,
        length_ns: 0,
    };
}

/// The frame buffer.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct DisplayRecord {
    /// Guest-physical base address.
    pub base: u64,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Bytes from one row to the next.
    pub stride_bytes: u32,
    /// [`FORMAT_XRGB8888`] or [`FORMAT_XBGR8888`].
    pub format: u32,
}

impl DisplayRecord {
    /// No display.
    pub const EMPTY: Self = Self {
        base: 0,
        width: 0,
        height: 0,
        stride_bytes: 0,
        format: 0,
    };
}

/// [`DisplayRecord::format`]: a little-endian word with blue in its lowest byte.
pub const FORMAT_XRGB8888: u32 = 1;
/// [`DisplayRecord::format`]: a little-endian word with red in its lowest byte.
pub const FORMAT_XBGR8888: u32 = 2;
