//! The instrument cluster for a test bench: the speed comes from outside of the board, and so does the wish for an
//! attack (`docs/co-simulation.md`).

use core::marker::PhantomData;
use core::time::Duration;

use super::{FRAME_BUFFER, PLAIN, heartbeat_ms, inputs, message_window, ram};
use crate::address::mib;
use crate::board::Board;
use crate::system::{
    Channel, ChannelKind, Criticality, Display, HealthTable, Heartbeat, Image, Partition,
    Port, Region, RegionKind, Schedule, System, Trace, Window,
};

/// The instrument cluster with inputs on the board `B`.
pub struct Definition<B>(PhantomData<B>);

impl<B: Board> Definition<B> {
    /// The declaration.
    pub const SYSTEM: System = System {
        name: "cluster-bench",
        summary: "the cluster with its speed and its attacks from a test bench",
        partitions: &[
            Partition {
                name: "vehicle",
                criticality: Criticality::Critical,
                image: Image::Program("vehicle"),
                regions: &[
                    ram(B::FACTS.partition_memory.base, mib(2)),
                    inputs(B::FACTS.partition_memory.base.offset(mib(2))),
                ],
                heartbeat: heartbeat_ms(20),
                health: HealthTable::restart(3, Duration::from_secs(10)),
                arguments: "cycle=inputs",
                ..PLAIN
            },
            Partition {
                name: "speedometer",
                criticality: Criticality::Critical,
                image: Image::Program("speedometer"),
                regions: &[
                    ram(B::FACTS.partition_memory.base.offset(mib(8)), mib(8)),
                    Region {
                        name: "frame-buffer",
                        ipa: FRAME_BUFFER,
                        pa: B::FACTS.frame_buffer.base,
                        size_bytes: mib(2),
                        kind: RegionKind::FrameBuffer,
                    },
                ],
                // Every frame is finished by the end of the speedometer's own window.
                heartbeat: Some(Heartbeat {
                    period: Duration::from_millis(20),
                    deadline: Duration::from_millis(12),
                    start_within: Duration::from_secs(2),
                }),
                health: HealthTable::restart(3, Duration::from_secs(10)),
                arguments: "title=BENCH",
                ..PLAIN
            },
            Partition {
                name: "infotainment",
                image: Image::Program("infotainment"),
                regions: &[
                    ram(B::FACTS.partition_memory.base.offset(mib(16)), mib(4)),
                    inputs(B::FACTS.partition_memory.base.offset(mib(20))),
                ],
                heartbeat: heartbeat_ms(200),
                health: HealthTable::restart(4, Duration::from_secs(2)),
                refused_calls_per_window: 16,
                arguments: "attacks=asked",
                ..PLAIN
            },
        ],
        schedule: Schedule {
            major_frame: Duration::from_millis(20),
            guard: Duration::from_micros(50),
            plans: &[&[
                Window::us("vehicle", 0, 2_000),
                Window::us("speedometer", 2_000, 10_000),
                Window::us("infotainment", 12_000, 7_000),
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
                partition: "speedometer",
                port: "speed",
                window: message_window(mib(8)),
                interrupt: None,
            }],
        }],
        display: Some(Display {
            width: 800,
            height: 480,
            partition: "speedometer",
        }),
        trace: Trace::Windows,
    };
}
