//! Boards whose facts contradict each other.

use paratia_config::address::{MemoryRange, Pa, kib, mib};
use paratia_config::board::{BoardFacts, CpuStart, InterruptController};

use crate::base::BOARD;
use crate::case::{Case, VALID};

pub const CASES: &[Case] = &[
    Case {
        board: BoardFacts {
            cpus: &[0, 1, 2, 3, 4],
            ..BOARD
        },
        findings: &[
            (
                "board_cpus",
                "board 'test-board': has 5 CPUs, allowed are 1 to 4; list those to use",
            ),
            (
                "interrupt_controller_room",
                "board 'test-board': the range of the GIC's redistributors 0x080a_0000..0x0812_0000 is shorter \
                 than the 0x000a_0000 bytes that its kind has; correct the board's facts",
            ),
        ],
        ..VALID
    },
    Case {
        board: BoardFacts {
            partition_memory: MemoryRange::new(Pa(0x4200_0000), mib(993)),
            ..BOARD
        },
        findings: &[(
            "board_memory_in_ram",
            "board 'test-board': partition memory 0x4200_0000..0x8010_0000 lies outside the RAM of \
             board 'test-board' 0x4000_0000..0x8000_0000; move or shrink it",
        )],
        ..VALID
    },
    Case {
        board: BoardFacts {
            hypervisor_memory: MemoryRange::new(Pa(0x3FF0_0000), mib(32)),
            ..BOARD
        },
        findings: &[(
            "board_memory_in_ram",
            "board 'test-board': hypervisor memory 0x3ff0_0000..0x41f0_0000 lies outside the RAM of \
             board 'test-board' 0x4000_0000..0x8000_0000; move or shrink it",
        )],
        ..VALID
    },
    Case {
        board: BoardFacts {
            hypervisor_memory: MemoryRange::new(Pa(0x4000_0000), mib(33)),
            ..BOARD
        },
        findings: &[(
            "board_memory_apart",
            "board 'test-board': hypervisor memory 0x4000_0000..0x4210_0000 overlaps partition \
             memory 0x4200_0000..0x8000_0000; move or shrink one",
        )],
        ..VALID
    },
    Case {
        board: BoardFacts {
            device_tree: Some(MemoryRange::new(Pa(0x7FF0_0000), mib(1))),
            ..BOARD
        },
        findings: &[(
            "board_memory_apart",
            "board 'test-board': the device tree 0x7ff0_0000..0x8000_0000 overlaps partition memory \
             0x4200_0000..0x8000_0000; move or shrink one",
        )],
        ..VALID
    },
    Case {
        board: BoardFacts {
            image_base: Pa(0x4020_0800),
            ..BOARD
        },
        findings: &[(
            "image_base_placed",
            "board 'test-board': image base 0x4020_0800 isn't a multiple of 0x0000_1000; align it",
        )],
        ..VALID
    },
    Case {
        board: BoardFacts {
            image_base: Pa(0x4000_0000),
            ..BOARD
        },
        findings: &[(
            "image_base_placed",
            "board 'test-board': image base 0x4000_0000 and what follows it overlaps the device tree \
             0x4000_0000..0x4010_0000; move it behind that",
        )],
        ..VALID
    },
    Case {
        board: BoardFacts {
            image_base: Pa(0x4200_0000),
            ..BOARD
        },
        findings: &[(
            "image_base_placed",
            "board 'test-board': image base 0x4200_0000 has no 2 MiB in hypervisor memory \
                 0x4000_0000..0x4200_0000; move it",
        )],
        ..VALID
    },
    Case {
        board: BoardFacts {
            uart: MemoryRange::new(Pa(0x80_0000_0000), 0x1000),
            ..BOARD
        },
        findings: &[(
            "board_in_reach",
            "board 'test-board': the debug UART 0x0080_0000_0000..0x0080_0000_1000 exceeds the 39 \
             bits of the hypervisor's own map, 0x0080_0000_0000; leave out what lies above",
        )],
        ..VALID
    },
    Case {
        board: BoardFacts {
            device_tree: Some(MemoryRange::new(Pa(0x4000_0000), 0x800)),
            ..BOARD
        },
        findings: &[(
            "board_whole_pages",
            "board 'test-board': the device tree 0x4000_0000..0x4000_0800 isn't whole pages of \
             0x0000_1000; align it",
        )],
        ..VALID
    },
    Case {
        board: BoardFacts {
            uart: MemoryRange::new(Pa(0x0800_F000), 0x1000),
            ..BOARD
        },
        findings: &[(
            "board_registers_apart",
            "board 'test-board': the debug UART 0x0800_f000..0x0801_0000 overlaps the GIC's \
             distributor 0x0800_0000..0x0801_0000; correct the board's facts",
        )],
        ..VALID
    },
    Case {
        board: BoardFacts {
            hypervisor_devices: &[MemoryRange::new(Pa(0x41FF_F000), 0x1000)],
            ..BOARD
        },
        findings: &[(
            "board_registers_apart",
            "board 'test-board': hypervisor memory 0x4000_0000..0x4200_0000 overlaps a device of \
             the hypervisor 0x41ff_f000..0x4200_0000; correct the board's facts",
        )],
        ..VALID
    },
    Case {
        board: BoardFacts {
            uart: MemoryRange::new(Pa(0x41FF_F000), 0x1000),
            ..BOARD
        },
        findings: &[(
            "board_registers_apart",
            "board 'test-board': hypervisor memory 0x4000_0000..0x4200_0000 overlaps the debug \
             UART 0x41ff_f000..0x4200_0000; correct the board's facts",
        )],
        ..VALID
    },
    Case {
        board: BoardFacts {
            interrupt_controller: InterruptController::GicV3 {
                distributor: MemoryRange::new(Pa(0x0800_0000), kib(4)),
                redistributors: MemoryRange::new(Pa(0x080A_0000), 3 * kib(128)),
            },
            ..BOARD
        },
        findings: &[
            (
                "interrupt_controller_room",
                "board 'test-board': the range of the GIC's distributor 0x0800_0000..0x0800_1000 is shorter \
                 than the 0x0001_0000 bytes that its kind has; correct the board's facts",
            ),
            (
                "interrupt_controller_room",
                "board 'test-board': the range of the GIC's redistributors 0x080a_0000..0x0810_0000 is shorter \
                 than the 0x0008_0000 bytes that its kind has; correct the board's facts",
            ),
        ],
        ..VALID
    },
    Case {
        board: BoardFacts {
            interrupt_controller: InterruptController::GicV2 {
                distributor: MemoryRange::new(Pa(0x0800_0000), kib(4)),
                cpu_interface: MemoryRange::new(Pa(0x0801_0000), kib(4)),
                hypervisor_interface: MemoryRange::new(Pa(0x0803_0000), kib(4)),
                virtual_cpu_interface: MemoryRange::new(Pa(0x0804_0800), kib(8)),
            },
            ..BOARD
        },
        findings: &[
            (
                "interrupt_controller_room",
                "board 'test-board': the range of the GIC's CPU interface 0x0801_0000..0x0801_1000 is shorter \
                 than the 0x0000_2000 bytes that its kind has; correct the board's facts",
            ),
            (
                "interrupt_controller_room",
                "board 'test-board': the GIC's virtual CPU interface 0x0804_0800..0x0804_2800 isn't \
                 whole pages of 0x0000_1000; align it",
            ),
        ],
        ..VALID
    },
    Case {
        board: BoardFacts {
            cpu_start: CpuStart::SpinTable {
                page: MemoryRange::new(Pa(0), kib(4)),
                first_slot: 0xFE8,
            },
            ..BOARD
        },
        findings: &[(
            "spin_table_holds_slots",
            "board 'test-board': the spin table 0x0000_0000..0x0000_1000 has no room for 4 slots of \
             8 bytes from 0x0000_0fe8; correct the board's facts",
        )],
        ..VALID
    },
    Case {
        board: BoardFacts {
            cpu_start: CpuStart::SpinTable {
                page: MemoryRange::new(Pa(0x7FFF_F000), kib(4)),
                first_slot: 0xD8,
            },
            ..BOARD
        },
        findings: &[(
            "spin_table_holds_slots",
            "board 'test-board': the spin table 0x7fff_f000..0x8000_0000 overlaps partition memory \
             0x4200_0000..0x8000_0000; move or shrink one",
        )],
        ..VALID
    },
    Case {
        board: BoardFacts {
            cpu_start: CpuStart::SpinTable {
                page: MemoryRange::new(Pa(0x4000_0000), kib(4)),
                first_slot: 0xD8,
            },
            ..BOARD
        },
        findings: &[
            (
                "board_registers_apart",
                "board 'test-board': hypervisor memory 0x4000_0000..0x4200_0000 overlaps the spin \
                 table 0x4000_0000..0x4000_1000; correct the board's facts",
            ),
            (
                "board_registers_apart",
                "board 'test-board': the device tree 0x4000_0000..0x4010_0000 overlaps the spin \
                 table 0x4000_0000..0x4000_1000; correct the board's facts",
            ),
        ],
        ..VALID
    },
    Case {
        board: BoardFacts {
            frame_buffer: MemoryRange::new(Pa(0x41FF_F000), 0x2800),
            ..BOARD
        },
        findings: &[
            (
                "frame_buffer_placed",
                "board 'test-board': memory for the frame buffer 0x41ff_f000..0x4200_1800 isn't \
                 whole pages of 0x0000_1000; align it",
            ),
            (
                "frame_buffer_placed",
                "board 'test-board': memory for the frame buffer 0x41ff_f000..0x4200_1800 overlaps \
                 hypervisor memory 0x4000_0000..0x4200_0000; move it",
            ),
        ],
        ..VALID
    },
];
