//! Test: an event with a destination on its source's CPU and one on another, and bystanders beside the latter.
//!
//! The source signals up to the moment at which the bystander's window begins, and all through that of
//! the passer-by. While the bystander works, the other CPU sleeps: QEMU's CPUs take turns, so that only
//! of one that is busy alone the time is exact.

use core::marker::PhantomData;
use core::time::Duration;

use super::{PLAIN, heartbeat_ms, message_window, ram};
use crate::address::{Ipa, mib};
use crate::board::Board;
use crate::system::{
    Channel, ChannelKind, Image, Partition, Port, Schedule, System, Trace, Window,
};

/// The system on the board `B`.
pub struct Definition<B>(PhantomData<B>);

/// An end of an event at a partition; the destinations' interrupts differ, for each has its own controller.
const fn port(partition: &'static str, port: &'static str, interrupt: Option<u32>) -> Port {
    Port {
        partition,
        port,
        window: Ipa(0),
        interrupt,
    }
}

/// An end of the channel that is no event.
const fn step(partition: &'static str) -> Port {
    Port {
        window: message_window(mib(2)),
        ..port(partition, "step", None)
    }
}

impl<B: Board> Definition<B> {
    const DESTINATION: Partition = Partition {
        name: "far",
        image: Image::Program("events"),
        regions: &[ram(B::FACTS.partition_memory.base, mib(2))],
        arguments: "role=far",
        ..PLAIN
    };
    const BYSTANDER: Partition = Partition {
        name: "bystander",
        image: Image::Program("worker"),
        regions: &[ram(B::FACTS.partition_memory.base.offset(mib(2)), mib(2))],
        heartbeat: heartbeat_ms(20),
        ..PLAIN
    };

    /// The declaration.
    pub const SYSTEM: System = System {
        name: "test-events",
        summary: "an event that interrupts on two CPUs, every answer of its calls, and bystanders",
        partitions: &[
            Partition {
                name: "source",
                image: Image::Program("events"),
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(4)), mib(2))],
                arguments: "role=source",
                refused_calls_per_window: 64,
                ..PLAIN
            },
            Partition {
                name: "near",
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(6)), mib(2))],
                arguments: "role=near",
                ..Self::DESTINATION
            },
            Self::DESTINATION,
            Self::BYSTANDER,
            Partition {
                name: "passer-by",
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(8)), mib(2))],
                ..Self::BYSTANDER
            },
        ],
        schedule: Schedule {
            major_frame: Duration::from_millis(20),
            guard: Duration::from_micros(50),
            plans: &[
                &[
                    Window::us("source", 0, 4_000),
                    Window::us("source", 8_000, 5_000),
                    Window::us("near", 14_000, 4_000),
                ],
                &[
                    Window::us("far", 0, 4_000),
                    Window::us("bystander", 4_000, 3_000),
                    Window::us("far", 8_000, 2_000),
                    Window::us("passer-by", 10_000, 3_000),
                ],
            ],
        },
        channels: &[
            Channel {
                name: "alarm",
                kind: ChannelKind::Event { per_window: 5_000 },
                message_bytes: 0,
                source: port("source", "alarm", None),
                destinations: &[
                    port("near", "alarm", Some(40)),
                    port("far", "alarm", Some(95)),
                ],
            },
            Channel {
                name: "reply",
                kind: ChannelKind::Event { per_window: 1 },
                message_bytes: 0,
                source: port("near", "reply", None),
                destinations: &[port("source", "reply", Some(40))],
            },
            Channel {
                name: "step",
                kind: ChannelKind::Sampling {
                    refresh: Duration::from_millis(60),
                },
                message_bytes: 8,
                source: step("source"),
                destinations: &[step("near")],
            },
        ],
        display: None,
        trace: Trace::Windows,
    };
}
