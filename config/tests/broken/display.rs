//! Displays that show nothing, and frame buffers that nothing shows.

use paratia_config::address::{MemoryRange, Pa, mib};
use paratia_config::board::{BoardFacts, DisplayKind};
use paratia_config::system::{Display, Partition, Region, System};

use crate::base::{BOARD, DISPLAY, HUD, HUD_RAM, MEDIA, NAV, PIXELS, SYSTEM};
use crate::case::{Case, VALID};

/// In the page of the hypervisor's device.
const VIDEO_CORE: DisplayKind = DisplayKind::VideoCore {
    mailbox: Pa(0x0902_0880),
};

pub const CASES: &[Case] = &[
    Case {
        system: System {
            display: Some(Display {
                partition: "hub",
                ..DISPLAY
            }),
            ..SYSTEM
        },
        findings: &[
            (
                "display_partition_exists",
                "system 'base': its display shows partition 'hub', which doesn't exist; did you \
                 mean 'hud'?",
            ),
            (
                "frame_buffer_is_shown",
                "partition 'hud': region 'pixels' is a frame buffer that no display shows; \
                 declare the display or make it RAM",
            ),
        ],
        ..VALID
    },
    Case {
        system: SYSTEM,
        board: BoardFacts {
            display: None,
            ..BOARD
        },
        findings: &[(
            "display_on_board",
            "system 'base': has a display, board 'test-board' has none; take the display away or \
             another board",
        )],
        ..VALID
    },
    Case {
        system: System {
            display: Some(Display {
                width: 0,
                ..DISPLAY
            }),
            ..SYSTEM
        },
        findings: &[(
            "display_not_empty",
            "system 'base': its display is 0 x 480 and has no pixel; give it a size",
        )],
        ..VALID
    },
    Case {
        system: System {
            partitions: &[
                NAV,
                Partition {
                    regions: &[HUD_RAM],
                    ..HUD
                },
                MEDIA,
            ],
            ..SYSTEM
        },
        findings: &[(
            "display_has_one_frame_buffer",
            "partition 'hud': the display shows it, but it has 0 frame buffers; declare one",
        )],
        ..VALID
    },
    Case {
        system: System {
            display: Some(Display {
                width: 1_280,
                ..DISPLAY
            }),
            ..SYSTEM
        },
        findings: &[(
            "display_fits",
            "partition 'hud': region 'pixels' has 2097152 bytes, a picture of 1280 x 480 needs \
             2457600; enlarge it",
        )],
        ..VALID
    },
    Case {
        system: System {
            display: Some(Display {
                width: u32::MAX,
                height: u32::MAX,
                ..DISPLAY
            }),
            ..SYSTEM
        },
        findings: &[(
            "display_fits",
            "partition 'hud': region 'pixels' has 2097152 bytes, a picture of 4294967295 x \
             4294967295 needs 18446744073709551615; enlarge it",
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
                            size_bytes: mib(1),
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
            "display_fits",
            "partition 'hud': region 'pixels' has 1048576 bytes, a picture of 800 x 480 needs \
             1536000; enlarge it",
        )],
        ..VALID
    },
    Case {
        system: System {
            display: None,
            ..SYSTEM
        },
        findings: &[(
            "frame_buffer_is_shown",
            "partition 'hud': region 'pixels' is a frame buffer that no display shows; declare \
             the display or make it RAM",
        )],
        ..VALID
    },
    Case {
        system: SYSTEM,
        board: BoardFacts {
            display: Some(VIDEO_CORE),
            ..BOARD
        },
        findings: &[(
            "frame_buffer_in_place",
            "partition 'hud': region 'pixels' 0x4a00_0000..0x4a20_0000 isn't where the display of \
             board 'test-board' has its frame buffer, 0x4240_0000..0x4280_0000; put it at the start \
             of that",
        )],
        ..VALID
    },
    Case {
        system: SYSTEM,
        board: BoardFacts {
            display: Some(VIDEO_CORE),
            frame_buffer: MemoryRange::new(PIXELS.pa, mib(1)),
            ..BOARD
        },
        findings: &[(
            "frame_buffer_in_place",
            "partition 'hud': region 'pixels' 0x4a00_0000..0x4a20_0000 isn't where the display of \
             board 'test-board' has its frame buffer, 0x4a00_0000..0x4a10_0000; put it at the start \
             of that",
        )],
        ..VALID
    },
    Case {
        system: SYSTEM,
        board: BoardFacts {
            display: Some(DisplayKind::VideoCore {
                mailbox: Pa(0x0902_0FD0),
            }),
            frame_buffer: MemoryRange::new(PIXELS.pa, mib(2)),
            ..BOARD
        },
        findings: &[(
            "mailbox_in_hypervisors_page",
            "board 'test-board': the VideoCore's mailbox 0x0902_0fd0..0x0902_1010 lies in no page of \
             the hypervisor's; add one to its devices",
        )],
        ..VALID
    },
];
