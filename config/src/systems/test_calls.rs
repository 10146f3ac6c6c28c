//! Test: a partition that makes every call with each argument at its bounds; what it reads comes from a
//! source that falls silent.

use core::marker::PhantomData;
use core::time::Duration;

use super::{PLAIN, heartbeat_ms, message_window, ram};
use crate::address::{Ipa, PAGE_BYTES, mib};
use crate::board::Board;
use crate::system::{
    Action, Channel, ChannelKind, HealthTable, Image, Partition, Port, Schedule, System, Trace,
    Window,
};

/// The system on the board `B`.
pub struct Definition<B>(PhantomData<B>);

const fn port(partition: &'static str, port: &'static str, window: Ipa) -> Port {
    Port {
        partition,
        port,
        window,
        interrupt: None,
    }
}

const LAST_PAGE: Ipa = message_window(mib(2));
const PAGE_BEFORE: Ipa = Ipa(LAST_PAGE.0 - PAGE_BYTES);

impl<B: Board> Definition<B> {
    /// The declaration.
    pub const SYSTEM: System = System {
        name: "test-calls",
        summary: "every call with each argument at its bounds, and a source that falls silent",
        partitions: &[
            Partition {
                name: "caller",
                image: Image::Program("caller"),
                regions: &[ram(B::FACTS.partition_memory.base, mib(2))],
                heartbeat: heartbeat_ms(20),
                health: HealthTable {
                    application_error: Action::Ignore,
                    missed_heartbeat: Action::Ignore,
                    ..HealthTable::restart(3, Duration::from_secs(60))
                },
                refused_calls_per_window: 64,
                ..PLAIN
            },
            Partition {
                name: "source",
                image: Image::Program("quiet-source"),
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(2)), mib(2))],
                heartbeat: heartbeat_ms(20),
                ..PLAIN
            },
        ],
        schedule: Schedule {
            major_frame: Duration::from_millis(20),
            guard: Duration::from_micros(50),
            plans: &[&[
                Window::us("caller", 0, 5_000),
                Window::us("source", 5_000, 4_000),
            ]],
        },
        channels: &[
            Channel {
                name: "out",
                kind: ChannelKind::Sampling {
                    refresh: Duration::from_millis(20),
                },
                message_bytes: 64,
                source: port("caller", "out", LAST_PAGE),
                destinations: &[port("source", "out", PAGE_BEFORE)],
            },
            Channel {
                name: "speed",
                kind: ChannelKind::Sampling {
                    refresh: Duration::from_millis(60),
                },
                message_bytes: 64,
                source: port("source", "speed", LAST_PAGE),
                destinations: &[port("caller", "speed", PAGE_BEFORE)],
            },
        ],
        display: None,
        trace: Trace::Windows,
    };
}
