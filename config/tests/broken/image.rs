//! Images and tables that don't fit.

use paratia_config::address::{Ipa, MemoryRange, Pa, mib};
use paratia_config::board::BoardFacts;
use paratia_config::image::Piece;
use paratia_config::system::{Image, Partition, Region, Schedule, System, Trace};

use crate::base::{BOARD, HUD, IMAGES, MEDIA, MEDIA_RAM, NAV, SCHEDULE, SYSTEM};
use crate::case::{Case, VALID};
use crate::full::FULL;

const NAV_IMAGE: Piece = IMAGES[0];
const HUD_IMAGE: Piece = IMAGES[1];
const MEDIA_IMAGE: Piece = IMAGES[2];

pub const CASES: &[Case] = &[
    Case {
        system: System {
            partitions: &[
                NAV,
                HUD,
                Partition {
                    image: Image::Program("mediaa"),
                    ..MEDIA
                },
            ],
            ..SYSTEM
        },
        findings: &[(
            "image_exists",
            "partition 'media': its program 'mediaa' doesn't exist; did you mean 'media'?",
        )],
        ..VALID
    },
    Case {
        system: System {
            partitions: &[
                NAV,
                HUD,
                Partition {
                    image: Image::Program("radio"),
                    ..MEDIA
                },
            ],
            ..SYSTEM
        },
        findings: &[(
            "image_exists",
            "partition 'media': its program 'radio' doesn't exist; add it to the partitions' \
             programs",
        )],
        ..VALID
    },
    Case {
        system: System {
            trace: Trace::Windows,
            ..FULL
        },
        images: &[],
        findings: &[(
            "variables_in_reach",
            "system 'full': the hypervisor's constants and variables need up to 1351680 bytes, and no \
             instruction reaches further than 1048576; declare fewer partitions, vCPUs, windows or \
             channels, or a channel with fewer destinations",
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
                        pa: Pa(0x4B00_1000),
                        size_bytes: mib(840),
                        ..MEDIA_RAM
                    }],
                    passport: Ipa(0x8000_0000),
                    ..MEDIA
                },
            ],
            schedule: Schedule {
                plans: &[SCHEDULE.plans[0], SCHEDULE.plans[1], &[], &[]],
                ..SCHEDULE
            },
            ..SYSTEM
        },
        board: BoardFacts {
            hypervisor_memory: MemoryRange::new(Pa(0x4000_0000), mib(4)),
            ..BOARD
        },
        findings: &[(
            "tables_fit",
            "system 'base': with 445 translation tables the hypervisor ends at 0x4040_8000, behind its \
 memory 0x4000_0000..0x4040_0000; align regions to 2 MiB, or give it more memory",
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
                        size_bytes: mib(32),
                        ..MEDIA_RAM
                    }],
                    ..MEDIA
                },
            ],
            ..SYSTEM
        },
        images: &[
            NAV_IMAGE,
            HUD_IMAGE,
            Piece {
                bytes: mib(28),
                ..MEDIA_IMAGE
            },
        ],
        findings: &[(
            "images_fit",
            "system 'base': the partitions' images take 29429760 bytes in whole pages, the hypervisor's \
 memory has room for 29360128; shrink them, or give it more memory",
        )],
        ..VALID
    },
];
