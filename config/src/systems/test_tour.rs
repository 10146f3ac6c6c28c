//! Test: two programs that use everything in the runtime, one beside the other.

use core::marker::PhantomData;
use core::time::Duration;

use super::{PLAIN, heartbeat_ms, message_window, ram};
use crate::address::{Ipa, mib};
use crate::board::Board;
use crate::system::{
    Channel, ChannelKind, HealthTable, Image, Partition, Port, Schedule, System, Trace, Window,
};

/// The system on the board `B`.
pub struct Definition<B>(PhantomData<B>);

const WINDOWS: Ipa = message_window(mib(2));

/// An end of a channel; two in one page, one behind the other.
const fn port(partition: &'static str, port: &'static str, place: u64) -> Port {
    Port {
        partition,
        port,
        window: WINDOWS.offset(place),
        interrupt: None,
    }
}

impl<B: Board> Definition<B> {
    const SENDER: Partition = Partition {
        name: "sender",
        image: Image::Program("tour"),
        regions: &[ram(B::FACTS.partition_memory.base, mib(2))],
        heartbeat: heartbeat_ms(20),
        health: HealthTable::restart(1, Duration::from_secs(10)),
        ..PLAIN
    };

    /// The declaration.
    pub const SYSTEM: System = System {
        name: "test-tour",
        summary: "two programs that use everything in the runtime",
        partitions: &[
            Self::SENDER,
            Partition {
                name: "reader",
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(2)), mib(2))],
                arguments: "role=reader",
                ..Self::SENDER
            },
        ],
        schedule: Schedule {
            major_frame: Duration::from_millis(20),
            guard: Duration::from_micros(50),
            plans: &[&[
                Window::us("sender", 0, 4_000),
                Window::us("reader", 8_000, 4_000),
            ]],
        },
        channels: &[
            Channel {
                name: "level",
                kind: ChannelKind::Sampling {
                    refresh: Duration::from_millis(60),
                },
                message_bytes: 8,
                source: port("sender", "level", 0),
                destinations: &[port("reader", "level", 0)],
            },
            Channel {
                name: "pulses",
                kind: ChannelKind::Queuing { depth: 4 },
                message_bytes: 16,
                source: port("sender", "pulses", 8),
                destinations: &[port("reader", "pulses", 8)],
            },
        ],
        display: None,
        trace: Trace::Events,
    };
}
