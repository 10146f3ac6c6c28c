//! Names that can't be told apart, or that a console line can't carry.

use paratia_config::address::{Ipa, Pa};
use paratia_config::board::{BoardFacts, Device};
use paratia_config::machine::VirtualMachine;
use paratia_config::system::{Channel, Partition, Port, Region, Schedule, System, Window};

use crate::base::{
    BOARD, HUD, HUD_PORT, HUD_RAM, MEDIA, MEDIA_RAM, NAV, NAV_PORT, NAV_RAM, PIXELS, ROUTE,
    SCHEDULE, SYSTEM,
};
use crate::case::{Case, VALID};

pub const CASES: &[Case] = &[
    Case {
        system: System { name: "", ..SYSTEM },
        findings: &[(
            "names_plain",
            "system '': the name has 0 bytes, allowed are 1 to 24; choose another",
        )],
        ..VALID
    },
    Case {
        system: System {
            partitions: &[
                NAV,
                HUD,
                Partition {
                    name: "paratia",
                    ..MEDIA
                },
            ],
            schedule: Schedule {
                plans: &[SCHEDULE.plans[0], &[Window::us("paratia", 0, 20_000)]],
                ..SCHEDULE
            },
            ..SYSTEM
        },
        findings: &[(
            "partition_name_its_own",
            "partition 'paratia': its name is the hypervisor's, and nobody could tell their lines \
             apart; rename it",
        )],
        ..VALID
    },
    Case {
        system: System {
            partitions: &[
                NAV,
                HUD,
                Partition {
                    name: "a-name-of-25-bytes-in-all",
                    ..MEDIA
                },
            ],
            schedule: Schedule {
                plans: &[
                    SCHEDULE.plans[0],
                    &[Window::us("a-name-of-25-bytes-in-all", 0, 20_000)],
                ],
                ..SCHEDULE
            },
            ..SYSTEM
        },
        findings: &[(
            "names_plain",
            "partition 'a-name-of-25-bytes-in-all': the name has 25 bytes, allowed are 1 to 24; \
             choose another",
        )],
        ..VALID
    },
    Case {
        system: System {
            partitions: &[
                NAV,
                Partition {
                    regions: &[
                        HUD_RAM,
                        Region {
                            name: "my pixels",
                            ..PIXELS
                        },
                    ],
                    ..HUD
                },
                MEDIA,
            ],
            ..SYSTEM
        },
        findings: &[(
            "names_plain",
            "partition 'hud': region 'my pixels': the name has another character than a-z, 0-9 and \
             '-' at byte 2; rename it",
        )],
        ..VALID
    },
    Case {
        system: System {
            channels: &[Channel {
                source: Port {
                    port: "Route",
                    ..NAV_PORT
                },
                ..ROUTE
            }],
            ..SYSTEM
        },
        findings: &[(
            "names_plain",
            "channel 'route': port 'Route': the name has another character than a-z, 0-9 and '-' at \
             byte 0; rename it",
        )],
        ..VALID
    },
    Case {
        system: System {
            partitions: &[
                NAV,
                HUD,
                MEDIA,
                Partition {
                    regions: &[Region {
                        pa: Pa(0x4C00_0000),
                        ..MEDIA_RAM
                    }],
                    devices: &[],
                    machine: VirtualMachine::PLAIN,
                    ..MEDIA
                },
            ],
            ..SYSTEM
        },
        findings: &[(
            "partition_names_unique",
            "partition 'media': partitions 2 and 3 have this name; rename one",
        )],
        ..VALID
    },
    Case {
        system: System {
            partitions: &[
                Partition {
                    regions: &[
                        NAV_RAM,
                        Region {
                            ipa: Ipa(0x5000_0000),
                            pa: Pa(0x4C00_0000),
                            ..NAV_RAM
                        },
                    ],
                    ..NAV
                },
                HUD,
                MEDIA,
            ],
            ..SYSTEM
        },
        findings: &[(
            "region_names_unique",
            "partition 'nav': regions 0 and 1 are both called 'ram'; rename one",
        )],
        ..VALID
    },
    Case {
        system: System {
            partitions: &[
                NAV,
                HUD,
                Partition {
                    regions: &[Region {
                        name: "rtc",
                        ..MEDIA_RAM
                    }],
                    ..MEDIA
                },
            ],
            ..SYSTEM
        },
        findings: &[(
            "region_names_unique",
            "partition 'media': a region and a device are both called 'rtc'; rename the region",
        )],
        ..VALID
    },
    Case {
        system: System {
            channels: &[
                ROUTE,
                Channel {
                    source: Port {
                        port: "second",
                        window: Ipa(0x400F_F100),
                        ..NAV_PORT
                    },
                    destinations: &[Port {
                        port: "second",
                        window: Ipa(0x401F_F100),
                        ..HUD_PORT
                    }],
                    ..ROUTE
                },
            ],
            ..SYSTEM
        },
        findings: &[(
            "channel_names_unique",
            "channel 'route': channels 0 and 1 have this name; rename one",
        )],
        ..VALID
    },
    Case {
        board: BoardFacts {
            devices: &[
                BOARD.devices[0],
                Device {
                    name: "GPIO",
                    model: "",
                    ..BOARD.devices[1]
                },
            ],
            ..BOARD
        },
        findings: &[(
            "names_plain",
            "device 'GPIO': the name has another character than a-z, 0-9 and '-' at byte 0; \
             rename it",
        )],
        ..VALID
    },
];
