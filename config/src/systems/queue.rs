//! A queuing channel: `sensor` sends every reading to `recorder`, which takes them all in its next window.

use core::marker::PhantomData;
use core::time::Duration;

use super::{PLAIN, heartbeat_ms, message_window, ram};
use crate::address::mib;
use crate::board::Board;
use crate::system::{
    Channel, ChannelKind, HealthTable, Image, Partition, Port, Schedule, System, Trace, Window,
};

/// The system on the board `B`.
pub struct Definition<B>(PhantomData<B>);

const fn port(partition: &'static str) -> Port {
    Port {
        partition,
        port: "readings",
        window: message_window(mib(2)),
        interrupt: None,
    }
}

impl<B: Board> Definition<B> {
    const SENSOR: Partition = Partition {
        name: "sensor",
        image: Image::Program("sensor"),
        regions: &[ram(B::FACTS.partition_memory.base, mib(2))],
        heartbeat: heartbeat_ms(20),
        health: HealthTable::restart(3, Duration::from_secs(10)),
        ..PLAIN
    };

    /// The declaration.
    pub const SYSTEM: System = System {
        name: "queue",
        summary: "a sensor whose every reading reaches a recorder, by a queuing channel",
        partitions: &[
            Self::SENSOR,
            Partition {
                name: "recorder",
                image: Image::Program("recorder"),
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(2)), mib(2))],
                ..Self::SENSOR
            },
        ],
        schedule: Schedule {
            major_frame: Duration::from_millis(20),
            guard: Duration::from_micros(50),
            plans: &[&[
                Window::us("sensor", 0, 4_000),
                Window::us("sensor", 6_000, 4_000),
                Window::us("recorder", 12_000, 4_000),
            ]],
        },
        channels: &[Channel {
            name: "readings",
            kind: ChannelKind::Queuing { depth: 8 },
            message_bytes: 16,
            source: port("sensor"),
            destinations: &[port("recorder")],
        }],
        display: None,
        trace: Trace::Windows,
    };
}
