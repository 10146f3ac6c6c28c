//! What runs in a partition: its image as declared, and the pieces of memory that the tool builds
//! from it.

use crate::address::Ipa;

pub use crate::piece::{Piece, PieceKind};

/// What runs in a partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Image {
    /// One of the project's own guest programs, by the name of its binary: a flat image at the base
    /// of the first region. In `x0` it finds its passport's address.
    Program(&'static str),
    /// An unmodified Linux kernel, started as its own `Documentation/arm64/booting.rst` asks for:
    /// `x0` holds the address of the device tree, `x1` to `x3` are zero.
    Linux {
        /// The kernel, as an uncompressed `Image`. It lies at the partition's entry, which is a
        /// multiple of 2 MiB.
        kernel: File,
        /// The initial RAM disk.
        initrd: Initrd,
        /// Parameters of the kernel, and of what runs in the initial RAM disk: one line of at most
        /// [`MAX_COMMAND_LINE_BYTES`].
        command_line: &'static str,
    },
    /// A flat binary, such as a boot loader.
    Raw {
        /// The binary.
        file: File,
        /// Where it lies; whole pages. It is entered at the partition's entry.
        load: Ipa,
        /// Where it expects a device tree, if it does; whole pages. Its address is in `x0`, too.
        device_tree: Option<Ipa>,
    },
    /// An ELF file: its segments lie at their physical addresses. It is entered at the partition's
    /// entry, which must be the file's.
    Elf {
        /// The file.
        file: File,
        /// Where it expects a device tree, if it does; whole pages. Its address is in `x0`, too.
        device_tree: Option<Ipa>,
    },
    /// A unikernel of Solo5's for its tender `hvt`, unmodified ([`crate::solo5`]). The partition is entered in
    /// its region of kind [`RegionKind::Tender`](crate::system::RegionKind::Tender), its first; its second has
    /// the unikernel's memory, from guest-physical 0 on.
    Unikernel {
        /// The ELF file.
        file: File,
        /// Its command line, at most [`MAX_COMMAND_LINE_BYTES`](crate::solo5::MAX_COMMAND_LINE_BYTES).
        command_line: &'static str,
        /// What its manifest may name.
        devices: &'static [UnikernelDevice],
    },
}

/// Longest command line of a kernel in bytes: arm64 has room for 2048 with the zero at the end.
pub const MAX_COMMAND_LINE_BYTES: usize = 2047;

/// A file that the tool finds when it builds an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum File {
    /// A file in a Debian package for arm64. The package is fetched by its name; one that has no
    /// such file itself stands for the packages that it depends on, as `linux-image-arm64` does.
    Debian {
        /// The package's name, without a version.
        package: &'static str,
        /// The file's path in the package; a `*` at its end stands for any rest that has no `/`.
        path: &'static str,
    },
    /// A file by its path, relative to the workspace's root.
    Path(&'static str),
    /// One of the project's own unikernels, by the name of its binary.
    Unikernel(&'static str),
}

/// An initial RAM disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Initrd {
    /// None: the kernel has one of its own, or does without.
    None,
    /// Made by the tool from Debian's `busybox-static`: a shell on the console, and the workloads
    /// that the kernel's command line asks for by `workload=NAME,NAME`.
    Busybox,
    /// A file, compressed or not.
    File(File),
}

/// A device that a unikernel's manifest may name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnikernelDevice {
    /// Its name there: at most 67 bytes.
    pub name: &'static str,
    /// What is behind it.
    pub backing: Backing,
}

/// What is behind a unikernel's device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backing {
    /// A block device: the region of the partition with this name.
    Block {
        /// The region.
        region: &'static str,
        /// Bytes of a block: a power of two, 512 at least.
        block_bytes: u16,
    },
    /// A network interface: frames go out by one direct queue, and come in by another.
    Net {
        /// Its address.
        mac: [u8; 6],
        /// Most bytes of a frame without its header of 14.
        mtu: u16,
        /// The partition's source port for what it sends.
        out: &'static str,
        /// The partition's destination port for what it receives.
        into: &'static str,
    },
}
