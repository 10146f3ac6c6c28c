//! Raspberry Pi 3 Model B: BCM2837, four Cortex-A53, no GIC.
//!
//! Addresses of peripherals: BCM2835 ARM Peripherals (Broadcom, 2012), where they are the VideoCore's
//! bus addresses `0x7Exx_xxxx`; Arm sees them at `0x3Fxx_xxxx` (the firmware's device tree,
//! `soc/ranges`). Devices' interrupts: the same manual, 7.5, numbered from 32 on. Local controller:
//! QA7, rev. 3.4, 1.2. Start of CPUs: the firmware's `armstub8.S`, as QEMU has it in
//! `hw/arm/raspi.c`.

use paratia_config::address::{MemoryRange, Pa, kib, mib};
use paratia_config::board::{
    Board, BoardFacts, CpuStart, Device, DisplayKind, ImageForm, InterruptController, UartKind,
};

use crate::host::{Card, Hosted, LEAST_QEMU, QemuMachine};

/// The board as a type.
pub struct Raspi3b;

impl Board for Raspi3b {
    const FACTS: BoardFacts = BoardFacts {
        name: "raspi3b",
        summary: "Raspberry Pi 3 Model B, no GIC, 4 CPUs, 1 GiB",
        // The VideoCore has the uppermost 64 MiB (gpu_mem=64 in config.txt, QEMU's `vcram-size`).
        ram: &[MemoryRange::new(Pa(0), mib(960))],
        // Where the firmware puts kernel8.img (kernel_address in config.txt, QEMU's
        // `FIRMWARE_ADDR_3`).
        image_base: Pa(0x8_0000),
        image_form: ImageForm::Flat,
        hypervisor_memory: MemoryRange::new(Pa(0x8_0000), mib(128) - 0x8_0000),
        // Off the place of a device tree (device_tree_address in config.txt, 128 MiB in QEMU).
        partition_memory: MemoryRange::new(Pa(0x1000_0000), mib(960 - 256)),
        // Where QEMU's VideoCore puts it (`hw/display/bcm2835_fb.c`: 1 MiB into its memory). On the
        // board the firmware chooses; set-up refuses if that is elsewhere.
        frame_buffer: MemoryRange::new(Pa(0x3C10_0000), mib(4)),
        // The firmware hands one over that describes devices on a bus, which isn't followed yet.
        device_tree: None,
        cpus: &[0, 1, 2, 3],
        cpu_start: CpuStart::SpinTable {
            page: MemoryRange::new(Pa(0), kib(4)),
            first_slot: 0xD8,
        },
        interrupt_controller: InterruptController::Bcm2836 {
            local: MemoryRange::new(Pa(0x4000_0000), kib(4)),
            // The controller at 0x200, and the VideoCore's mailbox at 0x880 of the same page.
            devices: MemoryRange::new(Pa(0x3F00_B000), kib(4)),
        },
        interrupt_count: 32 + 64,
        // A bit of its own at the local controller, not handed on.
        monitors_interrupt: None,
        uart: MemoryRange::new(Pa(0x3F20_1000), kib(4)),
        // init_uart_clock, which is 48 MHz unless config.txt says otherwise.
        uart_kind: UartKind::Pl011 {
            clock_hz: 48_000_000,
        },
        hypervisor_devices: &[],
        devices: &[
            Device {
                name: "gpio",
                model: "bcm2835-gpio",
                registers: MemoryRange::new(Pa(0x3F20_0000), kib(4)),
                interrupts: &[32 + 49, 32 + 50, 32 + 51, 32 + 52],
                bus_master: false,
                reaches: Some("all pins, among them the debug UART's, by which the log leaves"),
            },
            // Alarms 1 and 3; 0 and 2 are the VideoCore's.
            Device {
                name: "system-timer",
                model: "bcm2835-system-timer",
                registers: MemoryRange::new(Pa(0x3F00_3000), kib(4)),
                interrupts: &[32 + 1, 32 + 3],
                bus_master: false,
                reaches: Some("alarms 0 and 2, which the VideoCore's firmware relies on"),
            },
            // The mini-UART and two SPI controllers, which share an interrupt.
            Device {
                name: "aux",
                model: "bcm2835-aux",
                registers: MemoryRange::new(Pa(0x3F21_5000), kib(4)),
                interrupts: &[32 + 29],
                bus_master: false,
                reaches: None,
            },
            Device {
                name: "dma",
                model: "bcm2835-dma",
                registers: MemoryRange::new(Pa(0x3F00_7000), kib(4)),
                interrupts: &[32 + 16],
                bus_master: true,
                reaches: None,
            },
        ],
        display: Some(DisplayKind::VideoCore {
            mailbox: Pa(0x3F00_B880),
        }),
    };
}

impl Hosted for Raspi3b {
    const QEMU: QemuMachine = QemuMachine {
        machine: "raspi3b",
        cpu: "cortex-a53",
        memory_mib: 1024,
        arguments: &[],
        least_version: LEAST_QEMU,
    };

    const CARD: Option<Card> = Some(Card {
        image: "kernel8.img",
        texts: &[("config.txt", include_str!("raspi3b/config.txt"))],
    });
}

#[cfg(target_os = "none")]
impl crate::Drivers for Raspi3b {
    type Interrupts = crate::bcm2836::Bcm2836;
    type Uart = crate::uart::Pl011;
    type Display = crate::videocore::VideoCore;
}
