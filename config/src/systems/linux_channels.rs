//! A Linux that reads a partition's speed from a direct channel, asks it by a queue and is answered by another, and
//! writes into shared memory, all from user space.

use core::marker::PhantomData;
use core::time::Duration;

use super::{LINUX, PLAIN, ram};
use crate::address::{Ipa, mib};
use crate::board::Board;
use crate::system::{
    Channel, ChannelKind, ChannelMemory, File, Image, Initrd, Partition, Port, Schedule, System,
    Trace, Window, Writers,
};

/// The system on the board `B`.
pub struct Definition<B>(PhantomData<B>);

const QUEUE: ChannelKind = ChannelKind::DirectQueuing {
    depth: 4,
    memory: ChannelMemory::UNCACHED,
};

/// Both ends see all memories at the same places.
const fn port(partition: &'static str, port: &'static str, window: u64) -> Port {
    Port {
        partition,
        port,
        window: Ipa(window),
        interrupt: None,
    }
}

impl<B: Board> Definition<B> {
    /// The declaration.
    pub const SYSTEM: System = System {
        name: "linux-channels",
        summary: "a Linux that reads a speed, asks and is answered, through memory shared with a partition",
        partitions: &[
            Partition {
                image: Image::Linux {
                    kernel: File::LINUX_CLOUD,
                    initrd: Initrd::Busybox,
                    command_line: "console=ttyAMA0 cma=0 panic=-1 workload=channels",
                },
                regions: &[ram(B::FACTS.partition_memory.base, mib(64))],
                ..LINUX
            },
            Partition {
                name: "peer",
                image: Image::Program("channels-peer"),
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(64)), mib(2))],
                ..PLAIN
            },
        ],
        schedule: Schedule {
            major_frame: Duration::from_millis(20),
            guard: Duration::from_micros(50),
            plans: &[&[
                Window::us("linux", 0, 15_000),
                Window::us("peer", 15_000, 5_000),
            ]],
        },
        channels: &[
            Channel {
                name: "speed",
                kind: ChannelKind::DirectSampling {
                    refresh: Duration::from_millis(60),
                    memory: ChannelMemory::UNCACHED,
                },
                message_bytes: 16,
                source: port("peer", "speed", 0x6000_0000),
                destinations: &[port("linux", "speed", 0x6000_0000)],
            },
            Channel {
                name: "question",
                kind: QUEUE,
                message_bytes: 48,
                source: port("linux", "question", 0x6010_0000),
                destinations: &[port("peer", "question", 0x6010_0000)],
            },
            Channel {
                name: "answer",
                kind: QUEUE,
                message_bytes: 48,
                source: port("peer", "answer", 0x6020_0000),
                destinations: &[port("linux", "answer", 0x6020_0000)],
            },
            Channel {
                name: "board",
                kind: ChannelKind::SharedMemory {
                    writers: Writers::SourceAlone,
                    memory: ChannelMemory::UNCACHED,
                },
                message_bytes: 4096,
                source: port("linux", "board", 0x6030_0000),
                destinations: &[port("peer", "board", 0x6030_0000)],
            },
        ],
        display: None,
        trace: Trace::Events,
    };
}
