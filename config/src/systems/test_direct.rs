//! Test: messages through memory that two partitions share, from one CPU to another, without the hypervisor.

use core::marker::PhantomData;
use core::time::Duration;

use super::{PLAIN, ram};
use crate::address::{Ipa, mib};
use crate::board::Board;
use crate::system::{
    Channel, ChannelKind, ChannelMemory, HealthTable, Image, Partition, Port, Schedule, System,
    Trace, Window, Writers,
};

/// The system on the board `B`.
pub struct Definition<B>(PhantomData<B>);

/// Where each end sees the memory of the channels, one after the other.
const fn port(partition: &'static str, port: &'static str, place: u64) -> Port {
    Port {
        partition,
        port,
        window: Ipa(0x6000_0000 + place * mib(2)),
        interrupt: None,
    }
}

impl<B: Board> Definition<B> {
    const WRITER: Partition = Partition {
        name: "writer",
        image: Image::Program("direct"),
        regions: &[ram(B::FACTS.partition_memory.base, mib(2))],
        health: HealthTable::restart(4, Duration::from_secs(10)),
        refused_calls_per_window: 16,
        arguments: "role=writer",
        ..PLAIN
    };

    /// The declaration.
    pub const SYSTEM: System = System {
        name: "test-direct",
        summary: "messages from one CPU to another through memory that both share",
        partitions: &[
            Self::WRITER,
            Partition {
                name: "reader",
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(2)), mib(2))],
                arguments: "role=reader",
                ..Self::WRITER
            },
        ],
        schedule: Schedule {
            major_frame: Duration::from_millis(20),
            guard: Duration::from_micros(50),
            plans: &[
                &[Window::us("writer", 0, 20_000)],
                &[Window::us("reader", 0, 20_000)],
            ],
        },
        channels: &[
            Channel {
                name: "newest",
                kind: ChannelKind::DirectSampling {
                    refresh: Duration::from_millis(20),
                    memory: ChannelMemory::CACHED,
                },
                message_bytes: 4096,
                source: port("writer", "newest", 0),
                destinations: &[port("reader", "newest", 0)],
            },
            Channel {
                name: "stream",
                kind: ChannelKind::DirectQueuing {
                    depth: 7,
                    memory: ChannelMemory::CACHED,
                },
                message_bytes: 64,
                source: port("writer", "stream", 1),
                destinations: &[port("reader", "stream", 1)],
            },
            Channel {
                name: "largest",
                kind: ChannelKind::DirectSampling {
                    refresh: Duration::from_millis(20),
                    memory: ChannelMemory::UNCACHED,
                },
                message_bytes: 65_536,
                source: port("writer", "largest", 2),
                destinations: &[port("reader", "largest", 2)],
            },
            Channel {
                name: "board",
                kind: ChannelKind::SharedMemory {
                    writers: Writers::Several(&["reader"]),
                    memory: ChannelMemory::CACHED,
                },
                message_bytes: 8192,
                source: port("writer", "board", 3),
                destinations: &[port("reader", "board", 3)],
            },
        ],
        display: None,
        trace: Trace::Events,
    };
}
