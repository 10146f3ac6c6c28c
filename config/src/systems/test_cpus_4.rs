//! Test: four CPUs, each with its own plan.

use core::marker::PhantomData;
use core::time::Duration;

use super::{PLAIN, heartbeat_ms, ram};
use crate::address::mib;
use crate::board::Board;
use crate::system::{Image, Partition, Schedule, System, Trace, Window};

/// The system on the board `B`.
pub struct Definition<B>(PhantomData<B>);

impl<B: Board> Definition<B> {
    /// The declaration.
    pub const SYSTEM: System = System {
        name: "test-cpus-4",
        summary: "four partitions on four CPUs, all in step",
        partitions: &[
            Partition {
                name: "first",
                image: Image::Program("counter"),
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(0)), mib(2))],
                heartbeat: heartbeat_ms(20),
                ..PLAIN
            },
            Partition {
                name: "second",
                image: Image::Program("counter"),
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(2)), mib(2))],
                heartbeat: heartbeat_ms(20),
                ..PLAIN
            },
            Partition {
                name: "third",
                image: Image::Program("counter"),
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(4)), mib(2))],
                heartbeat: heartbeat_ms(20),
                ..PLAIN
            },
            Partition {
                name: "fourth",
                image: Image::Program("counter"),
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(6)), mib(2))],
                heartbeat: heartbeat_ms(20),
                ..PLAIN
            },
        ],
        schedule: Schedule {
            major_frame: Duration::from_millis(20),
            guard: Duration::from_micros(50),
            plans: &[
                &[Window::us("first", 0, 4_000)],
                &[Window::us("second", 4_000, 6_000)],
                &[Window::us("third", 8_000, 8_000)],
                &[Window::us("fourth", 16_000, 4_000)],
            ],
        },
        channels: &[],
        display: None,
        trace: Trace::Windows,
    };
}
