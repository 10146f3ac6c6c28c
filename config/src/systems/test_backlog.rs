//! Test: a partition that restarts all the time on one CPU, while the other, which writes the log, has next to
//! no time for it.
//!
//! That one sleeps in its windows, in which it has the CPU all the same: QEMU's CPUs take turns, so that a busy
//! one would make the other late.

use core::marker::PhantomData;
use core::time::Duration;

use super::{PLAIN, ram};
use crate::address::mib;
use crate::board::Board;
use crate::system::{
    HealthTable, Image, MAX_RESTARTS_COUNTED, Partition, Schedule, System, Trace, Window,
};

/// The system on the board `B`.
pub struct Definition<B>(PhantomData<B>);

impl<B: Board> Definition<B> {
    /// The declaration. The restless one can have seven lives in a major frame, one less than it may have.
    pub const SYSTEM: System = System {
        name: "test-backlog",
        summary: "one that restarts all the time, beside a CPU with next to no time for the log",
        partitions: &[
            Partition {
                name: "restless",
                image: Image::Program("restless"),
                regions: &[ram(B::FACTS.partition_memory.base, mib(2))],
                health: HealthTable::restart(MAX_RESTARTS_COUNTED, Duration::from_millis(21)),
                ..PLAIN
            },
            Partition {
                name: "sleeper",
                image: Image::Program("restless"),
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(2)), mib(2))],
                ..PLAIN
            },
        ],
        schedule: Schedule {
            major_frame: Duration::from_millis(21),
            guard: Duration::from_micros(50),
            plans: &[
                &[Window::us("sleeper", 0, 21_000)],
                &[
                    Window::us("restless", 0, 1_500),
                    Window::us("restless", 1_500, 1_500),
                    Window::us("restless", 3_000, 1_500),
                    Window::us("restless", 4_500, 1_500),
                    Window::us("restless", 6_000, 1_500),
                    Window::us("restless", 7_500, 1_500),
                    Window::us("restless", 9_000, 1_500),
                    Window::us("restless", 10_500, 1_500),
                    Window::us("restless", 12_000, 1_500),
                    Window::us("restless", 13_500, 1_500),
                    Window::us("restless", 15_000, 1_500),
                    Window::us("restless", 16_500, 1_500),
                    Window::us("restless", 18_000, 1_500),
                    Window::us("restless", 19_500, 1_500),
                ],
            ],
        },
        channels: &[],
        display: None,
        trace: Trace::Events,
    };
}
