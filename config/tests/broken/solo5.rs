//! Rules on unikernels beside their tender.

use paratia_config::Ipa;
use paratia_config::image::{Backing, File, Image, UnikernelDevice};
use paratia_config::system::{Partition, Region, RegionKind, System};

use crate::base::{HUD, MEDIA, MEDIA_RAM, NAV, SYSTEM};
use crate::case::{Case, VALID};

const UNIKERNEL: Partition = Partition {
    image: Image::Unikernel {
        file: File::Unikernel("media"),
        command_line: "",
        devices: &[
            UnikernelDevice {
                name: "disk",
                backing: Backing::Block {
                    region: "storage",
                    block_bytes: 512,
                },
            },
            UnikernelDevice {
                name: "wire",
                backing: Backing::Net {
                    mac: [2, 0, 0, 0, 0, 1],
                    mtu: 1500,
                    out: "sent",
                    into: "received",
                },
            },
        ],
    },
    ..MEDIA
};
const TENDER: Region = Region {
    kind: RegionKind::Tender,
    ..MEDIA_RAM
};
const MISPLACED: Partition = Partition {
    image: Image::Unikernel {
        file: File::Unikernel("media"),
        command_line: "",
        devices: &[],
    },
    regions: &[
        TENDER,
        Region {
            ipa: Ipa(0),
            size_bytes: 0x10_0000,
            name: "memory",
            kind: RegionKind::Data,
            pa: paratia_config::Pa(0x4C00_0000),
        },
    ],
    ..MEDIA
};
const OF_NOTHING: Partition = Partition {
    regions: &[TENDER],
    ..MEDIA
};

pub const CASES: &[Case] = &[
    Case {
        system: System {
            partitions: &[NAV, HUD, UNIKERNEL],
            ..SYSTEM
        },
        findings: &[
            (
                "unikernel_placed",
                "partition 'media': runs a unikernel but has no region of kind Tender; put one first",
            ),
            (
                "unikernel_devices_backed",
                "partition 'media': the unikernel's device 'disk' stands on region 'storage', which the \
                 partition hasn't got; declare it",
            ),
            (
                "unikernel_devices_backed",
                "partition 'media': the unikernel's device 'wire' stands on source port 'sent', which the \
                 partition hasn't got; declare it",
            ),
        ],
        ..VALID
    },
    Case {
        system: System {
            partitions: &[NAV, HUD, MISPLACED],
            ..SYSTEM
        },
        findings: &[
            (
                "unikernel_placed",
                "partition 'media': its tender 'ram' 0x4000_0000..0x4010_0000 is entered at 0x4000_0000, but \
                 a tender lies at 0x4000_0000..0x4020_0000 and is entered there; move it",
            ),
            (
                "unikernel_placed",
                "partition 'media': a unikernel has memory from 0 to a multiple of 0x0020_0000, at most \
                 0x4000_0000, and it has some to 0x0010_0000; declare so much",
            ),
        ],
        ..VALID
    },
    Case {
        system: System {
            partitions: &[NAV, HUD, OF_NOTHING],
            ..SYSTEM
        },
        findings: &[(
            "unikernel_placed",
            "partition 'media': region 'ram' is of kind Tender, but no unikernel runs there; make it RAM",
        )],
        ..VALID
    },
];
