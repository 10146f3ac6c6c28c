//! Test: messages that queue from one CPU to another, and a reader that never reads.

use core::marker::PhantomData;
use core::time::Duration;

use super::{PLAIN, message_window, ram};
use crate::address::{Ipa, mib};
use crate::board::Board;
use crate::system::{
    Channel, ChannelKind, Image, Partition, Port, Schedule, System, Trace, Window,
};

/// The system on the board `B`.
pub struct Definition<B>(PhantomData<B>);

const WINDOWS: Ipa = message_window(mib(2));

const fn port(
    partition: &'static str,
    port: &'static str,
    place: u64,
    interrupt: Option<u32>,
) -> Port {
    Port {
        partition,
        port,
        window: WINDOWS.offset(place),
        interrupt,
    }
}

impl<B: Board> Definition<B> {
    const SENDER: Partition = Partition {
        name: "sender",
        image: Image::Program("queue-crossing"),
        regions: &[ram(B::FACTS.partition_memory.base, mib(2))],
        arguments: "role=sender",
        ..PLAIN
    };

    /// The declaration.
    pub const SYSTEM: System = System {
        name: "test-queue-cpus",
        summary: "messages that queue from one CPU to another, and a reader that never reads",
        partitions: &[
            Self::SENDER,
            Partition {
                name: "reader",
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(2)), mib(2))],
                arguments: "role=reader",
                ..Self::SENDER
            },
            Partition {
                name: "deaf",
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(4)), mib(2))],
                arguments: "role=deaf",
                ..Self::SENDER
            },
        ],
        schedule: Schedule {
            major_frame: Duration::from_millis(20),
            guard: Duration::from_micros(50),
            plans: &[
                &[Window::us("sender", 0, 20_000)],
                &[
                    Window::us("reader", 0, 19_000),
                    Window::us("deaf", 19_000, 1_000),
                ],
            ],
        },
        channels: &[
            Channel {
                name: "stream",
                kind: ChannelKind::Queuing { depth: 7 },
                message_bytes: 64,
                source: port("sender", "stream", 0, None),
                destinations: &[port("reader", "stream", 0, Some(40))],
            },
            Channel {
                name: "unread",
                kind: ChannelKind::Queuing { depth: 3 },
                message_bytes: 64,
                source: port("sender", "unread", 64, None),
                destinations: &[port("deaf", "unread", 0, None)],
            },
        ],
        display: None,
        trace: Trace::Events,
    };
}
