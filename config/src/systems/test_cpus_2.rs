//! Test: two CPUs, each with its own plan.

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
        name: "test-cpus-2",
        summary: "three partitions on two CPUs, all in step",
        partitions: &[
            Partition {
                name: "left",
                image: Image::Program("counter"),
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(0)), mib(2))],
                heartbeat: heartbeat_ms(20),
                ..PLAIN
            },
            Partition {
                name: "right",
                image: Image::Program("counter"),
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(2)), mib(2))],
                heartbeat: heartbeat_ms(20),
                ..PLAIN
            },
            Partition {
                name: "middle",
                image: Image::Program("counter"),
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(4)), mib(2))],
                heartbeat: heartbeat_ms(20),
                ..PLAIN
            },
        ],
        schedule: Schedule {
            major_frame: Duration::from_millis(20),
            guard: Duration::from_micros(50),
            plans: &[
                &[Window::us("left", 0, 5_000), Window::us("middle", 12_000, 4_000)],
                &[Window::us("right", 5_000, 10_000)],
            ],
        },
        channels: &[],
        display: None,
        trace: Trace::Windows,
    };
}
