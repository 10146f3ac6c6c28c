//! A piece of a partition's image, as the rules see it.

use crate::address::{Ipa, MemoryRange, Pa};

/// A piece of a partition's image, as the tool built it: what is copied where before each start.
///
/// Two pieces of the same name have the same bytes, which the hypervisor's image then holds once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The partition's name.
    pub partition: &'static str,
    /// What it is.
    pub kind: PieceKind,
    /// The program's name, or the file's path.
    pub name: &'static str,
    /// Where it lies; whole pages.
    pub at: Ipa,
    /// Bytes to copy.
    pub bytes: u64,
    /// Bytes that it needs from there on: those to copy, and zeros behind them that it takes for
    /// its own (such as a kernel's variables).
    pub room_bytes: u64,
}

impl Piece {
    /// The guest-physical memory that it needs.
    #[must_use]
    pub const fn room(&self) -> MemoryRange {
        let size_bytes = if self.room_bytes > self.bytes {
            self.room_bytes
        } else {
            self.bytes
        };
        MemoryRange::new(Pa(self.at.0), size_bytes)
    }
}

/// What a piece of an image is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PieceKind {
    /// One of the project's own guest programs.
    Program,
    /// A Linux kernel.
    Kernel,
    /// An initial RAM disk.
    Initrd,
    /// The device tree that the tool made from the configuration.
    DeviceTree,
    /// The contents of a binary or ELF file.
    Binary,
}

impl PieceKind {
    /// Every kind.
    pub const ALL: [Self; 5] = [
        Self::Program,
        Self::Kernel,
        Self::Initrd,
        Self::DeviceTree,
        Self::Binary,
    ];

    /// What it is called.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Program => "program",
            Self::Kernel => "kernel",
            Self::Initrd => "initrd",
            Self::DeviceTree => "device tree",
            Self::Binary => "binary",
        }
    }
}
