//! What a board is, as facts: memory, CPUs, interrupt controller, devices.
//!
//! The facts themselves stand in the `board-support` crate, one module a board, each with its
//! source; a system is generic over them.

use crate::address::{MemoryRange, Pa};
use crate::each;
use crate::same::same_text;

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
    /// Where the hypervisor's image is linked and loaded; aligned to a page.
    pub image_base: Pa,
    /// The form in which the board's loader takes the image.
    pub image_form: ImageForm,
    /// The part of RAM that is the hypervisor's alone: image, tables, stacks.
    pub hypervisor_memory: MemoryRange,
    /// The part of RAM that systems give to partitions.
    pub partition_memory: MemoryRange,
    /// Where a frame buffer lies: anywhere in the partitions' memory that is free for it, or at the
    /// one place that the board's display controller chooses.
    pub frame_buffer: MemoryRange,
    /// Where the firmware leaves the device tree, and how much room it has there; nothing if the
    /// board hands over none.
    pub device_tree: Option<MemoryRange>,
    /// `MPIDR_EL1` affinity of each CPU, CPU 0 (the one that boots) first.
    pub cpus: &'static [u64],
    /// How CPUs other than CPU 0 are started.
    pub cpu_start: CpuStart,
    /// The interrupt controller.
    pub interrupt_controller: InterruptController,
    /// Number of interrupt ids that the controller implements (SGIs and PPIs included).
    pub interrupt_count: u32,
    /// The private interrupt by which each CPU's performance monitors tell of an overflow, 16 to 31,
    /// if they have one.
    pub monitors_interrupt: Option<u32>,
    /// Registers of the debug UART, the hypervisor's own.
    pub uart: MemoryRange,
    /// What the debug UART is, and its reference clock.
    pub uart_kind: UartKind,
    /// Other registers that the hypervisor keeps for itself (such as a firmware interface).
    pub hypervisor_devices: &'static [MemoryRange],
    /// Devices that can be given to partitions.
    pub devices: &'static [Device],
    /// The kind of display, if there is one.
    pub display: Option<DisplayKind>,
}

impl BoardFacts {
    /// Version of the GIC that partitions see by default: the board's, or 2 if it has none.
    #[must_use]
    pub const fn gic_version(&self) -> u32 {
        match self.interrupt_controller {
            InterruptController::GicV3 { .. } => 3,
            InterruptController::GicV2 { .. } | InterruptController::Bcm2836 { .. } => 2,
        }
    }

    /// The device called `name`, among those that can be given to partitions.
    #[must_use]
    pub const fn device(&self, name: &str) -> Option<&Device> {
        match self.device_index(name) {
            Some(index) => Some(&self.devices[index]),
            None => None,
        }
    }

    /// Its place in the list.
    pub(crate) const fn device_index(&self, name: &str) -> Option<usize> {
        each! { index, device in self.devices => {
            if same_text(device.name, name) {
                return Some(index);
            }
        }}
        None
    }
}

/// The form in which a loader takes the image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImageForm {
    /// An ELF file, whose parts say themselves where they go and where to enter.
    Elf,
    /// The bytes as they lie in memory from [`BoardFacts::image_base`] on, entered at the first.
    Flat,
}

/// How CPUs are started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CpuStart {
    /// `PSCI` `CPU_ON` by `SMC` (Arm DEN0022).
    PsciSmc,
    /// Each CPU waits for an event (`WFE`) until its 64-bit slot of a table isn't zero, then goes
    /// there: the `spin-table` of the Devicetree Specification 0.4, 3.8.1. It arrives with its MMU
    /// off and nothing in its registers but who it is (`MPIDR_EL1`).
    SpinTable {
        /// The page with the slots.
        page: MemoryRange,
        /// Offset of CPU 0's slot in it; the other CPUs' follow at 8 bytes each.
        first_slot: u64,
    },
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
    /// GICv2 with virtualisation extensions (Arm IHI 0048).
    GicV2 {
        /// Distributor registers (`GICD_*`).
        distributor: MemoryRange,
        /// CPU interface (`GICC_*`), banked: two pages.
        cpu_interface: MemoryRange,
        /// Virtual interface control (`GICH_*`), banked: a page or more.
        hypervisor_interface: MemoryRange,
        /// Virtual CPU interface (`GICV_*`), banked: the two pages that a guest sees as its CPU
        /// interface. The hypervisor doesn't map them.
        virtual_cpu_interface: MemoryRange,
    },
    /// No GIC: the local controller of BCM2836 and BCM2837 routes timers and mailboxes to CPUs, and
    /// the controller of BCM2835 collects the devices' interrupts for one of them. What a guest
    /// sees is a GICv2, whose CPU interface the hypervisor plays.
    Bcm2836 {
        /// The local controller's page (QA7, rev. 3.4).
        local: MemoryRange,
        /// The page of BCM2835's controller (BCM2835 ARM Peripherals, 7).
        devices: MemoryRange,
    },
}

/// A kind of UART.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UartKind {
    /// Arm's PL011 (DDI 0183).
    Pl011 {
        /// Its reference clock, `UARTCLK`, in Hz.
        clock_hz: u32,
    },
    /// Cadence's UART, as in Zynq UltraScale+ (UG1085, 21).
    Cadence {
        /// Its reference clock, `uart_ref_clk`, in Hz.
        clock_hz: u32,
    },
}

/// A device that can be given to one partition.
#[derive(Clone, Copy, Debug)]
pub struct Device {
    /// Its name, as partitions ask for it.
    pub name: &'static str,
    /// What it is, for whoever chooses a driver: `pl061`. At most 24 bytes, as every name.
    pub model: &'static str,
    /// Its registers, whole pages.
    pub registers: MemoryRange,
    /// Its interrupt ids (SPIs, 32 and up).
    pub interrupts: &'static [u32],
    /// Whether it can write memory by itself, and so would go round stage 2.
    pub bus_master: bool,
    /// What its pages reach that isn't the device itself, if there is anything: stage 2 divides no
    /// page, so whoever owns it can change that, too.
    pub reaches: Option<&'static str>,
}

/// The kind of display, which says how the hypervisor sets it up at boot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DisplayKind {
    /// QEMU's `ramfb`, set up through the firmware configuration's DMA port.
    Ramfb,
    /// The Raspberry Pi's VideoCore, asked for a frame buffer through its mailbox. It chooses the
    /// place, which has to be [`BoardFacts::frame_buffer`].
    VideoCore {
        /// The mailbox's registers, in a page that is the hypervisor's.
        mailbox: Pa,
    },
    /// None. The picture is drawn into memory all the same, where a tool can read it out.
    Memory,
}
