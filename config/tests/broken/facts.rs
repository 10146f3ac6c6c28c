//! Boards whose facts contradict each other.

use paratia_config::address::{MemoryRange, Pa, mib};
use paratia_config::board::BoardFacts;

use crate::base::BOARD;
use crate::case::{Case, VALID};

pub const CASES: &[Case] = &[
    Case {
        board: BoardFacts {
            cpus: &[0, 1, 2, 3, 4],
            ..BOARD
        },
        findings: &[(
            "board_cpus",
            "board 'test-board': has 5 CPUs, allowed are 1 to 4; list those to use",
        )],
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
            image_base: Pa(0x4028_0000),
            ..BOARD
        },
        findings: &[(
            "image_base_placed",
            "board 'test-board': image base 0x4028_0000 isn't a multiple of 0x0020_0000; align it",
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
        findings: &[
            (
                "image_base_placed",
                "board 'test-board': image base 0x4200_0000 has no 2 MiB in hypervisor memory \
                 0x4000_0000..0x4200_0000; move it",
            ),
            (
                "tables_fit",
                "system 'base': with 23 translation tables the hypervisor ends at 0x4207_f000, behind its \
 memory 0x4000_0000..0x4200_0000; align regions to 2 MiB, or give it more memory",
            ),
        ],
        ..VALID
    },
];
