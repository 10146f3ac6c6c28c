//! Two ARINC 653 applications with queuing ports: a client that asks, and a server that answers.

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
const QUEUE: ChannelKind = ChannelKind::Queuing { depth: 10 };

const fn port(partition: &'static str, port: &'static str, place: u64) -> Port {
    Port {
        partition,
        port,
        window: WINDOWS.offset(place),
        interrupt: None,
    }
}

impl<B: Board> Definition<B> {
    const CLIENT: Partition = Partition {
        name: "ping-client",
        image: Image::Program("ping-client"),
        regions: &[ram(B::FACTS.partition_memory.base, mib(2))],
        health: HealthTable::restart(3, Duration::from_secs(10)),
        ..PLAIN
    };

    /// The declaration.
    pub const SYSTEM: System = System {
        name: "ping",
        summary: "ARINC 653: a client and a server, by queuing ports",
        partitions: &[
            Self::CLIENT,
            Partition {
                name: "ping-server",
                image: Image::Program("ping-server"),
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(2)), mib(2))],
                ..Self::CLIENT
            },
        ],
        schedule: Schedule {
            major_frame: Duration::from_millis(20),
            guard: Duration::from_micros(50),
            plans: &[&[
                Window::us("ping-client", 0, 8_000),
                Window::us("ping-server", 10_000, 8_000),
            ]],
        },
        channels: &[
            Channel {
                name: "requests",
                kind: QUEUE,
                message_bytes: 8,
                source: port("ping-client", "ping-request", 0),
                destinations: &[port("ping-server", "ping-request", 0)],
            },
            Channel {
                name: "answers",
                kind: QUEUE,
                message_bytes: 16,
                source: port("ping-server", "ping-answer", 64),
                destinations: &[port("ping-client", "ping-answer", 64)],
            },
        ],
        display: None,
        trace: Trace::Windows,
    };
}
