//! Raspberry Pi 4 Model B: BCM2711, four Cortex-A72, GIC-400.
//!
//! Addresses: BCM2711 ARM Peripherals (Raspberry Pi Ltd, 2022), 1.2 and 6.3, in "low peripheral"
//! mode, where `0x7Exx_xxxx` of the VideoCore's bus is `0xFExx_xxxx` and the Arm-local block is
//! `0xFF80_0000`; the GIC-400's parts by its own manual (Arm DDI 0471, 3.2). Devices' interrupts:
//! the same, 6.2.4: those of the VideoCore's side are SPIs 64 and up. Start of CPUs: as on the
//! Raspberry Pi 3.

use paratia_config::address::{MemoryRange, Pa, kib, mib};
use paratia_config::board::{
    Board, BoardFacts, CpuStart, Device, DisplayKind, ImageForm, InterruptController, UartKind,
};

use crate::host::{Card, Hosted, LEAST_QEMU, QemuMachine};

/// The board as a type.
pub struct Raspi4b;

/// Interrupt id of the VideoCore's side's interrupt 0: SPI 64.
const VIDEOCORE_SIDE: u32 = 32 + 64;

impl Board for Raspi4b {
    const FACTS: BoardFacts = BoardFacts {
        name: "raspi4b",
        summary: "Raspberry Pi 4 Model B, GIC-400, 4 CPUs, 2 GiB",
        // The VideoCore has the uppermost 64 MiB of the first (gpu_mem=64 in config.txt).
        ram: &[
            MemoryRange::new(Pa(0), mib(960)),
            MemoryRange::new(Pa(0x4000_0000), mib(1024)),
        ],
        // Where the firmware puts kernel8.img: see the Raspberry Pi 3.
        image_base: Pa(0x8_0000),
        image_form: ImageForm::Flat,
        hypervisor_memory: MemoryRange::new(Pa(0x8_0000), mib(128) - 0x8_0000),
        partition_memory: MemoryRange::new(Pa(0x1000_0000), mib(960 - 256)),
        // Where QEMU's VideoCore puts it: see the Raspberry Pi 3.
        frame_buffer: MemoryRange::new(Pa(0x3C10_0000), mib(4)),
        // See the Raspberry Pi 3.
        device_tree: None,
        cpus: &[0, 1, 2, 3],
        cpu_start: CpuStart::SpinTable {
            page: MemoryRange::new(Pa(0), kib(4)),
            first_slot: 0xD8,
        },
        interrupt_controller: InterruptController::GicV2 {
            distributor: MemoryRange::new(Pa(0xFF84_1000), kib(4)),
            cpu_interface: MemoryRange::new(Pa(0xFF84_2000), kib(8)),
            hypervisor_interface: MemoryRange::new(Pa(0xFF84_4000), kib(8)),
            virtual_cpu_interface: MemoryRange::new(Pa(0xFF84_6000), kib(8)),
        },
        interrupt_count: 32 + 192,
        // Shared interrupts, one a CPU, on this board: not handed on.
        monitors_interrupt: None,
        uart: MemoryRange::new(Pa(0xFE20_1000), kib(4)),
        // init_uart_clock, which is 48 MHz unless config.txt says otherwise.
        uart_kind: UartKind::Pl011 {
            clock_hz: 48_000_000,
        },
        // The page of the VideoCore's mailbox, at 0x880.
        hypervisor_devices: &[MemoryRange::new(Pa(0xFE00_B000), kib(4))],
        devices: &[
            Device {
                name: "gpio",
                model: "bcm2835-gpio",
                registers: MemoryRange::new(Pa(0xFE20_0000), kib(4)),
                interrupts: &[
                    VIDEOCORE_SIDE + 49,
                    VIDEOCORE_SIDE + 50,
                    VIDEOCORE_SIDE + 51,
                    VIDEOCORE_SIDE + 52,
                ],
                bus_master: false,
                reaches: Some("all pins, among them the debug UART's, by which the log leaves"),
            },
            // Alarms 1 and 3; 0 and 2 are the VideoCore's. QEMU 10.0 counts but wires no interrupt.
            Device {
                name: "system-timer",
                model: "bcm2835-system-timer",
                registers: MemoryRange::new(Pa(0xFE00_3000), kib(4)),
                interrupts: &[VIDEOCORE_SIDE + 1, VIDEOCORE_SIDE + 3],
                bus_master: false,
                reaches: Some("alarms 0 and 2, which the VideoCore's firmware relies on"),
            },
            // The mini-UART and two SPI controllers, which share an interrupt.
            Device {
                name: "aux",
                model: "bcm2835-aux",
                registers: MemoryRange::new(Pa(0xFE21_5000), kib(4)),
                interrupts: &[VIDEOCORE_SIDE + 29],
                bus_master: false,
                reaches: None,
            },
            Device {
                name: "dma",
                model: "bcm2835-dma",
                registers: MemoryRange::new(Pa(0xFE00_7000), kib(4)),
                interrupts: &[VIDEOCORE_SIDE + 16],
                bus_master: true,
                reaches: None,
            },
        ],
        display: Some(DisplayKind::VideoCore {
            mailbox: Pa(0xFE00_B880),
        }),
    };
}

impl Hosted for Raspi4b {
    const QEMU: QemuMachine = QemuMachine {
        machine: "raspi4b",
        cpu: "cortex-a72",
        memory_mib: 2048,
        arguments: &[],
        least_version: LEAST_QEMU,
    };

    const CARD: Option<Card> = Some(Card {
        image: "kernel8.img",
        texts: &[("config.txt", include_str!("raspi4b/config.txt"))],
    });
}

#[cfg(target_os = "none")]
impl crate::Drivers for Raspi4b {
    type Interrupts = crate::gic_v2::GicV2;
    type Uart = crate::uart::Pl011;
    type Display = crate::videocore::VideoCore;
}
