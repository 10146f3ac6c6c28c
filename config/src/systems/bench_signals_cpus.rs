//! Bench: events without messages that interrupt their destination on another CPU.

use core::marker::PhantomData;
use core::time::Duration;

use super::{PLAIN, ram};
use crate::address::{Ipa, mib};
use crate::board::Board;
use crate::system::{
    Channel, ChannelKind, Image, Partition, Port, Schedule, System, Trace, Window,
};

/// The system on the board `B`.
pub struct Definition<B>(PhantomData<B>);

const fn port(partition: &'static str, interrupt: Option<u32>) -> Port {
    Port {
        partition,
        port: "event",
        window: Ipa(0),
        interrupt,
    }
}

impl<B: Board> Definition<B> {
    const SOURCE: Partition = Partition {
        name: "source",
        image: Image::Program("bench"),
        regions: &[ram(B::FACTS.partition_memory.base, mib(2))],
        arguments: "role=source",
        ..PLAIN
    };

    /// The declaration.
    pub const SYSTEM: System = System {
        name: "bench-signals-cpus",
        summary: "events without messages that interrupt a partition on another CPU",
        partitions: &[
            Self::SOURCE,
            Partition {
                name: "destination",
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(2)), mib(2))],
                arguments: "role=destination",
                ..Self::SOURCE
            },
        ],
        schedule: Schedule {
            major_frame: Duration::from_millis(100),
            guard: Duration::from_micros(50),
            plans: &[
                &[Window::us("source", 0, 100_000)],
                &[Window::us("destination", 0, 100_000)],
            ],
        },
        channels: &[Channel {
            name: "event",
            kind: ChannelKind::Event { per_window: 2_000 },
            message_bytes: 0,
            source: port("source", None),
            destinations: &[port("destination", Some(40))],
        }],
        display: None,
        trace: Trace::Events,
    };
}
