//! Events that can't be signalled, carry something, or interrupt nobody.

use paratia_config::address::Ipa;
use paratia_config::system::{Channel, ChannelKind, Port, System};

use crate::base::{HUD_PORT, NAV_PORT, ROUTE, SYSTEM};
use crate::case::{Case, VALID};

/// An event from 'nav' to 'hud' that keeps every rule.
const EVENT: Channel = Channel {
    kind: ChannelKind::Event { per_window: 1 },
    message_bytes: 0,
    source: Port {
        window: Ipa(0),
        ..NAV_PORT
    },
    destinations: &[AT_HUD],
    ..ROUTE
};

const AT_HUD: Port = Port {
    window: Ipa(0),
    interrupt: Some(40),
    ..HUD_PORT
};

const fn with(channels: &'static [Channel]) -> System {
    System { channels, ..SYSTEM }
}

/// An event that keeps every rule.
pub const VALID_EVENT: Case = Case {
    system: with(&[EVENT]),
    ..VALID
};

pub const CASES: &[Case] = &[
    Case {
        system: with(&[Channel {
            kind: ChannelKind::Event { per_window: 0 },
            ..EVENT
        }]),
        findings: &[(
            "event_rate",
            "channel 'route': an event that its source may signal 0 times in a window, allowed are 1 to \
             65535; change the rate",
        )],
        ..VALID
    },
    Case {
        system: with(&[Channel {
            message_bytes: 8,
            destinations: &[Port {
                window: Ipa(0x4010_0000),
                ..AT_HUD
            }],
            ..EVENT
        }]),
        findings: &[
            (
                "event_without_message",
                "channel 'route': an event with messages of 8 bytes, which nobody would carry; declare 0 \
                 bytes, or another kind",
            ),
            (
                "event_without_message",
                "channel 'route': port 'route' of partition 'hud' has a window at 0x4010_0000, but an \
                 event has no message; declare the window at 0",
            ),
        ],
        ..VALID
    },
    Case {
        system: with(&[Channel {
            destinations: &[Port {
                interrupt: None,
                ..AT_HUD
            }],
            ..EVENT
        }]),
        findings: &[(
            "event_interrupts",
            "channel 'route': port 'route' of partition 'hud' has no interrupt, by which alone an event \
             comes; give it one",
        )],
        ..VALID
    },
];
