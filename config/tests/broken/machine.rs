//! Machines that no partition can have.

use paratia_config::address::{Ipa, MemoryRange, Pa};
use paratia_config::board::{BoardFacts, InterruptController};
use paratia_config::machine::{GicVersion, VirtualGic, VirtualMachine};
use paratia_config::system::{Partition, Schedule, System, Window};

use crate::base::{BOARD, HUD, MEDIA, NAV, SCHEDULE, SYSTEM};
use crate::case::{Case, VALID};

const fn with_media(machine: VirtualMachine) -> Partition {
    Partition { machine, ..MEDIA }
}

const NO_CPU: Partition = with_media(VirtualMachine::PLAIN.with_vcpus(0));
const NINE: Partition = with_media(VirtualMachine::PLAIN.with_vcpus(9));
const TWO: Partition = with_media(VirtualMachine::PLAIN.with_vcpus(2));
const NO_SHARED: Partition = with_media(VirtualMachine {
    gic: VirtualGic {
        shared_blocks: 0,
        ..VirtualGic::AS_BOARD
    },
    ..VirtualMachine::PLAIN
});
const CROOKED: Partition = with_media(VirtualMachine {
    uart: Some(Ipa(0x0900_0800)),
    ..VirtualMachine::PLAIN
});
const ONTO_RAM: Partition = with_media(VirtualMachine {
    stolen_time: Some(Ipa(0x4000_0000)),
    ..VirtualMachine::PLAIN
});

const NEWER: Partition = with_media(VirtualMachine::PLAIN.with_gic(GicVersion::V3));

pub const CASES: &[Case] = &[
    Case {
        system: System {
            partitions: &[NAV, HUD, NO_CPU],
            ..SYSTEM
        },
        findings: &[
            (
                "vcpu_count",
                "partition 'media': has 0 vCPUs, allowed are 1 to 8; give it as many as its plans \
                 have room for",
            ),
            (
                "window_vcpu_exists",
                "CPU 1: window 'media' 0 ms..20 ms is for vCPU 0, the partition has 0; give it \
                 more, or count from 0",
            ),
        ],
        ..VALID
    },
    Case {
        system: System {
            partitions: &[NAV, HUD, NINE],
            ..SYSTEM
        },
        findings: &[
            (
                "vcpu_count",
                "partition 'media': has 9 vCPUs, allowed are 1 to 8; give it as many as its plans \
                 have room for",
            ),
            (
                "vcpu_scheduled",
                "partition 'media': vCPU 1 has no window in any plan; give it one",
            ),
            (
                "vcpu_scheduled",
                "partition 'media': vCPU 2 has no window in any plan; give it one",
            ),
            (
                "vcpu_scheduled",
                "partition 'media': vCPU 3 has no window in any plan; give it one",
            ),
            (
                "vcpu_scheduled",
                "partition 'media': vCPU 4 has no window in any plan; give it one",
            ),
            (
                "vcpu_scheduled",
                "partition 'media': vCPU 5 has no window in any plan; give it one",
            ),
            (
                "vcpu_scheduled",
                "partition 'media': vCPU 6 has no window in any plan; give it one",
            ),
            (
                "vcpu_scheduled",
                "partition 'media': vCPU 7 has no window in any plan; give it one",
            ),
            (
                "vcpu_scheduled",
                "partition 'media': vCPU 8 has no window in any plan; give it one",
            ),
        ],
        ..VALID
    },
    Case {
        system: System {
            partitions: &[NAV, HUD, TWO],
            schedule: Schedule {
                plans: &[
                    SCHEDULE.plans[0],
                    &[
                        Window::us("media", 0, 10_000),
                        Window::us("media", 10_000, 10_000).of_vcpu(2),
                    ],
                ],
                ..SCHEDULE
            },
            ..SYSTEM
        },
        findings: &[
            (
                "window_vcpu_exists",
                "CPU 1: window 'media' 10 ms..20 ms is for vCPU 2, the partition has 2; give it \
                 more, or count from 0",
            ),
            (
                "vcpu_scheduled",
                "partition 'media': vCPU 1 has no window in any plan; give it one",
            ),
        ],
        ..VALID
    },
    Case {
        system: System {
            partitions: &[NAV, HUD, NO_SHARED],
            ..SYSTEM
        },
        findings: &[(
            "shared_blocks",
            "partition 'media': its interrupt controller has 0 blocks of 32 shared interrupts, \
             allowed are 1 to 8; change it",
        )],
        ..VALID
    },
    Case {
        system: System {
            partitions: &[NAV, HUD, CROOKED],
            ..SYSTEM
        },
        findings: &[(
            "machine_whole_pages",
            "partition 'media': UART at IPA 0x0900_0800 isn't a multiple of 0x0000_1000; align \
             it",
        )],
        ..VALID
    },
    Case {
        system: System {
            partitions: &[NAV, HUD, ONTO_RAM],
            ..SYSTEM
        },
        findings: &[(
            "ipa_apart",
            "partition 'media': region 'ram' at IPA 0x4000_0000..0x4010_0000 overlaps stolen time \
             at IPA 0x4000_0000..0x4000_1000; move one",
        )],
        ..VALID
    },
    Case {
        system: System {
            partitions: &[NAV, HUD, NEWER],
            ..SYSTEM
        },
        board: BoardFacts {
            interrupt_controller: InterruptController::Bcm2836 {
                local: MemoryRange::new(Pa(0x0800_0000), 0x1000),
                devices: MemoryRange::new(Pa(0x0801_0000), 0x1000),
            },
            ..BOARD
        },
        findings: &[(
            "gic_version_on_board",
            "partition 'media': its interrupt controller is a GICv3, whose system registers board \
             'test-board' hasn't got; take a GICv2 or another board",
        )],
        ..VALID
    },
];
