//! Xilinx ZCU102: Zynq UltraScale+ MPSoC (XCZU9EG), four Cortex-A53, GIC-400. It has no display that
//! is set up here; the picture stays in memory.
//!
//! Addresses: Zynq UltraScale+ Device Technical Reference Manual (Xilinx UG1085), table 10-6, and for
//! the interrupts' numbers table 13-1 (which counts from 0, SGIs and PPIs included).

use paratia_config::address::{MemoryRange, Pa, kib, mib};
use paratia_config::board::{
    Board, BoardFacts, CpuStart, Device, DisplayKind, ImageForm, InterruptController, UartKind,
};

use crate::host::{Hosted, LEAST_QEMU, QemuMachine};

/// The board as a type.
pub struct Zcu102;

impl Board for Zcu102 {
    const FACTS: BoardFacts = BoardFacts {
        name: "zcu102",
        summary: "Xilinx ZCU102, GIC-400, 4 CPUs, 2 GiB used, no display",
        // The lower of two pieces, without the last MiB, which the board's firmware keeps for itself
        // (memory node of its device tree).
        ram: &[MemoryRange::new(Pa(0), mib(2047))],
        image_base: Pa(0x20_0000),
        image_form: ImageForm::Elf,
        hypervisor_memory: MemoryRange::new(Pa(0x20_0000), mib(128)),
        partition_memory: MemoryRange::new(Pa(0x1000_0000), mib(1024)),
        // Nothing shows it.
        frame_buffer: MemoryRange::new(Pa(0x1040_0000), mib(4)),
        // Neither QEMU nor the boot loader hands one over to an ELF image.
        device_tree: None,
        cpus: &[0, 1, 2, 3],
        cpu_start: CpuStart::PsciSmc,
        // Each 4 KiB page of the GIC-400 is there 16 times over (UG1085, 13: address bits 15:12
        // aren't decoded), and the next one follows 64 KiB on; so the last copy of one page and the
        // first of the next make the contiguous interface that a guest needs.
        interrupt_controller: InterruptController::GicV2 {
            distributor: MemoryRange::new(Pa(0xF901_0000), kib(4)),
            cpu_interface: MemoryRange::new(Pa(0xF902_F000), kib(8)),
            hypervisor_interface: MemoryRange::new(Pa(0xF904_0000), kib(4)),
            virtual_cpu_interface: MemoryRange::new(Pa(0xF906_F000), kib(8)),
        },
        interrupt_count: 32 + 160,
        // Shared interrupts, one a CPU, on this board: not handed on.
        monitors_interrupt: None,
        uart: MemoryRange::new(Pa(0xFF00_0000), kib(4)),
        // UART_REF_CTRL as the board's boot loader sets it.
        uart_kind: UartKind::Cadence {
            clock_hz: 100_000_000,
        },
        hypervisor_devices: &[],
        devices: &[
            // Not `gpio`: a partition that asks for that finds a driver in `devices`, and QEMU has no
            // model of this one.
            Device {
                name: "zynqmp-gpio",
                model: "zynqmp-gpio",
                registers: MemoryRange::new(Pa(0xFF0A_0000), kib(4)),
                interrupts: &[48],
                bus_master: false,
                reaches: None,
            },
            // The board's second one; the hypervisor has the first.
            Device {
                name: "uart1",
                model: "cadence-uart",
                registers: MemoryRange::new(Pa(0xFF01_0000), kib(4)),
                interrupts: &[54],
                bus_master: false,
                reaches: None,
            },
            Device {
                name: "can0",
                model: "xilinx-can",
                registers: MemoryRange::new(Pa(0xFF06_0000), kib(4)),
                interrupts: &[55],
                bus_master: false,
                reaches: None,
            },
            Device {
                name: "can1",
                model: "xilinx-can",
                registers: MemoryRange::new(Pa(0xFF07_0000), kib(4)),
                interrupts: &[56],
                bus_master: false,
                reaches: None,
            },
            Device {
                name: "ttc0",
                model: "cadence-ttc",
                registers: MemoryRange::new(Pa(0xFF11_0000), kib(4)),
                interrupts: &[68, 69, 70],
                bus_master: false,
                reaches: None,
            },
            // Its alarm and its second.
            Device {
                name: "rtc",
                model: "zynqmp-rtc",
                registers: MemoryRange::new(Pa(0xFFA6_0000), kib(4)),
                interrupts: &[58, 59],
                bus_master: false,
                reaches: None,
            },
        ],
        display: Some(DisplayKind::Memory),
    };
}

impl Hosted for Zcu102 {
    const QEMU: QemuMachine = QemuMachine {
        machine: "xlnx-zcu102,virtualization=on",
        cpu: "cortex-a53",
        memory_mib: 2048,
        // The board's display port has sound, which must not ask for this machine's.
        arguments: &["-audio", "driver=none"],
        least_version: LEAST_QEMU,
    };
}

#[cfg(target_os = "none")]
impl crate::Drivers for Zcu102 {
    type Interrupts = crate::gic_v2::GicV2;
    type Uart = crate::uart::Cadence;
    type Display = crate::display::NoDisplay;
}
