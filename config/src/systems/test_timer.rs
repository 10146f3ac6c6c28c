//! Test: the virtual timer in and out of its partition's window.

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
        name: "test-timer",
        summary: "virtual timers that expire in and out of their windows",
        partitions: &[
            Partition {
                name: "timer",
                image: Image::Program("timer"),
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(0)), mib(2))],
                // A case outside the window takes a frame and more.
                heartbeat: heartbeat_ms(200),
                ..PLAIN
            },
            Partition {
                name: "neighbour",
                image: Image::Program("timer"),
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(2)), mib(2))],
                // A case outside the window takes a frame and more.
                heartbeat: heartbeat_ms(200),
                ..PLAIN
            },
        ],
        schedule: Schedule {
            major_frame: Duration::from_millis(20),
            guard: Duration::from_micros(50),
            plans: &[
                &[Window::us("timer", 0, 6_000), Window::us("neighbour", 8_000, 6_000)],
            ],
        },
        channels: &[],
        display: None,
        trace: Trace::Windows,
    };
}
