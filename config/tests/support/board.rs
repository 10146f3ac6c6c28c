//! A board that exists in tests only: 4 CPUs, 1 GiB, a few devices.

use paratia_config::address::{MemoryRange, Pa, kib, mib};
use paratia_config::board::{
    Board, BoardFacts, CpuStart, Device, DisplayKind, ImageForm, InterruptController, UartKind,
};

/// The board as a type.
pub struct TestBoard;

impl Board for TestBoard {
    const FACTS: BoardFacts = BoardFacts {
        name: "test-board",
        summary: "a board for tests",
        ram: &[MemoryRange::new(Pa(0x4000_0000), mib(1024))],
        image_base: Pa(0x4020_0000),
        image_form: ImageForm::Elf,
        hypervisor_memory: MemoryRange::new(Pa(0x4000_0000), mib(32)),
        partition_memory: MemoryRange::new(Pa(0x4200_0000), mib(992)),
        frame_buffer: MemoryRange::new(Pa(0x4240_0000), mib(4)),
        device_tree: Some(MemoryRange::new(Pa(0x4000_0000), mib(1))),
        cpus: &[0, 1, 2, 3],
        cpu_start: CpuStart::PsciSmc,
        interrupt_controller: InterruptController::GicV3 {
            distributor: MemoryRange::new(Pa(0x0800_0000), kib(64)),
            redistributors: MemoryRange::new(Pa(0x080A_0000), 4 * kib(128)),
        },
        interrupt_count: 288,
        monitors_interrupt: None,
        uart: MemoryRange::new(Pa(0x0900_0000), kib(4)),
        uart_kind: UartKind::Pl011 {
            clock_hz: 24_000_000,
        },
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
