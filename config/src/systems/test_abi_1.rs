//! Test: a guest whose binary was built against version 1 of the interface, once, in two partitions that
//! send each other messages. The declaration stays as it is, too: the guest says what it finds of it.

use core::marker::PhantomData;
use core::time::Duration;

use super::{PLAIN, heartbeat_ms, message_window, ram};
use crate::address::mib;
use crate::board::Board;
use crate::system::{
    Action, Channel, ChannelKind, HealthTable, Image, Partition, Port, Schedule, System, Trace,
    Window,
};

/// The system on the board `B`.
pub struct Definition<B>(PhantomData<B>);

const fn port(
    partition: &'static str,
    port: &'static str,
    place: u64,
    interrupt: Option<u32>,
) -> Port {
    Port {
        partition,
        port,
        window: message_window(mib(2)).offset(place),
        interrupt,
    }
}

const SAMPLED: ChannelKind = ChannelKind::Sampling {
    refresh: Duration::from_millis(60),
};
const QUEUED: ChannelKind = ChannelKind::Queuing { depth: 2 };

impl<B: Board> Definition<B> {
    const LEFT: Partition = Partition {
        name: "left",
        image: Image::Program("frozen"),
        regions: &[ram(B::FACTS.partition_memory.base, mib(2))],
        heartbeat: heartbeat_ms(20),
        health: HealthTable {
            application_error: Action::Ignore,
            missed_heartbeat: Action::Ignore,
            ..HealthTable::restart(3, Duration::from_secs(60))
        },
        refused_calls_per_window: 64,
        arguments: "left",
        ..PLAIN
    };

    /// The declaration.
    pub const SYSTEM: System = System {
        name: "test-abi-1",
        summary: "a guest that was built once against version 1 of the interface",
        partitions: &[
            Self::LEFT,
            Partition {
                name: "right",
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(2)), mib(2))],
                arguments: "right",
                ..Self::LEFT
            },
        ],
        schedule: Schedule {
            major_frame: Duration::from_millis(20),
            guard: Duration::from_micros(50),
            plans: &[&[
                Window::us("left", 0, 6_000),
                Window::us("right", 6_000, 6_000),
            ]],
        },
        channels: &[
            Channel {
                name: "speed",
                kind: SAMPLED,
                message_bytes: 16,
                source: port("left", "speed", 0, None),
                destinations: &[port("right", "speed", 0, Some(40))],
            },
            Channel {
                name: "orders",
                kind: QUEUED,
                message_bytes: 8,
                source: port("left", "orders", 16, None),
                destinations: &[port("right", "orders", 16, None)],
            },
            Channel {
                name: "answer",
                kind: SAMPLED,
                message_bytes: 8,
                source: port("right", "answer", 32, None),
                destinations: &[port("left", "answer", 32, None)],
            },
            Channel {
                name: "questions",
                kind: QUEUED,
                message_bytes: 8,
                source: port("right", "questions", 48, None),
                destinations: &[port("left", "questions", 48, Some(41))],
            },
        ],
        display: None,
        trace: Trace::Events,
    };
}
