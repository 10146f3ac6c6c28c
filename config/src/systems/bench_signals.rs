//! Bench: a partition that measures what it takes to signal an event, and one of the same CPU that takes it. Apart from
//! the ports without interrupts: which of them has one is no question in a system that has none.

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
    const BENCH: Partition = Partition {
        name: "bench",
        image: Image::Program("bench"),
        regions: &[ram(B::FACTS.partition_memory.base, mib(2))],
        arguments: "role=signals",
        ..PLAIN
    };

    /// The declaration.
    pub const SYSTEM: System = System {
        name: "bench-signals",
        summary: "what an event costs that a partition of the same CPU takes",
        partitions: &[
            Self::BENCH,
            Partition {
                name: "partner",
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(2)), mib(2))],
                arguments: "role=takes",
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
        channels: &[Channel {
            name: "event",
            kind: ChannelKind::Event { per_window: 1_000 },
            message_bytes: 0,
            source: port("bench", None),
            destinations: &[port("partner", Some(40))],
        }],
        display: None,
        trace: Trace::Events,
    };
}
