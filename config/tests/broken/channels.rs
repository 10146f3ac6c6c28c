//! Channels without ends, with one end too many, or with an interrupt that is somebody's.

use std::time::Duration;

use paratia_config::address::Ipa;
use paratia_config::machine::VirtualMachine;
use paratia_config::system::{Channel, ChannelKind, Partition, Port, System};

use crate::base::{HUD, HUD_PORT, MEDIA, NAV, NAV_PORT, ROUTE, SYSTEM};
use crate::case::{Case, VALID};

/// Channels to `nav`, four each from `hud` and `media`, so that only `nav` has many ports.
const fn to_nav(index: usize) -> Channel {
    let (name, window) = (NAMES[index], Ipa(0x4001_0000).offset(0x1000 * index as u64));
    let partition = if index < 4 { "hud" } else { "media" };
    Channel {
        name,
        source: Port {
            partition,
            port: name,
            window,
            interrupt: None,
        },
        destinations: DESTINATIONS[index],
        ..ROUTE
    }
}

const NAMES: [&str; 8] = ["c0", "c1", "c2", "c3", "c4", "c5", "c6", "c7"];

const fn at_nav(index: usize) -> Port {
    let window = Ipa(0x4001_0000).offset(0x1000 * index as u64);
    Port {
        partition: "nav",
        port: NAMES[index],
        window,
        interrupt: None,
    }
}

const DESTINATIONS: [&[Port]; 8] = [
    &[at_nav(0)],
    &[at_nav(1)],
    &[at_nav(2)],
    &[at_nav(3)],
    &[at_nav(4)],
    &[at_nav(5)],
    &[at_nav(6)],
    &[at_nav(7)],
];

/// A channel to `media`, which owns the clock with interrupt 34.
const TO_MEDIA: Channel = Channel {
    destinations: &[Port {
        partition: "media",
        port: "route",
        window: Ipa(0x4000_8000),
        interrupt: Some(34),
    }],
    ..ROUTE
};

