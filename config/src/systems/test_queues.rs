//! Test: both ends of queuing ports on one CPU, in the order of their windows.

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
        image: Image::Program("queue-ends"),
        regions: &[ram(B::FACTS.partition_memory.base, mib(2))],
        health: HealthTable::restart(3, Duration::from_secs(60)),
        refused_calls_per_window: 64,
        arguments: "role=caller",
        ..PLAIN
    };

    /// The declaration.
    pub const SYSTEM: System = System {
        name: "test-queues",
        summary: "both ends of queuing ports, every answer of their calls, and restarts",
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
                Window::us("peer", 8_000, 8_000),
            ]],
        },
        channels: &[
            Channel {
                name: "requests",
                kind: QUEUE,
                message_bytes: 16,
                source: port("caller", "requests", 0),
                destinations: &[port("peer", "requests", 0)],
            },
            Channel {
                name: "answers",
                kind: QUEUE,
                message_bytes: 8,
                source: port("peer", "answers", 64),
                destinations: &[port("caller", "answers", 64)],
            },
            Channel {
                name: "step",
                kind: ChannelKind::Sampling {
                    refresh: Duration::from_millis(60),
                },
                message_bytes: 8,
                source: port("caller", "step", 128),
                destinations: &[port("peer", "step", 128)],
            },
        ],
        display: None,
        trace: Trace::Events,
    };
}
