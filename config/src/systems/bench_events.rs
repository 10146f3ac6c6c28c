//! Bench: messages that interrupt their reader on another CPU.

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

const fn port(partition: &'static str, interrupt: Option<u32>) -> Port {
    Port {
        partition,
        port: "event",
        window: message_window(mib(2)),
        interrupt,
    }
}

impl<B: Board> Definition<B> {
    const SENDER: Partition = Partition {
        name: "sender",
        image: Image::Program("bench"),
        regions: &[ram(B::FACTS.partition_memory.base, mib(2))],
        arguments: "role=sender",
        ..PLAIN
    };

    /// The declaration.
    pub const SYSTEM: System = System {
        name: "bench-events",
        summary: "messages that interrupt their reader on another CPU",
        partitions: &[
            Self::SENDER,
            Partition {
                name: "receiver",
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(2)), mib(2))],
                arguments: "role=receiver",
                ..Self::SENDER
            },
        ],
        schedule: Schedule {
            major_frame: Duration::from_millis(100),
            guard: Duration::from_micros(50),
            plans: &[
                &[Window::us("sender", 0, 100_000)],
                &[Window::us("receiver", 0, 100_000)],
            ],
        },
        channels: &[Channel {
            name: "event",
            kind: ChannelKind::Sampling {
                refresh: Duration::from_millis(100),
            },
            message_bytes: 8,
            source: port("sender", None),
            destinations: &[port("receiver", Some(40))],
        }],
        display: None,
        trace: Trace::Events,
    };
}
