//! What a board is, as facts: memory, CPUs, interrupt controller, devices.
//!
//! The facts themselves stand in the `board-support` crate, one module a board, each with its
//! source; a system is generic over them.

use crate::address::{MemoryRange, Pa};
use crate::system::same_text;

/// A board, as a type that a system's declaration can be generic over.
pub trait Board {
    /// Everything the configuration may know about it.
    const FACTS: BoardFacts;
}

/// The facts of a board.
#[derive(Clone, Copy, Debug)]
pub struct BoardFacts {
    /// Name on the command line, such as `qemu-virt`.
    pub name: &'static str,
    /// One line for people.
    pub summary: &'static str,
    /// Memory that the board has.
    pub ram: &'static [MemoryRange],
    /// Where the hypervisor's image is linked and loaded; aligned to 2 MiB.
    pub image_base: Pa,
    /// The part of RAM that is the hypervisor's alone: image, tables, stacks.
    pub hypervisor_memory: MemoryRange,
    /// The part of RAM that systems give to partitions.
    pub partition_memory: MemoryRange,
    /// Where the firmware leaves the device tree, and how much room it has there.
    pub device_tree: Option<MemoryRange>,
    /// `MPIDR_EL1` affinity of each CPU, CPU 0 (the one that boots) first.
    pub cpus: &'static [u64],
    /// How CPUs other than CPU 0 are started.
    pub cpu_start: CpuStart,
    /// The interrupt controller.
    pub interrupt_controller: InterruptController,
    /// Number of interrupt ids that the controller implements (SGIs and PPIs included).
    pub interrupt_count: u32,
    /// Registers of the debug UART, the hypervisor's own.
    pub uart: MemoryRange,
    /// Other registers that the hypervisor keeps for itself (such as a firmware interface).
    pub hypervisor_devices: &'static [MemoryRange],
    /// Devices that can be given to partitions.
    pub devices: &'static [Device],
    /// The kind of display, if there is one.
    pub display: Option<DisplayKind>,
}

impl BoardFacts {
    /// Version of the GIC that the board has and partitions see by default.
    #[must_use]
    pub const fn gic_version(&self) -> u32 {
        match self.interrupt_controller {
            InterruptController::GicV3 { .. } => 3,
        }
    }

    /// The device called `name`, among those that can be given to partitions.
    #[must_use]
    pub const fn device(&self, name: &str) -> Option<&Device> {
        let mut index = 0;
        while index < self.devices.len() {
            if same_text(self.devices[index].name, name) {
                return Some(&self.devices[index]);
            }
            index += 1;
        }
        None
    }
}

/// How CPUs are started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CpuStart {
    /// `PSCI` `CPU_ON` by `SMC` (Arm DEN0022).
    PsciSmc,
}

/// The interrupt controller's kind and place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InterruptController {
    /// GICv3 with system-register CPU interface (Arm IHI 0069).
    GicV3 {
        /// Distributor registers.
        distributor: MemoryRange,
        /// Redistributor frames of all CPUs, two 64 KiB frames each.
        redistributors: MemoryRange,
    },
}

/// A device that can be given to one partition.
#[derive(Clone, Copy, Debug)]
pub struct Device {
    /// Its name, as partitions ask for it.
    pub name: &'static str,
    /// Its registers, whole pages.
    pub registers: MemoryRange,
    /// Its interrupt ids (SPIs, 32 and up).
    pub interrupts: &'static [u32],
    /// Whether it can write memory by itself, and so would go round stage 2.
    pub bus_master: bool,
}

/// The kind of display, which says how the hypervisor sets it up at boot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DisplayKind {
    /// QEMU's `ramfb`, set up through the firmware configuration's DMA port.
    Ramfb,
}
