//! What runs in a partition: its image as declared, and the pieces of memory that the tool builds
//! from it.

use crate::address::{Ipa, MemoryRange, Pa};

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
}

impl File {
    /// Debian's kernel for virtual machines: few drivers, all that a partition needs.
    pub const LINUX_CLOUD: Self = Self::linux("linux-image-cloud-arm64");
    /// Debian's kernel with all drivers.
    pub const LINUX: Self = Self::linux("linux-image-arm64");
    /// Debian's kernel with the real-time patches (`PREEMPT_RT`).
    pub const LINUX_RT: Self = Self::linux("linux-image-rt-arm64");
    /// Debian's U-Boot for QEMU's `virt` machine.
    pub const U_BOOT: Self = Self::Debian {
        package: "u-boot-qemu",
        path: "usr/lib/u-boot/qemu_arm64/u-boot.bin",
    };

    /// The kernel of one of Debian's kernel packages.
    #[must_use]
    pub const fn linux(package: &'static str) -> Self {
        Self::Debian {
            package,
            path: "boot/vmlinuz-*",
        }
    }
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
