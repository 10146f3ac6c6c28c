//! QEMU's `virt` machine with GICv3 (`-M virt,virtualization=on,gic-version=3`).
//!
//! Addresses and interrupt ids: QEMU 7.2 `hw/arm/virt.c`, `base_memmap` and `a15irqmap`; the
//! memory map is stable across QEMU versions.

use paratia_config::address::{MemoryRange, Pa, kib, mib};
use paratia_config::board::{
    Board, BoardFacts, CpuStart, Device, DisplayKind, ImageForm, InterruptController, UartKind,
};

use crate::host::{Hosted, LEAST_QEMU, QemuMachine};

/// The board as a type.
pub struct QemuVirt;

impl Board for QemuVirt {
    const FACTS: BoardFacts = BoardFacts {
        name: "qemu-virt",
        summary: "QEMU virt, GICv3, 4 CPUs, 1 GiB",
        ram: &[MemoryRange::new(Pa(0x4000_0000), mib(1024))],
        image_base: Pa(0x4020_0000),
        image_form: ImageForm::Elf,
        // Room for pristine images of three whole kernels and what else is small.
        hypervisor_memory: MemoryRange::new(Pa(0x4000_0000), mib(128)),
        partition_memory: MemoryRange::new(Pa(0x4800_0000), mib(896)),
        frame_buffer: MemoryRange::new(Pa(0x4840_0000), mib(4)),
        // QEMU puts it at the start of RAM when the image is an ELF that leaves the room free.
        device_tree: Some(MemoryRange::new(Pa(0x4000_0000), mib(1))),
        cpus: &[0, 1, 2, 3],
        cpu_start: CpuStart::PsciSmc,
        interrupt_controller: InterruptController::GicV3 {
            distributor: MemoryRange::new(Pa(0x0800_0000), kib(64)),
            redistributors: MemoryRange::new(Pa(0x080A_0000), 4 * kib(128)),
        },
        // 288 are wired; QEMU 7.2's distributor reports 32 fewer (GICD_TYPER.ITLinesNumber).
        interrupt_count: 256,
        monitors_interrupt: Some(23),
        uart: MemoryRange::new(Pa(0x0900_0000), kib(4)),
        // The reference clock is the tree's `apb-pclk`.
        uart_kind: UartKind::Pl011 {
            clock_hz: 24_000_000,
        },
        // fw_cfg: its DMA port can write all of memory.
        hypervisor_devices: &[MemoryRange::new(Pa(0x0902_0000), kib(4))],
        devices: &[
            Device {
                name: "rtc",
                model: "pl031",
                registers: MemoryRange::new(Pa(0x0901_0000), kib(4)),
                interrupts: &[34],
                bus_master: false,
                reaches: None,
            },
            Device {
                name: "gpio",
                model: "pl061",
                registers: MemoryRange::new(Pa(0x0903_0000), kib(4)),
                interrupts: &[39],
                bus_master: false,
                reaches: None,
            },
            Device {
                name: "virtio",
                model: "virtio-mmio",
                registers: MemoryRange::new(Pa(0x0A00_0000), kib(16)),
                interrupts: &[48],
                bus_master: true,
                reaches: None,
            },
        ],
        display: Some(DisplayKind::Ramfb),
    };
}

impl Hosted for QemuVirt {
    const QEMU: QemuMachine = QemuMachine {
        machine: "virt,virtualization=on,gic-version=3",
        cpu: "cortex-a57",
        memory_mib: 1024,
        arguments: &["-device", "ramfb"],
        least_version: LEAST_QEMU,
    };
}

#[cfg(target_os = "none")]
impl crate::Drivers for QemuVirt {
    type Interrupts = crate::gic_v3::GicV3;
    type Uart = crate::uart::Pl011;
    type Display = crate::ramfb::Ramfb;
}
