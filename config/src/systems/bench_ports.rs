//! Bench: a partition that measures the calls of its ports, and a partner for them.

use core::marker::PhantomData;
use core::time::Duration;

use super::{PLAIN, message_window, ram};
use crate::address::mib;
use crate::board::Board;
use crate::system::{
    Channel, ChannelKind, Image, Partition, Port, Schedule, System, Trace, Window,
};

/// The system on the board `B`.
pub struct Definition<B>(PhantomData<B>);

const MESSAGE_BYTES: u32 = 64;
/// The largest message that is copied.
const LARGE_BYTES: u32 = 512;
const SMALL_BYTES: u32 = 8;
const SAMPLED: ChannelKind = ChannelKind::Sampling {
    refresh: Duration::from_millis(100),
};
const QUEUED: ChannelKind = ChannelKind::Queuing { depth: 256 };

/// An end of the channel with this number, which has the same place in both partitions.
const fn port(partition: &'static str, port: &'static str, number: u64) -> Port {
    Port {
        partition,
        port,
        window: message_window(mib(2)).offset(number * LARGE_BYTES as u64),
        interrupt: None,
    }
}

impl<B: Board> Definition<B> {
    const BENCH: Partition = Partition {
        name: "bench",
        image: Image::Program("bench"),
        regions: &[ram(B::FACTS.partition_memory.base, mib(2))],
        arguments: "role=ports",
        ..PLAIN
    };

    /// The declaration.
    pub const SYSTEM: System = System {
        name: "bench-ports",
        summary: "what a message costs on its way into a channel and out of it",
        partitions: &[
            Self::BENCH,
            Partition {
                name: "partner",
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(2)), mib(2))],
                arguments: "role=partner",
                ..Self::BENCH
            },
        ],
        schedule: Schedule {
            major_frame: Duration::from_millis(10),
            guard: Duration::from_micros(50),
            plans: &[&[
                Window::us("bench", 0, 5_000),
                Window::us("partner", 5_000, 5_000),
            ]],
        },
        channels: &[
            Channel {
                name: "sampled-out",
                kind: SAMPLED,
                message_bytes: MESSAGE_BYTES,
                source: port("bench", "sampled-out", 0),
                destinations: &[port("partner", "sampled-out", 0)],
            },
            Channel {
                name: "queued-out",
                kind: QUEUED,
                message_bytes: MESSAGE_BYTES,
                source: port("bench", "queued-out", 1),
                destinations: &[port("partner", "queued-out", 1)],
            },
            Channel {
                name: "sampled-in",
                kind: SAMPLED,
                message_bytes: MESSAGE_BYTES,
                source: port("partner", "sampled-in", 2),
                destinations: &[port("bench", "sampled-in", 2)],
            },
            Channel {
                name: "queued-in",
                kind: QUEUED,
                message_bytes: MESSAGE_BYTES,
                source: port("partner", "queued-in", 3),
                destinations: &[port("bench", "queued-in", 3)],
            },
            Channel {
                name: "large-out",
                kind: SAMPLED,
                message_bytes: LARGE_BYTES,
                source: port("bench", "large-out", 4),
                destinations: &[port("partner", "large-out", 4)],
            },
            Channel {
                name: "large-in",
                kind: SAMPLED,
                message_bytes: LARGE_BYTES,
                source: port("partner", "large-in", 5),
                destinations: &[port("bench", "large-in", 5)],
            },
            Channel {
                name: "small-in",
                kind: SAMPLED,
                message_bytes: SMALL_BYTES,
                source: port("partner", "small-in", 6),
                destinations: &[port("bench", "small-in", 6)],
            },
        ],
        display: None,
        trace: Trace::Events,
    };
}
