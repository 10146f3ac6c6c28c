//! Test: both ends of ports through ARINC 653's services, and every return code of these.

use core::marker::PhantomData;
use core::time::Duration;

use super::{PLAIN, message_window, ram};
use crate::address::{Ipa, mib};
use crate::board::Board;
use crate::system::{
    Channel, ChannelKind, HealthTable, Image, Partition, Port, Schedule, System, Trace, Window,
};

/// The system on the board `B`.
pub struct Definition<B>(PhantomData<B>);

const WINDOWS: Ipa = message_window(mib(2));
const QUEUE: ChannelKind = ChannelKind::Queuing { depth: 4 };
const SAMPLING: ChannelKind = ChannelKind::Sampling {
    refresh: Duration::from_millis(60),
};

const fn port(partition: &'static str, port: &'static str, place: u64) -> Port {
    Port {
        partition,
        port,
        window: WINDOWS.offset(place),
        interrupt: None,
    }
}

impl<B: Board> Definition<B> {
    const CALLER: Partition = Partition {
        name: "caller",
        image: Image::Program("a653-ports"),
        regions: &[ram(B::FACTS.partition_memory.base, mib(2))],
        health: HealthTable::restart(3, Duration::from_secs(60)),
        arguments: "role=caller",
        ..PLAIN
    };

    /// The declaration.
    pub const SYSTEM: System = System {
        name: "test-a653-ports",
        summary: "ARINC 653: both ends of ports, and every return code of their services",
        partitions: &[
            Self::CALLER,
            Partition {
                name: "peer",
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(2)), mib(2))],
                arguments: "role=peer",
                ..Self::CALLER
            },
        ],
        schedule: Schedule {
            major_frame: Duration::from_millis(20),
            guard: Duration::from_micros(50),
            plans: &[&[
                Window::us("caller", 0, 8_000),
                Window::us("peer", 10_000, 8_000),
            ]],
        },
        channels: &[
            Channel {
                name: "speed",
                kind: SAMPLING,
                message_bytes: 64,
                source: port("caller", "speed", 0),
                destinations: &[port("peer", "speed", 0)],
            },
            Channel {
                name: "echo",
                kind: SAMPLING,
                message_bytes: 64,
                source: port("peer", "echo", 64),
                destinations: &[port("caller", "echo", 64)],
            },
            Channel {
                name: "orders",
                kind: QUEUE,
                message_bytes: 16,
                source: port("caller", "orders", 128),
                destinations: &[port("peer", "orders", 128)],
            },
            Channel {
                name: "replies",
                kind: QUEUE,
                message_bytes: 8,
                source: port("peer", "replies", 192),
                destinations: &[Port {
                    interrupt: Some(40),
                    ..port("caller", "replies", 192)
                }],
            },
            Channel {
                name: "spare",
                kind: SAMPLING,
                message_bytes: 64,
                source: port("caller", "spare", 256),
                destinations: &[port("peer", "spare", 256)],
            },
            Channel {
                name: "spare-queue",
                kind: QUEUE,
                message_bytes: 16,
                source: port("caller", "spare-queue", 320),
                destinations: &[port("peer", "spare-queue", 320)],
            },
        ],
        display: None,
        trace: Trace::Events,
    };
}
