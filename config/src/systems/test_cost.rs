//! Test: a partition that measures what its calls cost, and a reader for its messages.

use core::marker::PhantomData;
use core::time::Duration;

use super::{PLAIN, heartbeat_ms, message_window, ram};
use crate::address::mib;
use crate::board::Board;
use crate::system::{
    Channel, ChannelKind, Image, Partition, Port, Schedule, System, Trace, Window,
};

/// The system on the board `B`.
pub struct Definition<B>(PhantomData<B>);

impl<B: Board> Definition<B> {
    /// The declaration.
    pub const SYSTEM: System = System {
        name: "test-cost",
        summary: "a partition that measures what its calls cost, and a reader",
        partitions: &[
            Partition {
                name: "cost",
                image: Image::Program("cost"),
                regions: &[ram(B::FACTS.partition_memory.base, mib(2))],
                refused_calls_per_window: 1_000,
                ..PLAIN
            },
            Partition {
                name: "reader",
                image: Image::Program("counter"),
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(2)), mib(2))],
                heartbeat: heartbeat_ms(20),
                ..PLAIN
            },
        ],
        schedule: Schedule {
            major_frame: Duration::from_millis(20),
            guard: Duration::from_micros(50),
            plans: &[&[
                Window::us("cost", 0, 10_000),
                Window::us("reader", 10_000, 5_000),
            ]],
        },
        channels: &[Channel {
            name: "messages",
            kind: ChannelKind::Sampling {
                refresh: Duration::from_millis(60),
            },
            message_bytes: 64,
            source: Port {
                partition: "cost",
                port: "messages",
                window: message_window(mib(2)),
                interrupt: None,
            },
            destinations: &[Port {
                partition: "reader",
                port: "messages",
                window: message_window(mib(2)),
                interrupt: None,
            }],
        }],
        display: None,
        trace: Trace::Events,
    };
}