pub const CASES: &[Case] = &[
    Case {
        system: System {
            channels: &[Channel {
                source: Port {
                    partition: "nab",
                    ..NAV_PORT
                },
                ..ROUTE
            }],
            ..SYSTEM
        },
        findings: &[(
            "channel_ends_exist",
            "channel 'route': port 'route' of partition 'nab' doesn't exist; did you mean 'nav'?",
        )],
        ..VALID
    },
    Case {
        system: System {
            channels: &[Channel {
                destinations: &[
                    HUD_PORT,
                    Port {
                        partition: "camera",
                        ..HUD_PORT
                    },
                ],
                ..ROUTE
            }],
            ..SYSTEM
        },
        findings: &[(
            "channel_ends_exist",
            "channel 'route': port 'route' of partition 'camera' doesn't exist; declare it or \
             take the end away",
        )],
        ..VALID
    },
    Case {
        system: System {
            channels: &[Channel {
                destinations: &[
                    HUD_PORT,
                    Port {
                        port: "back",
                        window: Ipa(0x400F_E000),
                        ..NAV_PORT
                    },
                ],
                ..ROUTE
            }],
            ..SYSTEM
        },
        findings: &[(
            "channel_ends_differ",
            "channel 'route': port 'route' of partition 'nav' and port 'back' of partition 'nav' \
             are ends at one partition; a channel joins different ones",
        )],
        ..VALID
    },
    Case {
        system: System {
            channels: &[Channel {
                destinations: &[],
                ..ROUTE
            }],
            ..SYSTEM
        },
        findings: &[(
            "channel_has_reader",
            "channel 'route': partition 'nav' writes and nobody reads; add a destination",
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
                        partition: "media",
                        port: "detour",
                        window: Ipa(0x4000_8000),
                        interrupt: None,
                    },
                    destinations: &[Port {
                        window: Ipa(0x401F_E000),
                        ..HUD_PORT
                    }],
                    ..ROUTE
                },
            ],
            ..SYSTEM
        },
        findings: &[(
            "port_has_one_channel",
            "channel 'route': port 'route' of partition 'hud' is an end of channel 'detour', too; \
             give each channel its own port",
        )],
        ..VALID
    },
    Case {
        system: System {
            channels: &[
                ROUTE,
                to_nav(0),
                to_nav(1),
                to_nav(2),
                to_nav(3),
                to_nav(4),
                to_nav(5),
                to_nav(6),
                to_nav(7),
            ],
            ..SYSTEM
        },
        findings: &[(
            "port_count",
            "partition 'nav': has 9 ports, a passport holds 8; join channels",
        )],
        ..VALID
    },
    Case {
        system: System {
            channels: &[Channel {
                source: Port {
                    interrupt: Some(40),
                    ..NAV_PORT
                },
                ..ROUTE
            }],
            ..SYSTEM
        },
        findings: &[(
            "port_interrupt_at_reader",
            "channel 'route': port 'route' of partition 'nav' writes and has interrupt 40; give it \
             to a reader",
        )],
        ..VALID
    },
    Case {
        system: System {
            channels: &[Channel {
                destinations: &[Port {
                    interrupt: Some(31),
                    ..HUD_PORT
                }],
                ..ROUTE
            }],
            ..SYSTEM
        },
        findings: &[(
            "port_interrupt_exists",
            "channel 'route': port 'route' of partition 'hud' has interrupt 31, its controller's \
             shared ones are 32 to 95; take one of these",
        )],
        ..VALID
    },
    Case {
        system: System {
            channels: &[Channel {
                destinations: &[Port {
                    interrupt: Some(96),
                    ..HUD_PORT
                }],
                ..ROUTE
            }],
            ..SYSTEM
        },
        findings: &[(
            "port_interrupt_exists",
            "channel 'route': port 'route' of partition 'hud' has interrupt 96, its controller's \
             shared ones are 32 to 95; take one of these",
        )],
        ..VALID
    },
    Case {
        system: System {
            channels: &[TO_MEDIA],
            ..SYSTEM
        },
        findings: &[(
            "port_interrupt_not_a_devices",
            "channel 'route': port 'route' of partition 'media' has interrupt 34, and so has its \
             device 'rtc'; take another",
        )],
        ..VALID
    },
    Case {
        system: System {
            partitions: &[
                NAV,
                Partition {
                    machine: VirtualMachine {
                        uart: Some(Ipa(0x0900_0000)),
                        ..VirtualMachine::PLAIN
                    },
                    ..HUD
                },
                MEDIA,
            ],
            channels: &[Channel {
                destinations: &[Port {
                    interrupt: Some(33),
                    ..HUD_PORT
                }],
                ..ROUTE
            }],
            ..SYSTEM
        },
        findings: &[(
            "port_interrupt_not_a_devices",
            "channel 'route': port 'route' of partition 'hud' has interrupt 33, and so has its \
             emulated UART; take another",
        )],
        ..VALID
    },
    Case {
        system: System {
            channels: &[
                Channel {
                    destinations: &[Port {
                        interrupt: Some(40),
                        ..HUD_PORT
                    }],
                    ..ROUTE
                },
                Channel {
                    name: "detour",
                    source: Port {
                        partition: "media",
                        port: "detour",
                        window: Ipa(0x4000_8000),
                        interrupt: None,
                    },
                    destinations: &[Port {
                        port: "detour",
                        window: Ipa(0x401F_E000),
                        interrupt: Some(40),
                        ..HUD_PORT
                    }],
                    ..ROUTE
                },
            ],
            ..SYSTEM
        },
        findings: &[(
            "port_interrupts_differ",
            "channel 'route': port 'route' of partition 'hud' has interrupt 40, and so has port \
             'detour'; give each its own",
        )],
        ..VALID
    },
    Case {
        system: System {
            channels: &[Channel {
                kind: ChannelKind::Sampling {
                    refresh: Duration::from_millis(19),
                },
                ..ROUTE
            }],
            ..SYSTEM
        },
        findings: &[(
            "refresh_covers_frame",
            "channel 'route': refresh 19 ms is shorter than the major frame 20 ms, so that \
             messages go stale between two windows of partition 'nav'; lengthen it",
        )],
        ..VALID
    },
    Case {
        system: System {
            channels: &[Channel {
                kind: ChannelKind::Queuing { depth: 4 },
                destinations: &[
                    HUD_PORT,
                    Port {
                        partition: "media",
                        window: Ipa(0x4000_8000),
                        ..HUD_PORT
                    },
                ],
                ..ROUTE
            }],
            ..SYSTEM
        },
        findings: &[(
            "queue_has_one_reader",
            "channel 'route': its messages queue for 2 readers, and what one has read is gone for \
             the others; declare a channel for each",
        )],
        ..VALID
    },
    Case {
        system: System {
            channels: &[
                Channel {
                    kind: ChannelKind::Queuing { depth: 0 },
                    ..ROUTE
                },
                Channel {
                    kind: ChannelKind::Queuing { depth: 257 },
                    ..further("second", 0x400F_E000, &[at_hud("second", 0x401F_E000, 40)])
                },
                Channel {
                    kind: ChannelKind::Queuing { depth: 256 },
                    ..further("third", 0x400F_D000, &[at_hud("third", 0x401F_D000, 41)])
                },
            ],
            ..SYSTEM
        },
        findings: &[
            (
                "queue_depth",
                "channel 'route': a queue of 0 messages, allowed are 1 to 256; change the depth",
            ),
            (
                "queue_depth",
                "channel 'second': a queue of 257 messages, allowed are 1 to 256; change the depth",
            ),
        ],
        ..VALID
    },
    // What is wrong is in the last pairs of ends, behind many that are right.
    Case {
        system: System {
            channels: &[
                ROUTE,
                further("second", 0x400F_E000, &[at_hud("second", 0x401F_E000, 40)]),
                further("third", 0x400F_D000, &[at_hud("third", 0x401F_D000, 41)]),
                further(
                    "fourth",
                    0x400F_D020,
                    &[
                        at_hud("third", 0x401F_C000, 41),
                        at_hud("fourth", 0x401F_B000, 42),
                    ],
                ),
            ],
            ..SYSTEM
        },
        findings: &[
            (
                "channel_ends_differ",
                "channel 'fourth': port 'third' of partition 'hud' and port 'fourth' of partition \
                 'hud' are ends at one partition; a channel joins different ones",
            ),
            (
                "port_has_one_channel",
                "channel 'third': port 'third' of partition 'hud' is an end of channel 'fourth', \
                 too; give each channel its own port",
            ),
            (
                "port_interrupts_differ",
                "channel 'third': port 'third' of partition 'hud' has interrupt 41, and so has port \
                 'third'; give each its own",
            ),
            (
                "message_windows_apart",
                "channel 'third': port 'third' of partition 'nav', message window \
                 0x400f_d000..0x400f_d040 overlaps that of port 'fourth' 0x400f_d020..0x400f_d060; \
                 move one",
            ),
        ],
        ..VALID
    },
];

/// One more channel from 'nav', with a port of its name there.
const fn further(name: &'static str, window: u64, destinations: &'static [Port]) -> Channel {
    Channel {
        name,
        source: Port {
            port: name,
            window: Ipa(window),
            ..NAV_PORT
        },
        destinations,
        ..ROUTE
    }
}

const fn at_hud(port: &'static str, window: u64, interrupt: u32) -> Port {
    Port {
        port,
        window: Ipa(window),
        interrupt: Some(interrupt),
        ..HUD_PORT
    }
}
