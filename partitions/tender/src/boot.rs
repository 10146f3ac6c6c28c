//! The boot information that a unikernel finds at its entry, and its manifest behind it.

use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// `struct hvt_boot_info`: its address is in `x0` at the entry.
#[derive(Clone, Copy, Debug, Default, FromBytes, IntoBytes, Immutable, KnownLayout)]
#[repr(C)]
pub struct BootInformation {
    /// Bytes of memory, from 0 on.
    pub memory_bytes: u64,
    /// One past the last byte of the unikernel's segments.
    pub kernel_end: u64,
    /// Ticks of `CNTVCT_EL0` in a second; the tender writes it.
    pub frequency: u64,
    /// Where the command line is, which ends with a zero.
    pub command_line: u64,
    /// Where the manifest is.
    pub manifest: u64,
    /// What the tender offers beside calls: nothing.
    pub host_features: u32,
    /// What the unikernel takes of that.
    pub guest_features: u32,
    /// Where a ring for networks is: nowhere.
    pub net_ring: u64,
}

/// Where the frequency is in it.
pub const FREQUENCY: u64 = core::mem::offset_of!(BootInformation, frequency) as u64;

/// Version of manifests.
pub const MANIFEST_VERSION: u32 = 1;
/// Most entries of a manifest, the first of which is none.
pub const MAX_ENTRIES: usize = 64;

/// `struct mft`, before its entries.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout)]
#[repr(C)]
pub struct ManifestHeader {
    /// [`MANIFEST_VERSION`].
    pub version: u32,
    /// How many entries follow.
    pub entries: u32,
}

/// `struct mft_entry`: a device.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout)]
#[repr(C)]
pub struct ManifestEntry {
    /// Its name, which ends with a zero.
    pub name: [u8; 68],
    /// [`BLOCK`], [`NET`] or [`FIRST`].
    pub kind: u32,
    /// What it is like: [`BlockFacts`] or [`NetFacts`].
    pub facts: [u8; 16],
    /// The tender's own.
    pub host: u64,
    /// Whether there is something behind it: 0 or 1.
    pub attached: u8,
    /// Padding.
    pub padding: [u8; 7],
}

/// A block device.
pub const BLOCK: u32 = 1;
/// A network interface.
pub const NET: u32 = 2;
/// The first entry, which is no device.
pub const FIRST: u32 = 1 << 30;

/// What a block device is like.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout)]
#[repr(C)]
pub struct BlockFacts {
    /// Bytes that it holds.
    pub capacity: u64,
    /// Bytes of a block.
    pub block_bytes: u16,
    /// Padding.
    pub padding: [u8; 6],
}

/// What a network interface is like.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout)]
#[repr(C)]
pub struct NetFacts {
    /// Its address.
    pub mac: [u8; 6],
    /// Most bytes of a frame without its header.
    pub mtu: u16,
    /// Padding.
    pub padding: [u8; 8],
}

/// Bytes of a frame's header.
pub const FRAME_HEADER_BYTES: u64 = 14;

const _: () = assert!(
    size_of::<BootInformation>() == 56
        && size_of::<ManifestHeader>() == 8
        && size_of::<ManifestEntry>() == 104
        && size_of::<BlockFacts>() == 16
        && size_of::<NetFacts>() == 16
);
