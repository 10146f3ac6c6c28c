//! Memory that isn't there, is taken, or is seen where it can't be.

use paratia_config::address::{Ipa, MemoryRange, Pa, mib};
use paratia_config::board::{BoardFacts, Device};
use paratia_config::system::{DeviceUse, Partition, Region, System};

use crate::base::{BOARD, HUD, HUD_RAM, MEDIA, MEDIA_RAM, NAV, NAV_RAM, PIXELS, RTC, SYSTEM};
use crate::case::{Case, VALID};

/// A page of a partition's own, the `index`th of many.
const fn page(index: usize) -> Region {
    let distance = 0x1000 * index as u64;
    Region {
        name: PAGE_NAMES[index],
        ipa: Ipa(0x5000_0000).offset(distance),
        pa: Pa(0x4C00_0000).offset(distance),
        size_bytes: 0x1000,
        ..MEDIA_RAM
    }
}

const PAGE_NAMES: [&str; 11] = [
    "p0", "p1", "p2", "p3", "p4", "p5", "p6", "p7", "p8", "p9", "p10",
];

pub const CASES: &[Case] = &[
    Case {
        system: System {
            partitions: &[
                NAV,
                HUD,
                Partition {
                    regions: &[
                        MEDIA_RAM,
                        page(0),
                        page(1),
                        page(2),
                        page(3),
                        page(4),
                        page(5),
                        page(6),
                        page(7),
                        page(8),
                        page(9),
                        page(10),
                    ],
                    ..MEDIA
                },
            ],
            ..SYSTEM
        },
        findings: &[(
            "region_count",
            "partition 'media': has 13 regions and devices, a passport holds 12; merge regions",
        )],
        ..VALID
    },
    Case {
        system: System {
            partitions: &[
                NAV,
                HUD,
                Partition {
                    regions: &[],
                    ..MEDIA
                },
            ],
            ..SYSTEM
        },
        findings: &[(
            "first_region_is_ram",
            "partition 'media': has no region, and its image needs one; give it RAM",
        )],
        ..VALID
    },
    Case {
        system: System {
            partitions: &[
                NAV,
                Partition {
                    regions: &[PIXELS, HUD_RAM],
                    entry: PIXELS.ipa,
                    ..HUD
                },
                MEDIA,
            ],
            ..SYSTEM
        },
        findings: &[(
            "first_region_is_ram",
            "partition 'hud': region 'pixels' 0x4a00_0000..0x4a20_0000 comes first but isn't RAM; \
             put the RAM that holds the image first",
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
                        size_bytes: 0x10_0800,
                        ..MEDIA_RAM
                    }],
                    ..MEDIA
                },
            ],
            ..SYSTEM
        },
        findings: &[(
            "region_whole_pages",
            "partition 'media': region 'ram' 0x4b00_0000..0x4b10_0800 at IPA 0x4000_0000 isn't \
             whole pages of 0x0000_1000; align base, IPA and size",
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
                        pa: Pa(0x4B00_0004),
                        ..MEDIA_RAM
                    }],
                    ..MEDIA
                },
            ],
            ..SYSTEM
        },
        findings: &[(
            "region_whole_pages",
            "partition 'media': region 'ram' 0x4b00_0004..0x4b10_0004 at IPA 0x4000_0000 isn't \
             whole pages of 0x0000_1000; align base, IPA and size",
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
                        ipa: Ipa(0x3FFF_FF00),
                        ..MEDIA_RAM
                    }],
                    ..MEDIA
                },
            ],
            ..SYSTEM
        },
        findings: &[(
            "region_whole_pages",
            "partition 'media': region 'ram' 0x4b00_0000..0x4b10_0000 at IPA 0x3fff_ff00 isn't \
             whole pages of 0x0000_1000; align base, IPA and size",
        )],
        ..VALID
    },
    Case {
        system: System {
            partitions: &[
                NAV,
                HUD,
                Partition {
                    regions: &[
                        MEDIA_RAM,
                        Region {
                            size_bytes: 0,
                            ..page(0)
                        },
                    ],
                    ..MEDIA
                },
            ],
            ..SYSTEM
        },
        findings: &[(
            "region_whole_pages",
            "partition 'media': region 'p0' 0x4c00_0000..0x4c00_0000 is empty; give it a size",
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
                        pa: Pa(0x7FF8_0000),
                        ..MEDIA_RAM
                    }],
                    ..MEDIA
                },
            ],
            ..SYSTEM
        },
        findings: &[(
            "region_in_ram",
            "partition 'media': region 'ram' 0x7ff8_0000..0x8008_0000 lies outside the RAM of \
             board 'test-board' 0x4000_0000..0x8000_0000; move or shrink it",
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
                        pa: Pa(0x41F8_0000),
                        ..MEDIA_RAM
                    }],
                    ..MEDIA
                },
            ],
            ..SYSTEM
        },
        findings: &[(
            "region_off_hypervisor",
            "partition 'media': region 'ram' 0x41f8_0000..0x4208_0000 overlaps the hypervisor's \
             memory 0x4000_0000..0x4200_0000; move it",
        )],
        ..VALID
    },
    Case {
        system: SYSTEM,
        board: BoardFacts {
            partition_memory: MemoryRange::new(Pa(0x4810_0000), mib(895)),
            ..BOARD
        },
        findings: &[(
            "region_in_partition_memory",
            "partition 'nav': region 'ram' 0x4800_0000..0x4810_0000 lies outside the memory for \
             partitions 0x4810_0000..0x8000_0000; move or shrink it",
        )],
        ..VALID
    },
    Case {
        system: SYSTEM,
        board: BoardFacts {
            uart: MemoryRange::new(Pa(0x480F_F000), 0x1000),
            ..BOARD
        },
        findings: &[(
            "region_off_devices",
            "partition 'nav': region 'ram' 0x4800_0000..0x4810_0000 overlaps the registers of the \
             debug UART 0x480f_f000..0x4810_0000; move or shrink it",
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
                        pa: Pa(0x0A00_0000),
                        ..MEDIA_RAM
                    }],
                    ..MEDIA
                },
            ],
            ..SYSTEM
        },
        findings: &[
            (
                "region_in_ram",
                "partition 'media': region 'ram' 0x0a00_0000..0x0a10_0000 lies outside the RAM of \
                 board 'test-board' 0x4000_0000..0x8000_0000; move or shrink it",
            ),
            (
                "region_off_devices",
                "partition 'media': region 'ram' 0x0a00_0000..0x0a10_0000 overlaps the registers \
                 of virtio 0x0a00_0000..0x0a00_4000; move or shrink it",
            ),
        ],
        ..VALID
    },
    Case {
        system: System {
            partitions: &[
                Partition {
                    regions: &[Region {
                        size_bytes: 0x0100_1000,
                        ..NAV_RAM
                    }],
                    ..NAV
                },
                HUD,
                MEDIA,
            ],
            ..SYSTEM
        },
        findings: &[(
            "regions_apart",
            "partition 'nav': region 'ram' 0x4800_0000..0x4900_1000 overlaps region 'ram' of \
             partition 'hud' 0x4900_0000..0x4920_0000; move or shrink one",
        )],
        ..VALID
    },
    Case {
        system: System {
            partitions: &[
                NAV,
                HUD,
                Partition {
                    regions: &[
                        MEDIA_RAM,
                        Region {
                            pa: Pa(0x4B0F_F000),
                            ..page(0)
                        },
                    ],
                    ..MEDIA
                },
            ],
            ..SYSTEM
        },
        findings: &[(
            "regions_apart",
            "partition 'media': region 'ram' 0x4b00_0000..0x4b10_0000 overlaps region 'p0' of \
             partition 'media' 0x4b0f_f000..0x4b10_0000; move or shrink one",
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
                        pa: Pa(0x7F_FFF8_0000),
                        ..MEDIA_RAM
                    }],
                    ..MEDIA
                },
            ],
            ..SYSTEM
        },
        board: BoardFacts {
            ram: &[MemoryRange::new(Pa(0x4000_0000), 1 << 40)],
            partition_memory: MemoryRange::new(Pa(0x4200_0000), (1 << 40) - mib(32)),
            ..BOARD
        },
        findings: &[(
            "region_in_reach",
            "partition 'media': region 'ram' 0x007f_fff8_0000..0x0080_0008_0000 exceeds the 39 \
             bits of the hypervisor's own map, 0x0080_0000_0000; move it down",
        )],
        ..VALID
    },
    Case {
        system: SYSTEM,
        board: BoardFacts {
            devices: &[Device {
                registers: MemoryRange::new(Pa(1 << 40), 0x1000),
                ..BOARD.devices[0]
            }],
            ..BOARD
        },
        findings: &[(
            "region_in_reach",
            "partition 'media': device 'rtc' 0x0100_0000_0000..0x0100_0000_1000 exceeds the 40 \
             bits of the smallest CPU, 0x0100_0000_0000; leave it out",
        )],
        ..VALID
    },
    Case {
        system: System {
            partitions: &[
                NAV,
                HUD,
                Partition {
                    passport: Ipa(0x80_0000_0000),
                    ..MEDIA
                },
            ],
            ..SYSTEM
        },
        findings: &[(
            "ipa_in_reach",
            "partition 'media': passport at IPA 0x0080_0000_0000..0x0080_0000_1000 exceeds 39 \
             bits, 0x0080_0000_0000; move it down",
        )],
        ..VALID
    },
    Case {
        system: System {
            partitions: &[
                NAV,
                HUD,
                Partition {
                    regions: &[
                        MEDIA_RAM,
                        Region {
                            ipa: Ipa(0x7F_FFFF_F000),
                            size_bytes: 0x2000,
                            ..page(0)
                        },
                    ],
                    ..MEDIA
                },
            ],
            ..SYSTEM
        },
        findings: &[(
            "ipa_in_reach",
            "partition 'media': region 'p0' at IPA 0x007f_ffff_f000..0x0080_0000_1000 exceeds 39 \
             bits, 0x0080_0000_0000; move it down",
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
                        ipa: Ipa(0x7000_0000),
                        ..RTC
                    }],
                    ..MEDIA
                },
            ],
            ..SYSTEM
        },
        findings: &[(
            "ipa_apart",
            "partition 'media': device 'rtc' at IPA 0x7000_0000..0x7000_1000 overlaps passport at \
             IPA 0x7000_0000..0x7000_1000; move one",
        )],
        ..VALID
    },
    Case {
        system: System {
            partitions: &[
                NAV,
                HUD,
                Partition {
                    regions: &[
                        MEDIA_RAM,
                        Region {
                            ipa: Ipa(0x400F_F000),
                            ..page(0)
                        },
                    ],
                    ..MEDIA
                },
            ],
            ..SYSTEM
        },
        findings: &[(
            "ipa_apart",
            "partition 'media': region 'ram' at IPA 0x4000_0000..0x4010_0000 overlaps region 'p0' \
             at IPA 0x400f_f000..0x4010_0000; move one",
        )],
        ..VALID
    },
    Case {
        system: System {
            partitions: &[
                NAV,
                HUD,
                Partition {
                    passport: Ipa(0x7000_0100),
                    ..MEDIA
                },
            ],
            ..SYSTEM
        },
        findings: &[(
            "passport_on_page",
            "partition 'media': passport at IPA 0x7000_0100 isn't a multiple of 0x0000_1000; \
             align it",
        )],
        ..VALID
    },
];
