//! QEMU's `virt` machine with GICv2 (`-M virt,virtualization=on,gic-version=2`).
//!
//! Addresses: QEMU 7.2 `hw/arm/virt.c`, `base_memmap` (`VIRT_GIC_DIST`, `_CPU`, `_HYP`, `_VCPU`). All
//! else is [`QemuVirt`]'s.

use paratia_config::address::{MemoryRange, Pa, kib};
use paratia_config::board::{Board, BoardFacts, InterruptController};

use crate::host::{Hosted, QemuMachine};
use crate::qemu_virt::QemuVirt;

/// The board as a type.
pub struct QemuVirtGicV2;

impl Board for QemuVirtGicV2 {
    const FACTS: BoardFacts = BoardFacts {
        name: "qemu-virt-gicv2",
        summary: "QEMU virt, GICv2, 4 CPUs, 1 GiB",
        interrupt_controller: InterruptController::GicV2 {
            distributor: MemoryRange::new(Pa(0x0800_0000), kib(64)),
            cpu_interface: MemoryRange::new(Pa(0x0801_0000), kib(64)),
            hypervisor_interface: MemoryRange::new(Pa(0x0803_0000), kib(64)),
            virtual_cpu_interface: MemoryRange::new(Pa(0x0804_0000), kib(64)),
        },
        // 256 SPIs are wired, and GICv2's distributor reports them all.
        interrupt_count: 288,
        ..QemuVirt::FACTS
    };
}

impl Hosted for QemuVirtGicV2 {
    const QEMU: QemuMachine = QemuMachine {
        machine: "virt,virtualization=on,gic-version=2",
        ..QemuVirt::QEMU
    };
}

#[cfg(target_os = "none")]
impl crate::Drivers for QemuVirtGicV2 {
    type Interrupts = crate::gic_v2::GicV2;
    type Uart = crate::uart::Pl011;
    type Display = crate::ramfb::Ramfb;
}
