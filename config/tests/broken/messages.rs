//! Messages of a wrong size, message windows at wrong places.

use paratia_config::address::Ipa;
use paratia_config::system::{Channel, Port, System};

use crate::base::{HUD_PORT, NAV_PORT, ROUTE, SYSTEM};
use crate::case::{Case, VALID};

pub const CASES: &[Case] = &[
    Case {
        system: System {
            channels: &[Channel {
                message_bytes: 0,
                ..ROUTE
            }],
            ..SYSTEM
        },
        findings: &[(
            "message_size",
            "channel 'route': messages of 0 bytes, allowed are multiples of 8 from 8 to 512; \
             change the size",
        )],
        ..VALID
    },
    Case {
        system: System {
            channels: &[Channel {
                message_bytes: 12,
                ..ROUTE
            }],
            ..SYSTEM
        },
        findings: &[(
            "message_size",
            "channel 'route': messages of 12 bytes, allowed are multiples of 8 from 8 to 512; \
             change the size",
        )],
        ..VALID
    },
    Case {
        system: System {
            channels: &[Channel {
                message_bytes: 520,
                ..ROUTE
            }],
            ..SYSTEM
        },
        findings: &[(
            "message_size",
            "channel 'route': messages of 520 bytes, allowed are multiples of 8 from 8 to 512; \
             change the size, or make the channel direct",
        )],
        ..VALID
    },
    Case {
        system: System {
            channels: &[Channel {
                source: Port {
                    window: Ipa(0x400F_F004),
                    ..NAV_PORT
                },
                ..ROUTE
            }],
            ..SYSTEM
        },
        findings: &[(
            "message_window_aligned",
            "channel 'route': port 'route' of partition 'nav', message window \
             0x400f_f004..0x400f_f044 doesn't lie on a multiple of 8; align it",
        )],
        ..VALID
    },
    Case {
        system: System {
            channels: &[Channel {
                source: Port {
                    window: Ipa(0x400F_FFC8),
                    ..NAV_PORT
                },
                ..ROUTE
            }],
            ..SYSTEM
        },
        findings: &[(
            "message_window_in_ram",
            "channel 'route': port 'route' of partition 'nav', message window \
             0x400f_ffc8..0x4010_0008 lies outside the partition's RAM; move it within one RAM \
             region",
        )],
        ..VALID
    },
    Case {
        system: System {
            channels: &[Channel {
                destinations: &[Port {
                    window: Ipa(0x8000_0000),
                    ..HUD_PORT
                }],
                ..ROUTE
            }],
            ..SYSTEM
        },
        findings: &[(
            "message_window_in_ram",
            "channel 'route': port 'route' of partition 'hud', message window \
             0x8000_0000..0x8000_0040 lies outside the partition's RAM; move it within one RAM \
             region",
        )],
        ..VALID
    },
    Case {
        system: System {
            channels: &[
                ROUTE,
                Channel {
                    name: "detour",
                    source: Port {
                        port: "detour",
                        window: Ipa(0x400F_F038),
                        ..NAV_PORT
                    },
                    destinations: &[Port {
                        partition: "media",
                        port: "detour",
                        window: Ipa(0x4000_8000),
                        interrupt: None,
                    }],
                    ..ROUTE
                },
            ],
            ..SYSTEM
        },
        findings: &[(
            "message_windows_apart",
            "channel 'route': port 'route' of partition 'nav', message window \
             0x400f_f000..0x400f_f040 overlaps that of port 'detour' 0x400f_f038..0x400f_f078; \
             move one",
        )],
        ..VALID
    },
];
