//! Devices that don't exist, are given twice, or may not be given at all.

use paratia_config::address::{Ipa, MemoryRange, Pa};
use paratia_config::board::{BoardFacts, Device, InterruptController};
use paratia_config::system::{DeviceUse, Partition, System};

use crate::base::{BOARD, HUD, MEDIA, NAV, RTC, SYSTEM};
use crate::case::{Case, VALID};

const GPIO: DeviceUse = DeviceUse {
    device: "gpio",
    ipa: Ipa(0x0903_0000),
    trusted: false,
};
const RTC_FACTS: Device = BOARD.devices[0];
const GPIO_FACTS: Device = BOARD.devices[1];

/// The base with the GPIO in the hands of `hud`.
const GPIO_TO_HUD: System = System {
    partitions: &[
        NAV,
        Partition {
            devices: &[GPIO],
            ..HUD
        },
        MEDIA,
    ],
    ..SYSTEM
};

pub const CASES: &[Case] = &[
    Case {
        system: System {
            partitions: &[
                NAV,
                HUD,
                Partition {
                    devices: &[DeviceUse {
                        device: "rtcc",
                        ..RTC
                    }],
                    ..MEDIA
                },
            ],
            ..SYSTEM
        },
        findings: &[(
            "device_exists",
            "partition 'media': device 'rtcc' doesn't exist on board 'test-board'; did you mean \
             'rtc'?",
        )],
        ..VALID
    },
    Case {
        system: System {
            partitions: &[
                NAV,
                HUD,
                Partition {
                    devices: &[DeviceUse {
                        device: "laser",
                        ..RTC
                    }],
                    ..MEDIA
                },
            ],
            ..SYSTEM
        },
        findings: &[(
            "device_exists",
            "partition 'media': device 'laser' doesn't exist on board 'test-board'; take one that \
             it has: rtc, gpio, virtio",
        )],
        ..VALID
    },
    Case {
        system: System {
            partitions: &[
                NAV,
                Partition {
                    devices: &[RTC],
                    ..HUD
                },
                MEDIA,
            ],
            ..SYSTEM
        },
        findings: &[(
            "device_owned_once",
            "partition 'hud': device 'rtc' is given to partition 'media', too; give it to one",
        )],
        ..VALID
    },
    Case {
        system: System {
            partitions: &[
                NAV,
                HUD,
                Partition {
                    devices: &[
                        RTC,
                        DeviceUse {
                            device: "virtio",
                            ipa: Ipa(0x0A00_0000),
                            trusted: false,
                        },
                    ],
                    ..MEDIA
                },
            ],
            ..SYSTEM
        },
        findings: &[(
            "device_no_bus_master",
            "partition 'media': device 'virtio' 0x0a00_0000..0x0a00_4000 can write all of memory \
             by itself, round stage 2; take it away",
        )],
        ..VALID
    },
    Case {
        system: SYSTEM,
        board: BoardFacts {
            devices: &[Device {
                reaches: Some("the log's pins"),
                ..RTC_FACTS
            }],
            ..BOARD
        },
        findings: &[(
            "device_reach_trusted",
            "partition 'media': device 'rtc' 0x0901_0000..0x0901_1000 reaches more than itself: the \
             log's pins; take it away, or declare the partition `trusted` with that",
        )],
        ..VALID
    },
    Case {
        system: SYSTEM,
        board: BoardFacts {
            devices: &[Device {
                registers: MemoryRange::new(Pa(0x0902_0000), 0x1000),
                ..RTC_FACTS
            }],
            ..BOARD
        },
        findings: &[(
            "device_not_hypervisors",
            "partition 'media': device 'rtc' 0x0902_0000..0x0902_1000 overlaps registers of the \
             hypervisor's own 0x0902_0000..0x0902_1000; take it away",
        )],
        ..VALID
    },
    Case {
        system: SYSTEM,
        board: BoardFacts {
            devices: &[Device {
                registers: BOARD.uart,
                ..RTC_FACTS
            }],
            ..BOARD
        },
        findings: &[(
            "device_not_hypervisors",
            "partition 'media': device 'rtc' 0x0900_0000..0x0900_1000 overlaps registers of the \
             hypervisor's own 0x0900_0000..0x0900_1000; take it away",
        )],
        ..VALID
    },
    Case {
        system: SYSTEM,
        board: BoardFacts {
            devices: &[Device {
                registers: MemoryRange::new(Pa(0x0901_0000), 0x200),
                ..RTC_FACTS
            }],
            ..BOARD
        },
        findings: &[(
            "device_whole_pages",
            "partition 'media': device 'rtc' 0x0901_0000..0x0901_0200 at IPA 0x0901_0000 isn't \
             whole pages of 0x0000_1000; align it, or leave it out if the board can't",
        )],
        ..VALID
    },
    Case {
        system: System {
            partitions: &[
                NAV,
                HUD,
                Partition {
                    devices: &[DeviceUse {
                        ipa: Ipa(0x0901_0080),
                        ..RTC
                    }],
                    ..MEDIA
                },
            ],
            ..SYSTEM
        },
        findings: &[(
            "device_whole_pages",
            "partition 'media': device 'rtc' 0x0901_0000..0x0901_1000 at IPA 0x0901_0080 isn't \
             whole pages of 0x0000_1000; align it, or leave it out if the board can't",
        )],
        ..VALID
    },
    Case {
        system: GPIO_TO_HUD,
        board: BoardFacts {
            devices: &[
                RTC_FACTS,
                Device {
                    registers: MemoryRange::new(Pa(0x0901_0000), 0x2000),
                    ..GPIO_FACTS
                },
            ],
            ..BOARD
        },
        findings: &[(
            "device_registers_apart",
            "partition 'hud': device 'gpio' 0x0901_0000..0x0901_2000 shares registers with device \
             'rtc' of partition 'media' 0x0901_0000..0x0901_1000; give both to one partition as \
             one device",
        )],
        ..VALID
    },
    Case {
        system: GPIO_TO_HUD,
        board: BoardFacts {
            devices: &[
                RTC_FACTS,
                Device {
                    interrupts: &[34],
                    ..GPIO_FACTS
                },
            ],
            ..BOARD
        },
        findings: &[(
            "interrupt_owned_once",
            "partition 'hud': device 'gpio' has interrupt 34, and so has device 'rtc' of \
             partition 'media'; leave one out",
        )],
        ..VALID
    },
    Case {
        system: SYSTEM,
        board: BoardFacts {
            devices: &[Device {
                interrupts: &[27, 288],
                ..RTC_FACTS
            }],
            ..BOARD
        },
        findings: &[
            (
                "interrupt_exists",
                "partition 'media': device 'rtc' has interrupt 27, the controller's shared ones \
                 are 32 to 287; correct the board's facts",
            ),
            (
                "interrupt_exists",
                "partition 'media': device 'rtc' has interrupt 288, the controller's shared ones \
                 are 32 to 287; correct the board's facts",
            ),
        ],
        ..VALID
    },
    Case {
        system: SYSTEM,
        board: BoardFacts {
            interrupt_count: 512,
            devices: &[Device {
                interrupts: &[255, 288],
                ..RTC_FACTS
            }],
            ..BOARD
        },
        findings: &[(
            "interrupt_exists",
            "partition 'media': device 'rtc' has interrupt 288, a partition's controller has those \
             below 288; leave it out",
        )],
        ..VALID
    },
    Case {
        system: SYSTEM,
        board: BoardFacts {
            devices: &[Device {
                interrupts: &[
                    40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56,
                ],
                ..RTC_FACTS
            }],
            ..BOARD
        },
        findings: &[(
            "interrupt_count",
            "partition 'media': its devices have 17 interrupts, a passport holds 16; leave a \
             device out",
        )],
        ..VALID
    },
    // On a GICv2 the registers of the CPU interface are the guest's, at one place on every board.
    Case {
        system: System {
            partitions: &[
                NAV,
                HUD,
                Partition {
                    devices: &[DeviceUse {
                        ipa: Ipa(0x0801_1000),
                        ..RTC
                    }],
                    ..MEDIA
                },
            ],
            ..SYSTEM
        },
        board: BoardFacts {
            interrupt_controller: GIC_400,
            ..BOARD
        },
        findings: &[(
            "ipa_apart",
            "partition 'media': device 'rtc' at IPA 0x0801_1000..0x0801_2000 overlaps CPU interface \
             at IPA 0x0801_0000..0x0801_2000; move one",
        )],
        ..VALID
    },
    Case {
        board: BoardFacts {
            interrupt_controller: GIC_400,
            devices: &[Device {
                name: "rtc",
                model: "",
                registers: MemoryRange::new(Pa(0x0804_1000), 0x1000),
                interrupts: &[34],
                bus_master: false,
                reaches: None,
            }],
            ..BOARD
        },
        findings: &[(
            "device_not_hypervisors",
            "partition 'media': device 'rtc' 0x0804_1000..0x0804_2000 overlaps registers of the \
             hypervisor's own 0x0804_0000..0x0804_2000; take it away",
        )],
        ..VALID
    },
    // HUD runs on CPU 0, MEDIA on CPU 1.
    Case {
        system: System {
            partitions: &[
                NAV,
                Partition {
                    devices: &[GPIO],
                    ..HUD
                },
                MEDIA,
            ],
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
            "device_interrupts_on_one_cpu",
            "partition 'media': takes its devices' interrupts on CPU 1, partition 'hud' on CPU 0; \
             board 'test-board' sends all to one, keep both there",
        )],
        ..VALID
    },
];

const GIC_400: InterruptController = InterruptController::GicV2 {
    distributor: MemoryRange::new(Pa(0x0800_0000), 0x1000),
    cpu_interface: MemoryRange::new(Pa(0x0801_0000), 0x2000),
    hypervisor_interface: MemoryRange::new(Pa(0x0803_0000), 0x1000),
    virtual_cpu_interface: MemoryRange::new(Pa(0x0804_0000), 0x2000),
};
