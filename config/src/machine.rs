//! The machine that a partition sees beside its memory: virtual CPUs, an interrupt controller, a
//! UART; and how strict it is.
//!
//! The addresses of [`VirtualMachine::VIRT`] are QEMU's `virt` machine's (`hw/arm/virt.c`,
//! `base_memmap`), which most stock systems know.

use crate::address::{Ipa, PAGE_BYTES, kib};
use crate::board::BoardFacts;

/// Most vCPUs of a partition: as many as GICv2 has targets (Arm IHI 0048, 4.3.12).
pub const MAX_VCPUS: usize = 8;
/// The virtual timer (PPI 11; Arm BSA, table of private peripheral interrupts).
pub const VIRTUAL_TIMER: u32 = 27;
/// The performance monitors' overflow, as a guest sees it (PPI 7).
pub const MONITORS: u32 = 23;
/// First shared interrupt (Arm IHI 0069, table of INTIDs).
pub const FIRST_SHARED: u32 = 32;
/// The interrupt of the emulated UART: SPI 1, as on QEMU's `virt`.
pub const UART_INTERRUPT: u32 = 33;
/// Bytes of an emulated UART's registers.
pub const UART_BYTES: u64 = PAGE_BYTES;

/// Bytes of an emulated clock's registers.
pub const CLOCK_BYTES: u64 = PAGE_BYTES;
/// Bytes of each of an emulated watchdog's two frames; that by which it is controlled comes first.
pub const WATCHDOG_FRAME_BYTES: u64 = PAGE_BYTES;

/// What a partition's machine has.
///
/// Its CPUs identify themselves as the board's (`MIDR_EL1`), but have none of the registers that their
/// maker has added, such as `L2CTLR_EL1` and `CPUECTLR_EL1`: these act on what all partitions share. How
/// many CPUs there are says the device tree or the passport.
#[derive(Clone, Copy, Debug)]
pub struct VirtualMachine {
    /// vCPUs, 1 to [`MAX_VCPUS`]; vCPU n has affinity 0.0.0.n and its own windows.
    pub vcpus: u32,
    /// The interrupt controller.
    pub gic: VirtualGic,
    /// Where it sees an emulated PL011, if it has one; what it sends is the partition's console.
    pub uart: Option<Ipa>,
    /// What an access to an address that it doesn't have leads to.
    pub stray: Stray,
    /// What an instruction or a system register that it may not use leads to.
    pub forbidden: Forbidden,
    /// Where it sees its vCPUs' stolen time (Arm DEN0057), if it is told: one page.
    pub stolen_time: Option<Ipa>,
    /// Whether it has the CPU's performance monitors for itself. They count events of hardware that
    /// others share, caches and buses, so what they count there tells of others.
    pub pmu: bool,
    /// Whether it has the CPU's breakpoints, watchpoints and single steps for itself.
    pub debug: bool,
    /// Whether it is given random numbers: seeds in its device tree, new ones at each start, and calls
    /// for more (Arm DEN0098).
    pub entropy: bool,
    /// Where it sees an emulated clock, if it has one: a PL031 that shows board time from the run's date on,
    /// and can't be set.
    pub clock: Option<Ipa>,
    /// Where it sees an emulated watchdog, if it has one: Arm's generic one of two frames, whose feeding is the
    /// partition's heartbeat.
    pub watchdog: Option<Ipa>,
}

impl VirtualMachine {
    /// Bytes of all vCPUs' redistributors together.
    #[must_use]
    pub const fn redistributors_bytes(&self) -> u64 {
        (self.vcpus as u64).saturating_mul(VirtualGic::REDISTRIBUTOR_BYTES)
    }
}

/// The interrupt controller that a partition sees.
#[derive(Clone, Copy, Debug)]
pub struct VirtualGic {
    /// Its architecture.
    pub version: GicVersion,
    /// Where its distributor is.
    pub distributor: Ipa,
    /// Where its redistributors are, in GICv3.
    pub redistributors: Ipa,
    /// Where its CPU interface is, in GICv2.
    pub cpu_interface: Ipa,
    /// Blocks of 32 shared interrupts that it has, 1 to [`MAX_SHARED_BLOCKS`]; more if an interrupt of
    /// the partition's devices lies beyond them.
    pub shared_blocks: u32,
}

/// Most blocks of 32 shared interrupts in a partition's interrupt controller.
pub const MAX_SHARED_BLOCKS: u32 = 8;

impl VirtualGic {
    /// The board's architecture at QEMU `virt`'s addresses, with 64 shared interrupts or more.
    pub const AS_BOARD: Self = Self {
        version: GicVersion::AsBoard,
        distributor: Ipa(0x0800_0000),
        redistributors: Ipa(0x080A_0000),
        cpu_interface: Ipa(0x0801_0000),
        shared_blocks: 2,
    };

    /// The version that it is on a board: 2 or 3.
    #[must_use]
    pub const fn version_on(&self, board: &BoardFacts) -> u32 {
        match self.version {
            GicVersion::AsBoard => board.gic_version(),
            GicVersion::V2 => 2,
            GicVersion::V3 => 3,
        }
    }

    /// Bytes of the distributor's registers.
    #[must_use]
    pub const fn distributor_bytes(&self, board: &BoardFacts) -> u64 {
        if self.version_on(board) == 3 {
            kib(64)
        } else {
            kib(4)
        }
    }

    /// Bytes of the CPU interface's registers in GICv2, `GICC_DIR` included (Arm IHI 0048, 4.4).
    pub const CPU_INTERFACE_BYTES: u64 = kib(8);
    /// Bytes of a vCPU's redistributor in GICv3 (Arm IHI 0069, 12.10).
    pub const REDISTRIBUTOR_BYTES: u64 = kib(128);
}

/// Which architecture a partition's interrupt controller has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GicVersion {
    /// That of the board's own; GICv2 on a board without one.
    AsBoard,
    /// Arm IHI 0048.
    V2,
    /// Arm IHI 0069, with system registers; needs a board that has it.
    V3,
}

/// What follows from an access to an address that a partition doesn't have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stray {
    /// A health event.
    HealthEvent,
    /// A synchronous external abort at EL1, as on a machine that has nothing there; counted.
    ExternalAbort,
}

/// What follows from an instruction or a system register that a partition may not use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forbidden {
    /// A health event.
    HealthEvent,
    /// An undefined instruction at EL1, as on a CPU without it; counted.
    Undefined,
}
