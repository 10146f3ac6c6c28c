//! What a translation gives beside an address: rights and the type of memory.

use std::fmt;

/// What may be done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rights {
    /// Loads.
    pub read: bool,
    /// Stores.
    pub write: bool,
    /// Instruction fetches.
    pub execute: bool,
}

impl Rights {
    /// Loads alone.
    pub const READ: Self = Self {
        read: true,
        write: false,
        execute: false,
    };
    /// Loads and stores.
    pub const READ_WRITE: Self = Self {
        read: true,
        write: true,
        execute: false,
    };
    /// Loads and instruction fetches.
    pub const READ_EXECUTE: Self = Self {
        read: true,
        write: false,
        execute: true,
    };
    /// Everything.
    pub const ALL: Self = Self {
        read: true,
        write: true,
        execute: true,
    };
}

impl fmt::Display for Rights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let letters = [(self.read, 'r'), (self.write, 'w'), (self.execute, 'x')];
        let text: String = letters
            .map(|(has, letter)| if has { letter } else { '-' })
            .iter()
            .collect();
        f.pad(&text)
    }
}

/// A type of memory (Arm ARM DDI 0487, B2.10), as it takes effect.
///
/// Device and Normal non-cacheable memory is outer shareable, whatever the descriptor's field says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Memory {
    /// Registers; by how little the interconnect may do with accesses: gathering, reordering, early
    /// acknowledgement.
    Device(Device),
    /// Memory, not cached anywhere.
    NonCacheable,
    /// Memory, cached.
    Normal {
        /// By outer caches.
        outer: Cache,
        /// By inner caches.
        inner: Cache,
        /// By whom coherently.
        shared: Shared,
    },
}

impl Memory {
    /// Normal write-back everywhere, inner shareable: what every operating system takes for RAM.
    pub const WRITE_BACK: Self = Self::Normal {
        outer: Cache::WriteBack,
        inner: Cache::WriteBack,
        shared: Shared::Inner,
    };
    /// Device-nGnRE, what peripherals are mapped with.
    pub const REGISTERS: Self = Self::Device(Device::NoGatheringNoReordering);
    /// Device-nGnRnE, the strictest.
    pub const STRICT_REGISTERS: Self = Self::Device(Device::Strict);

    /// Of attributes in both caches.
    pub(super) fn normal(outer: Cache, inner: Cache, shared: Shared) -> Self {
        if outer == Cache::None && inner == Cache::None {
            return Self::NonCacheable;
        }
        Self::Normal {
            outer,
            inner,
            shared,
        }
    }
}

/// What the interconnect may do with accesses to a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Device {
    /// Nothing: Device-nGnRnE.
    Strict,
    /// Acknowledge writes early: Device-nGnRE.
    NoGatheringNoReordering,
    /// That, and reorder: Device-nGRE.
    NoGathering,
    /// Anything: Device-GRE.
    Any,
}

impl Device {
    /// By the two bits of `MemAttr` or `MAIR_EL2`.
    pub(super) fn from_bits(bits: u64) -> Self {
        match bits & 0b11 {
            0b00 => Self::Strict,
            0b01 => Self::NoGatheringNoReordering,
            0b10 => Self::NoGathering,
            _ => Self::Any,
        }
    }
}

/// How a level of caches keeps memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cache {
    /// Not.
    None,
    /// Stores go on to memory.
    WriteThrough,
    /// Stores stay.
    WriteBack,
}

/// Who sees the same bytes in its caches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Shared {
    /// Nobody else.
    Not,
    /// All CPUs of the inner domain: those that run one operating system.
    Inner,
    /// All of the outer domain.
    Outer,
    /// The field's fourth value, which is reserved.
    Reserved,
}

impl Shared {
    /// By the descriptor's bits 9:8.
    pub(super) fn from_bits(bits: u64) -> Self {
        match bits & 0b11 {
            0b00 => Self::Not,
            0b10 => Self::Outer,
            0b11 => Self::Inner,
            _ => Self::Reserved,
        }
    }
}

impl fmt::Display for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Device(device) => f.write_str(match device {
                Device::Strict => "device-nGnRnE",
                Device::NoGatheringNoReordering => "device-nGnRE",
                Device::NoGathering => "device-nGRE",
                Device::Any => "device-GRE",
            }),
            Self::NonCacheable => f.write_str("non-cacheable"),
            Self::Normal {
                outer,
                inner,
                shared,
            } => {
                if outer == inner {
                    write!(f, "{outer}")?;
                } else {
                    write!(f, "outer-{outer}-inner-{inner}")?;
                }
                f.write_str(match shared {
                    Shared::Not => "-non-shareable",
                    Shared::Inner => "",
                    Shared::Outer => "-outer-shareable",
                    Shared::Reserved => "-reserved-shareability",
                })
            }
        }
    }
}

impl fmt::Display for Cache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "non-cacheable",
            Self::WriteThrough => "write-through",
            Self::WriteBack => "write-back",
        })
    }
}
