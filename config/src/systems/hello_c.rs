//! A partition in C, `hello-c`, reads the speed that `vehicle` sends.

use core::marker::PhantomData;
use core::time::Duration;

use super::{PLAIN, heartbeat_ms, message_window, ram};
use crate::address::mib;
use crate::board::Board;
use crate::system::{
    Channel, ChannelKind, Criticality, HealthTable, Image, Partition, Port, Schedule, System, Trace,
    Window,
};

/// The system on the board `B`.
pub struct Definition<B>(PhantomData<B>);

impl<B: Board> Definition<B> {
    /// The declaration.
    pub const SYSTEM: System = System {
        name: "hello-c",
        summary: "a partition in C that reads a port",
        partitions: &[
            Partition {
                name: "vehicle",
                criticality: Criticality::Critical,
                image: Image::Program("vehicle"),
                regions: &[ram(B::FACTS.partition_memory.base, mib(2))],
                heartbeat: heartbeat_ms(20),
                health: HealthTable::restart(3, Duration::from_secs(10)),
                arguments: "cycle=udds start=20s",
                ..PLAIN
            },
            Partition {
                name: "hello-c",
                image: Image::Program("hello-c"),
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(2)), mib(2))],
                heartbeat: heartbeat_ms(20),
                health: HealthTable::restart(3, Duration::from_secs(10)),
                ..PLAIN
            },
        ],
        schedule: Schedule {
            major_frame: Duration::from_millis(20),
            guard: Duration::from_micros(50),
            plans: &[&[
                Window::us("vehicle", 0, 4_000),
                Window::us("hello-c", 4_000, 4_000),
            ]],
        },
        channels: &[Channel {
            name: "speed",
            kind: ChannelKind::Sampling {
                refresh: Duration::from_millis(60),
            },
            message_bytes: 64,
            source: Port {
                partition: "vehicle",
                port: "speed",
                window: message_window(mib(2)),
                interrupt: None,
            },
            destinations: &[Port {
                partition: "hello-c",
                port: "speed",
                window: message_window(mib(2)),
                interrupt: None,
            }],
        }],
        display: None,
        trace: Trace::Windows,
    };
}
