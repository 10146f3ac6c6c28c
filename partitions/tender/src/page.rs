//! What the tool tells the tender: where the unikernel is entered, and what is behind each of its devices.

use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

use crate::boot::MAX_ENTRIES;

/// Where it lies.
pub const ADDRESS: u64 = 0x1_E000;
/// Where the boot information lies, the first address that the unikernel sees.
pub const BOOT_INFORMATION: u64 = 0x1_0000;
/// Where the table is with which translation begins, once the unikernel runs.
pub const TABLES: u64 = 0x1000;
/// [`Page::magic`]: "PARATEND" in little-endian ASCII.
pub const MAGIC: u64 = u64::from_le_bytes(*b"PARATEND");

/// The page, or two.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout)]
#[repr(C)]
pub struct Page {
    /// [`MAGIC`].
    pub magic: u64,
    /// Where the unikernel is entered.
    pub entry: u64,
    /// Bytes of its memory, from 0 on.
    pub memory_bytes: u64,
    /// What is behind the manifest's entries, by their place: the unikernel's handles.
    pub devices: [Device; MAX_ENTRIES],
}

/// What is behind a device.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout)]
#[repr(C)]
pub struct Device {
    /// As in the manifest; 0 for none.
    pub kind: u32,
    /// Of an interface: most bytes of a frame, its header included.
    pub frame_bytes: u32,
    /// Of a block device: where its memory begins.
    pub base: u64,
    /// Of a block device: how many bytes that has.
    pub size_bytes: u64,
    /// Of an interface: the source port for what it sends, filled up with zeros.
    pub out: [u8; NAME_BYTES],
    /// Of an interface: the destination port for what it receives.
    pub into: [u8; NAME_BYTES],
}

/// Longest name of a port.
pub const NAME_BYTES: usize = 24;

impl Device {
    /// None.
    pub const NONE: Self = Self {
        kind: 0,
        frame_bytes: 0,
        base: 0,
        size_bytes: 0,
        out: [0; NAME_BYTES],
        into: [0; NAME_BYTES],
    };
}

/// A port's name; empty if it is none.
#[must_use]
pub fn name(bytes: &[u8; NAME_BYTES]) -> &str {
    let end = bytes.iter().position(|byte| *byte == 0);
    let (name, _) = bytes.split_at(end.unwrap_or(NAME_BYTES));
    core::str::from_utf8(name).unwrap_or_default()
}

const _: () = assert!(ADDRESS + size_of::<Page>() as u64 <= 0x2_0000);
