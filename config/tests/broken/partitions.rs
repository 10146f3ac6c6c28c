//! Partitions and systems that are too many or too long.

use paratia_config::address::Ipa;
use paratia_config::board::BoardFacts;
use paratia_config::system::{Partition, Schedule, System};

use crate::base::{BOARD, HUD, MEDIA, NAV, SCHEDULE, SYSTEM};
use crate::case::{Case, VALID};

/// 257 letters.
const LONG: &str = match std::str::from_utf8(&[b'a'; 257]) {
    Ok(text) => text,
    Err(_) => panic!(),
};

pub const CASES: &[Case] = &[
    Case {
        system: System {
            partitions: &[],
            schedule: Schedule {
                plans: &[],
                ..SCHEDULE
            },
            channels: &[],
            display: None,
            ..SYSTEM
        },
        findings: &[(
            "partition_count",
            "system 'base': has 0 partitions, allowed are 1 to 128; split or fill it",
        )],
        ..VALID
    },
    Case {
        system: System {
            partitions: &[
                Partition {
                    entry: Ipa(0x4010_0000),
                    ..NAV
                },
                HUD,
                MEDIA,
            ],
            ..SYSTEM
        },
        findings: &[(
            "entry_in_first_region",
            "partition 'nav': entry 0x4010_0000 lies outside its first region 'ram' IPA \
             0x4000_0000..0x4010_0000; enter where the image is loaded",
        )],
        ..VALID
    },
    Case {
        system: System {
            partitions: &[
                Partition {
                    entry: Ipa(0x4000_0002),
                    ..NAV
                },
                HUD,
                MEDIA,
            ],
            ..SYSTEM
        },
        findings: &[(
            "entry_in_first_region",
            "partition 'nav': entry 0x4000_0002 isn't a multiple of 4; align it",
        )],
        ..VALID
    },
    Case {
        system: System {
            partitions: &[
                Partition {
                    arguments: LONG,
                    ..NAV
                },
                HUD,
                MEDIA,
            ],
            ..SYSTEM
        },
        findings: &[(
            "arguments_fit",
            "partition 'nav': its arguments have 257 bytes, a passport holds 256; shorten them",
        )],
        ..VALID
    },
    Case {
        system: System {
            partitions: &[
                Partition {
                    arguments: "a\0b",
                    ..NAV
                },
                HUD,
                MEDIA,
            ],
            ..SYSTEM
        },
        findings: &[(
            "arguments_fit",
            "partition 'nav': byte 1 of its arguments is zero, which would end them; remove it",
        )],
        ..VALID
    },
    Case {
        system: System {
            summary: LONG,
            ..SYSTEM
        },
        findings: &[(
            "summary_is_a_line",
            "system 'base': its summary has 257 bytes, allowed are 1 to 100; say it in one line",
        )],
        ..VALID
    },
    Case {
        system: System {
            summary: "two\nlines",
            ..SYSTEM
        },
        findings: &[(
            "summary_is_a_line",
            "system 'base': byte 3 of its summary is a control character; say it in one line",
        )],
        ..VALID
    },
    Case {
        system: System {
            summary: "1\u{85}2\u{2028}3\u{202E}4\u{2069}5\u{61C}6\u{200F}µ–",
            ..SYSTEM
        },
        findings: &[
            (
                "summary_is_a_line",
                "system 'base': byte 1 of its summary is a control character; say it in one line",
            ),
            (
                "summary_is_a_line",
                "system 'base': byte 4 of its summary is a control character; say it in one line",
            ),
            (
                "summary_is_a_line",
                "system 'base': byte 8 of its summary is a control character; say it in one line",
            ),
            (
                "summary_is_a_line",
                "system 'base': byte 12 of its summary is a control character; say it in one line",
            ),
            (
                "summary_is_a_line",
                "system 'base': byte 16 of its summary is a control character; say it in one line",
            ),
            (
                "summary_is_a_line",
                "system 'base': byte 19 of its summary is a control character; say it in one line",
            ),
        ],
        ..VALID
    },
    Case {
        board: BoardFacts {
            summary: "a \x1B[31mboard",
            ..BOARD
        },
        findings: &[(
            "summary_is_a_line",
            "board 'test-board': byte 2 of its summary is a control character; say it in one line",
        )],
        ..VALID
    },
];
